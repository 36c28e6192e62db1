"""The states of a certificate: a table that is whole, and walks through it that never leave what has ended."""

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from scheduling.certificates import states
from scheduling.certificates.states import ENDED, STEPS, TABLE, Step
from scheduling.certificates.tables import LIVE, Status
from scheduling.errors import CertificateNotOpen

STATUSES: tuple[Status, ...] = get_args(Status)


def walk(steps: list[Step]) -> list[Status]:
    """The states that somebody goes through who tries these steps one after the other."""
    through: list[Status] = ["forming"]
    for step in steps:
        try:
            through.append(states.after(through[-1], step))
        except CertificateNotOpen:
            continue
    return through


def test_the_way_of_most_certificates() -> None:
    through = walk(["issue", "choose", "begin", "use_up", "give_back", "choose", "expire"])
    assert through == ["forming", "issued", "chosen", "in_use", "used_up", "in_use", "in_use", "expired"]


def test_every_state_can_be_reached_and_every_step_is_of_use() -> None:
    assert {"forming", *TABLE.values()} == set(STATUSES)
    assert {step for _, step in TABLE} == set(STEPS)


def test_money_is_bound_only_while_a_certificate_is_live_or_used_up() -> None:
    """Who leaves the live states otherwise is one of the ended: whatever is left must be given up with that step."""
    leaving = {(status, after) for (status, _), after in TABLE.items() if status in LIVE and after not in LIVE}
    assert {after for _, after in leaving} == {"used_up", *ENDED}


@given(st.lists(st.sampled_from(STEPS), max_size=30))
def test_nothing_leads_out_of_the_end(steps: list[Step]) -> None:
    through = walk(steps)
    ends = [at for at, status in enumerate(through) if status in ENDED]
    assert ends in ([], [len(through) - 1])


@given(st.lists(st.sampled_from(STEPS), max_size=30))
def test_nobody_uses_what_was_never_issued(steps: list[Step]) -> None:
    through = walk(steps)
    if set(through) & {*LIVE, "used_up", "expired", "replaced"}:
        assert through[1] == "issued"


@given(st.sampled_from(STATUSES), st.sampled_from(STEPS))
def test_may_says_what_after_does(status: Status, step: Step) -> None:
    try:
        states.after(status, step)
    except CertificateNotOpen:
        assert not states.may(status, step)
    else:
        assert states.may(status, step)
