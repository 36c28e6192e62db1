"""What befalls everybody in the machine: holidays, other zones, another clock law, time that passes, and searches."""

from datetime import date, datetime, timedelta

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from scheduling import calendars, finding, holds, timezones
from scheduling.calendars import DayKind, Place, production
from scheduling.db import Tx
from scheduling.timezones import Drift
from tests.scheduling.machine import clocks
from tests.scheduling.machine.base import SPECIALISTS, Base, clients, codes, nth, whose
from tests.scheduling.machine.model import meets, taken
from tests.scheduling.machine.sheet import SERVICES, Special
from tests.scheduling.machine.world import ZONES

MOVES = (
    (),
    (production.Move(date(2026, 10, 31), date(2026, 11, 2)),),
    (production.Move(date(2026, 10, 24), date(2026, 10, 23)), production.Move(date(2026, 11, 7), date(2026, 11, 5))),
)


class Years(Base):
    # --- holidays -----------------------------------------------------------------------------------------------------
    @rule(
        offset=st.integers(-3, 16),
        kind=st.sampled_from(("closed", "working", "short")),
        like=st.none() | st.integers(-12, 12),
        district=st.sampled_from((None, None, 1, 2, 77)),
    )
    def add_holiday(self, offset: int, kind: DayKind, like: int | None, district: int | None) -> None:
        day = self.now.date() + timedelta(days=offset)
        as_on = None if like is None else day + timedelta(days=like)
        known = any(each == (day, district) for each in ((at, of) for at, of, _ in self.model.holidays.values()))
        senseless = (kind == "working" and like is None) or (like is not None and (kind == "closed" or like == 0))
        allowed = {"invalid_input"} if known or senseless or district == 77 else set()

        async def work(tx: Tx) -> calendars.Holiday:
            return await calendars.add_holiday(
                tx, day=day, name="День области", district_id=district, kind=kind, like_day=as_on
            )

        made = self.tried("add holiday", allowed, work)
        if made:
            self.model.holidays[made.id] = (day, district, Special(kind, as_on))

    @precondition(lambda self: self.model.holidays)
    @rule(number=nth, is_gone=st.sampled_from((False,) * 9 + (True,)))
    def remove_holiday(self, number: int, is_gone: bool) -> None:
        known = sorted(self.model.holidays)
        picked = known[-1] + 1 if is_gone else known[number % len(known)]

        async def work(tx: Tx) -> bool:
            await calendars.remove_holiday(tx, picked)
            return True

        if self.tried("remove holiday", {"not_found"} if is_gone else set(), work):
            del self.model.holidays[picked]

    @rule(moves=st.sampled_from(MOVES))
    def set_year(self, moves: tuple[production.Move, ...]) -> None:
        """The production calendar of the year, with days that a decree moves."""
        days = production.year(2026, moves)

        async def work(tx: Tx) -> list[calendars.Holiday]:
            return await calendars.set_year(tx, 2026, days)

        rows = self.tried("set year", (), work) or []
        own = {row.day: row.id for row in rows if row.district_id is None}
        assert sorted(own) == [each.day for each in days]
        kept = {number: each for number, each in self.model.holidays.items() if each[1] is not None}
        self.model.holidays = kept | {own[each.day]: (each.day, None, Special(each.kind, each.like)) for each in days}

    # --- clocks -------------------------------------------------------------------------------------------------------
    @rule(who=whose, zone=st.sampled_from((*ZONES[1:], "America/St_Johns")))
    def move_house(self, who: int, zone: str) -> None:
        """She works in another zone. What was promised before stands when it was promised."""
        assume(self.model.sheets[who].zone != zone)
        self.world.move_house(who, zone)
        self.model.sheets[who].zone = zone
        self.said("another zone")

    @rule(law=st.sampled_from(tuple(clocks.LAWS)))
    def change_law(self, law: str) -> None:
        """Another tz database comes and the nodes start anew: what would move is named, and nothing has moved yet."""
        assume(clocks.in_force() != law)
        clocks.enact(law, self.folders)
        self.world.restart()
        found = {each.booking.id: (each.now_at, each.doubt == "skipped") for each in self._drifted()}
        assert found == self.model.drifts()
        self.said("another law", "bookings drift" if found else None)

    @precondition(lambda self: self.model.drifts())
    @rule()
    def follow_law(self) -> None:
        """All that can follow their wall time do; each of the others is named, with what is in its way."""

        async def work(tx: Tx) -> list[tuple[int, datetime, str | None]]:
            left = await timezones.follow(tx, await timezones.drifted(tx, now=self.now), now=self.now)
            return [(each.booking.id, each.now_at, each.doubt) for each in left]

        drifts = self.model.drifts()
        left = {number: (at, doubt) for number, at, doubt in self.tried("follow the law", (), work) or []}
        assert left.keys() <= drifts.keys()
        for number in drifts.keys() - left.keys():
            assert not drifts[number][1], "a time that does not exist was taken"
            self.model.follow(number, drifts[number][0])
        for number, (at, doubt) in left.items():
            promise = self.model.promises[number]
            assert (at, doubt == "skipped") == drifts[number]
            if doubt == "in_the_way":
                start, hers = clocks.minute(at), self.model.of(promise.who, without=[number])
                busy = self.model.busy(promise.clients, promise.things, promise.code, start, without=[number])
                others = [
                    taken(self.model.promises[each].code, clocks.minute(to))
                    for each, (to, _) in drifts.items()
                    if each != number
                ]
                assert busy or meets(promise.code, start, [*hers, *others]), "it could have followed"
        self.said("follow the law", "some stay" if left else "all follow", is_step=False)

    def _drifted(self) -> list[Drift]:
        async def look(tx: Tx) -> list[Drift]:
            return await timezones.drifted(tx, now=self.now)

        return self.world.read(look)

    # --- time ---------------------------------------------------------------------------------------------------------
    @rule(minutes=st.sampled_from((1, 9, 10, 45, 300, 300, 1440, 3 * 1440)), seconds=st.sampled_from((0, 0, 30)))
    def time_passes(self, minutes: int, seconds: int) -> None:
        self.model.now += timedelta(minutes=minutes, seconds=seconds)
        self.said("time passes")

    @precondition(lambda self: len(self.model.live) < len(self.model.holds))
    @rule()
    def sweep(self) -> None:
        """What has expired is taken away; nobody was kept from that time since."""

        async def work(tx: Tx) -> bool:
            await holds.forget_old(tx, now=self.now)
            return True

        self.tried("sweep", (), work)
        self.model.holds = {each.number: each for each in self.model.live}

    # --- searches -----------------------------------------------------------------------------------------------------
    @rule(
        code=codes,
        zone=st.sampled_from(ZONES),
        whom=st.frozensets(whose, max_size=2),
        client=st.none() | clients,
        things=st.frozensets(st.integers(0, 1), max_size=2),
        weekdays=st.frozensets(st.integers(0, 6), max_size=3),
        part=st.sampled_from((None, (480, 720), (0, 1440), (720, 1440))),
        place=st.sampled_from((None, None, "office", "point", "home")),
        moving=st.booleans(),
        number=nth,
        first=st.integers(0, 20),
        is_far=st.booleans(),
    )
    def search(
        self,
        code: str,
        zone: str,
        whom: frozenset[int],
        client: int | None,
        things: frozenset[int],
        weekdays: frozenset[int],
        part: tuple[int, int] | None,
        place: Place | None,
        moving: bool,
        number: int,
        first: int,
        is_far: bool,
    ) -> None:
        """Free time as somebody wishes it, on his own clock, also while a booking is being moved."""
        model, there = self.model, self.there
        ignoring = self.some(number) if moving and model.promises else None
        without = () if ignoring is None else (ignoring,)
        day = clocks.day(zone, clocks.minute(self.now)) + timedelta(days=first)
        span = finding.Span(zone, day, 7)
        since, until = (datetime.combine(day + timedelta(days=n), datetime.min.time()) for n in (0, 7))
        wish = finding.Wish(
            code,
            specialists=frozenset(there.specialists[each] for each in whom),
            client=None if client is None else there.clients[client],
            resources=frozenset(there.things[each] for each in things),
            weekdays=weekdays,
            part=part,
            place=place,
            ignoring=ignoring,
        )
        found = self.world.found(self.world.far if is_far else self.world.near, self.now, wish, span, limit=10**6)
        right = {
            (who, at)
            for who in range(SPECIALISTS)
            if not whom or who in whom
            for at in model.starts(
                who,
                code,
                clocks.promised(zone, clocks.shown(since)),
                clocks.promised(zone, clocks.shown(until)),
                without=without,
            )
            if not model.busy(() if client is None else {client}, things, code, at, without=without)
            and self._is_wished(zone, code, at, weekdays, part)
            and (place is None or model.sheets[who].is_at(place, code, at, model.special))
        }
        shown = [(there.specialists.index(each.specialist.id), clocks.minute(each.starts)) for each in found.items]
        assert sorted(shown) == sorted(right), (wish, sorted(set(shown) ^ right)[:5])
        assert [at for _, at in shown] == sorted(at for _, at in shown)
        assert (found.none_because is None) is bool(shown)
        for each in found.nearest:
            other = there.specialists.index(each.specialist.id)
            near = clocks.minute(each.starts)
            assert model.why(other, code, each.starts, model.of(other, without=without)) is None
            assert not model.busy(() if client is None else {client}, things, code, near, without=without)
        self.said("search", None if shown else found.none_because)

    def _is_wished(self, zone: str, code: str, at: int, weekdays: frozenset[int], part: tuple[int, int] | None) -> bool:
        reads = clocks.wall(zone, at)
        minutes = reads.hour * 60 + reads.minute
        in_part = part is None or (part[0] <= minutes and minutes + SERVICES[code].lasts <= part[1])
        return in_part and (not weekdays or reads.weekday() in weekdays)
