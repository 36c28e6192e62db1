"""Every page's scripts can be joined as the server does it, and no client waits for a library."""

import re
from pathlib import Path

import pytest

from server.assets import SCRIPT, STYLE, Assets
from server.scripts import Scripts
from tests.support.tree import STATIC, brought, client_pages, name, pages

SCRIPTS = Scripts(lambda script: (STATIC / script).read_text(encoding="utf-8"))


def entries(page: Path) -> list[str]:
    return [f"{entry}.js" for entry in SCRIPT.findall(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("page", pages(), ids=name)
def test_a_page_can_be_joined(page: Path) -> None:
    for entry in entries(page):
        joined = [module.name for part in SCRIPTS.parts(entry) for module in part]
        assert len(joined) == len(set(joined)), "each module once"
        assert joined.index(entry) >= 0


@pytest.mark.parametrize("page", client_pages(), ids=name)
def test_the_joined_page_holds_what_the_page_imports(page: Path) -> None:
    own = {path.relative_to(STATIC).as_posix() for path in brought(page) if path.suffix == ".js"}
    parts = [SCRIPTS.parts(entry) for entry in entries(page)]
    joined = {module.name for each in parts for part in each for module in part}
    assert own == joined | {library for each in parts for library in SCRIPTS.alone(each)}


@pytest.mark.parametrize("page", client_pages(), ids=name)
def test_a_client_loads_no_library_before_somebody_needs_it(page: Path) -> None:
    joined = [module.name for entry in entries(page) for part in SCRIPTS.parts(entry) for module in part]
    assert [module for module in joined if module.startswith("vendor/")] == []


@pytest.mark.parametrize("page", pages(), ids=name)
def test_styles_can_be_joined(page: Path) -> None:
    # Below another address a relative one would lead elsewhere; an import in the middle of a style counts for nothing.
    for style in STYLE.findall(Assets(STATIC).page(page.relative_to(STATIC).as_posix())):
        text = (STATIC / "styles" / f"{style}.css").read_text(encoding="utf-8")
        assert re.findall(r"@import|url\(\s*[\"']?(?!/static/|data:)[^)]*", text) == []
