"""The probe's verdict: one word from what was measured, with every reason, and an exit code for cron."""

import json

import pytest
import typer

from server.probe.report import lines, ordered
from server.probe.verdict import STOPPED, Direction, Measured, Stopped, Verdict, judged, stopped


def held(**changes: float | bool | str | None) -> Measured:
    """A good call on a good line."""
    ends = {role: Direction(120.0, 130.0, 400, 120, 8000, 0.0, 80.0) for role in ("client", "specialist")}
    good = Measured(20.0, 60.0, 90.0, 15.0, ends, 2.0, 0.0, "direct", connections=1, chat_ms=30.0, reconnect_ms=300.0)
    for name, value in changes.items():
        setattr(good, name, value)
    return good


def test_nothing_to_complain_about() -> None:
    verdict = judged(held())
    assert (verdict.word, verdict.exit_code, verdict.reasons) == ("good", 0, [])
    assert lines(verdict)[-1] == "good: The call held."


@pytest.mark.parametrize(
    ("changes", "reason", "words"),
    [
        ({"seat_ms": 3001.0}, "seat_ms", "taking the seat took 3001 ms"),
        ({"rtt_ms": 650.0}, "rtt_ms", "the way there and back takes 650 ms"),
        ({"loss_out": 0.061}, "loss", "6.1% of the packets were lost"),
        ({"reconnect_ms": 5200.0}, "reconnect_ms", "coming back after a broken line took 5200 ms"),
        ({"connections": 2}, "connected_again", "the connection had to be made 2 times"),
        ({"relay_named": True}, "relay_silent", "a TURN server is named, but gives no relay address"),
    ],
)
def test_what_a_person_would_notice(changes: dict[str, float], reason: str, words: str) -> None:
    verdict = judged(held(**changes))
    assert (verdict.word, verdict.exit_code, verdict.reasons) == ("poor", 1, [reason])
    assert words in verdict.words


def test_the_worse_end_decides() -> None:
    measured = held()
    measured.to["client"].picture_ms = 1600.0
    measured.to["specialist"].pause_ms = 2400.0
    verdict = judged(measured)
    assert verdict.reasons == ["media_ms", "pause_ms"]
    assert "1600 ms" in verdict.words
    assert "2400 ms" in verdict.words


def test_where_it_had_to_stop() -> None:
    verdict = stopped(Stopped("not_admitted", seconds=60), Measured(join_ms=20.0, seat_ms=50.0))
    assert (verdict.word, verdict.exit_code, verdict.reasons) == ("bad", 2, ["not_admitted"])
    assert lines(verdict) == [
        f"{'code opened':<32} {'20 ms':>10}",
        f"{'seat taken':<32} {'50 ms':>10}",
        "bad: Nobody admitted the probe within 60 s.",
    ]
    found = json.loads(json.dumps(verdict.as_json()))
    assert (found["verdict"], found["seat_ms"], found["ready_ms"]) == ("bad", 50.0, None)


def test_every_stop_says_all_it_knows() -> None:
    data = dict.fromkeys(("address", "error", "login", "because", "what", "seconds", "urls", "candidates", "path"), "?")
    for code in STOPPED:
        words = stopped(Stopped(code, **data), Measured()).words
        assert words.endswith("."), code
        assert "{" not in words, code


@pytest.mark.parametrize(
    ("server", "password", "digits"),
    [("ryadom.example", "p", ""), ("ftp://ryadom.example", "p", ""), ("https://a", "", ""), ("https://a", "", "1234")],
)
def test_an_order_that_cannot_be_carried_out(server: str, password: str, digits: str) -> None:
    with pytest.raises(typer.BadParameter):
        ordered(server, "probe", password, digits, relay=False, talk_s=8, patience_s=60)


def test_a_code_as_it_is_printed() -> None:
    order = ordered("https://ryadom.example", "", "", "482 915", relay=True, talk_s=8, patience_s=60)
    assert (order.digits, order.relay) == ("482915", True)


def test_a_verdict_is_one_line_of_json() -> None:
    verdict: Verdict = judged(held())
    assert "\n" not in json.dumps(verdict.as_json())
    assert set(verdict.as_json()["to"]) == {"client", "specialist"}
