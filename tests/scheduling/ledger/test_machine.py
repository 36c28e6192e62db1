"""Everybody at the ledger at once: whatever is done in whatever order, what it holds is what bookings and budgets say.

Acts are drawn in handfuls that are done at the same time, each in a transaction of its own. Which of them comes first
is not known, so nothing is foretold; after each handful all is added up anew from the rows themselves (`money`).
"""

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from server.database import Database
from tests.scheduling.ledger.money import PRICE, Department, department
from tests.support.parts import Engine

T = TypeVar("T")
FEW, ALL = 150, 10_000
HANDFULS = int(os.environ.get("RYADOM_LEDGER_STEPS", FEW))
A_RUN = 15
REFUSED = {
    *("budget_short", "plan_below_use", "certificate_used_up", "certificate_not_live", "other_provider", "unchanged"),
    *("booking_not_open", "version_moved", "certificate_not_open"),
}
ENDS = ("took_place", "missed", "specialist_late", "failed_technically")
DONE = {"done", "planned", "freed", "chosen", "ended", "replaced", "cancelled", *ENDS}
nth = st.integers(0, 63)
providers = st.sampled_from((0, 0, 1))
funds = st.sampled_from((None, 0, 1))
# Of the kinds of acts, those most often without which nothing else can happen.
KINDS: dict[str, tuple[st.SearchStrategy[Any], ...]] = {
    "book": (nth, providers),
    "cancel": (nth,),
    "end_as": (nth, st.sampled_from(("took_place", *ENDS))),
    "choose": (nth, providers),
    "end": (nth,),
    "replace": (nth,),
    "plan": (funds, st.integers(0, 12).map(lambda times: 3 * times * PRICE)),
    "free": (funds,),
}
OFTEN = ("book",) * 8 + ("end_as",) * 6 + ("cancel",) * 3 + ("choose",) * 2 + ("plan", "free", "end", "replace")
ACTS = st.sampled_from(OFTEN).flatmap(lambda what: st.tuples(st.just(what), *KINDS[what]))


class Money(RuleBasedStateMachine):
    office: ClassVar[Department]
    loop: ClassVar[asyncio.AbstractEventLoop]
    stories: ClassVar[int] = 0
    done: ClassVar[Counter[str]] = Counter()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    @initialize(planned=st.integers(5, 40), units=st.lists(st.integers(1, 4), min_size=1, max_size=3))
    def begin(self, planned: int, units: list[int]) -> None:
        """Each story has money of a source of its own."""
        type(self).stories += 1
        office = self.office
        office.source = f"story {self.stories}"
        office.certificates.clear()
        office.booked.clear()
        for whose in (None, 0, 1):
            self.run(office.plan(whose, planned * PRICE))
        for each in units:
            self.run(office.issue(each))
        for each in office.certificates:
            self.run(office.choose(each, 0))
        self.run(office.must_agree())

    @rule(units=st.integers(1, 3), unit=st.sampled_from(("session", "minute", "kopeck")), copay=st.integers(0, 500))
    def issue(self, units: int, unit: Any, copay: int) -> None:
        cost, each = {"session": (PRICE, 1), "minute": (PRICE // 40, 40), "kopeck": (1, PRICE)}[unit]
        own = 0 if unit == "kopeck" else copay
        self.note("issue", self.run(self.office.issue(units * each, unit=unit, cost=cost, copay=own)))
        self.run(self.office.must_agree())

    @rule(acts=st.lists(ACTS, min_size=1, max_size=6))
    def together(self, acts: list[tuple[Any, ...]]) -> None:
        async def all_at_once() -> list[object]:
            return await asyncio.gather(*(self.one(*act) for act in acts))

        for act, answer in zip(acts, self.run(all_at_once()), strict=True):
            self.note(act[0], answer)
        self.run(self.office.must_agree())

    async def one(self, what: str, *given: Any) -> object:
        office = self.office
        if what in {"plan", "free"}:
            return await getattr(office, what)(*given)
        known = office.booked if what in {"cancel", "end_as"} else office.certificates
        if not known:
            return "nothing there"
        act: Callable[..., Awaitable[object]] = getattr(office, what)
        return await act(known[given[0] % len(known)], *given[1:])

    def note(self, what: str, answer: object) -> None:
        said = "done" if isinstance(answer, int) else str(answer)
        self.done[f"{what}: {said}"] += 1


@pytest.mark.parametrize("part", range(max(1, HANDFULS // 300)))
def test_the_ledger_with_everybody_at_once(
    engine: Engine, database_url: str, part: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with asyncio.Runner() as runner:
        Money.loop = runner.get_loop()
        opened = Database(database_url)
        Money.office, Money.stories, Money.done = runner.run(department(opened)), 0, Counter()
        try:
            run_state_machine_as_test(
                Money,
                settings=settings(
                    max_examples=max(1, min(HANDFULS, 300) // A_RUN),
                    stateful_step_count=A_RUN,
                    deadline=None,
                    phases=[Phase.generate],  # what several did at once ends another way the next time
                    suppress_health_check=list(HealthCheck),
                    print_blob=True,
                ),
            )
        finally:
            runner.run(opened.close())
    with capsys.disabled():
        print(f"\nthe ledger on {engine}: " + ", ".join(f"{how} {times}" for how, times in Money.done.most_common()))
    answers = {each.partition(": ")[2] for each in Money.done}
    assert answers >= DONE
    assert answers <= DONE | REFUSED | {"nothing there"}
