"""Courses in the machine: looked over, accepted all or none, moved and cancelled from one of their sessions on."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from scheduling import series
from scheduling.bookings import Booking
from scheduling.db import Tx
from scheduling.errors import SeriesRefused
from scheduling.series import Preview, Scope, Wanted
from tests.scheduling.machine import clocks
from tests.scheduling.machine.base import Base, actors, clients, codes, nth, things, whose
from tests.scheduling.machine.model import Course, Model, Taken, taken
from tests.scheduling.machine.sheet import all_days

REACH = timedelta(days=6)  # how far a session is put off at most
CLOSED = {"outside_hours", "absent", "holiday"}

rhythms = st.sampled_from(
    ("FREQ=WEEKLY;BYDAY=TU", "FREQ=WEEKLY;BYDAY=MO,WE,TH", "FREQ=DAILY", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR")
)
hours = st.sampled_from((150, 540, 540, 570, 600, 615, 630, 660, 700, 720))
scopes = st.sampled_from(("one", "following", "following", "all"))


class Courses(Base):
    @rule(
        actor=actors,
        who=whose,
        client=clients,
        code=codes,
        text=rhythms,
        first=st.integers(0, 14),
        start_min=hours,
        times=st.integers(2, 4),
        others=st.sampled_from(((), (), (0,))),
        with_things=things,
        is_blind=st.sampled_from((False, False, True)),
    )
    def book_course(
        self,
        actor: int,
        who: int,
        client: int,
        code: str,
        text: str,
        first: int,
        start_min: int,
        times: int,
        others: tuple[int, ...],
        with_things: tuple[int, ...],
        is_blind: bool,
    ) -> None:
        """As it was proposed, which must be had then; or blindly by its rule."""
        assume(client not in others)
        there, day = self.there, self.now.date() + timedelta(days=first)
        course = series.Course(
            client=there.clients[client],
            specialist=there.specialists[who],
            service=code,
            rrule=text,
            first_day=day,
            start_min=start_min,
            times=times,
            with_clients=tuple(there.clients[each] for each in others),
            with_resources=tuple(there.things[each] for each in with_things),
        )
        everybody = (client, *others)
        allowed = self._unknown(actor, who, code, everybody)

        async def look(tx: Tx) -> Preview:
            return await series.preview(tx, there.actors[actor], course, now=self.now)

        preview = self.tried("look a course over", allowed, look)
        if preview is not None:
            days = sorted(all_days(text, day))[:times]
            assert [each.day for each in preview.sessions] == days
            self._check(preview, who, everybody, with_things, code, start_min)
        zone = self.model.sheets[who].zone
        if preview is None or is_blind:
            at = {each: _promised(zone, each, start_min) for each in sorted(all_days(text, day))[:times]}
        else:
            at = {each.day: each.instead or each.starts for each in preview.sessions}
        wrong = self._refused(who, everybody, with_things, code, at)
        assert allowed or is_blind or preview is None or preview.fits is not bool(wrong), "what is proposed can be had"

        async def work(tx: Tx) -> tuple[series.Series, list[Booking]]:
            wanted = [Wanted(each, starts, course.specialist) for each, starts in at.items()]
            return await series.accept(tx, there.actors[actor], course, wanted, now=self.now)

        made = self.tried("accept a course", allowed or ({"series_refused"} if wrong else set()), work)
        if made is None:
            if not allowed:
                self._told({day.isoformat(): codes for day, codes in wrong.items()}, "day")
            return
        self.model.courses[made[0].id] = Course(who, client)
        for booked, starts in zip(made[1], sorted(at.values()), strict=True):
            promise = self.wanted(who, client, code, starts, others=others, things=with_things, course=made[0].id)
            promise.history.append(("booked", actor, self.now))
            self.model.promises[booked.id] = promise

    def _unknown(self, actor: int, who: int, code: str, everybody: Sequence[int]) -> set[str]:
        if not self.model.books_for(actor, who):
            return {"not_found"}
        found = set() if all(self.model.knows(actor, each) for each in everybody) else {"not_found"}
        return found if code in self.model.sheets[who].services else found | {"invalid_input"}

    def _check(
        self, preview: Preview, who: int, everybody: Sequence[int], things: Sequence[int], code: str, start_min: int
    ) -> None:
        """Each session is as wished, or has its reason and a time in its place that is free, if there is one near."""
        model, zone = self.model, self.model.sheets[who].zone
        more: list[Taken] = []
        # Nothing goes before the day on which the course begins.
        begins = _promised(zone, preview.sessions[0].day, 0)
        for each in preview.sessions:
            said = _said(each.day, start_min)
            assert each.starts == clocks.promised(zone, said)
            start = clocks.minute(each.starts)
            right = model.wish(who, everybody, things, code, start, more)
            if clocks.never_shown(zone, said):
                right = {"no_such_time"}
            elif right == {"outside_hours"}:
                right = CLOSED
            if each.reason is None:
                assert not right, f"{each.starts} cannot be had: {right}"
                more.append(taken(code, start))
            else:
                assert each.reason in right, f"{each.starts}: {each.reason}, and it is {right or 'free'}"
        for each in preview.sessions:
            if each.reason is None:
                continue
            if each.instead is not None:
                start = clocks.minute(each.instead)
                assert not model.wish(who, everybody, things, code, start, more), f"{each.instead} is not free"
                more.append(taken(code, start))
                continue
            near = model.starts(who, code, max(each.starts - REACH, begins), each.starts + REACH, more=more)
            able = [at for at in near if not model.wish(who, everybody, things, code, at, more)]
            assert not able, f"for {each.starts} there is {[str(clocks.instant(at)) for at in able[:3]]}"

    def _refused(
        self, who: int, everybody: Sequence[int], things: Sequence[int], code: str, at: Mapping[date, datetime]
    ) -> dict[date, set[str]]:
        """The sessions that cannot be had, one booked after the other, each with its reasons."""
        more: list[Taken] = []
        wrong = {}
        for day, starts in sorted(at.items(), key=lambda each: each[1]):
            reasons = self.model.wish(who, everybody, things, code, clocks.minute(starts), more)
            if reasons:
                wrong[day] = reasons
            else:
                more.append(taken(code, clocks.minute(starts)))
        return wrong

    def _told(self, wrong: Mapping[Any, set[str]], key: str) -> None:
        """A refused course names each session that cannot be had, and why."""
        assert isinstance(self.refusal, SeriesRefused)
        told = {each[key]: each["code"] for each in self.refusal.sessions}
        assert told.keys() == wrong.keys()
        assert all(told[each] in wrong[each] for each in wrong), (told, wrong)

    # --- changing one -------------------------------------------------------------------------------------------------
    @precondition(lambda self: self.model.courses)
    @rule(
        number=nth,
        actor=actors,
        since=nth,
        scope=scopes,
        days=st.sampled_from((0, 0, 1, -1, 2, 7)),
        start_min=hours,
        late=st.sampled_from((0,) * 9 + (1,)),
    )
    def move_course(
        self, number: int, actor: int, since: int, scope: Scope, days: int, start_min: int, late: int
    ) -> None:
        model = self.model
        number, picked, version = self._picked(number, since, actor)
        allowed, chosen = self._chosen(number, actor, picked, scope, late)
        wrong: dict[int, set[str]] = {}
        going: dict[int, datetime] = {}
        trial: Model = model.what_if()
        if not allowed:
            for each in chosen:
                promise = model.promises[each]
                to = _promised(promise.said[0], self._later(each, days), start_min)
                if to != clocks.instant(promise.start):
                    going[each] = to
            left = set(going)
            for each, to in going.items():
                promise = trial.promises[each]
                if clocks.never_shown(promise.said[0], _said(self._later(each, days), start_min)):
                    wrong[each] = {"no_such_time"}
                elif reasons := trial.refuses_place(each, promise.who, to, without=left):
                    wrong[each] = reasons
                else:
                    left.remove(each)
                    trial.place(each, promise.who, to, actor)
            allowed = {"series_refused"} if wrong else set()

        async def work(tx: Tx) -> list[Booking]:
            return await series.move(
                tx,
                self.there.actors[actor],
                number,
                version=version - late,
                now=self.now,
                since=picked,
                days=days,
                start_min=start_min,
                scope=scope,
            )

        moved = self.tried("move a course", allowed, work)
        if moved is None:
            if wrong:
                self._told(wrong, "booking")
            return
        assert sorted(each.id for each in moved) == sorted(going)
        for each, to in going.items():
            model.place(each, model.promises[each].who, to, actor)
        model.courses[number].version += 1

    @precondition(lambda self: self.model.courses)
    @rule(number=nth, actor=actors, since=nth, scope=scopes, late=st.sampled_from((0,) * 9 + (1,)))
    def cancel_course(self, number: int, actor: int, since: int, scope: Scope, late: int) -> None:
        number, picked, version = self._picked(number, since, actor)
        allowed, chosen = self._chosen(number, actor, picked, scope, late)

        async def work(tx: Tx) -> list[Booking]:
            return await series.cancel(
                tx,
                self.there.actors[actor],
                number,
                version=version - late,
                now=self.now,
                since=picked,
                scope=scope,
                reason="client_asked",
            )

        if self.tried("cancel a course", allowed, work) is not None:
            for each in chosen:
                self.model.become(each, "cancelled", actor)
            self.model.courses[number].version += 1

    def _picked(self, number: int, since: int, actor: int) -> tuple[int, int, int]:
        """A course, one of its bookings, and its version as this actor sees it."""
        model = self.model
        known = sorted(model.courses, reverse=True)
        picked = known[number % len(known)]
        own = model.course_of(picked)
        versions = [model.promises[each].version - 1 for each in own if model.sees(actor, each)]
        return picked, own[since % len(own)], model.courses[picked].version + sum(versions)

    def _chosen(self, number: int, actor: int, picked: int, scope: Scope, late: int) -> tuple[set[str], list[int]]:
        model = self.model
        own = [each for each in model.course_of(number) if model.sees(actor, each)]
        if not own:
            return {"not_found"}, []
        if late:
            return {"version_moved"}, []
        if picked not in own:
            return {"not_found"}, []
        since = model.promises[picked].start
        # What has begun is past, unless it is named by itself.
        ahead = [each for each in own if clocks.instant(model.promises[each].start) > self.now]
        chosen = {
            "one": [picked],
            "following": [each for each in ahead if model.promises[each].start >= since],
            "all": ahead,
        }[scope]
        return set(), [each for each in chosen if model.promises[each].is_open]

    def _later(self, number: int, days: int) -> date:
        """The day on which a session was promised, so many days later."""
        return datetime.fromisoformat(self.model.promises[number].said[1]).date() + timedelta(days=days)


def _said(day: date, start_min: int) -> str:
    return f"{day}T{start_min // 60:02}:{start_min % 60:02}"


def _promised(zone: str, day: date, start_min: int) -> datetime:
    return clocks.promised(zone, _said(day, start_min))
