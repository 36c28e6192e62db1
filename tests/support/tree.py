"""The project's own tree, as the rules of the house see it: its files, and which of them a page brings along."""

import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
PARTIALS = "partials"
PARTIAL = re.compile(r"\{\{> ([a-z-]+)\}\}")
IMPORTED = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+\.js)["']""")
ASKED = re.compile(r"""(?:src|href)="(/static/[^"]+\.(?:js|css))\"""")


@cache
def files() -> tuple[Path, ...]:
    """Every file that is, or is about to be, in the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(sorted(ROOT / name for name in set(listed.split("\0")) if name and (ROOT / name).is_file()))


def under(folder: str, *suffixes: str) -> list[Path]:
    """The files below a folder of the project, of those kinds."""
    return [path for path in files() if path.is_relative_to(ROOT / folder) and path.suffix in suffixes]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def pages() -> list[Path]:
    return [page for page in under("static", ".html") if page.parent.name != PARTIALS]


def text(page: Path) -> str:
    """A page with the pieces that it shares with others."""
    return PARTIAL.sub(lambda found: (STATIC / PARTIALS / f"{found[1]}.html").read_text(encoding="utf-8"), _read(page))


def client_pages() -> list[Path]:
    """The pages of people who must not need a new phone."""
    return [page for page in pages() if page.parent == STATIC]


def brought(page: Path) -> set[Path]:
    """Every script and style that a page loads, through all imports; libraries included."""
    found: set[Path] = set()
    waiting = [_place(page, address) for address in ASKED.findall(text(page))]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        if path.suffix == ".js" and path.is_file() and "vendor" not in path.parts:
            waiting += [_place(path, address) for address in IMPORTED.findall(without_comments(path.read_text()))]
    return found


def without_comments(text: str) -> str:
    """JavaScript or CSS without its remarks; a slash pair inside a string goes too, which no rule minds."""
    return re.sub(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", "", text, flags=re.DOTALL)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _place(asking: Path, address: str) -> Path:
    return (ROOT / address.lstrip("/") if address.startswith("/") else asking.parent / address).resolve()
