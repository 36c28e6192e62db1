"""An act as a paper to sign and as a table to count with: its facts as `documents` wants them."""

from datetime import date, datetime
from typing import cast
from zoneinfo import ZoneInfo

from sqlalchemy import select

from scheduling.acts.reading import Line, Whole
from scheduling.acts.tables import ActLine, Rendered
from scheduling.db import Tx
from scheduling.people import Account, Institution
from server.documents import papers
from server.documents.papers import ActPaper, Office, Unit
from server.documents.tables import Cell, Column, Table
from server.words import Words


async def paper(tx: Tx, whole: Whole, words: Words, language: str) -> ActPaper:
    """The act as it is printed; for the department stands the institution of whoever signed or made it."""
    act = whole.act
    customer = await _office_of(tx, act.signed_by or act.made_by)
    by_minutes = await _by_minutes(tx, act.id)
    return ActPaper(
        number=act.number if act.status == "signed" else "—",
        provider=_office(whole.provider),
        customer=_office(customer),
        month=act.month,
        source=source(words, language, act.source),
        lines=tuple(_line(each, each.line.booking_id in by_minutes, words, language) for each in whole.lines),
        made_on=_day(act.made_at, whole),
        signed_on=_day(act.signed_at, whole) if act.signed_at else None,
        signed_for=act.signed_for,
    )


def _day(at: datetime, whole: Whole) -> date:
    return at.astimezone(ZoneInfo(whole.district.zone)).date()


def table(whole: Whole, words: Words, language: str) -> list[Table]:
    """A sheet of lines with what spoke for each, and one of totals by service."""

    def say(key: str) -> str:
        return words(language, f"staff.acts.{key}")

    act = whole.act
    number = act.number if act.status == "signed" else say("draft")
    notes = [
        whole.provider.name,
        f"{whole.district.name} · {source(words, language, act.source)} · {act.year}",
    ]
    lines = Table(
        title=f"{say('title_one')} {number}",
        columns=[
            Column("№", "whole", 6),
            Column(say("day"), "day"),
            Column(say("recipient"), "text", 32),
            Column(say("certificate"), "text", 18),
            Column(say("code"), "text", 8),
            Column(say("service"), "text", 40),
            Column(say("quantity"), "whole"),
            Column(say("minutes"), "whole"),
            Column(say("norm"), "whole"),
            Column(say("tariff"), "money"),
            Column(say("sum"), "money"),
            Column(say("confirmed"), "text", 22),
            Column(say("confirmed_at"), "instant", 18),
            Column(say("corrects"), "text", 22),
            Column(say("because"), "text", 30),
        ],
        rows=[_row(each, words, language) for each in whole.lines],
        notes=notes,
        total=[
            *(None, None, say("total"), None, None, None),
            *(None, None, None, None, sum(each.line.sum_kopecks for each in whole.lines)),
            *(None, None, None, None),
        ],
        sheet=say("lines"),
        zone=whole.district.zone,
        language=language,
    )
    return [lines]


def source(words: Words, language: str, code: str) -> str:
    """The source of money in words, or as it was written where nobody gave it any."""
    key = f"staff.acts.source_{code}"
    return words(language, key) if words.has(language, key) else code


def because(words: Words, language: str, text: str) -> str:
    """The reason of a correction: what was written, or the outcome in words."""
    key = f"staff.outcome.{text}"
    return words(language, key) if words.has(language, key) else text


def _row(each: Line, words: Words, language: str) -> list[Cell]:
    line, evidence = each.line, each.line.evidence
    at = evidence.get("at")
    return [
        line.n,
        line.day,
        each.client,
        each.certificate,
        line.code,
        line.name,
        line.quantity,
        line.minutes,
        evidence.get("of"),
        line.unit_kopecks,
        line.sum_kopecks,
        words(language, f"staff.acts.how_{evidence['how']}") if evidence.get("how") else "",
        datetime.fromisoformat(at) if at else None,
        _corrects(each, words, language),
        because(words, language, line.because),
    ]


def _line(each: Line, by_minutes: bool, words: Words, language: str) -> papers.ActLine:
    line = each.line
    return papers.ActLine(
        day=line.day,
        recipient=each.client,
        certificate=each.certificate,
        code=line.code,
        service=line.name,
        unit=cast(Unit, line.unit),
        quantity=line.quantity,
        minutes=line.minutes,
        unit_kopecks=line.unit_kopecks,
        sum_kopecks=line.sum_kopecks,
        by_minutes=by_minutes,
        corrects=_corrects(each, words, language),
        because=because(words, language, line.because),
    )


def _corrects(each: Line, words: Words, language: str) -> str:
    if each.corrects is None:
        return ""
    number, n = each.corrects
    return words(language, "staff.acts.corrects_line", number=number, n=n)


async def _by_minutes(tx: Tx, act: int) -> set[int]:
    """The bookings on an act that are paid by minutes: their rule has to stand on the paper beside those lines."""
    lines = select(ActLine.booking_id).where(ActLine.act_id == act)
    paid = select(Rendered.booking_id).where(Rendered.booking_id.in_(lines), Rendered.payment == "minutes")
    return set(await tx.scalars(paid))


async def _office_of(tx: Tx, account: int) -> Institution:
    where = select(Institution).join(Account, Account.institution_id == Institution.id).where(Account.id == account)
    return (await tx.scalars(where)).one()


def _office(found: Institution) -> Office:
    return Office(found.name, found.kind, found.address, found.phone, found.inn, found.director)
