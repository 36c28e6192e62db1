"""Refusals: services rendered and the acts that pay for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from scheduling.errors.saying_no import Refused


@dataclass(eq=False)
class RenderedNotOpen(Refused):
    """Nothing more is said about this session: it was not held, is settled, or waits for whoever settles it."""

    code = "rendered_not_open"
    rendered_state: str


@dataclass(eq=False)
class ActSigned(Refused):
    """A signed act stays as it is; what was wrong in it is corrected on the next one."""

    code = "act_signed"
    number: str


@dataclass(eq=False)
class ActStale(Refused):
    """What these `lines` say holds no more since the draft was made."""

    code = "act_stale"
    lines: Sequence[int]


@dataclass(eq=False)
class ActDisagrees(Refused):
    """What the act says of a session is not what the budget spent on it: `lines` are `{n, booking, acts_kopecks,
    budget_kopecks}`."""

    code = "act_disagrees"
    lines: Sequence[dict[str, int]]
