"""Working hours in the machine: rules and their single days, and the plain form of weekly hours."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from scheduling import calendars
from scheduling.calendars import Place, Wanted, WeeklyHours
from scheduling.db import Tx
from tests.scheduling.machine.base import nth, whose
from tests.scheduling.machine.days import Days
from tests.scheduling.machine.sheet import LAST, NAMES, SINCE_EVER, Rule, Window
from tests.scheduling.machine.sheet import all_days as days_of

KNOWN = ("1739", "1740")

texts = st.sampled_from(
    (
        *("FREQ=WEEKLY;BYDAY=MO", "FREQ=WEEKLY;BYDAY=TU,TH", "FREQ=WEEKLY;BYDAY=SA", "FREQ=WEEKLY;BYDAY=MO,WE,FR"),
        *("FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO", "FREQ=WEEKLY;INTERVAL=3;BYDAY=FR"),
        *("FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=DAILY;INTERVAL=10", "FREQ=DAILY;BYDAY=SA,SU"),
        *("FREQ=MONTHLY;BYDAY=3TH", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=MONTHLY;BYDAY=1SU"),
        *("FREQ=MONTHLY;BYMONTHDAY=-1,15,22", "FREQ=MONTHLY;BYDAY=MO,TU,WE;BYSETPOS=-1"),
        *("FREQ=WEEKLY;BYDAY=TU;COUNT=4", "FREQ=DAILY;COUNT=9", "FREQ=DAILY;INTERVAL=2;UNTIL=20261112"),
        *("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;UNTIL=20261105T235959Z", "FREQ=MONTHLY;BYDAY=1MO,3MO;COUNT=3"),
        *("FREQ=SECONDLY", "FREQ=WEEKLY", "FREQ=DAILY;INTERVAL=0", "каждый вторник", "FREQ=DAILY;UNTIL=20200101"),
    )
)
ABSURD = ("FREQ=SECONDLY", "FREQ=WEEKLY", "FREQ=DAILY;INTERVAL=0", "каждый вторник")
windows = st.sampled_from(
    (
        *((540, 780), (540, 780), (480, 720), (600, 640), (840, 1080), (780, 840), (900, 1440), (1200, 1440)),
        *((0, 1440), (0, 150), (60, 300), (605, 1001), (600, 605), (700, 600)),
    )
)
serving = st.sampled_from((None, None, None, frozenset({"1739"}), frozenset({"1740"}), frozenset({"0000"})))
places = st.sampled_from(("office", "office", "point", "home"))


class Hours(Days):
    # --- rules --------------------------------------------------------------------------------------------------------
    @rule(
        who=whose,
        text=texts,
        window=windows,
        services=serving,
        place=places,
        first=st.integers(-20, 12),
        length=st.none() | st.none() | st.integers(-1, 30),
    )
    def add_rule(
        self,
        who: int,
        text: str,
        window: tuple[int, int],
        services: frozenset[str] | None,
        place: Place,
        first: int,
        length: int | None,
    ) -> None:
        wanted = self._wanted(text, window, services, place, self.day(first), length)

        async def work(tx: Tx, number: int, version: int) -> None:
            await calendars.add_rule(tx, number, wanted, version=version, known_services=KNOWN)

        if self.change("add rule", who, self._refuses(wanted), work):
            self.model.sheets[who].rules[-1] = _rule(wanted)
            self.learn(who)

    @precondition(lambda self: any(sheet.rules for sheet in self.model.sheets))
    @rule(
        who=whose,
        number=nth,
        text=texts,
        window=windows,
        services=serving,
        place=places,
        since=st.none() | st.integers(0, 12),
        first=st.integers(-20, 12),
        late=st.sampled_from((0,) * 9 + (1,)),
    )
    def change_rule(
        self,
        who: int,
        number: int,
        text: str,
        window: tuple[int, int],
        services: frozenset[str] | None,
        place: Place,
        since: int | None,
        first: int,
        late: int,
    ) -> None:
        sheet = self.model.sheets[who]
        picked = self._pick(who, number)
        day = None if since is None else self._day_of(who, picked, since)
        wanted = self._wanted(text, window, services, place, day or self.day(first), None)
        allowed = self._refuses(wanted)
        if not allowed and late:
            allowed = {"version_moved"}
        elif not allowed and picked not in sheet.rules:
            allowed = {"not_found"}
        elif not allowed and day is not None and day not in sheet.rules[picked].days:
            allowed = {"invalid_input"}

        async def work(tx: Tx, whom: int, version: int) -> None:
            await calendars.change_rule(tx, whom, picked, wanted, version=version, known_services=KNOWN, since=day)

        if not self.change("change rule", who, allowed, work, late):
            return
        new, changed = _rule(wanted), picked
        if day is not None and not sheet.ends_before(picked, day):
            changed = -1
            sheet.rules[picked] = replace(sheet.rules[picked], last=day - timedelta(days=1))
        sheet.rules[changed] = new
        for of, single in [key for key in sheet.singles if key[0] == picked and (day is None or key[1] >= day)]:
            kept = sheet.singles.pop((of, single))
            if single in new.days:
                sheet.singles[changed, single] = kept
        self.learn(who)

    @precondition(lambda self: any(sheet.rules for sheet in self.model.sheets))
    @rule(who=whose, number=nth, since=st.none() | st.integers(0, 12))
    def remove_rule(self, who: int, number: int, since: int | None) -> None:
        sheet = self.model.sheets[who]
        picked = self._pick(who, number)
        day = None if since is None else self._day_of(who, picked, since)
        allowed: set[str] = set() if picked in sheet.rules else {"not_found"}
        if not allowed and day is not None and day not in sheet.rules[picked].days:
            allowed = {"invalid_input"}

        async def work(tx: Tx, whom: int, version: int) -> None:
            await calendars.remove_rule(tx, whom, picked, version=version, since=day)

        if not self.change("remove rule", who, allowed, work):
            return
        is_whole = day is None or sheet.ends_before(picked, day)
        for key in [key for key in sheet.singles if key[0] == picked and (is_whole or key[1] >= (day or key[1]))]:
            del sheet.singles[key]
        if is_whole:
            del sheet.rules[picked]
        elif day is not None:
            sheet.rules[picked] = replace(sheet.rules[picked], last=day - timedelta(days=1))
        self.learn(who)

    @precondition(lambda self: any(sheet.rules for sheet in self.model.sheets))
    @rule(
        who=whose,
        number=nth,
        since=st.integers(0, 12),
        what=st.sampled_from(("none", "later", "shorter", "parts", "another day", "as it was", "overlap", "far")),
        to=st.integers(-10, 10),
    )
    def change_one_day(self, who: int, number: int, since: int, what: str, to: int) -> None:
        sheet = self.model.sheets[who]
        picked = self._pick(who, number)
        day = self._day_of(who, picked, since)
        own = sheet.rules[picked].window if picked in sheet.rules else Window(540, 780)
        other = day + timedelta(days=to)
        said: dict[str, tuple[tuple[date, int, int], ...]] = {
            "none": (),
            "later": ((day, 660, 900),),
            "shorter": ((day, own.start, own.start + 45),),
            "parts": ((day, 540, 640), (day, 700, 800)),
            "another day": ((other, own.start, own.end), (day, 480, 520)),
            "as it was": ((day, own.start, own.end),),
            "overlap": ((day, 540, 640), (day, 600, 700)),
            "far": ((day + timedelta(days=32), 540, 640),),
        }
        windows = said[what]
        wrong = what in ("overlap", "far") or any(end > 1440 for _, _, end in windows)
        if what == "another day" and to == 0:
            wrong = own.start < 520 and own.end > 480
        allowed: set[str] = {"invalid_input"} if wrong else set()
        if not allowed and picked not in sheet.rules:
            allowed = {"not_found"}
        elif not allowed and day not in sheet.rules[picked].days:
            allowed = {"invalid_input"}

        async def work(tx: Tx, whom: int, version: int) -> None:
            await calendars.override_day(tx, whom, picked, day, windows, version=version)

        if self.change("change one day", who, allowed, work):
            sheet.singles.pop((picked, day), None)
            if windows != ((day, own.start, own.end),):
                sheet.singles[picked, day] = windows
            self.learn(who)

    @rule(
        who=whose,
        rows=st.lists(
            st.tuples(
                st.integers(0, 6),
                st.sampled_from(((540, 780), (540, 780), (780, 900), (600, 840), (0, 240))),
                st.sampled_from((None, None, -7, 0, 7)),
                st.sampled_from((None, None, frozenset({"1739"}))),
            ),
            max_size=6,
            unique=True,
        ),
        keeps=st.booleans(),
        late=st.sampled_from((0,) * 9 + (1,)),
    )
    def set_hours(
        self,
        who: int,
        rows: list[tuple[int, tuple[int, int], int | None, frozenset[str] | None]],
        keeps: bool,
        late: int,
    ) -> None:
        """The plain form, with or (mostly) without the rows it shows already."""
        sheet = self.model.sheets[who]
        wanted = [
            WeeklyHours(
                weekday,
                *window,
                valid_from=None if anchor is None else self.day(anchor),
                services=services,
                every=1 if anchor is None else 2,
            )
            for weekday, window, anchor, services in rows
        ]
        if keeps:
            shown = [row for each in sheet.rules.values() for row in _rows(each)]
            wanted = _side_by_side([*shown, *wanted])
        pairs = [(one, other) for at, one in enumerate(wanted) for other in wanted[:at]]
        allowed: set[str] = set()
        if any(_meet(one, other) for one, other in pairs):
            allowed = {"invalid_input"}
        elif late:
            allowed = {"version_moved"}

        async def work(tx: Tx, number: int, version: int) -> None:
            await calendars.set_hours(tx, number, version=version, hours=wanted, known_services=KNOWN)

        if not self.change("set hours", who, allowed, work, late):
            return
        left = list(wanted)
        for number in sorted(
            sheet.rules, key=lambda each: (sheet.rules[each].first, sheet.rules[each].window.start, each)
        ):
            rule = sheet.rules[number]
            shown = _rows(rule)
            kept = [row for row in shown if row in left]
            for row in kept:
                left.remove(row)
            if shown and not kept:
                del sheet.rules[number]
            elif shown and len(kept) < len(shown):
                _, every = rule.plain or (None, 1)
                names = ",".join(NAMES[row.weekday] for row in kept)
                sheet.rules[number] = Rule(
                    f"FREQ=WEEKLY;INTERVAL={every};BYDAY={names}", rule.first, rule.last, rule.window
                )
        for number, day in list(sheet.singles):
            if number not in sheet.rules or day not in sheet.rules[number].days:
                del sheet.singles[number, day]
        for temporary, row in enumerate(left, 1):
            sheet.rules[-temporary] = Rule(
                f"FREQ=WEEKLY;INTERVAL={row.every};BYDAY={NAMES[row.weekday]}",
                row.valid_from or SINCE_EVER,
                row.valid_until,
                Window(row.start, row.end, row.services, row.place),
            )
        self.learn(who)

    # --- choosing -----------------------------------------------------------------------------------------------------
    def _pick(self, who: int, number: int) -> int:
        """A rule of hers; now and then one of somebody else's."""
        whom = self._with(who if number % 16 else who + 1, "rules")
        known = sorted(self.model.sheets[whom].rules)
        return known[number % len(known)]

    def _day_of(self, who: int, picked: int, since: int) -> date:
        """A day of a rule; now and then a day that is none of its."""
        rule = self.model.sheets[who].rules.get(picked)
        coming = sorted(day for day in rule.days if self.day(-3) <= day <= self.day(60)) if rule else []
        return coming[since % len(coming)] if coming and since != 12 else self.day(since)

    def _wanted(
        self,
        text: str,
        window: tuple[int, int],
        services: frozenset[str] | None,
        place: Place,
        first: date,
        length: int | None,
    ) -> Wanted:
        last = None if length is None else first + timedelta(days=length)
        return Wanted(text, first, *window, last_day=last, services=services, place=place)

    def _refuses(self, wanted: Wanted) -> set[str]:
        window_is_wrong = wanted.end - wanted.start < 10
        unknown = wanted.services is not None and not wanted.services <= set(KNOWN)
        ends_early = wanted.last_day is not None and wanted.last_day < wanted.first_day
        if window_is_wrong or unknown or ends_early or wanted.rrule in ABSURD:
            return {"invalid_input"}
        last = wanted.last_day or LAST
        never = not any(day <= last for day in days_of(wanted.rrule, wanted.first_day))
        return {"invalid_input"} if never else set()


def _rule(wanted: Wanted) -> Rule:
    window = Window(wanted.start, wanted.end, wanted.services, wanted.place)
    return Rule(wanted.rrule, wanted.first_day, _last(wanted), window)


def _last(wanted: Wanted) -> date | None:
    """An end that was said as a number of times is the last of these; as a day it is this day."""
    last = wanted.last_day
    if "COUNT" in wanted.rrule:
        return max(day for day in days_of(wanted.rrule, wanted.first_day) if last is None or day <= last)
    if "UNTIL" in wanted.rrule:
        said = datetime.strptime(wanted.rrule.partition("UNTIL=")[2][:8], "%Y%m%d").date()  # noqa: DTZ007 - a day
        return said if last is None else min(said, last)
    return last


def _rows(rule: Rule) -> list[WeeklyHours]:
    """A rule as the plain form shows it."""
    if rule.plain is None:
        return []
    days, every = rule.plain
    window = rule.window
    first = None if rule.first == SINCE_EVER else rule.first
    return [
        WeeklyHours(day, window.start, window.end, first, rule.last, window.services, every, window.place)  # type: ignore[arg-type]  # a place of ours
        for day in sorted(days)
    ]


def _side_by_side(rows: list[WeeklyHours]) -> list[WeeklyHours]:
    """Those that share no hour of a weekday with an earlier one."""
    found: list[WeeklyHours] = []
    for row in rows:
        own = [each for each in found if each.weekday == row.weekday]
        if all(each.end <= row.start or row.end <= each.start for each in own):
            found.append(row)
    return found


def _meet(one: WeeklyHours, other: WeeklyHours) -> bool:
    """Whether two rows share a minute of some day."""
    apart = one.end <= other.start or other.end <= one.start
    return not apart and bool(_days(one) & _days(other))


def _days(row: WeeklyHours) -> frozenset[date]:
    text = f"FREQ=WEEKLY;INTERVAL={row.every};BYDAY={NAMES[row.weekday]}"
    days = days_of(text, row.valid_from or SINCE_EVER)
    return frozenset(day for day in days if row.valid_until is None or day <= row.valid_until)
