"""Recurrence of working hours: the part of RFC 5545's RRULE that a calendar of work needs, as days of 64-day blocks.

A rule says on which days something recurs; at what time stands beside it. Its first day anchors the interval ("every
second week from the 7th on"). COUNT and UNTIL become the rule's last day when it is written down, so the text that is
kept has neither and every rule can be asked about any block without starting from its beginning.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from dateutil.rrule import rrulestr

from scheduling.errors import FieldError, InvalidInput

BLOCK = 64  # days
LONGEST_TEXT = 200
MOST_TIMES = 1000
# Every rule within these bounds has a day sooner or later: the library looks for the next one until the year 9999.
# (The 31st of every 12th month from February on would have none, of every 6th it has one.)
LONGEST_INTERVAL = {"DAILY": 366, "WEEKLY": 52, "MONTHLY": 6}
PARTS = {
    "DAILY": frozenset({"BYDAY"}),
    "WEEKLY": frozenset({"BYDAY"}),
    "MONTHLY": frozenset({"BYDAY", "BYMONTHDAY", "BYSETPOS"}),
}
ALWAYS = frozenset({"FREQ", "INTERVAL", "WKST", "COUNT", "UNTIL"})
LOOKS_AHEAD = timedelta(days=4 * 366)
_EPOCH = date(1970, 1, 1)
_EPOCH_MONDAY = date(1970, 1, 5)


@dataclass(frozen=True, slots=True)
class Recurrence:
    """On which days: `text` is an RRULE without COUNT and UNTIL, `last_day` is inclusive, None for no end."""

    text: str
    first_day: date
    last_day: date | None = None

    def on(self, day: int) -> bool:
        """Whether it recurs on a day counted from 1970-01-01."""
        return bool(self.bits(day // BLOCK) >> day % BLOCK & 1)

    def bits(self, block: int) -> int:
        """The days of a block (day // BLOCK) on which it recurs: bit n is the block's nth day."""
        start = block * BLOCK
        begin = max(0, _number(self.first_day) - start)
        end = BLOCK if self.last_day is None else min(BLOCK, _number(self.last_day) + 1 - start)
        if begin >= end:
            return 0
        within = (1 << end) - 1 >> begin << begin
        return _block(self.text, self._anchor(block), block) & within

    def days(self, first: date, last: date) -> Iterator[date]:
        for number in range(_number(first), _number(last) + 1):
            if self.on(number):
                yield _EPOCH + timedelta(days=number)

    def _anchor(self, block: int) -> date:
        """A day near the block from which the rule runs as it does from its first: what is far away costs nothing, and
        rules that differ in their beginning alone share their blocks."""
        start = _EPOCH + timedelta(days=block * BLOCK)
        frequency, interval = _pace(self.text)
        if frequency == "DAILY":
            return start - timedelta(days=(start - self.first_day).days % interval)
        if frequency == "WEEKLY":
            since = _monday(self.first_day)
            return _monday(start) - timedelta(weeks=(_monday(start) - since).days // 7 % interval)
        months = (start.year - self.first_day.year) * 12 + start.month - self.first_day.month
        return _months_before(start.replace(day=1), months % interval)


def read(text: str, first_day: date, last_day: date | None = None, *, field: str = "rrule") -> Recurrence:
    """An RRULE as people and other calendars write it, with COUNT and UNTIL counted out.

    Refused: `invalid_input` with `malformed`, `not_supported` (`part`), `out_of_range`, `too_many` (`max`) or
    `never_occurs`.
    """
    parts = _parts(text, field)
    until = _until(parts.pop("UNTIL", None), field)
    count = parts.pop("COUNT", None)
    parts["WKST"] = "MO"
    kept = ";".join(f"{name}={parts[name]}" for name in sorted(parts, key=_order))
    last = min((day for day in (last_day, until) if day is not None), default=None)
    try:
        rule = rrulestr(kept, dtstart=datetime(first_day.year, first_day.month, first_day.day))  # noqa: DTZ001 - days
    except ValueError:
        raise _wrong(field, "malformed") from None
    if count is not None:
        last = _last_of(rule, _number_of(count, field, MOST_TIMES), last)
    recurrence = Recurrence(kept, first_day, last)
    end = min(last or date.max, first_day + LOOKS_AHEAD)
    if next(recurrence.days(first_day, end), None) is None:
        raise _wrong(field, "never_occurs")
    return recurrence


def weekly(days: frozenset[int] | set[int], *, every: int = 1) -> str:
    """The RRULE of the plain form: on these days of the week (Monday = 0), every so many weeks."""
    return f"FREQ=WEEKLY;INTERVAL={every};BYDAY={','.join(_NAMES[day] for day in sorted(days))};WKST=MO"


def plain(text: str) -> tuple[frozenset[int], int] | None:
    """The plain form (days of the week, every so many weeks) of an RRULE; None when it says more than that."""
    parts = dict(part.split("=") for part in text.split(";"))
    if parts["FREQ"] != "WEEKLY" or parts.keys() - {"FREQ", "INTERVAL", "BYDAY", "WKST"} or "BYDAY" not in parts:
        return None
    names = parts["BYDAY"].split(",")
    if not set(names) <= set(_NAMES):
        return None
    return frozenset(_NAMES.index(name) for name in names), int(parts.get("INTERVAL", "1"))


_NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NTH = frozenset({"", *(f"{sign}{nth}" for sign in ("", "+", "-") for nth in range(1, 6))})
_MONTH_DAYS = frozenset(f"{sign}{day}" for sign in ("", "-") for day in range(1, 32))
_ORDER = ("FREQ", "INTERVAL", "BYMONTHDAY", "BYDAY", "BYSETPOS", "WKST")


def _order(name: str) -> int:
    return _ORDER.index(name)


def _parts(text: str, field: str) -> dict[str, str]:
    """The parts of an RRULE, each known, within its bounds and given once."""
    text = text.strip().upper().removeprefix("RRULE:")
    if not text or len(text) > LONGEST_TEXT:
        raise _wrong(field, "malformed")
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or name in parts:
            raise _wrong(field, "malformed")
        parts[name] = value
    frequency = parts.get("FREQ", "")
    if frequency not in PARTS:
        raise _wrong(field, "not_supported", part=f"FREQ={frequency[:12]}")
    for name in parts.keys() - PARTS[frequency] - ALWAYS:
        raise _wrong(field, "not_supported", part=name[:16])
    parts["INTERVAL"] = str(_number_of(parts.get("INTERVAL", "1"), field, LONGEST_INTERVAL[frequency]))
    if unclear := _unclear(frequency, parts):
        raise _wrong(field, "not_supported", part=unclear)
    return parts


def _unclear(frequency: str, parts: dict[str, str]) -> str | None:
    """What is allowed by RFC 5545 and not here: days left to the first day, and sets that may be empty for ever."""
    days = parts["BYDAY"].split(",") if "BYDAY" in parts else []
    by_week = frequency != "MONTHLY"
    wrong = {
        "WKST": parts.get("WKST", "MO") != "MO",
        "BYDAY": (frequency == "WEEKLY" and not days)
        or (frequency == "DAILY" and bool(days) and parts["INTERVAL"] != "1")
        or any(len(day) != 2 if by_week else day[:-2] not in _NTH for day in days)
        # python-dateutil takes "Wednesdays and the third Friday" for days that are both, of which there are none.
        or len({len(day) > 2 for day in days}) > 1,
        "BYMONTHDAY": (not by_week and bool(days) is ("BYMONTHDAY" in parts))
        or any(day not in _MONTH_DAYS for day in parts.get("BYMONTHDAY", "1").split(",")),
        "BYSETPOS": "BYSETPOS" in parts and (parts["BYSETPOS"] not in {"1", "-1"} or not days),
    }
    return next((part for part, is_wrong in wrong.items() if is_wrong), None)


def _until(value: str | None, field: str) -> date | None:
    """A day, also where UNTIL is written as an instant: a rule here ends with a day, not within one."""
    if value is None:
        return None
    form = "%Y%m%d" if len(value) == 8 else "%Y%m%dT%H%M%S"
    try:
        return datetime.strptime(value.removesuffix("Z"), form).date()  # noqa: DTZ007 - a day, not an instant
    except ValueError:
        raise _wrong(field, "malformed") from None


def _last_of(rule: Iterable[datetime], count: int, last: date | None) -> date:
    """The day of the `count`th time, or of the last one before `last`."""
    found: date | None = None
    for nth, at in enumerate(rule):
        if nth == count or (last is not None and at.date() > last) or at.year > 2200:
            break
        found = at.date()
    return found or date.min


def _number_of(value: str, field: str, most: int) -> int:
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 6 else 0
    if not 1 <= number <= most:
        raise _wrong(field, "out_of_range", min=1, max=most)
    return number


def _wrong(field: str, code: str, **data: object) -> InvalidInput:
    return InvalidInput([FieldError(field, code, data)])


def _number(day: date) -> int:
    return day.toordinal() - _EPOCH.toordinal()


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _months_before(day: date, months: int) -> date:
    whole = day.year * 12 + day.month - 1 - months
    return date(whole // 12, whole % 12 + 1, 1)


@lru_cache(maxsize=4096)
def _pace(text: str) -> tuple[str, int]:
    parts = dict(part.split("=") for part in text.split(";"))
    return parts["FREQ"], int(parts.get("INTERVAL", "1"))


@lru_cache(maxsize=65536)
def _block(text: str, anchor: date, block: int) -> int:
    """The days of a block on which it recurs, as bits: bit n is the block's nth day."""
    first = datetime.combine(_EPOCH, datetime.min.time()) + timedelta(days=block * BLOCK)
    rule = rrulestr(text, dtstart=datetime(anchor.year, anchor.month, anchor.day))  # noqa: DTZ001 - days, not instants
    found = 0
    for at in rule.between(first, first + timedelta(days=BLOCK - 1), inc=True):
        found |= 1 << (at - first).days
    return found
