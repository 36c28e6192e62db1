"""Bookings in the machine: held, booked, moved, confirmed, cancelled, settled, by the desk, a specialist, a client."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any, Literal

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from scheduling import bookings, holds, people
from scheduling.bookings import Booking, Outcome
from scheduling.db import Tx
from tests.scheduling.machine import clocks
from tests.scheduling.machine.base import actors, clients, codes, nth, things, times, whose
from tests.scheduling.machine.hours import Hours
from tests.scheduling.machine.model import HOLD_LASTS, Kept, Promise
from tests.scheduling.machine.sheet import Limits

stale = st.sampled_from((False,) * 9 + (True,))


class Promises(Hours):
    @initialize(
        wanted=st.lists(
            st.tuples(st.sampled_from((0, 0, 0, 1, 2, 3)), clients, st.integers(0, 12), things), min_size=3, max_size=8
        ),
        most=st.sampled_from(
            ((None, None, None), (None, None, None), (2, None, None), (None, 3, None), (None, None, 90))
        ),
    )
    def begin_with_some(
        self, wanted: list[tuple[int, int, int, tuple[int, ...]]], most: tuple[int | None, int | None, int | None]
    ) -> None:
        """Something is booked already when the example begins, close together, most of it of one specialist."""
        a_day, a_week, run = most
        self.limit(0, Limits(max_per_day=a_day, max_per_week=a_week, longest_run_min=run))
        for who, client, number, with_things in wanted:
            self.book(0, who, client, "1739", ("free", number), (), with_things, 0)

    @rule(
        actor=actors,
        who=whose,
        client=clients,
        code=codes,
        when=times,
        others=st.sampled_from(((), (), (), (), (0,), (1, 2))),
        with_things=things,
        seconds=st.sampled_from((0,) * 15 + (30,)),
    )
    def book(
        self,
        actor: int,
        who: int,
        client: int,
        code: str,
        when: tuple[str, int],
        others: tuple[int, ...],
        with_things: tuple[int, ...],
        seconds: int,
    ) -> None:
        at = self.at(when, who, code) + timedelta(seconds=seconds)
        wanted = self.wanted(who, client, code, at, others=others, things=with_things)
        allowed = self.model.refuses_booking(actor, wanted, at, None)
        self._book("book", actor, wanted, allowed, starts=at)
        if allowed & {"slot_taken", "outside_hours", "client_busy"} and code in self.model.sheets[who].services:
            self._check_alternatives(wanted, at)

    @precondition(lambda self: self.model.holds)
    @rule(number=nth, actor=actors, client=clients, is_own=st.sampled_from((True, True, True, False)))
    def book_what_is_held(self, number: int, actor: int, client: int, is_own: bool) -> None:
        known = sorted(self.model.holds, reverse=True)
        hold = self.model.holds[known[number % len(known)]]
        by = hold.actor if is_own else actor
        wanted = self.wanted(hold.who, client, hold.code, clocks.instant(hold.start), things=hold.things)
        allowed = self.model.refuses_booking(by, wanted, clocks.instant(hold.start), hold.number)
        if self._book("book what is held", by, wanted, allowed, hold=hold.number):
            del self.model.holds[hold.number]

    def _book(self, what: str, actor: int, wanted: Promise, allowed: Collection[str], **more: Any) -> bool:
        there = self.there

        async def work(tx: Tx) -> Booking:
            return await bookings.book(
                tx,
                there.actors[actor],
                now=self.now,
                client=there.clients[wanted.client],
                specialist=there.specialists[wanted.who],
                service=wanted.code,
                with_clients=[there.clients[each] for each in wanted.others],
                with_resources=[there.things[each] for each in wanted.things],
                **{"starts": clocks.instant(wanted.start)} | more,
            )

        made = self.tried(what, allowed, work)
        if made is not None:
            wanted.history.append(("booked", actor, self.now))
            self.model.promises[made.id] = wanted
        return made is not None

    def _check_alternatives(self, wanted: Promise, at: Any) -> None:
        """What is offered instead can really be had."""
        there = self.there
        for slot in self.world.alternatives(
            self.now,
            service=wanted.code,
            specialist=there.specialists[wanted.who],
            client=there.clients[wanted.client],
            starts=at,
        ):
            other = there.specialists.index(slot.specialist.id)
            start = clocks.minute(slot.starts)
            assert self.model.why(other, wanted.code, slot.starts, self.model.of(other)) is None
            assert not self.model.busy({wanted.client}, (), wanted.code, start)

    # --- holds --------------------------------------------------------------------------------------------------------
    @rule(actor=actors, who=whose, code=codes, when=times, with_things=things)
    def hold(self, actor: int, who: int, code: str, when: tuple[str, int], with_things: tuple[int, ...]) -> None:
        model, there, at = self.model, self.there, self.at(when, who, code)
        before = dict(model.holds)
        allowed: set[str] = set()
        for gone in model.given_way(actor):
            del model.holds[gone]
        if not model.books_for(actor, who):
            allowed = {"not_found"}
        elif code not in model.sheets[who].services:
            allowed = {"invalid_input"}
        elif reason := model.why(who, code, at, model.of(who)):
            allowed = {reason}
        else:
            allowed = model.busy((), with_things, code, clocks.minute(at))

        async def work(tx: Tx) -> holds.Hold:
            return await holds.hold(
                tx,
                there.actors[actor],
                now=self.now,
                specialist=there.specialists[who],
                service=code,
                starts=at,
                resources=[there.things[each] for each in with_things],
            )

        made = self.tried("hold", allowed, work)
        if made is None:
            model.holds = before
            return
        model.holds.pop(made.id, None)  # an engine may give the number of one that is gone away again
        kept = Kept(made.id, actor, who, code, clocks.minute(at), self.now + HOLD_LASTS, with_things)
        model.holds[made.id] = kept

    @rule(actor=st.sampled_from((0, 1)), whom=st.lists(whose, min_size=2, max_size=5), number=st.integers(0, 20))
    def open_form_after_form(self, actor: int, whom: list[int], number: int) -> None:
        """Whoever holds more than he may gives back the oldest, whosever time that was."""
        for who in whom:
            self.hold(actor, who, "1739", ("free", number), ())
            self.what_must_hold()

    @precondition(lambda self: self.model.holds)
    @rule(number=nth, actor=actors, is_own=st.sampled_from((True, True, True, False)))
    def keep_holding(self, number: int, actor: int, is_own: bool) -> None:
        hold, by = self._held(number, actor, is_own)
        lives = hold in self.model.live and by == hold.actor

        async def work(tx: Tx) -> holds.Hold:
            return await holds.keep(tx, self.there.actors[by], hold.number, now=self.now)

        if self.tried("keep a hold", set() if lives else {"hold_gone"}, work):
            hold.expires = self.now + HOLD_LASTS

    @precondition(lambda self: self.model.live)
    @rule(number=nth, actor=actors, is_own=st.sampled_from((True, True, True, False)))
    def give_back(self, number: int, actor: int, is_own: bool) -> None:
        live = self.model.live
        hold = live[number % len(live)]
        by = hold.actor if is_own else actor

        async def work(tx: Tx) -> holds.Hold:
            return await holds.give_back(tx, self.there.actors[by], hold.number)

        if self.tried("give a hold back", set() if by == hold.actor else {"not_found"}, work):
            del self.model.holds[hold.number]

    def _held(self, number: int, actor: int, is_own: bool) -> tuple[Kept, int]:
        known = sorted(self.model.holds, reverse=True)
        hold = self.model.holds[known[number % len(known)]]
        return hold, hold.actor if is_own else actor

    # --- changes ------------------------------------------------------------------------------------------------------
    @precondition(lambda self: self.model.promises)
    @rule(number=nth, actor=actors, who=st.none() | whose, when=times, is_stale=stale)
    def move(self, number: int, actor: int, who: int | None, when: tuple[str, int], is_stale: bool) -> None:
        model, there, number = self.model, self.there, self.some(number)
        promise = model.promises[number]
        target = promise.who if who is None else who
        at, version = self.at(when, target, promise.code), promise.version - is_stale
        allowed = model.refuses_change(actor, number, version)
        if not allowed:
            allowed = model.refuses_place(number, target, at) if model.books_for(actor, target) else {"not_found"}

        async def work(tx: Tx) -> Booking:
            return await bookings.move(
                tx,
                there.actors[actor],
                number,
                version=version,
                now=self.now,
                starts=at,
                specialist=None if who is None else there.specialists[who],
            )

        if self.tried("move", allowed, work):
            model.place(number, target, at, actor)

    @precondition(lambda self: self.model.promises)
    @rule(number=nth, actor=actors, is_stale=stale)
    def cancel(self, number: int, actor: int, is_stale: bool) -> None:
        still = [each for each, promise in self.model.promises.items() if promise.is_open]
        number = still[number % len(still)] if still and number % 8 else self.some(number)
        version = self.model.promises[number].version - is_stale

        async def work(tx: Tx) -> Booking:
            return await bookings.cancel(
                tx, self.there.actors[actor], number, version=version, now=self.now, reason="client_asked"
            )

        if self.tried("cancel", self.model.refuses_change(actor, number, version), work):
            self.model.become(number, "cancelled", actor)

    @precondition(lambda self: self.model.promises)
    @rule(number=nth, actor=actors, is_stale=stale)
    def confirm(self, number: int, actor: int, is_stale: bool) -> None:
        number = self.some(number)
        promise = self.model.promises[number]
        version = promise.version - is_stale

        async def work(tx: Tx) -> Booking:
            return await bookings.confirm(tx, self.there.actors[actor], number, version=version, now=self.now)

        done = self.tried("confirm", self.model.refuses_change(actor, number, version), work)
        if done and promise.status != "confirmed":
            self.model.become(number, "confirmed", actor)

    @precondition(lambda self: self.model.promises)
    @rule(
        number=nth,
        actor=actors,
        outcome=st.sampled_from(bookings.OUTCOMES),
        has_begun=st.booleans(),
        is_stale=stale,
    )
    def settle(self, number: int, actor: int, outcome: Outcome, has_begun: bool, is_stale: bool) -> None:
        begun = [n for n, each in self.model.promises.items() if clocks.instant(each.start) <= self.now]
        number = begun[number % len(begun)] if has_begun and begun else self.some(number)
        promise = self.model.promises[number]
        version = promise.version - is_stale
        allowed = self.model.refuses_change(actor, number, version)
        if allowed == {"booking_not_open"} and promise.stands:
            allowed = set()  # how it ended may be corrected
        if not allowed and self.now < clocks.instant(promise.start):
            allowed = {"not_over_yet"}

        async def work(tx: Tx) -> Booking:
            return await bookings.settle(
                tx, self.there.actors[actor], number, version=version, now=self.now, status=outcome
            )

        if self.tried("settle", allowed, work):
            self.model.become(number, outcome, actor)

    # --- the client's own hand ----------------------------------------------------------------------------------------
    @precondition(lambda self: self.model.promises)
    @rule(number=nth, act=st.sampled_from(("move", "move", "cancel", "confirm")), when=times, is_stale=stale)
    def by_own_link(
        self, number: int, act: Literal["move", "cancel", "confirm"], when: tuple[str, int], is_stale: bool
    ) -> None:
        number = self.some(number)
        promise = self.model.promises[number]
        version = promise.version - is_stale
        at = self.at(when, promise.who, promise.code)
        notice = self.model.sheets[promise.who].limits.change_notice_min
        allowed = self.model.refuses_change(0, number, version)
        if not allowed and act != "confirm":
            if self.now > clocks.instant(promise.start) - timedelta(minutes=notice):
                allowed = {"change_too_late"}
            elif act == "move":
                allowed = self.model.refuses_place(number, promise.who, at)

        async def work(tx: Tx) -> Booking:
            own = await bookings.to_change_by_client(
                tx, number, version=version, now=self.now, at_any_time=act == "confirm"
            )
            if act == "move":
                target = await people.specialist(tx, own.specialist_id)
                await bookings.move_to(tx, own, target, at, now=self.now, by=None, because="client")
            elif act == "cancel":
                await bookings.cancel_it(tx, own, "client_asked", now=self.now, by=None)
            else:
                await bookings.confirm_it(tx, own, now=self.now, by=None)
            return own

        if not self.tried(f"{act} by own link", allowed, work):
            return
        if act == "move":
            self.model.place(number, promise.who, at, None)
        elif act == "cancel":
            self.model.become(number, "cancelled", None)
        elif promise.status != "confirmed":
            self.model.become(number, "confirmed", None)
