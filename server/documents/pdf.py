"""Papers as PDF: typst sets them, from templates of ours and facts that reach them as data, never as markup."""

import json
from dataclasses import asdict
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typst

from server import qr
from server.documents import PDF, Document
from server.documents.amounts import in_words
from server.documents.aside import aside
from server.documents.papers import ActPaper, CertificatePaper, ChoicePaper, ConsentPaper, Paper, initials
from server.words import Words

TEMPLATES = Path(__file__).parent / "templates"
NAMES: dict[type[Paper], str] = {
    CertificatePaper: "certificate",
    ActPaper: "act",
    ConsentPaper: "consent",
    ChoicePaper: "choice",
}


def document(file_name: str, paper: Paper, words: Words, language: str, *, now: datetime) -> Document:
    """The paper as `file_name`.pdf; set aside of the loop, after the transaction."""
    return Document(partial(aside, pdf, paper, words, language, now=now), PDF, f"{file_name}.pdf")


def pdf(paper: Paper, words: Words, language: str, *, now: datetime) -> bytes:
    """The paper, about 50 ms of another thread. The same facts and `now` give the same bytes."""
    compiler, timestamp = _compiler(paper, words, language), int(now.timestamp())
    try:
        # Tagged for screen readers (PDF/UA-1), and fit to be kept for decades (PDF/A-2a): it brings its letters itself.
        made = compiler.compile(format="pdf", timestamp=timestamp, pdf_standards=["ua-1", "a-2a"])
    except typst.TypstError:
        # A letter that none of our fonts has keeps a paper from both standards, not a person from his paper.
        made = compiler.compile(format="pdf", timestamp=timestamp)
    assert isinstance(made, bytes)
    return made


def pictures(paper: Paper, words: Words, language: str, *, ppi: float = 72) -> list[bytes]:
    """Its pages as PNG, to look at."""
    made = _compiler(paper, words, language).compile(format="png", ppi=ppi)
    return made if isinstance(made, list) else [made or b""]


def moment(instant: datetime, zone: str, words: Words, language: str) -> str:
    """An instant in words, on that clock: «23 ноября 2026 г., 10:15»."""
    local = instant.astimezone(ZoneInfo(zone))
    month = words(language, f"paper.all.month_of.{local.month}")
    day = words(language, "paper.all.day", day=local.day, month=month, year=local.year)
    return f"{day}, {local:%H:%M}"


def _compiler(paper: Paper, words: Words, language: str) -> typst.Compiler:
    name = NAMES[type(paper)]
    said = words.starting(language, ("paper.all.", f"paper.{name}."))
    facts = {
        "paper": asdict(paper) | _derived(paper, language),
        "words": {key.removeprefix("paper."): text for key, text in said.items()},
        "language": language,
    }
    data = {"data": json.dumps(facts, default=_plain, ensure_ascii=False)}
    # The root is the folder of templates: no paper can read another file of this machine.
    return typst.Compiler(
        TEMPLATES / f"{name}.typ", root=TEMPLATES, font_paths=_fonts(), ignore_system_fonts=True, sys_inputs=data
    )


def _derived(paper: Paper, language: str) -> dict[str, Any]:
    """What follows from a paper's facts and is easier said here than there."""
    if isinstance(paper, CertificatePaper):
        return {"nominal_kopecks": paper.nominal_kopecks, "qr": qr.svg(paper.token)}
    if isinstance(paper, ActPaper):
        lines = [asdict(line) | {"recipient": initials(line.recipient)} for line in paper.lines]
        total = paper.total_kopecks
        return {"lines": lines, "total_kopecks": total, "in_words": in_words(total, language)}
    return {}


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no paper has a {type(value).__name__}")


@cache
def _fonts() -> typst.Fonts:
    """Those that typst brings: the same letters on every machine, Cyrillic among them."""
    return typst.Fonts(include_system_fonts=False)
