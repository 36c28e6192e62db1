"""How a session ended: each story with the proposal a person would make, and what no story may ever lead to."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.outcomes import Facts, Happened, Heard, LineChecked, Stay, proposed
from scheduling.outcomes.judging import least
from scheduling.outcomes.stating import length

TEN = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    """So many minutes after the booked start."""
    return TEN + timedelta(minutes=minute)


def client(begins: float, ends: float, mode: str = "video") -> Stay:
    return Stay("client", at(begins), at(ends), mode)


def she(begins: float, ends: float) -> Stay:
    return Stay("specialist", at(begins), at(ends), "video")


def came(minute: float) -> Happened:
    return Happened(at(minute), "client", "entered")


def let_in(minute: float) -> Happened:
    return Happened(at(minute), "client", "admitted")


def saw(minute: float) -> Happened:
    return Happened(at(minute), "client", "saw_media", {"of": 1})


def left(minute: float, **data: Any) -> Happened:
    return Happened(at(minute), "client", "left", data)


def she_left(minute: float, **data: Any) -> Happened:
    return Happened(at(minute), "specialist", "left", data)


def phone(minute: float, *, on: bool) -> Happened:
    return Happened(at(minute), None, "phone", {"on": on})


def story(*told: Stay | Happened | Heard, until: float = 40, **more: Any) -> Facts:
    """Forty minutes from ten o'clock, looked at when the room closed."""
    return Facts(
        starts=TEN,
        ends=at(40),
        until=at(until),
        stays=[each for each in told if isinstance(each, Stay)],
        happened=[each for each in told if isinstance(each, Happened)],
        heard=[each for each in told if isinstance(each, Heard)],
        **more,
    )


BAD_CHECK = LineChecked(at(-10), "too_weak", "ok", "ok")
NO_MICROPHONE = LineChecked(at(-10), "good", "blocked", "ok")
GOOD_CHECK = LineChecked(at(-10), "good", "ok", "ok")

STORIES = {
    "a talk of thirty-eight minutes": (
        story(client(0, 40), she(0, 40), let_in(2), saw(2)),
        "took_place",
        ["both_present"],
    ),
    "by voice from the middle on": (
        story(client(0, 10), client(10, 40, "voice"), she(0, 40), let_in(0), saw(0)),
        "took_place",
        ["both_present"],
    ),
    "over the telephone, his page long gone": (
        story(client(0, 5), she(0, 40), let_in(1), left(5, lost=True), phone(6, on=True)),
        "took_place",
        ["both_present", "by_phone", "client_line_dead"],
    ),
    "nobody of the two ever came, his link was never opened": (
        story(until=55),
        "missed",
        ["client_never_opened", "specialist_never_came"],
    ),
    "she waited, he never opened the link": (
        story(she(0, 20)),
        "missed",
        ["client_never_opened", "specialist_waited"],
    ),
    "he opened the link days before and never came": (
        story(she(0, 20), opened_at=TEN - timedelta(days=3)),
        "missed",
        ["client_opened", "specialist_waited"],
    ),
    "he opened the link at the hour, and his line was too weak": (
        story(she(0, 20), opened_at=at(-5), check=BAD_CHECK),
        "failed_technically",
        ["client_opened", "specialist_waited", "check_failed"],
    ),
    "he opened the link at the hour, all was well, and he did not come in": (
        story(she(0, 20), opened_at=at(-5), check=GOOD_CHECK),
        "client_gave_up",
        ["client_opened", "specialist_waited"],
    ),
    "he waited fourteen minutes, she never came": (
        story(client(0, 14), came(0), left(14)),
        "specialist_late",
        ["client_waited", "client_left", "specialist_never_came"],
    ),
    "she came twelve minutes late, he had gone after ten": (
        story(client(-5, 10), she(12, 20), came(-5), left(10)),
        "specialist_late",
        ["never_both", "client_waited", "client_left", "specialist_late"],
    ),
    "he came early, went before the hour, she was there in time": (
        story(client(-20, -8), she(0, 20), came(-20), left(-8)),
        "client_gave_up",
        ["never_both", "client_left"],
    ),
    "she waited twenty minutes and went, he came after twenty-five and looked for her": (
        story(client(25, 31), she(0, 20), came(25), left(31), she_left(20)),
        "missed",
        ["never_both", "client_waited", "client_late", "client_left"],
    ),
    "he looked in early, went, and came again when she had waited twenty minutes and gone": (
        story(client(-20, -8), client(25, 31), she(0, 20), came(-20), left(-8), came(25), left(31), she_left(20)),
        "missed",
        ["never_both", "client_waited", "client_late", "client_left"],
    ),
    "she went after three minutes, he came after six and waited": (
        story(client(6, 20), she(0, 3), came(6), left(20), she_left(3)),
        "specialist_late",
        ["never_both", "client_waited", "client_late", "client_left"],
    ),
    "she was there, went, and was not there when he came": (
        story(client(8, 16), she(-20, -8), she(18, 20), came(8), left(16), she_left(-8), she_left(20)),
        "specialist_late",
        ["never_both", "client_waited", "client_late", "client_left"],
    ),
    "her line died after twenty minutes, he came after twenty-five": (
        story(client(25, 31), she(0, 20), came(25), left(31), she_left(20, lost=True)),
        "failed_technically",
        ["never_both", "client_waited", "client_late", "client_left", "specialist_line_dead"],
    ),
    "her line died after two minutes, he came after four and waited": (
        story(client(4, 20), she(0, 2), came(4), left(20), she_left(2, lost=True)),
        "failed_technically",
        ["never_both", "client_waited", "client_left", "specialist_line_dead"],
    ),
    "she stayed to the end, he came when it was over": (
        story(client(41, 50), she(0, 40), came(41), left(50), she_left(40), until=50),
        "missed",
        ["never_both", "client_late"],
    ),
    "she never came, and he only when it was over": (
        story(client(41, 50), came(41), left(50), until=50),
        "specialist_late",
        ["client_late", "specialist_never_came"],
    ),
    "his telephone slept before the hour, and he went of his own after three minutes": (
        story(
            *(client(-20, -18), client(-1, 3), she(0, 20), came(-20), left(-18, lost=True), came(-1), left(3)),
            *(let_in(0), saw(0)),
            least_share=0.5,
        ),
        "client_gave_up",
        ["both_present", "too_short", "client_left"],
    ),
    "her line was dead before the hour, and he went of his own after three minutes": (
        story(
            *(she(-20, -18), she(-1, 20), client(0, 3), she_left(-18, lost=True), came(0), left(3)),
            *(let_in(0), saw(0)),
            least_share=0.5,
        ),
        "client_gave_up",
        ["both_present", "too_short", "client_left"],
    ),
    "his line died before the hour, and she ended it before the hour": (
        story(client(-20, -15), she(-10, -1), came(-20), left(-15, lost=True), until=-1),
        "failed_technically",
        ["never_both", "client_line_dead"],
    ),
    "the server was away over the end of a talk": (
        story(
            *(client(0, 10), she(0, 10), came(0), let_in(0), saw(0)),
            *(left(10, lost=True), she_left(10, lost=True)),
            until=90,
            least_share=0.5,
        ),
        "failed_technically",
        ["both_present", "too_short", "client_line_dead", "specialist_line_dead"],
    ),
    "his line died before the hour and stayed dead, she was there in time": (
        story(client(-20, -8), she(0, 20), came(-20), left(-8, lost=True)),
        "failed_technically",
        ["never_both", "client_line_dead"],
    ),
    "the line died three times, and two minutes of talk remained": (
        story(
            *(client(0, 1), client(3, 4), client(6, 6.5), she(0, 40)),
            *(
                came(0),
                let_in(0),
                saw(0),
                left(1, lost=True),
                came(3),
                left(4, lost=True),
                came(6),
                left(6.5, lost=True),
            ),
            least_share=0.5,
        ),
        "failed_technically",
        ["both_present", "too_short", "client_line_dead"],
    ),
    "both were there and nothing was heard": (
        story(client(0, 10), she(0, 40), came(0), let_in(1), left(10)),
        "failed_technically",
        ["both_present", "no_media", "client_left"],
    ),
    "his microphone was blocked and they gave up after half a minute": (
        story(client(0, 0.5), she(0, 5), came(0), let_in(0), saw(0), left(0.5), check=NO_MICROPHONE),
        "failed_technically",
        ["both_present", "too_short", "client_left", "check_failed"],
    ),
    "nobody let him in for nine minutes, then he went": (
        story(client(0, 9), she(0, 20), came(0), left(9)),
        "client_gave_up",
        ["never_both", "not_let_in", "client_left"],
    ),
    "he went of his own after three minutes of at least twenty": (
        story(client(0, 3), she(0, 20), came(0), let_in(0), saw(0), left(3), least_share=0.5),
        "client_gave_up",
        ["both_present", "too_short", "client_left"],
    ),
    "she came twenty-five minutes late, and ten minutes of twenty remained": (
        story(client(0, 40), she(25, 35), came(0), let_in(25), saw(25), least_share=0.5),
        "specialist_late",
        ["both_present", "too_short", "client_waited", "specialist_late"],
    ),
    "she ended it after ten minutes of at least twenty, and he was still there": (
        story(client(0, 10), she(0, 10), came(0), let_in(0), saw(0), least_share=0.5, until=10, closed=True),
        "specialist_late",
        ["both_present", "too_short", "ended_early"],
    ),
    "ten minutes of at least twenty, and they go on": (
        story(client(0, 10), she(0, 10), came(0), let_in(0), saw(0), least_share=0.5, until=10),
        "specialist_late",
        ["both_present", "too_short"],
    ),
    "he came half an hour late, and ten minutes of twenty remained": (
        story(client(30, 40), she(0, 40), came(30), let_in(30), saw(30), least_share=0.5),
        "missed",
        ["both_present", "too_short", "client_late"],
    ),
    "she asked him to leave after three minutes of at least twenty": (
        story(
            *(client(0, 3), she(0, 20), came(0), let_in(0), saw(0), left(3, dismissed=True)),
            Happened(at(3), "client", "dismissed"),
            least_share=0.5,
        ),
        "specialist_late",
        ["both_present", "too_short", "client_sent_out"],
    ),
    "every second of ten minutes was on a bad line": (
        story(
            *(client(0, 10), she(0, 20), came(0), let_in(0), saw(0), left(10)),
            *(Heard(at(n), "client", loss=0.4, in_kbps=20) for n in range(1, 10)),
            least_share=0.5,
        ),
        "failed_technically",
        ["both_present", "too_short", "client_left", "weak_line"],
    ),
    "he called for help and was helped": (
        story(client(0, 40), she(0, 40), let_in(0), saw(0), Happened(at(3), "client", "help", {"why": "phone"})),
        "took_place",
        ["both_present", "help_called"],
    ),
}


@pytest.mark.parametrize("name", STORIES)
def test_a_story_ends_as_a_person_would_say(name: str) -> None:
    facts, outcome, codes = STORIES[name]
    proposal = proposed(facts)
    assert (proposal.outcome, proposal.codes) == (outcome, codes)


def test_the_evidence_says_how_much_and_since_when() -> None:
    facts, _, _ = STORIES["she came twelve minutes late, he had gone after ten"]
    told = {each.code: each.data for each in proposed(facts).evidence}
    assert told["client_waited"] == {"minutes": 10, "at": TEN}
    assert told["specialist_late"] == {"minutes": 12, "at": at(12)}
    facts, _, _ = STORIES["the line died three times, and two minutes of talk remained"]
    told = {each.code: each.data for each in proposed(facts).evidence}
    assert told["client_line_dead"] == {"times": 3, "minutes": 38, "at": at(1)}
    assert told["too_short"] == {"minutes": 3, "least": 20}
    facts, _, _ = STORIES["by voice from the middle on"]
    assert proposed(facts).evidence[0].data == {"minutes": 40, "of": 40, "mode": "voice"}


# --- what no story may lead to ---------------------------------------------------------------------------------------
MINUTE = st.floats(min_value=-30, max_value=55, allow_nan=False)
WHO = st.sampled_from(("specialist", "client", "guest"))
STAY = st.builds(
    lambda who, one, other, mode: Stay(who, at(min(one, other)), at(max(one, other)), mode),
    *(WHO, MINUTE, MINUTE, st.sampled_from(("video", "voice", "phone"))),
)
HAPPENED = st.one_of(
    st.builds(
        lambda who, kind, minute, lost: Happened(at(minute), who, kind, {"lost": True} if lost else {}),
        *(
            WHO,
            st.sampled_from(("entered", "left", "admitted", "dismissed", "saw_media", "help")),
            MINUTE,
            st.booleans(),
        ),
    ),
    st.builds(lambda minute, on: phone(minute, on=on), MINUTE, st.booleans()),
)
SHARE = st.none() | st.floats(min_value=0, max_value=1)
HEARD = st.builds(
    lambda who, minute, loss, concealed: Heard(at(minute), who, loss=loss, concealed=concealed),
    WHO,
    MINUTE,
    SHARE,
    SHARE,
)
CHECK = st.none() | st.builds(
    lambda minute, verdict, microphone: LineChecked(at(minute), verdict, microphone, "ok"),
    *(MINUTE, st.sampled_from(("good", "voice_only", "too_weak")), st.sampled_from(("ok", "silent", "blocked"))),
)
FACTS = st.builds(
    Facts,
    starts=st.just(TEN),
    ends=st.just(at(40)),
    until=MINUTE.map(at),
    stays=st.lists(STAY, max_size=6),
    happened=st.lists(HAPPENED, max_size=10),
    heard=st.lists(HEARD, max_size=6),
    check=CHECK,
    opened_at=st.none() | MINUTE.map(at),
    least_share=st.none() | st.floats(min_value=0, max_value=1),
)
OUTCOMES = {"took_place", "missed", "client_gave_up", "specialist_late", "failed_technically"}


@given(FACTS)
def test_every_story_has_one_outcome_and_always_the_same(facts: Facts) -> None:
    proposal = proposed(facts)
    assert proposal.outcome in OUTCOMES
    again = Facts(**{name: getattr(facts, name) for name in Facts.__dataclass_fields__})
    assert proposed(again) == proposal


@given(FACTS)
def test_a_session_took_place_only_with_both_present_for_long_enough(facts: Facts) -> None:
    if proposed(facts).outcome != "took_place":
        return
    assert facts.specialist
    assert length(facts.together) >= least(facts) >= timedelta(minutes=1)
    assert facts.side_by_side or facts.by_phone
    assert facts.saw_media or facts.by_phone


@given(FACTS)
def test_nobody_is_called_absent_or_gone_whose_line_was_dead_to_the_end(facts: Facts) -> None:
    ends = min(facts.ends, facts.until)
    if any(end >= ends for _, end in facts.broken):
        assert proposed(facts).outcome not in {"missed", "client_gave_up"}


@given(FACTS)
def test_who_was_there_long_enough_past_the_hour_without_her_is_never_called_absent(facts: Facts) -> None:
    if facts.client and not facts.specialist and facts.waited > timedelta():
        assert proposed(facts).outcome == "specialist_late"


@given(FACTS)
def test_what_is_said_as_evidence_is_never_negative(facts: Facts) -> None:
    for each in proposed(facts).evidence:
        assert all(each.data[name] >= 0 for name in ("minutes", "of", "least", "times", "percent") if name in each.data)
