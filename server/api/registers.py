"""Registers as files: recipients, services rendered, providers, with the fields of 442-ФЗ, written part by part."""

import io
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import date
from functools import partial

from pydantic import Field, model_validator

from scheduling import audit, registers
from scheduling.db import Tx
from scheduling.errors import NotFound
from scheduling.people import District
from server.api import register_rows
from server.api.register_rows import Row, Said
from server.documents import CSV, XLSX, Document
from server.documents.aside import aside
from server.documents.tables import Column, Table, csv, xlsx
from server.endpoint import Ask, endpoint
from server.shapes import Day, Form

Parts = Callable[[Tx], AsyncIterator[list[Row]]]


class Period(Form):
    """Both days belong to it."""

    since: Day = Field(alias="from")
    until: Day

    @model_validator(mode="after")
    def in_order(self) -> "Period":
        if self.until < self.since:
            raise ValueError("until before from")
        return self


@endpoint("GET", "/registers/recipients.csv", allow="registers", transaction="write", produces=(CSV,))
async def recipients_csv(ask: Ask, query: Period) -> Document:
    """The register of recipients (ст. 26 442-ФЗ) of the own district: a row for each service of each of them."""
    return await _recipients(ask, query, "csv")


@endpoint("GET", "/registers/recipients.xlsx", allow="registers", transaction="write", produces=(XLSX,))
async def recipients_xlsx(ask: Ask, query: Period) -> Document:
    return await _recipients(ask, query, "xlsx")


@endpoint("GET", "/registers/services.csv", allow="registers", transaction="write", produces=(CSV,))
async def services_csv(ask: Ask, query: Period) -> Document:
    """What was rendered in the own district, a row for each session, with the act it stands on."""
    return await _services(ask, query, "csv")


@endpoint("GET", "/registers/services.xlsx", allow="registers", transaction="write", produces=(XLSX,))
async def services_xlsx(ask: Ask, query: Period) -> Document:
    return await _services(ask, query, "xlsx")


@endpoint("GET", "/registers/providers.csv", allow="registers", transaction="write", produces=(CSV,))
async def providers_csv(ask: Ask, query: Period) -> Document:
    """The providers (ст. 25 442-ФЗ) with their services and tariffs as they are at the end of the period."""
    return await _providers(ask, query, "csv")


@endpoint("GET", "/registers/providers.xlsx", allow="registers", transaction="write", produces=(XLSX,))
async def providers_xlsx(ask: Ask, query: Period) -> Document:
    return await _providers(ask, query, "xlsx")


async def _recipients(ask: Ask, period: Period, kind: str) -> Document:
    said, district = Said.of(ask), await _district(ask)
    days = {"since": period.since, "until": period.until}

    async def parts(tx: Tx) -> AsyncIterator[list[Row]]:
        async for part in registers.recipients(tx, district.id, **days):
            yield [register_rows.recipient(each, said) for each in part]

    return _file(ask, "recipients", kind, register_rows.recipient_columns(said), parts, period, district)


async def _services(ask: Ask, period: Period, kind: str) -> Document:
    said, district = Said.of(ask), await _district(ask)
    days = {"since": period.since, "until": period.until}

    async def parts(tx: Tx) -> AsyncIterator[list[Row]]:
        async for part in registers.services(tx, district.id, **days):
            yield [register_rows.service(each, said) for each in part]

    return _file(ask, "services", kind, register_rows.service_columns(said), parts, period, district)


async def _providers(ask: Ask, period: Period, kind: str) -> Document:
    said, district = Said.of(ask), await _district(ask)

    async def parts(tx: Tx) -> AsyncIterator[list[Row]]:
        yield [register_rows.provider(each, said) for each in await registers.providers(tx, on=period.until)]

    return _file(ask, "providers", kind, register_rows.provider_columns(said), parts, period, district)


async def _district(ask: Ask) -> District:
    """The officer's own; that a register was taken along is kept before anything is read."""
    if ask.actor.district_id is None:
        raise NotFound
    found = await ask.tx.get_one(District, ask.actor.district_id)
    audit.note(ask.tx, "register_taken", "district", found.id, now=ask.now, account=ask.actor.account_id)
    return found


def _file(
    ask: Ask, name: str, kind: str, columns: Sequence[Column], parts: Parts, period: Period, district: District
) -> Document:
    words = partial(ask.centre.words, ask.language)
    table = Table(
        title=words(f"staff.acts.register_{name}"),
        columns=columns,
        rows=[],
        notes=[f"{district.name}, {_day(period.since)} – {_day(period.until)}"],
        zone=district.zone,
        language=ask.language,
    )
    write = _csv if kind == "csv" else _xlsx
    file_name = f"{table.title} {period.since} {period.until}.{kind}"
    return Document(partial(write, ask, table, parts), CSV if kind == "csv" else XLSX, file_name)


async def _csv(ask: Ask, table: Table, parts: Parts) -> bytes:
    """Each part is read, then written aside; no more than one of them is ever there as rows."""
    written = io.BytesIO(head := await aside(csv, table))
    written.seek(len(head))
    async with ask.centre.database.read() as tx:
        async for rows in parts(tx):
            written.write((await aside(csv, _with(table, rows)))[len(head) :])
    return written.getvalue()


async def _xlsx(ask: Ask, table: Table, parts: Parts) -> bytes:
    rows: list[Row] = []
    async with ask.centre.database.read() as tx:
        async for part in parts(tx):
            rows += part
    return await aside(xlsx, [_with(table, rows)], now=ask.now)


def _with(table: Table, rows: list[Row]) -> Table:
    return Table(table.title, table.columns, rows, table.notes, zone=table.zone, language=table.language)


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"
