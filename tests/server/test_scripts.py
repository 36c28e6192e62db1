"""Scripts joined: each module once, in a scope of its own; what the house does not write is refused with its place."""

import re

import pytest

from server.modules import NotJoined, read
from server.scripts import Part, Scripts, further

RUNTIME = {"lib/joined.js": "export function run(modules) {}\n"}


def scripts(**files: str) -> Scripts:
    """`a="…"` is the file a.js."""
    texts = RUNTIME | {f"{name}.js": text for name, text in files.items()}
    return Scripts(texts.__getitem__)


def names(parts: list[Part]) -> list[list[str]]:
    return [[module.name for module in part] for part in parts]


def test_a_module_stands_after_those_it_imports_and_once() -> None:
    joined = scripts(
        page='import { a } from "/static/a.js";\nimport { b } from "./b.js";',
        a='import { c } from "/static/c.js";\nexport const a = c;',
        b='import { c } from "/static/c.js";\nexport const b = c;',
        c="export const c = 1;",
    )
    assert names(joined.parts("page.js")) == [["c.js", "a.js", "b.js", "page.js"]]


def test_what_is_imported_later_comes_in_a_second_part_without_what_is_there() -> None:
    joined = scripts(
        page='import { a } from "/static/a.js";\nimport("/static/b.js");',
        a="export const a = 1;",
        b='import { a } from "/static/a.js";\nimport { c } from "/static/c.js";\nimport("/static/d.js");',
        c="export const c = 1;",
        d='import("/static/page.js");',
    )
    assert names(joined.parts("page.js")) == [["a.js", "page.js"], ["c.js", "b.js"], ["d.js"]]


def test_what_others_than_the_entry_import_later_comes_last() -> None:
    joined = scripts(
        page='import { a } from "/static/a.js";\nimport("/static/b.js");',
        a='import("/static/rare.js");\nexport const a = 1;',
        b="export const b = 1;",
        rare="export const rare = 1;",
    )
    assert names(joined.parts("page.js")) == [["a.js", "page.js"], ["b.js"], ["rare.js"]]
    assert names(joined.parts("a.js")) == [["a.js"], ["rare.js"]]


def test_a_library_that_is_imported_later_comes_alone() -> None:
    library = {"vendor/io": "const a=1;export{a as io};", "vendor/draw": "const b=1;export{b as default};"}
    joined = scripts(
        page='import { io } from "./vendor/io.js";\nimport("./vendor/io.js"), import("/static/vendor/draw.js");',
        **library,
    )
    parts = joined.parts("page.js")
    assert names(parts) == [["vendor/io.js", "page.js"]]
    assert joined.alone(parts) == ["vendor/draw.js"]


def test_modules_that_import_each_other_are_refused() -> None:
    joined = scripts(
        page='import { a } from "/static/a.js";',
        a='import { b } from "/static/b.js";\nexport const a = 1;',
        b='import { a } from "/static/a.js";\nexport const b = 1;',
    )
    with pytest.raises(NotJoined, match=re.escape("page.js → a.js → b.js → a.js")):
        joined.parts("page.js")


def test_a_module_becomes_a_function_that_gives_its_exports() -> None:
    module = read(
        "pages/page.js",
        """// What it is.
import { el, say as tell } from "/static/components/page.js";
import { near } from "../lib/near.js";
import Chart from "/static/vendor/chart.js";
/** @typedef {import("/static/lib/near.js").Near} Near */

export const many = [1, 2];
export async function open(import_, own) {
  const { late } = await import("/static/pages/late.js");
  return `import("/static/no.js") ${own.import}`; // export
}
export class Page {}
function hidden() {}
export { hidden as shown, many as all };
export { x, y as z } from "./other.js";
""",
    )
    assert module.imports == [
        ("components/page.js", "{el,say:tell}"),
        ("lib/near.js", "{near}"),
        ("vendor/chart.js", "{default:Chart}"),
        ("pages/other.js", "{x:$x,y:$y}"),
    ]
    assert module.later == ["pages/late.js"]
    assert module.exports == ["many", "open", "Page", "shown:hidden", "all:many", "x:$x", "z:$y"]
    assert module.code == (
        '"pages/page.js"($use,$later){\n'
        'const {el,say:tell}=$use("components/page.js");\n'
        'const {near}=$use("lib/near.js");\n'
        'const {default:Chart}=$use("vendor/chart.js");\n'
        'const {x:$x,y:$y}=$use("pages/other.js");\n'
        "const many=[1,2];\n"
        "async function open(import_,own){\n"
        'const{late}=await $later("pages/late.js");\n'
        'return`import("/static/no.js") ${own.import}`;\n'
        "}\n"
        "class Page{}\n"
        "function hidden(){}\n"
        "return {many,open,Page,shown:hidden,all:many,x:$x,z:$y};\n"
        "},\n"
    )


def test_a_library_stays_as_its_makers_wrote_it() -> None:
    library = "/*! Its makers */\nconst  a = 1 ;export{a as io,a as default};\n"
    module = read("vendor/io.js", library)
    assert (module.body, module.exports) == ("/*! Its makers */\nconst  a = 1 ;\n", ["io:a", "default:a"])


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('import * as page from "/static/a.js";', "an import of another kind"),
        ('import "/static/a.js";', "an import of another kind"),
        ("const here = import.meta.url;", "an import of another kind"),
        ("const some = { export: 1 };", "an export inside"),
        ('if (a) { import { b } from "/static/a.js"; }', "an import of another kind"),
        ('import { a } from "preact";', "no address of a module"),
        ('import { a, } of "/static/a.js";', "of where from should be"),
        ("import { a b } from './a.js';", "no list of names"),
        ('import { a } from "/static/a.js"\nlet b;', "let where a statement should end"),
        ("import { a } from", "in the middle of an import"),
        ("import(place);", "no address of a module"),
        ("export default class {}", "an export of something else"),
        ("export let a = 1;", "an export of something else"),
        ('export * from "/static/a.js";', "an export of something else"),
        ("export const { a } = b;", "an export of something else"),
        ("export const a = [1, 2], b = 3;", "two names with one const"),
        ("export const a = 1", "without a semicolon"),
        ("function f() { export const a = 1; }", "inside of something"),
        ("const a = await b;", "awaits"),
        ("const $use = 1;", "a name of the joined script itself"),
        ("const a = `open;", "a template without an end"),
    ],
)
def test_anything_else_is_refused_with_its_line(line: str, why: str) -> None:
    with pytest.raises(NotJoined) as refused:
        read("pages/odd.js", f"// first\n{line}\n")
    assert str(refused.value).startswith(("pages/odd.js, line ", "pages/odd.js: line 2"))
    assert why in str(refused.value)


def test_later_parts_know_no_addresses() -> None:
    joined = scripts(page='import("/static/a.js");', a="export const a = 1;")
    first, second = joined.parts("page.js")
    assert further(second) == 'export const modules = {\n"a.js"($use,$later){\nconst a=1;\nreturn {a};\n},\n};\n'
    assert joined.first(first, ["/s/1/a.js"], {}, "page.js").endswith('}, ["/s/1/a.js"], {}, "page.js");\n')
