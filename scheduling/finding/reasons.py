"""Why nothing was found: the first thing without which something would have been."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Literal

from scheduling import slots
from scheduling.calendars.plan import Plan
from scheduling.finding.facts import Candidate
from scheduling.finding.lasting import Lasting
from scheduling.finding.look import COMPUTED_AT_ONCE, Look
from scheduling.finding.wishes import Span, Wish, sieve
from scheduling.slots import Rules

NoneBecause = Literal[
    "no_specialist",
    "not_at_that_time",
    "all_taken",
    "too_soon",
    "beyond_horizon",
    "absent",
    "holiday",
    "no_hours",
]


async def why_none(look: Look, able: Sequence[Candidate], wish: Wish, lasting: Lasting, span: Span) -> NoneBecause:
    """The reason that a person can do something about most easily goes first."""
    if not able:
        return "no_specialist"
    holes = await sieve(look, wish.at_any_time, lasting, span)
    free = await lasting.starts(look, able, since=span.since, until=span.until)
    if any(True for who in able for _ in holes.through(who, free[who.id])):
        return "not_at_that_time"
    since, until = slots.minute_after(span.since), slots.minute_after(span.until)
    now = slots.minute_after(look.now)
    rules = [look.rules(who.id) for who in able]
    if await _any(_free(each, lasting, now=now, since=since, until=until) for each in rules):
        return "all_taken"
    soon = all(slots.local_day(each.zone, since) <= slots.local_day(each.zone, now) for each in rules)
    without: list[tuple[NoneBecause, Callable[[Rules], Rules]]] = [
        ("too_soon" if soon else "beyond_horizon", lambda whole: whole),
        ("absent", _as_if_present),
        ("holiday", _as_if_no_holidays),
    ]
    for reason, less in without:
        if await _any(_possible(less(each), lasting, since=since, until=until) for each in rules):
            return reason
    return "no_hours"


def _free(rules: Rules, lasting: Lasting, *, now: int, since: int, until: int) -> list[int]:
    """As if nothing were booked."""
    parts = lasting.within(rules.zone, since, until)
    found = (slots.free_starts(rules, each, (), now=now, since=begin, until=end) for each, begin, end in parts)
    return next(filter(None, found), [])


def _possible(rules: Rules, lasting: Lasting, *, since: int, until: int) -> list[int]:
    """And however near or far."""
    parts = lasting.within(rules.zone, since, until)
    found = (slots.possible_starts(rules, each, (), since=begin, until=end) for each, begin, end in parts)
    return next(filter(None, found), [])


async def _any(each: Iterator[Sequence[int]]) -> bool:
    """With a breath for others now and then: it may have to look at every calendar of the region."""
    for number, found in enumerate(each):
        if found:
            return True
        if number % COMPUTED_AT_ONCE == COMPUTED_AT_ONCE - 1:
            await asyncio.sleep(0)
    return False


def _as_if_present(rules: Rules) -> Rules:
    return replace(rules, absences=())


def _as_if_no_holidays(rules: Rules) -> Rules:
    plan = rules.days
    return replace(rules, absences=(), days=plan.without_holidays() if isinstance(plan, Plan) else plan)
