"""Asking for help on the site, without an account: whom one asks, and the request itself, kept as an application."""

import hashlib
import json
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import select

from scheduling import applications, audit, consents, idempotency, joincodes, people, tries
from scheduling.applications import Asking
from scheduling.db import Tx
from scheduling.errors import ConsentNeeded, invalid
from scheduling.people import District, Institution
from server import security
from server.api.applications import Tie, Wishes
from server.api.bookings import Topic
from server.api.catalogue import TOPICS
from server.endpoint import Ask, endpoint, hidden_key, is_a_key
from server.shapes import Email, Form, Id, Language, Line, Name, Phone, Remark, View

# So many from one address and from everybody together, within the window: a village shares one address, a region may
# hear of it on one day, and nobody fills a coordinator's list overnight.
WINDOW = timedelta(hours=1)
PER_ADDRESS, OVER_ALL = 12, 600


class Ways(Form):
    """Wishes for the time alone; whom and where the office finds out."""

    weekdays: list[Annotated[int, Field(ge=0, le=6)]] = Field(default=[], max_length=7)
    parts: list[str] = Field(default=[], max_length=4)


class Request(Form):
    """`consent` is the hash of the text that was read and agreed to."""

    district: Id
    settlement: Line = ""
    name: Name
    birth_year: int | None = Field(default=None, ge=1900, le=2100)
    birth_date: date | None = None
    phone: Phone = Field(min_length=5)
    email: Email = ""
    language: Language = "ru"
    speaker: Line = ""
    speaker_tie: Tie = "self"
    topic: Topic | None = None
    mode: Literal["video", "voice", "phone", "in_person"] | None = None
    wishes: Ways = Ways()
    remark: Remark = ""
    consent: str = Field(max_length=64)


class OfficeView(View):
    name: str
    phone: str


class DistrictChoice(View):
    id: int
    name: str
    office: OfficeView


class ConsentShown(View):
    title: str
    text: str
    hash: str


class Choices(View):
    """What the form offers: the districts that take applications, topics by their codes, the text to agree to."""

    districts: list[DistrictChoice]
    topics: list[str]
    consent: ConsentShown | None


class Received(View):
    """`number` is what one names when calling the office."""

    number: int
    office: OfficeView


@endpoint("GET", "/apply", allow="public")
async def choices(ask: Ask) -> Choices:
    """Only districts with an office that takes applications: nobody asks where nobody reads."""
    rows = await ask.tx.execute(
        select(District, Institution)
        .join(Institution, Institution.district_id == District.id)
        .where(Institution.intake)
        .order_by(District.name, Institution.id)
    )
    offices: dict[int, DistrictChoice] = {}
    for district, office in rows:
        view = OfficeView(name=office.name, phone=office.phone)
        offices.setdefault(district.id, DistrictChoice(id=district.id, name=district.name, office=view))
    text = consents.newest(await consents.texts(ask.tx), "processing", ask.language)
    shown = None if text is None else ConsentShown(title=text.title, text=text.text, hash=text.hash)
    return Choices(districts=list(offices.values()), topics=list(TOPICS), consent=shown)


@endpoint("POST", "/apply", allow="public", status=201, transaction="own")
async def apply(ask: Ask, body: Request) -> Received:
    """Kept as a new application of the district, without a card. Sent twice under one Idempotency-Key it is one.

    Refused: `consent_needed`, `too_many_tries` for an address or a region that asks without end.
    """
    return await ask.centre.database.written(lambda tx: _kept(ask, tx, body))


async def _kept(ask: Ask, tx: Tx, body: Request) -> Received:
    office = await people.office(tx, body.district)
    if office is None:
        raise invalid("district", "unknown")
    wishes = Wishes(weekdays=body.wishes.weekdays, parts=_parts(body.wishes.parts))
    kept = await _claimed(ask, tx, body)
    if kept is not None and kept.status:
        return Received.model_validate_json(kept.body)
    await _must_have_left(ask, tx)
    known = [each.hash for each in await consents.texts(tx) if each.purpose == "processing"]
    if body.consent not in known:
        raise ConsentNeeded("processing")
    facts = body.model_dump(exclude={"wishes", "consent", "district"})
    asking = Asking(
        district=body.district,
        source="site",
        wishes=wishes.kept(),
        consent_hash=body.consent,
        consent_how="site",
        **facts,
    )
    made = await applications.receive(tx, None, asking, now=ask.now)
    audit.note(tx, "received", "application", made.id, now=ask.now)
    answer = Received(number=made.id, office=OfficeView(name=office.name, phone=office.phone))
    if kept is not None:
        # Nothing of the person is in it, so it needs no seal.
        kept.body, kept.status = answer.model_dump_json(), 201
    return answer


async def _must_have_left(ask: Ask, tx: Tx) -> None:
    who = joincodes.keyed_hash(ask.centre.key, "address", tries.origin(security.address(ask.request)))
    await tries.in_turn(tx, "apply")
    await tries.must_have_left(tx, "apply", who, now=ask.now, limit=PER_ADDRESS, window=WINDOW)
    await tries.must_have_left(tx, "apply", None, now=ask.now, limit=OVER_ALL, window=WINDOW)
    await tries.failed(tx, "apply", who, now=ask.now)


async def _claimed(ask: Ask, tx: Tx, body: Request) -> idempotency.KeptAnswer | None:
    """The answer under the request's key. Nobody asks by name here: the key itself is the asker's."""
    value = ask.request.headers.get("Idempotency-Key")
    if value is None:
        return None
    if not is_a_key(value) or len(value) < 16:
        raise invalid("Idempotency-Key", "invalid")
    content = hashlib.sha256(json.dumps(body.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()
    return await idempotency.claim(tx, idempotency.key("site", hidden_key(ask.centre, value), content), now=ask.now)


def _parts(parts: list[str]) -> list[str]:
    try:
        return Wishes(parts=parts).parts
    except ValueError:
        raise invalid("wishes.parts", "unknown") from None
