"""The wire is strict, and the browser's types are the server's."""

from typing import Any

import pytest
from pydantic import ValidationError

from signaling import wire
from signaling.typescript import declarations
from signaling.views import room_view
from tests.signaling.fake_desk import room_of
from tests.signaling.house import STATIC

GOOD: dict[str, dict[str, Any]] = {
    "enter": {"seq": 1, "cursor": 0, "epoch": ""},
    "replay": {"cursor": 3},
    "beat": {"cursor": 3},
    "admit": {"seq": 1, "seat": 2},
    "signal": {"seq": 1, "to": 2, "data": {"pair": "a.b", "generation": 1, "sync": {"remote": 1, "got": 0}}},
    "chat": {"seq": 1, "id": "line-0001", "text": "Здравствуйте"},
    "media": {"seq": 1, "audio": True, "video": False},
    "seen": {"seq": 1, "seat": 2},
    "quality": {"seq": 1, "samples": [{"seat": 2, "loss": 0, "rtt_ms": 31.5}]},
    "takeover": {"seq": 1, "request": "r", "allow": False},
    "leave": {"seq": 1},
    "close": {"seq": 1},
    "help": {"seq": 1},
    "dismiss": {"seq": 1, "seat": 2},
    "phone": {"seq": 1, "on": True},
}


def test_the_declarations_of_the_browser_are_generated() -> None:
    assert (STATIC / "lib" / "wire.d.ts").read_text() == declarations()


def test_every_message_has_a_good_example() -> None:
    assert set(GOOD) == set(wire.ASKED)
    for event, data in GOOD.items():
        wire.ASKED[event][0].model_validate(data)


@pytest.mark.parametrize("event", wire.ASKED)
def test_unknown_fields_and_wrong_types_are_refused(event: str) -> None:
    model = wire.ASKED[event][0]
    with pytest.raises(ValidationError):
        model.model_validate({**GOOD[event], "more": 1})
    for name in GOOD[event]:
        with pytest.raises(ValidationError):
            model.model_validate({**GOOD[event], name: {"not": "this"}})
        with pytest.raises(ValidationError):
            model.model_validate({key: value for key, value in GOOD[event].items() if key != name})


@pytest.mark.parametrize(
    ("event", "wrong"),
    [
        ("admit", {"seq": "1"}),
        ("admit", {"seq": 0}),
        ("admit", {"seat": -1}),
        ("admit", {"seat": True}),
        ("chat", {"text": ""}),
        ("chat", {"text": "   "}),
        ("chat", {"text": "я" * 2001}),
        ("chat", {"text": "a\x00b"}),
        ("chat", {"text": "a\x1bb"}),
        ("chat", {"text": "\ud800"}),
        ("chat", {"id": "<script>"}),
        ("media", {"audio": 1}),
        ("quality", {"samples": []}),
        ("quality", {"samples": [{"seat": 2}, {"seat": 2}]}),
        ("quality", {"samples": [{"seat": 2, "codec": "c" * 33}]}),
        ("quality", {"samples": [{"seat": 2, "codec": "video/VP8\x00"}]}),
        ("quality", {"samples": [{"seat": 2, "loss": 1.5}]}),
        ("quality", {"samples": [{"seat": 2, "rtt_ms": float("nan")}]}),
    ],
)
def test_values_out_of_bounds_are_refused(event: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        wire.ASKED[event][0].model_validate({**GOOD[event], **wrong})


@pytest.mark.parametrize("text", ["Первая строка\nвторая", "а\tб", " с краю ", "🙂"])
def test_what_people_write_passes(text: str) -> None:
    wire.Chat.model_validate({**GOOD["chat"], "text": text})


def test_the_room_is_told_as_the_wire_says() -> None:
    wire.RoomView.model_validate(room_view(room_of(7)))
