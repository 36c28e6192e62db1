"""The health of a conversation: what browsers report, and what the coordinator is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.health import WORST_FIRST, Report, Sitting, of_room, of_seat


def sits(
    *reports: Report, age: float | None = 2.0, talks: float = 60.0, rung: str = "high", why: str | None = None
) -> Sitting:
    return Sitting(here=True, admitted=True, talks_for_s=talks, age_s=age, reports=reports, rung=rung, why=why)


CASES = {
    "a good line": (sits(Report(0.0, 40, 0.0, 0)), "good", ()),
    "nobody here": (Sitting(here=False, admitted=True), "unknown", ()),
    "he waits": (Sitting(here=True, admitted=False), "unknown", ()),
    "let in a moment ago": (sits(age=None, talks=4), "unknown", ()),
    "let in long ago and never a word": (sits(age=None, talks=40), "bad", ("silent",)),
    "silent for seventeen seconds": (sits(Report(0.0, 40), age=17), "bad", ("silent",)),
    "back after a pause, the last report is old": (sits(Report(0.0, 40), age=17, talks=5), "unknown", ()),
    "a third lost and all of it mended": (sits(Report(0.3, 60, 0.01)), "good", ()),
    "a third lost, nobody knows what was mended": (sits(Report(0.3, 60)), "bad", ("voice_breaks",)),
    "speech is rough": (sits(Report(0.3, 60, 0.05)), "weak", ("voice_rough",)),
    "speech breaks and comes late": (sits(Report(0.3, 600, 0.2)), "bad", ("voice_breaks", "slow")),
    "one of two others is heard badly": (sits(Report(0, 20, 0), Report(0, 20, 0.2)), "bad", ("voice_breaks",)),
    "the picture stands still": (sits(Report(0, 20, 0, 4000)), "weak", ("frozen",)),
    "voice alone because of the line": (sits(Report(0, 20, 0), rung="voice", why="line"), "weak", ("voice_only",)),
    "voice alone by choice": (sits(Report(0, 20, 0), rung="voice", why="choice"), "good", ()),
    "a small picture because of the line": (
        sits(Report(0, 20, 0), rung="tiny", why="line"),
        "weak",
        ("picture_small",),
    ),
    "the browser can say nothing": (sits(Report()), "good", ()),
}


@pytest.mark.parametrize("name", CASES)
def test_a_seat_is_as_well_as_its_reports(name: str) -> None:
    seat, level, because = CASES[name]
    assert of_seat(seat) == (level, because)


def test_a_room_is_as_well_as_its_worst_seat_and_says_why() -> None:
    seats = [
        of_seat(CASES[name][0]) for name in ("a good line", "the picture stands still", "speech breaks and comes late")
    ]
    assert of_room(seats) == ("bad", ("voice_breaks", "slow", "frozen"))
    assert of_room([("unknown", ()), ("good", ())]) == ("good", ())
    assert of_room([]) == of_room([("unknown", ())]) == ("unknown", ())


SHARE = st.none() | st.floats(min_value=0, max_value=1)
MS = st.none() | st.floats(min_value=0, max_value=60_000)
REPORT = st.builds(Report, SHARE, MS, SHARE, MS)
SITTING = st.builds(
    Sitting,
    here=st.booleans(),
    admitted=st.booleans(),
    talks_for_s=st.floats(min_value=0, max_value=3600),
    age_s=st.none() | st.floats(min_value=0, max_value=60),
    reports=st.lists(REPORT, max_size=3),
    rung=st.sampled_from(("high", "low", "tiny", "voice")),
    why=st.none() | st.sampled_from(("line", "choice", "device", "interrupted")),
)


@given(SITTING)
def test_trouble_always_says_why_and_health_needs_no_reason(seat: Sitting) -> None:
    level, because = of_seat(seat)
    assert bool(because) == (level in {"weak", "bad"})
    assert len(set(because)) == len(because)


@given(SITTING, REPORT)
def test_one_more_report_never_makes_it_better(seat: Sitting, report: Report) -> None:
    more = Sitting(**{**vars(seat), "reports": [*seat.reports, report]})
    assert WORST_FIRST.index(of_seat(more)[0]) <= WORST_FIRST.index(of_seat(seat)[0])
