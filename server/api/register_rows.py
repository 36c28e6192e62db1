"""The columns and rows of the registers: what the law asks for in each field, and words for codes."""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from scheduling.people import Client
from scheduling.registers import Provider, Recipient, Service
from server.api.certificate_papers import periodicity
from server.documents.tables import Cell, Column, Kind
from server.endpoint import Ask

Row = list[Cell]
Columns = tuple[tuple[str, Kind, float], ...]

_PERSON: Columns = (
    ("register_number", "text", 12),
    ("name", "text", 32),
    ("birth_date", "day", 12),
    ("birth_year", "text", 8),
    ("sex", "text", 6),
    ("address", "text", 40),
    ("phone", "text", 18),
    ("snils", "text", 16),
)
_RECIPIENT: Columns = (
    *_PERSON,
    ("applied", "day", 12),
    ("programme", "text", 18),
    ("programme_from", "day", 12),
    ("code", "text", 8),
    ("service", "text", 40),
    ("volume", "whole", 10),
    ("unit", "text", 10),
    ("often", "text", 28),
    ("term_from", "day", 12),
    ("term_until", "day", 12),
    ("tariff", "money", 14),
    ("certificate", "text", 18),
    ("source", "text", 20),
    ("provider", "text", 40),
    ("held", "whole", 10),
    ("last", "day", 12),
    ("sum", "money", 14),
    ("copay", "money", 14),
)
_SERVICE: Columns = (
    ("booking", "text", 10),
    ("day", "day", 12),
    ("register_number", "text", 12),
    ("name", "text", 32),
    ("snils", "text", 16),
    ("code", "text", 8),
    ("service", "text", 40),
    ("standard", "whole", 10),
    ("norm", "whole", 10),
    ("minutes", "whole", 10),
    ("quantity", "whole", 10),
    ("unit", "text", 10),
    ("tariff", "money", 14),
    ("sum", "money", 14),
    ("copay", "money", 14),
    ("source", "text", 20),
    ("certificate", "text", 18),
    ("provider", "text", 40),
    ("specialist", "text", 32),
    ("state", "text", 20),
    ("confirmed", "text", 26),
    ("on_act", "text", 16),
    ("act_line", "whole", 8),
)
_PROVIDER: Columns = (
    ("register_number", "text", 12),
    ("provider", "text", 40),
    ("form", "text", 28),
    ("inn", "text", 14),
    ("address", "text", 40),
    ("phone", "text", 18),
    ("director", "text", 32),
    ("code", "text", 8),
    ("service", "text", 40),
    ("tariff", "money", 14),
    ("tariff_own", "text", 22),
    ("specialists", "whole", 12),
)


@dataclass(frozen=True)
class Said:
    """Words of one language: of a column, of a code in a family, of a rule of periodicity; and whose clock counts."""

    column: Callable[[str], str]
    code: Callable[[str, str], str]
    often: Callable[[object], str]
    zone: ZoneInfo

    @classmethod
    def of(cls, ask: Ask) -> "Said":
        words, language = ask.centre.words, ask.language

        def code(family: str, value: str) -> str:
            key = f"staff.{family}{value}"
            return words(language, key) if value and words.has(language, key) else value

        return cls(
            lambda name: words(language, f"staff.acts.column_{name}"),
            code,
            lambda ways: periodicity(ask, ways),  # type: ignore[arg-type]  # as the column of a standard keeps them
            ZoneInfo(ask.actor.zone),
        )


def recipient_columns(said: Said) -> list[Column]:
    return _columns(_RECIPIENT, said)


def service_columns(said: Said) -> list[Column]:
    return _columns(_SERVICE, said)


def provider_columns(said: Said) -> list[Column]:
    return _columns(_PROVIDER, said)


def recipient(each: Recipient, said: Said) -> Row:
    paper = each.programme
    return [
        *_person(each.client, said),
        each.applied.astimezone(said.zone).date(),
        paper.number if paper else None,
        paper.issued_on if paper else None,
        each.code,
        each.service,
        each.volume,
        said.code("acts.unit_", each.unit or ""),
        said.often(each.periodicity),
        each.since,
        each.until,
        each.price_kopecks,
        each.certificate,
        said.code("acts.source_", each.source or ""),
        ", ".join(each.providers),
        each.held,
        each.last,
        each.kopecks,
        each.copay_kopecks,
    ]


def service(each: Service, said: Said) -> Row:
    row = each.row
    return [
        str(row.booking_id),
        row.day,
        _number(each.client.id),
        each.client.name,
        each.client.snils,
        each.code,
        each.service,
        each.version,
        row.norm_min,
        row.actual_min,
        row.quantity,
        said.code("acts.unit_", row.unit),
        row.unit_kopecks,
        row.sum_kopecks,
        row.copay_kopecks,
        said.code("acts.source_", row.source),
        each.certificate,
        each.provider,
        each.specialist,
        said.code("rendered.state_", row.state),
        said.code("acts.how_", "settled" if row.settled else row.confirmed_how or ""),
        each.act,
        each.n if each.act else None,
    ]


def provider(each: Provider, said: Said) -> Row:
    house = each.institution
    return [
        _number(house.id),
        house.name,
        said.code("acts.form_", house.kind),
        house.inn,
        house.address,
        house.phone,
        house.director,
        each.code,
        each.service,
        each.price_kopecks,
        said.code("acts.tariff_", "own" if each.own_tariff else "normative"),
        each.specialists,
    ]


def _person(client: Client, said: Said) -> Row:
    where = ", ".join(part for part in (client.settlement, client.address) if part)
    return [
        _number(client.id),
        client.name,
        client.birth_date,
        str(client.birth_year),
        said.code("acts.sex_", client.sex),
        where,
        client.phone,
        client.snils,
    ]


def _number(number: int) -> str:
    """A registration number as it stands in every register: six digits at least."""
    return f"{number:06}"


def _columns(wanted: Columns, said: Said) -> list[Column]:
    return [Column(said.column(name), kind, width) for name, kind, width in wanted]
