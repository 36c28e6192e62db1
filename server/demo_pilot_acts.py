"""Acts of the demo's year of certificates: months signed one after the other, a correction, disputes, what waits."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import update

from scheduling.acts import Act
from scheduling.acts.due import month_end
from scheduling.db import Tx
from scheduling.standards import ServiceStandard
from server.demo_pilot_money import Books, Paper
from server.demo_pilot_people import DISPUTES, SETTLED, SIGNERS
from server.demo_pilot_rows import Row, Rows

ZONE = ZoneInfo("Asia/Novosibirsk")
WAITING = 14
# Provider, district, source: whose acts are one row.
Key = tuple[int, int, str]


async def signed(tx: Tx) -> None:
    """Acts are written as drafts with their lines; those that somebody signed stand from here on."""
    await tx.execute(update(Act).where(Act.signed_at.is_not(None), Act.status == "draft").values(status="signed"))


@dataclass
class Months:
    """All acts until they are written. A district's last sessions wait for its officer; the months before are
    signed, each on a fifth."""

    rows: Rows
    books: Books
    papers: Sequence[Paper]
    standards: Mapping[str, ServiceStandard]
    now: datetime
    year: int
    officer: int
    first: dict[int, Row] = field(default_factory=dict)
    """The line of each booking that stands on an act."""
    given: dict[int, int] = field(default_factory=dict)
    """Acts that a provider signed, by provider."""

    def write_down(self, *, shown: int) -> None:
        """`shown` is the district whose officer shows the demo: disputes and a correction are hers."""
        self.by_line = {line: paper for paper in self.papers for line, _ in paper.lines.values()}
        last = self._last()
        self._spoken_of([row for row in self._held(shown) if _month(row) >= last[shown]])
        corrected = self._corrected(shown, last[shown])
        places = defaultdict[tuple[date, Key], list[Row]](list)
        for row in self.rows.of["rendered"]:
            if row["state"] == "confirmed":
                places[_month(row), _key(row)].append(row)
        drafted = set[int]()
        for (month, key), held in sorted(places.items()):
            by = _fifth(month)
            if month < last[key[1]] and by < self.now:
                self._act(month, key, held, by)
            elif month_end(month) < self.now.date() and key[1] not in drafted:
                drafted.add(key[1])
                self._act(month, key, held, None)
            if corrected is not None and (month, key) == (_after(_month(corrected)), _key(corrected)):
                self._correct(corrected)

    def _held(self, district: int) -> list[Row]:
        return [row for row in self.rows.of["rendered"] if row["district_id"] == district]

    def _last(self) -> dict[int, date]:
        """The first month of each district that is not signed yet: so many sessions wait that there is work to show."""
        days = defaultdict[int, list[date]](list)
        for row in self.rows.of["rendered"]:
            days[row["district_id"]].append(_month(row))
        return {district: sorted(months)[-min(WAITING, len(months))] for district, months in days.items()}

    def _spoken_of(self, rows: Sequence[Row]) -> None:
        """Two of those that wait are disputed, and of every fifth of the others nobody has said a word."""
        agreed = [row for row in rows if row["state"] == "confirmed"]
        silent = {"confirmed_how": None, "confirmed_at": None, "confirmed_by": None}
        for row, (minutes, words) in zip(agreed, DISPUTES, strict=False):
            row.update(silent, state="disputed", client_said=self._no(row, minutes, words))
        for row in agreed[len(DISPUTES) :: 5]:
            row.update(silent, state="proposed", client_said=None)

    def _no(self, row: Row, minutes: int, words: str) -> Row:
        at = _moment(row["day"] + timedelta(days=1), time(11))
        said = {"agrees": False, "minutes": minutes, "took_place": minutes > 0}
        return said | {"text": words, "how": "coordinator", "at": at.isoformat()}

    def _corrected(self, district: int, last: date) -> Row | None:
        """A session on a signed act of which its client said later that there was none; its correction stands on the
        next act of that row."""
        rows = [row for row in self._held(district) if row["state"] == "confirmed"]
        places = {(_month(row), _key(row)) for row in rows}
        for row in rows:
            following = _after(_month(row))
            whole = self.rows.row("certificate", self.by_line[row["line_id"]].id)["status"] == "used_up"
            if not whole and following < last and (following, _key(row)) in places and _fifth(following) < self.now:
                return row
        return None

    def _act(self, month: date, key: Key, held: Sequence[Row], by: datetime | None) -> None:
        provider, district, source = key
        minutes = timedelta(minutes=len(self.rows.of["act"]))
        made = by or self.now - timedelta(days=2)
        number = f"draft-{provider}-{district}-{source}-{self.year}-{month:%Y-%m}"
        ending: Row = {"signed_for": ""}
        if by is not None:
            self.given[provider] = self.given.get(provider, 0) + 1
            number = f"{provider}/{self.year}-{self.given[provider]:03}"
            who = SIGNERS[provider % len(SIGNERS)]
            ending = {"signed_at": by + minutes, "signed_by": self.officer, "signed_for": who}
        whose = {"provider_id": provider, "district_id": district, "source": source, "year": self.year}
        facts = {"number": number, "status": "draft", "month": month, "made_by": self.officer}
        act = self.rows.put("act", **whose, **facts, made_at=made - timedelta(hours=1) + minutes, **ending)
        for n, row in enumerate(sorted(held, key=lambda each: (each["day"], each["booking_id"])), 1):
            self.first[row["booking_id"]] = self._line(
                act, n, row, row["quantity"], row["actual_min"], row["sum_kopecks"]
            )

    def _line(self, act: int, n: int, row: Row, quantity: int, minutes: int, kopecks: int, **correction: object) -> Row:
        standard = next(each for each in self.standards.values() if each.id == row["standard_id"])
        named = {"client_id": row["client_id"], "certificate_id": self.by_line[row["line_id"]].id}
        what = {"day": row["day"], "code": standard.code, "name": standard.name, "unit": row["unit"]}
        sums = {"quantity": quantity, "minutes": minutes, "sum_kopecks": kopecks}
        self.rows.put(
            "act_line",
            act_id=act,
            n=n,
            booking_id=row["booking_id"],
            **(named | what | sums),
            unit_kopecks=row["unit_kopecks"],
            evidence=_evidence(row),
            because="",
            **correction,
        )
        return self.rows.of["act_line"][-1]

    def _correct(self, row: Row) -> None:
        """What its act says of it is taken back on the act just written, and in the ledger before that."""
        first, act = self.first[row["booking_id"]], self.rows.of["act"][-1]
        at = act["made_at"] - timedelta(days=6)
        minutes, words, because = SETTLED
        outcome = {"favour": "client", "minutes": 0, "sum": 0, "because": because}
        row |= {"state": "settled", "settled": outcome | {"by": self.officer, "name": "", "at": at.isoformat()}}
        row |= {"client_said": self._no(row, minutes, words), "confirmed_how": None, "confirmed_at": None}
        taken = -first["quantity"], -first["minutes"], -first["sum_kopecks"]
        n = sum(line["act_id"] == act["id"] for line in self.rows.of["act_line"]) + 1
        self._line(act["id"], n, row, *taken, corrects_id=first["id"])
        self.rows.of["act_line"][-1]["because"] = because
        self.books.take_back(self.by_line[row["line_id"]], first["code"], row["booking_id"], row["sum_kopecks"], at)
        row |= {"quantity": 0, "actual_min": 0, "sum_kopecks": 0, "copay_kopecks": 0}


def _evidence(row: Row) -> Row:
    """As `scheduling.acts.due` keeps it."""
    said, settled = row["provider_said"], row.get("settled") or {}
    at = row["confirmed_at"].isoformat() if row["confirmed_at"] else settled.get("at")
    how = "settled" if settled else row["confirmed_how"]
    measured = {name: said[name] for name in ("minutes", "share", "mode", "standard", "by_facts")}
    return measured | {"of": row["norm_min"], "how": how, "at": at, "copay_kopecks": row["copay_kopecks"]}


def _key(row: Row) -> Key:
    return row["provider_id"], row["district_id"], row["source"]


def _month(row: Row) -> date:
    month: date = row["day"].replace(day=1)
    return month


def _after(month: date) -> date:
    return month_end(month) + timedelta(days=1)


def _fifth(month: date) -> datetime:
    """When a month's acts are signed."""
    return _moment(_after(month).replace(day=5), time(10))


def _moment(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, ZONE).astimezone(UTC)
