"""Pages: HTML with the words of the person's language, and static files that a browser may keep for ever.

Every text under static/ is read once. `{{key}}` becomes the escaped word; `/static/` becomes `/s/<build>/`, where the
build is a hash over all of static/, so a changed file has a new address and an unchanged one is never asked for again.
"""

import gzip
import hashlib
import html
import json
import mimetypes
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from aiohttp import web

from server import cookies
from server.lean import lean
from server.words import LANGUAGES, Words

TEXT = {".html", ".js", ".css", ".json", ".svg", ".txt", ".webmanifest"}
PLACEHOLDER = re.compile(r"\{\{([A-Za-z0-9_.]+)\}\}")
WORDS = re.compile(r'(<script type="application/json" id="words" data-keys="([^"]*)">)\s*(</script>)')
FOREVER = "public, max-age=31536000, immutable"
# `.mjs`, fonts and icons do not have the same type on every machine's list.
TYPES = {".js": "text/javascript", ".svg": "image/svg+xml", ".webmanifest": "application/manifest+json"}


class Markup(str):
    """HTML of our own making, escaped where it was made."""

    __slots__ = ()


@dataclass(frozen=True)
class File:
    """One file ready to be sent."""

    body: bytes
    packed: bytes | None
    content_type: str
    etag: str

    @classmethod
    def of(cls, body: bytes, suffix: str) -> "File":
        content_type = TYPES.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream")
        packed = gzip.compress(body, 9, mtime=0) if suffix in TEXT else None
        return cls(body, packed, content_type, hashlib.sha256(body).hexdigest()[:16])

    def response(self, request: web.Request, cache: str) -> web.Response:
        headers = {"Cache-Control": cache, "Vary": "Accept-Encoding, Accept-Language, Cookie", "ETag": f'"{self.etag}"'}
        if request.headers.get("If-None-Match") == f'"{self.etag}"':
            return web.Response(status=304, headers=headers)
        charset = "utf-8" if self.content_type.startswith("text/") else None
        if self.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return web.Response(body=self.packed, content_type=self.content_type, charset=charset, headers=headers)
        return web.Response(body=self.body, content_type=self.content_type, charset=charset, headers=headers)


class Pages:
    """All of static/, by path, in each language where it is a page."""

    def __init__(self, root: Path, words: Words) -> None:
        self._root = root
        self._words = words
        self._pages: dict[tuple[str, str, tuple[tuple[str, str], ...]], File] = {}

    @cached_property
    def build(self) -> str:
        seen = hashlib.sha256()
        for path in self._paths():
            seen.update(path.relative_to(self._root).as_posix().encode() + b"\0" + path.read_bytes())
        return seen.hexdigest()[:12]

    @cached_property
    def _files(self) -> Mapping[str, File]:
        return {path.relative_to(self._root).as_posix(): self._file(path) for path in self._paths()}

    def _paths(self) -> list[Path]:
        public = (path for path in self._root.rglob("*") if path.is_file() and path.suffix not in {".html", ".ts"})
        return sorted(path for path in public if "locales" not in path.relative_to(self._root).parts)

    def _file(self, path: Path) -> File:
        body = path.read_bytes()
        if path.suffix in TEXT:
            text = body.decode()
            text = text if "vendor" in path.parts else lean(text, path.suffix)
            body = self._addressed(text).encode()
        return File.of(body, path.suffix)

    def _addressed(self, text: str) -> str:
        return text.replace("/static/", f"/s/{self.build}/")

    async def asset(self, request: web.Request) -> web.StreamResponse:
        """`/s/{build}/{path}`; another build's address gets the present file, but is not to be kept."""
        file = self._files.get(request.match_info["path"])
        if file is None:
            raise web.HTTPNotFound
        return file.response(request, FOREVER if request.match_info["build"] == self.build else "no-cache")

    def page(self, name: str, request: web.Request, **facts: str | Markup) -> web.StreamResponse:
        """The page in the person's language; `facts` fill placeholders that are no words, `Markup` without escaping."""
        language = cookies.language(request)
        key = (name, language, tuple(sorted(facts.items())))
        if key not in self._pages:
            self._pages[key] = File.of(self._rendered(name, language, facts).encode(), ".html")
        response = self._pages[key].response(request, "no-cache")
        if request.query.get("lang") in LANGUAGES:
            response.set_cookie(cookies.LANGUAGE, language, max_age=31536000, samesite="Lax", path="/")
        return response

    def _rendered(self, name: str, language: str, facts: Mapping[str, str]) -> str:
        text = (self._root / name).read_text(encoding="utf-8")
        known = {"lang": language, "dir": "ltr", **facts}

        def filled(found: re.Match[str]) -> str:
            value = known[found[1]] if found[1] in known else self._words(language, found[1])
            return value if isinstance(value, Markup) else html.escape(value)

        text = PLACEHOLDER.sub(filled, text)
        return self._addressed(WORDS.sub(self._words_block(language), text))

    def _words_block(self, language: str) -> Callable[[re.Match[str]], str]:
        def block(found: re.Match[str]) -> str:
            words = self._words.starting(language, tuple(found[2].split()))
            return found[1] + json.dumps(words, ensure_ascii=False).replace("<", "\\u003c") + found[3]

        return block
