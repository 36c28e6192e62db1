"""Pages: HTML with the words of the person's language, and the few files that each of them needs.

`{{key}}` becomes the escaped word, `{{> name}}` a piece of static/partials/ that several pages share. Scripts and
styles come joined (server/assets.py); `?apart` behind a page's address brings each module alone, for whoever looks
for a fault.
"""

import html
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from aiohttp import web

from server import cookies
from server.assets import Assets
from server.files import File
from server.words import LANGUAGES, Words

PLACEHOLDER = re.compile(r"\{\{([A-Za-z0-9_.]+)\}\}")
WORDS = re.compile(r'(<script type="application/json" id="words" data-keys="([^"]*)">)\s*(</script>)')
FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
Key = tuple[str, str, bool, tuple[tuple[str, str], ...]]


class Markup(str):
    """HTML of our own making, escaped where it was made."""

    __slots__ = ()


class Pages:
    """All of static/, by path, in each language where it is a page."""

    def __init__(self, root: Path, words: Words) -> None:
        self._words = words
        self._assets = Assets(root)
        self._pages: dict[Key, File] = {}

    async def asset(self, request: web.Request) -> web.StreamResponse:
        """`/s/{hash}/{path}`; another build's address gets the present file, but is not to be kept."""
        file = self._assets.file(request.match_info["path"])
        if file is None:
            raise web.HTTPNotFound
        kept = self._assets.is_of(file, request.match_info["hash"])
        return await file.response(request, {"Cache-Control": FOREVER if kept else ASK_AGAIN})

    async def page(self, name: str, request: web.Request, **facts: str | Markup) -> web.StreamResponse:
        """The page in the person's language; `facts` fill placeholders that are no words, `Markup` without escaping."""
        language, apart = cookies.language(request), "apart" in request.query
        key = (name, language, apart, tuple(sorted(facts.items())))
        if key not in self._pages:
            self._pages[key] = File(self._rendered(name, language, facts, apart=apart).encode(), ".html")
        varies = {"Cache-Control": ASK_AGAIN, "Vary": "Accept-Encoding, Accept-Language, Cookie"}
        response = await self._pages[key].response(request, varies)
        if request.query.get("lang") in LANGUAGES:
            response.set_cookie(cookies.LANGUAGE, language, max_age=31536000, samesite="Lax", path="/")
        return response

    def _rendered(self, name: str, language: str, facts: Mapping[str, str], *, apart: bool) -> str:
        known = {"lang": language, "dir": "ltr", **facts}

        def filled(found: re.Match[str]) -> str:
            value = known[found[1]] if found[1] in known else self._words(language, found[1])
            return value if isinstance(value, Markup) else html.escape(value)

        text = self._assets.page(name)
        text = self._assets.apart(text) if apart else self._assets.in_page(text)
        return WORDS.sub(self._words_block(language), PLACEHOLDER.sub(filled, text))

    def _words_block(self, language: str) -> Callable[[re.Match[str]], str]:
        def block(found: re.Match[str]) -> str:
            words = self._words.starting(language, tuple(found[2].split()))
            table = json.dumps(words, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
            return found[1] + table + found[3]

        return block
