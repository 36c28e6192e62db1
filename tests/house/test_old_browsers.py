"""Client pages run on old phones (about Chrome 87, Firefox 90, Safari 14.5): nothing newer in what they load."""

import re
from pathlib import Path

import pytest

from server.scripts import RUNTIME
from tests.support.tree import STATIC, brought, client_pages, name, without_comments

SCRIPT = {
    "top-level await": r"^(?:await\b|(?:export )?(?:const|let|var) [^=\n]*= await\b)",
    "Array.prototype.at": r"\.at\(",
    "findLast": r"\.findLast(?:Index)?\(",
    "copying array methods": r"\.to(?:Sorted|Reversed|Spliced)\(|\.with\(\d",
    "structuredClone": r"\bstructuredClone\(",
    "Object.hasOwn": r"\bObject\.hasOwn\(",
    "grouping": r"\b(?:Object|Map)\.groupBy\(",
    "Promise.withResolvers": r"\bwithResolvers\(",
    "Array.fromAsync": r"\bfromAsync\(",
    "regular expression lookbehind": r"\(\?<[=!]",
    "private methods": r"^\s+(?:async |static )*#\w+\s*\([^)]*\)\s*\{",
    "static blocks": r"^\s+static\s*\{",
    "#name in object": r"#\w+ in ",
    "crypto.randomUUID": r"\brandomUUID\(",
    "AbortSignal.timeout and any": r"\bAbortSignal\.(?:timeout|any)\(",
    "dialog elements": r"\.showModal\(",
    "popovers": r"\.(?:show|hide|toggle)Popover\(",
    "imports with attributes": r"\bfrom\s+[\"'][^\"']+[\"']\s+(?:with|assert)\b",
    "URL.canParse": r"\bURL\.canParse\(",
    "set methods": r"\.(?:isSubsetOf|symmetricDifference)\(",
}
STYLE = {
    ":has()": r":has\(",
    ":is() and :where()": r":(?:is|where)\(",
    "lists in :not()": r":not\([^)]*,",
    "container queries": r"@container|container-(?:type|name)\s*:",
    "@layer": r"@layer\b",
    "@scope": r"@scope\b",
    "newer colour functions": r"\b(?:oklch|oklab|lch|lab|color-mix|light-dark|color)\(",
    "range media queries": r"@media[^{]*[<>]",
    "nesting": r"(?:^|[;{}])\s*&",
}


def loaded(suffix: str) -> list[Path]:
    """What client pages load of our own; the libraries are built for older browsers still."""
    every = {path for page in client_pages() for path in brought(page)} | {STATIC / RUNTIME}
    return sorted(path for path in every if path.suffix == suffix and "vendor" not in path.parts)


def too_new(text: str, rules: dict[str, str]) -> dict[str, str]:
    plain = without_comments(text)
    found = {what: re.search(rule, plain, re.MULTILINE) for what, rule in rules.items()}
    return {what: match[0].strip() for what, match in found.items() if match}


def test_there_are_client_pages_with_scripts_and_styles() -> None:
    assert len(client_pages()) >= 2
    assert loaded(".js")
    assert loaded(".css")


def test_whatever_a_client_page_loads_is_there() -> None:
    assert [name(path) for path in [*loaded(".js"), *loaded(".css")] if not path.is_file()] == []


@pytest.mark.parametrize("script", loaded(".js"), ids=name)
def test_a_script_of_client_pages_is_old_enough(script: Path) -> None:
    assert too_new(script.read_text(encoding="utf-8"), SCRIPT) == {}


@pytest.mark.parametrize("style", loaded(".css"), ids=name)
def test_a_style_of_client_pages_is_old_enough(style: Path) -> None:
    text = style.read_text(encoding="utf-8")
    assert too_new(text, STYLE) == {}
    assert nested(without_comments(text)) == []


@pytest.mark.parametrize("page", client_pages(), ids=name)
def test_a_client_page_has_no_import_map(page: Path) -> None:
    assert 'type="importmap"' not in page.read_text(encoding="utf-8")


def test_the_rules_find_what_they_forbid() -> None:
    assert set(too_new("const x = await y;\nlist.at(-1);\nclass A {\n  #b() {\n  }\n}\n/(?<=a)b/", SCRIPT)) == {
        "top-level await",
        "Array.prototype.at",
        "private methods",
        "regular expression lookbehind",
    }
    assert set(too_new("a:has(b){} p{color:oklch(1 0 0)} @layer x;", STYLE)) == {
        ":has()",
        "newer colour functions",
        "@layer",
    }
    assert nested("a { color: red; b { color: blue } } @media print { a { color: red } }") == ["b"]


def nested(text: str) -> list[str]:
    """Selectors of rules that stand inside another rule (inside @media and the like they may)."""
    found, open_blocks, head = [], [], ""
    for sign in text:
        if sign == "{":
            selector = head.strip()
            if open_blocks and not open_blocks[-1].startswith("@") and not selector.startswith("@"):
                found.append(selector)
            open_blocks.append(selector)
        elif sign == "}" and open_blocks:
            open_blocks.pop()
        head = "" if sign in "{};" else head + sign
    return found
