"""Several relays: who is sick is not given to people, who is well again is, and the administrator's order stands."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from server.settings import Settings, TurnServer
from server.turn.health import STRIKES, Health, RelayWatch, after, ordered
from signaling import ice
from tests.support.coturn import Coturn, coturn

A, B, C = (ice.Relay(name, (f"turn:{name}",), "a secret of sixteen") for name in "abc")
SICK = Health({"turn:x": "unreachable"}, STRIKES)
LIMPING = Health({"turn:x": "ok", "turns:x": "certificate"})


@pytest.mark.parametrize(
    ("health", "names"),
    [
        ({}, "abc"),
        ({"a": SICK}, "bc"),
        ({"a": LIMPING}, "bca"),
        ({"a": LIMPING, "b": SICK}, "ca"),
        ({"a": SICK, "b": SICK, "c": SICK}, "abc"),
        ({"a": Health({"turn:a": "unreachable"}, STRIKES - 1)}, "bca"),
    ],
)
def test_the_order_follows_health_and_otherwise_the_administrator(health: dict[str, Health], names: str) -> None:
    assert "".join(relay.name for relay in ordered([A, B, C], health)) == names


def test_one_failure_is_forgiven_and_one_success_heals() -> None:
    once = after(Health(), {"turn:a": "unreachable"})
    twice = after(once, {"turn:a": "unreachable"})
    healed = after(twice, {"turn:a": "ok", "turns:a": "certificate"})
    assert [once.is_sick, twice.is_sick, healed.is_sick] == [False, True, False]


def test_the_one_relay_of_the_older_settings_comes_before_the_named_ones() -> None:
    north = TurnServer(name="north", urls=["turn:north"], secret="of the north")
    settings = Settings(turn_urls=["turn:first"], turn_secret="of the first", turn=[north])
    assert [(relay.name, relay.secret) for relay in settings.relays] == [
        ("turn", "of the first"),
        ("north", "of the north"),
    ]
    assert "of the north" not in repr(settings.turn)


def test_several_relays_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RYADOM_TURN", '[{"name": "north", "urls": ["turn:n"], "secret": "s"}]')
    assert Settings().relays == (ice.Relay("north", ("turn:n",), "s"),)


@pytest.mark.parametrize("names", [("turn",), ("north", "north")])
def test_two_relays_of_one_name_are_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError, match="a name of its own"):
        Settings(turn=[TurnServer(name=name, urls=["turn:a"], secret="s") for name in names])


async def test_people_are_given_the_relay_that_answers() -> None:
    async with coturn() as first, coturn() as second:
        settings = ice.IceSettings(relays=(named(first, "first"), named(second, "second")))
        watch = RelayWatch(settings, lambda: datetime.now(UTC))
        await watch.look()
        assert given(settings) == [first.port, second.port]
        await first.stop()
        await watch.look()
        assert given(settings) == [second.port, first.port], "it may have been one lost packet"
        await watch.look()
        assert given(settings) == [second.port]
        await first.start()
        await watch.look()
        assert given(settings) == [first.port, second.port], "well again, and in its place again"


async def test_with_no_relay_left_all_are_named_because_the_fault_may_be_ours() -> None:
    async with coturn() as only:
        settings = ice.IceSettings(relays=(named(only, "only"),))
        watch = RelayWatch(settings, lambda: datetime.now(UTC))
        await only.stop()
        for _ in range(STRIKES):
            await watch.look()
        assert watch.health["only"].is_sick
        assert given(settings) == [only.port]


async def test_the_watch_goes_round_by_itself_and_ends_with_the_application() -> None:
    async with coturn() as relay:
        settings = ice.IceSettings(
            relays=(replace(named(relay, "dead"), secret="another secret"), named(relay, "good"))
        )
        watch = RelayWatch(settings, lambda: datetime.now(UTC), every_s=0.05)
        life = watch.running(None)  # type: ignore[arg-type] # of the application it needs nothing
        await anext(life)
        async with asyncio.timeout(10):
            while True:
                if [each.name for each in settings.relays] == ["good"]:
                    break
                await asyncio.sleep(0.02)
        assert set(watch.health["dead"].ways.values()) == {"credentials"}
        with pytest.raises(StopAsyncIteration):
            await anext(life)
        assert [task for task in asyncio.all_tasks() if "_rounds" in repr(task)] == []


def named(relay: Coturn, name: str) -> ice.Relay:
    """Over TCP: when it is gone, that is known at once."""
    return replace(relay.relay, name=name, urls=relay.relay.urls[1:2])


def given(settings: ice.IceSettings) -> list[int]:
    """The ports of the relays in the order a browser gets them."""
    now = datetime.now(UTC)
    found = ice.servers(settings, room=7, seat=2, closes_at=now + timedelta(hours=1), now=now)
    return [int(server.urls[0].split(":")[2].split("?")[0]) for server in found]
