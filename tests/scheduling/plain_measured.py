"""What every session came to, reckoned once more from the raw rows and as plainly as can be: the reference for
`measured`, which shares nothing with it but the tables and docs/indicators.md."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from scheduling.db import Base, Tx
from server import tables  # noqa: F401 - all tables are known

Row = dict[str, Any]
MICROSECOND = timedelta(microseconds=1)
OVER = {"took_place", "missed", "client_gave_up", "specialist_late", "failed_technically", "cancelled"}
GROUPS = ("openness", "comfort", "goodwill", "satisfaction", "accessibility")


async def recount(tx: Tx, *, now: datetime, some: Iterable[int] | None = None) -> dict[int, Row]:
    """The row of each booking that is over, by its number; `some`: of these alone."""
    bookings = {row["id"]: row for row in await _all(tx, "booking")}
    wanted = bookings.keys() if some is None else set(some)
    seats = {row["id"]: row["role"] for row in await _all(tx, "seat")}
    rooms = {row["booking_id"]: row for row in await _all(tx, "session")}
    stays = _by_booking(await _all(tx, "presence"))
    events = _by_booking(await _all(tx, "journal_event"))
    changes = _by_booking(await _all(tx, "booking_change"))
    received = {row["id"]: row["received_at"] for row in await _all(tx, "application")}
    feedback = {row["booking_id"]: row for row in await _all(tx, "feedback")}
    standards = {row["id"]: row for row in await _all(tx, "service_standard")}
    homes = {row["id"]: row["district_id"] for row in await _all(tx, "client")}
    houses = {row["id"]: row["institution_id"] for row in await _all(tx, "specialist")}
    paid = await _paid(tx)
    chains, courses = _chains(bookings.values())
    found = {}
    for number in wanted:
        booked = bookings[number]
        if booked["status"] not in OVER:
            continue
        day = date.fromisoformat(booked["wall"].split("T")[0])
        talk = _talk(booked, stays[number], events[number], seats, rooms.get(number), changes[number], now)
        as_booked = booked["status"] == "took_place" and (booked["mode"] == "in_person" or not talk["mode"])
        found[number] = {
            "booking_id": number,
            "day": day,
            "month": int(f"{day:%Y%m}"),
            "year": int(f"{day:%Y}"),
            "district_id": homes[booked["client_id"]],
            "provider_id": houses[booked["specialist_id"]],
            "specialist_id": booked["specialist_id"],
            "client_id": booked["client_id"],
            "standard_id": booked["standard_id"],
            "code": standards[booked["standard_id"]]["code"],
            "outcome": booked["status"],
            "because": booked["cancel_reason"] if booked["status"] == "cancelled" else "",
            **talk,
            "mode": booked["mode"] if as_booked else talk["mode"],
            "waiting_days": _waiting(booked, chains, received, day),
            "course_sessions": _course(booked, courses),
            "satisfaction": _satisfaction(feedback.get(number)),
            "paid_kopecks": None if booked["certificate_line_id"] is None else paid[number],
        }
    return found


async def kept(tx: Tx) -> dict[int, Row]:
    return {row["booking_id"]: row for row in await _all(tx, "measured")}


async def _all(tx: Tx, table: str) -> list[Row]:
    whole = Base.metadata.tables[table]
    rows = await tx.execute(select(whole).order_by(*whole.primary_key.columns))
    return [dict(row._mapping) for row in rows]


def _by_booking(rows: Sequence[Row]) -> Mapping[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["booking_id"]].append(row)
    return found


async def _paid(tx: Tx) -> Mapping[int, int]:
    """Kopecks in "consumed" of a district's own budget, by booking."""
    districts_own = {row["id"] for row in await _all(tx, "budget") if row["provider_id"] is None}
    consumed = {
        row["id"]
        for row in await _all(tx, "ledger_account")
        if row["budget_id"] in districts_own and row["kind"] == "consumed"
    }
    sums: dict[int, int] = defaultdict(int)
    for moved in await _all(tx, "ledger_movement"):
        if moved["booking_id"] is not None:
            sums[moved["booking_id"]] += moved["amount"] * (moved["target_id"] in consumed)
            sums[moved["booking_id"]] -= moved["amount"] * (moved["source_id"] in consumed)
    return sums


def _chains(bookings: Iterable[Row]) -> tuple[Mapping[Any, list[Row]], Mapping[int, list[Row]]]:
    """The sessions held of one application, or of one course without an application; and whole courses."""
    chains: dict[Any, list[Row]] = defaultdict(list)
    courses: dict[int, list[Row]] = defaultdict(list)
    for booked in sorted(bookings, key=lambda each: (each["starts"], each["id"])):
        if booked["status"] == "took_place":
            chains[_chain(booked)].append(booked)
        if booked["series_id"] is not None:
            courses[booked["series_id"]].append(booked)
    return chains, courses


def _chain(booked: Row) -> str:
    if booked["application_id"] is not None:
        return f"application {booked['application_id']}"
    return f"course {booked['series_id']}" if booked["series_id"] is not None else f"alone {booked['id']}"


def _waiting(booked: Row, chains: Mapping[Any, list[Row]], received: Mapping[int, datetime], day: date) -> int | None:
    chain = chains.get(_chain(booked))
    if not chain or chain[0] is not booked:
        return None
    asked = received[booked["application_id"]] if booked["application_id"] is not None else booked["created_at"]
    return max(0, (day - asked.astimezone(ZoneInfo(booked["zone"])).date()).days)


def _course(booked: Row, courses: Mapping[int, list[Row]]) -> int | None:
    course = courses.get(booked["series_id"]) or []
    if not course or course[-1] is not booked or any(each["status"] in {"booked", "confirmed"} for each in course):
        return None
    return len([each for each in course if each["status"] == "took_place"])


def _satisfaction(row: Row | None) -> int | None:
    if row is None:
        return None
    given = [row[name] for name in GROUPS if row[name] is not None]
    exact = sum(given) * 100 / len(given) if given else {1: 100, 2: 300, 3: 500}[row["score"]]
    return int(exact + 0.5)


def _talk(
    booked: Row,
    stays: Sequence[Row],
    events: Sequence[Row],
    seats: Mapping[int, str],
    room: Row | None,
    changes: Sequence[Row],
    now: datetime,
) -> Row:
    """Every stretch between two things that happened is looked at in its middle."""
    nothing = {"length_min": None, "both_share": None, "late_min": None, "video_share": None, "mode": ""}
    moves = [change["at"] for change in changes if change["what"] == "moved"]
    since = max(moves, default=booked["created_at"])
    closed = room["closed_at"] if room else None
    until = closed or min(now, booked["ends"] + timedelta(minutes=15))
    stays = [row for row in stays if row["entered_at"] >= since]
    events = sorted((row for row in events if row["at"] >= since), key=lambda row: (row["at"], row["id"]))
    moments = {until} | {row["entered_at"] for row in stays} | {row["left_at"] or until for row in stays}
    moments |= {row["at"] for row in events}
    edges = sorted(moment for moment in moments if moment <= until)
    spent = {"video": timedelta(), "voice": timedelta(), "phone": timedelta()}
    first = None
    for begins, ends in pairwise(edges):
        mode = _mode_at(begins + (ends - begins) / 2, stays, events, seats, until)
        if mode:
            spent[mode] += ends - begins
            first = first or begins
    whole = sum(spent.values(), timedelta())
    if first is None:
        return nothing
    return {
        "length_min": int(whole.total_seconds() / 60 + 0.5),
        "both_share": min(1000, _thousandths(whole, booked["ends"] - booked["starts"])),
        "late_min": int(max(0.0, (first - booked["starts"]).total_seconds()) / 60 + 0.5),
        "video_share": _thousandths(spent["video"], whole),
        "mode": max(("video", "voice", "phone"), key=lambda name: spent[name]),
    }


def _thousandths(part: timedelta, whole: timedelta) -> int:
    """Exactly: of a hundred thousand sessions ten lie on a half, where a float falls to either side."""
    exact = Fraction(part // MICROSECOND, whole // MICROSECOND) * 1000
    return int(exact + Fraction(1, 2))


def _mode_at(
    at: datetime, stays: Sequence[Row], events: Sequence[Row], seats: Mapping[int, str], until: datetime
) -> str | None:
    """How the two could talk at this moment; None: they could not."""
    here = {
        (seats[row["seat_id"]], row["mode"]) for row in stays if row["entered_at"] <= at < (row["left_at"] or until)
    }
    who = {role for role, _ in here}
    let_in = phone = False
    for row in events:
        if row["at"] > at:
            break
        if row["kind"] in {"admitted", "dismissed"} and seats[row["seat_id"]] == "client":
            let_in = row["kind"] == "admitted"
        if row["kind"] == "phone":
            phone = bool(row["data"].get("on"))
    if "specialist" not in who:
        return None
    if phone:
        return "phone"
    if not let_in or "client" not in who:
        return None
    return "video" if {("client", "video"), ("specialist", "video")} <= here else "voice"


UTC_NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
