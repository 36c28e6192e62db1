"""Assets: scripts, styles and pictures of static/, joined into few files, each under an address of its content.

`/static/<path>` in a text becomes `/s/<hash>/<path>`: what has changed has a new address, what has not is never asked
for again.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from server.files import TEXT, File
from server.lean import lean
from server.scripts import Scripts, further

PARTIAL = re.compile(r"\{\{> ([a-z-]+)\}\}\n?")
SCRIPT = re.compile(r'(?<=<script type="module" src=")/static/(pages/[\w/-]+)\.js(?=")')
STYLES = re.compile(r'(?:<link rel="stylesheet" href="/static/styles/[\w-]+\.css">\s*)+')
STYLE = re.compile(r"/static/styles/([\w-]+)\.css")
ICON = re.compile(r'(?<=<link rel="icon" href=")/static/([\w-]+\.svg)(?=")')
ADDRESS = re.compile(r"/static/([\w./-]+\.\w+)")
JOINED_SCRIPT = re.compile(r"joined/(pages/[\w/-]+?)(?:\.\d)?\.js")
JOINED_STYLES = re.compile(r"joined/([\w+-]+)\.css")
NO_PAGE = {".html", ".ts"}
HASH = 12  # letters of it in an address


class Assets:
    """Each file is read, made lean and joined once, when it is first asked for."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._files: dict[str, File] = {}
        self._scripts = Scripts(self._text)

    @cached_property
    def build(self) -> str:
        """A hash over everything: the address of what is asked for one by one."""
        seen = hashlib.sha256()
        for name in sorted(self._names):
            seen.update(name.encode() + b"\0" + (self._root / name).read_bytes())
        return seen.hexdigest()[:HASH]

    @cached_property
    def _names(self) -> frozenset[str]:
        paths = (path for path in self._root.rglob("*") if path.is_file() and path.suffix not in NO_PAGE)
        names = (path.relative_to(self._root) for path in paths)
        return frozenset(name.as_posix() for name in names if name.parts[0] != "locales")

    @cached_property
    def _asked(self) -> frozenset[str]:
        """The joined files that the pages ask for: nobody else can have files joined."""
        texts = [self.page(path.relative_to(self._root).as_posix()) for path in self._root.rglob("*.html")]
        scripts = {f"joined/{entry}.js" for text in texts for entry in SCRIPT.findall(text)}
        styles = {_styles_name(STYLE.findall(links)) for text in texts for links in STYLES.findall(text)}
        return frozenset(scripts | styles)

    def page(self, name: str) -> str:
        """A page as it was written, lean, with the pieces that it shares with others."""
        return lean(PARTIAL.sub(lambda found: self._text(f"partials/{found[1]}.html"), self._text(name)), ".html")

    def file(self, name: str) -> File | None:
        """By its path under static/, or the name of a joined one."""
        if name not in self._files and name in self._names:
            self._files[name] = self._alone(name)
        elif name not in self._files:
            self._join(name)
        return self._files.get(name)

    def is_of(self, file: File, address: str) -> bool:
        """Whether that hash in an address means this very content."""
        return address in {file.hash[:HASH], self.build}

    def in_page(self, text: str) -> str:
        """A page's text with the addresses of joined scripts and styles, and its icon within."""
        text = SCRIPT.sub(lambda found: self._address(f"joined/{found[1]}.js"), text)
        text = STYLES.sub(lambda found: self._link(STYLE.findall(found[0])), text)
        text = ICON.sub(lambda found: self._picture(found[1]), text)
        return self._addressed(text)

    def apart(self, text: str) -> str:
        """A text that asks for every file alone."""
        return text.replace("/static/", f"/s/{self.build}/")

    def _addressed(self, text: str) -> str:
        return ADDRESS.sub(lambda found: self._address(found[1]), text)

    def _address(self, name: str) -> str:
        file = self.file(name)
        if file is None:
            raise LookupError(f"a page asks for /static/{name}, which is not there")
        return f"/s/{file.hash[:HASH]}/{name}"

    def _alone(self, name: str) -> File:
        path = self._root / name
        body = path.read_bytes()
        if path.suffix in TEXT:
            text = body.decode()
            body = self.apart(text if name.startswith("vendor/") else lean(text, path.suffix)).encode()
        return File(body, path.suffix)

    def _text(self, name: str) -> str:
        return (self._root / name).read_text(encoding="utf-8")

    def _join(self, name: str) -> None:
        if (script := JOINED_SCRIPT.fullmatch(name)) and f"joined/{script[1]}.js" in self._asked:
            self._join_script(script[1])
        elif (styles := JOINED_STYLES.fullmatch(name)) and name in self._asked:
            self._join_styles(name, styles[1].split("+"))

    def _join_script(self, entry: str) -> None:
        """The later parts come first: the first one knows their addresses."""
        parts = self._scripts.parts(f"{entry}.js")
        first, *others = parts
        names = [f"joined/{entry}.{number}.js" for number, _ in enumerate(others, 2)]
        for name, part in zip(names, others, strict=True):
            self._files[name] = File(self._addressed(further(part)).encode(), ".js")
        alone = {name: self._address(name) for name in self._scripts.alone(parts)}
        script = self._scripts.first(first, [self._address(name) for name in names], alone, f"{entry}.js")
        self._files[f"joined/{entry}.js"] = File(self._addressed(script).encode(), ".js")

    def _join_styles(self, name: str, styles: Sequence[str]) -> None:
        texts = [lean(self._text(f"styles/{style}.css"), ".css") for style in styles]
        self._files[name] = File("".join(texts).encode(), ".css")

    def _link(self, styles: Sequence[str]) -> str:
        return f'<link rel="stylesheet" href="{self._address(_styles_name(styles))}">\n'

    def _picture(self, name: str) -> str:
        """A sign this small travels with the page."""
        return f"data:image/svg+xml;base64,{base64.b64encode((self._root / name).read_bytes()).decode()}"


def _styles_name(styles: Sequence[str]) -> str:
    return f"joined/{'+'.join(styles)}.css"
