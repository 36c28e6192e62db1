"""What a paper is made of: plain facts, named once; whoever has them makes a paper, and no paper reads a database."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from scheduling.duplicates.names import surname_first

Unit = Literal["session", "minute", "kopeck"]
How = Literal["paper", "sms", "aloud", "code"]


@dataclass(frozen=True)
class Office:
    """Whoever stands on a paper: a department, an institution, a provider. `kind` as in scheduling/people.py."""

    name: str
    kind: str = "state"
    address: str = ""
    phone: str = ""
    inn: str = ""
    director: str = ""


@dataclass(frozen=True)
class Person:
    """Who a paper is about. `representative` signs for him: `tie` in words, `document` is what he acts by."""

    name: str
    birth_date: date | None = None
    birth_year: int = 0
    address: str = ""
    representative: str = ""
    tie: str = ""
    document: str = ""


@dataclass(frozen=True)
class CertificateService:
    """Money is whole kopecks; `copay` is what of each unit the holder pays himself. `periodicity` in words."""

    code: str
    name: str
    unit: Unit
    quantity: int
    unit_kopecks: int
    copay_kopecks: int = 0
    periodicity: str = ""


@dataclass(frozen=True)
class CertificatePaper:
    """`token` is what the QR code holds, `check_at` the address of the public page; `code` the digits, printed once."""

    number: str
    issuer: Office
    district: str
    holder: Person
    issued_on: date
    valid_until: date
    services: tuple[CertificateService, ...]
    providers: tuple[Office, ...]
    token: str
    check_at: str = ""
    programme: str = ""
    code: str | None = None

    @property
    def nominal_kopecks(self) -> int:
        return sum(each.quantity * each.unit_kopecks for each in self.services)


@dataclass(frozen=True)
class ActLine:
    """`recipient` is the whole name: the act shows «Фамилия И. О.». `by_minutes`: its sum goes by the minutes held, not
    by the tariff. `corrects` names what a correction corrects: the act's number and the line in it."""

    day: date
    recipient: str
    certificate: str
    code: str
    service: str
    unit: Unit
    quantity: int
    minutes: int
    unit_kopecks: int
    sum_kopecks: int
    by_minutes: bool = False
    corrects: str = ""
    because: str = ""


@dataclass(frozen=True)
class ActPaper:
    """The act of a month. `source` in words; unsigned while `signed_on` is None, and then marked as a draft."""

    number: str
    provider: Office
    customer: Office
    month: date
    source: str
    lines: tuple[ActLine, ...]
    made_on: date
    contract: str = ""
    signed_on: date | None = None
    signed_for: str = ""

    @property
    def total_kopecks(self) -> int:
        return sum(line.sum_kopecks for line in self.lines)


@dataclass(frozen=True)
class ConsentPaper:
    """A consent as it was given, or with `given_on` None a form to sign. Instants are words of the client's clock."""

    title: str
    text: str
    version: int
    hash: str
    operator: Office
    client: Person
    given_on: str | None = None
    how: How = "paper"
    taken_by: str = ""
    withdrawn_on: str | None = None
    withdrawn_how: How | None = None
    withdrawn_by: str = ""
    because: str = ""


@dataclass(frozen=True)
class Offered:
    """A provider as the list said of it. `next_free` in words; `rating` of 5, None where too few answered."""

    name: str
    kind: str
    price_kopecks: int | None = None
    next_free: str = ""
    waiting_days: float | None = None
    rating: float | None = None
    answers: int = 0


@dataclass(frozen=True)
class ChoicePaper:
    """The list in the order in which it was shown, and `chosen`, the place in it from 0; None leaves it open."""

    number: str
    office: Office
    holder: Person
    shown_at: str
    offers: tuple[Offered, ...]
    chosen: int | None = None
    instead_of: str = ""
    confirmed_by: How = "paper"
    officer: str = ""


Paper = CertificatePaper | ActPaper | ConsentPaper | ChoicePaper


def initials(name: str) -> str:
    """«Иванова Мария Петровна» and «Мария Петровна Иванова» → «Иванова М. П.»; what already is short stays."""
    family, *given = surname_first(name)
    return " ".join([family, *(f"{part[0]}." for part in given[:2])])
