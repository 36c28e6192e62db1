"""Applying a list part by part: its rows become people, consents and applications that nobody sees yet.

What one part needs of those before it is kept in memory (`Applying`) and taken in only when the part is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from scheduling import applications, audit, consents, numbering, people
from scheduling.applications import Application, Asking
from scheduling.audit import AuditLine
from scheduling.coming import arrived
from scheduling.consents import Consent, ConsentText
from scheduling.db import Tx, padded
from scheduling.errors import ListRowMoved
from scheduling.lists.tables import ListRow, ListUpload
from scheduling.people import Client, District

# So many rows are one part: a transaction of some tenths of a second.
AT_ONCE = 300
Who = tuple[str, str]


class Brought(NamedTuple):
    """Somebody of whom nobody had heard: his new card, and the line that brought him."""

    client: int
    line: int
    said: bool
    """Somebody has said that he is not one of those whom the centre knows."""


@dataclass
class Applying:
    """What stays the same from the first row to the last; `line` is the last one applied, `brought` who came so far."""

    list_id: int
    district: int
    account: int
    zone: ZoneInfo
    texts: dict[str, int]
    last_client: int
    now: datetime
    line: int = 0
    brought: dict[Who, Brought] = field(default_factory=dict)

    def take(self, part: "Part") -> None:
        """The part is written for good."""
        self.line = part.rows[-1].line
        self.brought |= part.brought


@dataclass(frozen=True)
class Part:
    """Some rows in the order of the file, the client of each, and those whom they brought."""

    rows: Sequence[Any]
    clients: Sequence[int]
    brought: dict[Who, Brought]


async def begun(tx: Tx, upload: ListUpload, account: int, *, now: datetime) -> Applying:
    zone = ZoneInfo((await tx.get_one(District, upload.district_id)).zone)
    texts = {text.language: text.id for text in await consents.texts(tx) if text.purpose == "processing"}
    last = upload.facts.get("last_client", 0)
    return Applying(upload.id, upload.district_id, account, zone, texts, last, now)


async def next_people(tx: Tx, whole: Applying) -> Part | None:
    """The people of the next rows, with their consents; None behind the last row. Refused: `list_row_moved`."""
    rows = (await tx.execute(_following(whole))).all()
    if not rows:
        return None
    await _must_be_there(tx, rows)
    brought = await _register(tx, whole, rows)
    known = whole.brought | brought if brought else whole.brought
    clients = [row.client_id or known[_who(row)].client for row in rows]
    applied = sorted({row.client_id for row in rows if row.client_id is not None})
    await _noted(tx, whole, "list_applied", applied)
    await _agreed(tx, whole, rows, clients, {each.client for each in brought.values()})
    return Part(rows, clients, brought)


async def next_part(tx: Tx, whole: Applying) -> Part | None:
    """The same with their applications."""
    part = await next_people(tx, whole)
    if part is not None:
        askings = [_asking(whole, row, client) for row, client in zip(part.rows, part.clients, strict=True)]
        await applications.receive_many(tx, askings, account=whole.account, now=whole.now)
    return part


async def must_be_alone(tx: Tx, whole: Applying) -> None:
    """Whoever was registered since the list was read is perhaps one of its people. Refused: `list_row_moved`."""
    fresh = select(Client.name, Client.birth_date, Client.birth_year).where(
        Client.district_id == whole.district,
        Client.id > whole.last_client,
        or_(Client.list_id.is_(None), Client.list_id != whole.list_id),
        arrived(Client.list_id),
    )
    came = {(_sorted(name), str(born or year)) for name, born, year in await tx.execute(fresh)}
    if not came:
        return
    for (name, born), each in whole.brought.items():
        if not each.said and came & {(name, born), (name, born[:4])}:
            raise ListRowMoved(each.line, "client_known")


async def must_still_hold(tx: Tx, upload: ListUpload, whole: Applying) -> None:
    """What was so of its known people when the list was read is so still. Refused: `list_row_moved`."""
    await _must_agree(tx, whole)
    if upload.kind == "applications":
        await _must_not_be_open(tx, whole)


async def _must_agree(tx: Tx, whole: Applying) -> None:
    """Nobody took back his consent after he signed the paper of his row."""
    known = select(ListRow.client_id).where(ListRow.list_id == whole.list_id, ListRow.client_id.is_not(None))
    ended = await consents.taken_back_by(tx, known)
    if not ended:
        return
    theirs = select(ListRow.line, ListRow.client_id, ListRow.facts).where(ListRow.list_id == whole.list_id)
    theirs = theirs.where(ListRow.client_id.in_(padded(sorted(ended)))).order_by(ListRow.line)
    for line, client, facts in await tx.execute(theirs):
        paper = facts.get("consent")
        if paper and consents.is_outdated(date.fromisoformat(paper), ended[client], whole.zone):
            raise ListRowMoved(line, "consent_withdrawn")


async def _must_not_be_open(tx: Tx, whole: Applying) -> None:
    """Nobody's same request is open already: another list of the same people may have brought it meanwhile."""
    rows = select(ListRow.client_id).where(ListRow.list_id == whole.list_id, ListRow.client_id.is_not(None))
    asked = (
        Application.client_id.in_(rows),
        Application.status != "closed",
        or_(Application.list_id.is_(None), Application.list_id != whole.list_id),
        arrived(Application.list_id),
    )
    # In two steps: as a join over what stands in JSON it took PostgreSQL half a minute of a long list.
    found = await tx.execute(select(Application.client_id, Application.service, Application.topic).where(*asked))
    open_ones = {(client, service, topic) for client, service, topic in found}
    if not open_ones:
        return
    theirs = select(ListRow.line, ListRow.client_id, ListRow.facts).where(
        ListRow.list_id == whole.list_id, ListRow.client_id.in_(select(Application.client_id).where(*asked))
    )
    for line, client, facts in await tx.execute(theirs.order_by(ListRow.line)):
        if (client, facts.get("service"), facts.get("topic")) in open_ones:
            raise ListRowMoved(line, "request_open")


def _following(whole: Applying) -> Any:
    return (
        select(ListRow.line, ListRow.facts, ListRow.client_id, ListRow.choice)
        .where(ListRow.list_id == whole.list_id, ListRow.line > whole.line, ListRow.verdict != "refused")
        .order_by(ListRow.line)
        .limit(AT_ONCE)
    )


async def _must_be_there(tx: Tx, rows: Sequence[Any]) -> None:
    """No known one's card was joined with another since the list was read."""
    lines = {row.client_id: row.line for row in reversed(rows) if row.client_id is not None}
    if not lines:
        return
    gone = select(Client.id).where(Client.id.in_(padded(sorted(lines))), Client.merged_into.is_not(None))
    moved = [lines[client] for client in await tx.scalars(gone)]
    if moved:
        raise ListRowMoved(min(moved), "client_merged")


async def _register(tx: Tx, whole: Applying, rows: Sequence[Any]) -> dict[Who, Brought]:
    """A card for everybody who has none and whom no earlier row has brought."""
    fresh: dict[Who, Any] = {}
    for row in rows:
        if row.client_id is None and _who(row) not in whole.brought:
            fresh.setdefault(_who(row), row)
    numbers = await numbering.ahead(tx, Client, len(fresh))
    cards = [{"id": number, **_card(whole, row.facts)} for number, row in zip(numbers, fresh.values(), strict=True)]
    await numbering.write(tx, Client, cards)
    await _noted(tx, whole, "registered", numbers)
    return {
        who: Brought(number, row.line, row.choice == "new")
        for number, (who, row) in zip(numbers, fresh.items(), strict=True)
    }


def _who(row: Any) -> Who:
    return _sorted(row.facts["name"]), row.facts["birth_date"]


def _sorted(name: str) -> str:
    return " ".join(sorted(people.folded(name).split()))


def _card(whole: Applying, facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": 1,
        "name": facts["name"],
        "name_folded": people.folded(facts["name"]),
        "birth_year": int(facts["birth_date"][:4]),
        "birth_date": date.fromisoformat(facts["birth_date"]),
        "phone": facts["phone"],
        "phone_digits": people.digits(facts["phone"]),
        "snils": facts["snils"],
        "email": facts["email"],
        "language": facts["language"],
        "settlement": facts["settlement"],
        "sex": "",
        "address": "",
        "remark": "",
        "list_id": whole.list_id,
        "district_id": whole.district,
        "created_at": whole.now,
        "created_by": whole.account,
    }


async def _agreed(tx: Tx, whole: Applying, rows: Sequence[Any], clients: Sequence[int], fresh: set[int]) -> None:
    """The paper that each row names, for whom none stands yet."""
    signed = {client: row.facts for row, client in zip(rows, clients, strict=True) if row.facts.get("consent")}
    asked = padded([client for client in signed if client not in fresh])
    have = await _have_agreed(tx, whole, asked) if asked else set()
    papers = [
        {
            "client_id": client,
            "text_id": whole.texts.get(facts["language"]) or whole.texts["ru"],
            "how": "paper",
            "given_at": _instant(whole, facts["consent"]),
            "taken_by": whole.account,
            "withdrawn_because": "",
            "list_id": whole.list_id,
        }
        for client, facts in signed.items()
        if client not in have
    ]
    await numbering.write(tx, Consent, papers)


async def _have_agreed(tx: Tx, whole: Applying, asked: Sequence[int]) -> set[int]:
    """Those of whom a paper stands: an earlier row of this list brought it, or it has been there before."""
    standing = select(Consent.client_id, Consent.list_id).join(ConsentText)
    standing = standing.where(ConsentText.purpose == "processing", Consent.withdrawn_at.is_(None))
    there = or_(Consent.list_id == whole.list_id, arrived(Consent.list_id))
    found = await tx.execute(standing.where(Consent.client_id.in_(asked), there))
    ended = await consents.taken_back_by(tx, asked)
    return {client for client, brought_by in found if brought_by == whole.list_id or client not in ended}


async def _noted(tx: Tx, whole: Applying, act: str, clients: Sequence[int]) -> None:
    lines = [audit.line(act, "client", client, now=whole.now, account=whole.account) for client in clients]
    await numbering.write(tx, AuditLine, lines)


def _asking(whole: Applying, row: Any, client: int) -> Asking:
    facts = row.facts
    plain = ("name", "phone", "email", "settlement", "language", "topic", "service", "urgency", "mode", "remark")
    received = facts.get("received")
    return Asking(
        district=whole.district,
        source="list",
        birth_date=date.fromisoformat(facts["birth_date"]),
        wishes={"text": facts["wish"]} if facts.get("wish") else {},
        client=client,
        list=whole.list_id,
        received_at=None if received is None else _instant(whole, received),
        **{name: facts[name] for name in plain if facts.get(name)},
    )


def _instant(whole: Applying, day: str) -> datetime:
    """The middle of a day by the district's clock, unless that is still to come."""
    return min(datetime.combine(date.fromisoformat(day), time(12), whole.zone), whole.now)
