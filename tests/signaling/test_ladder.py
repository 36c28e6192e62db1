"""The ladder of picture and voice as pure rules: seconds of a line in, rungs out. They run in a browser, as ever."""

from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from tests.signaling.fake_desk import FakeDesk
from tests.signaling.house import served
from tests.signaling.test_faults import page_of, pages

GOOD = {"room": 2000, "loss": 0, "delay": 5, "concealed": 0}
NARROW_150 = {"room": 110, "loss": 0, "delay": 40, "concealed": 0}
NARROW_60 = {"room": 45, "loss": 0, "delay": 60, "concealed": 0}
FLOODED = {"room": 30, "loss": 0.3, "delay": 400, "concealed": 0.3}
NOISY_15 = {"room": 900, "loss": 0.15, "delay": 10, "concealed": 0.1}
BLIND = {"room": None, "loss": 0, "delay": None, "concealed": None}

RUN = """async ({seconds, end}) => {
  const rules = await import("/static/lib/call/ladder.js");
  let ladder = rules.begin(0), at = 0;
  return seconds.map((sight) => {
    at += 1000;
    ladder = rules[end](ladder, sight, at);
    return { at: at / 1000, rung: rules.RUNGS[ladder.step], voice: rules.voiceOf(ladder, at) };
  });
}"""


@pytest.fixture
async def page(browser: Browser, desk: FakeDesk) -> AsyncIterator[Page]:
    async with served(desk, more=pages) as house:
        yield await page_of(browser, house)


async def seen(page: Page, *line: tuple[dict[str, Any], int], end: str = "sending") -> list[dict[str, Any]]:
    """What the ladder says in each second of a line: so many seconds of this, then so many of that."""
    seconds = [sight for sight, count in line for _ in range(count)]
    found: list[dict[str, Any]] = await page.evaluate(RUN, {"seconds": seconds, "end": end})
    return found


def moves(story: Sequence[dict[str, Any]], what: str = "rung") -> list[str]:
    """The rungs (or voices) in their order, each once until it changes."""
    values = [second[what] for second in story]
    return [value for number, value in enumerate(values) if not number or values[number - 1] != value]


def when(story: Sequence[dict[str, Any]], rung: str) -> float:
    return next(float(second["at"]) for second in story if second["rung"] == rung)


async def test_a_good_line_keeps_everything(page: Page) -> None:
    for end in ("sending", "receiving"):
        story = await seen(page, (GOOD, 120), end=end)
        assert moves(story) == ["high"]
        assert moves(story, "voice") == ["plain"]


async def test_what_no_browser_tells_moves_nothing(page: Page) -> None:
    for end in ("sending", "receiving"):
        assert moves(await seen(page, (BLIND, 60), end=end)) == ["high"]


async def test_a_line_that_bears_a_small_picture_gets_one_within_five_seconds(page: Page) -> None:
    story = await seen(page, (GOOD, 10), (NARROW_150, 8))
    assert when(story, "tiny") - 10 <= 5
    assert story[-1]["voice"] == "lean"


async def test_picture_yields_to_voice_within_five_seconds(page: Page) -> None:
    story = await seen(page, (GOOD, 10), (NARROW_60, 8))
    assert when(story, "voice") - 10 <= 5
    flooded = await seen(page, (GOOD, 10), (FLOODED, 12))
    assert when(flooded, "voice") - 10 <= 5
    assert flooded[-1] == {"at": 22, "rung": "voice", "voice": "lean"}


async def test_a_short_stumble_moves_nothing(page: Page) -> None:
    assert moves(await seen(page, (GOOD, 10), (FLOODED, 1), (GOOD, 30))) == ["high"]


async def test_noise_on_a_wide_line_doubles_the_voice_and_keeps_the_picture(page: Page) -> None:
    story = await seen(page, (GOOD, 5), (NOISY_15, 20), (GOOD, 30))
    assert moves(story) == ["high"]
    assert moves(story, "voice") == ["plain", "redundant", "plain"]


async def test_the_receiver_asks_for_a_doubled_voice_at_once_and_for_less_picture_when_that_does_not_help(
    page: Page,
) -> None:
    story = await seen(page, (GOOD, 5), (NOISY_15, 20), end="receiving")
    assert story[6]["voice"] == "redundant"
    assert moves(story) == ["high"], "one voice in ten is made up until the copies come: no reason to take the picture"
    drowned = await seen(page, (GOOD, 5), ({**NOISY_15, "loss": 0.4, "concealed": 0.25}, 20), end="receiving")
    assert moves(drowned)[:2] == ["high", "low"]


async def test_the_receiver_asks_for_less_when_a_full_line_eats_the_voice(page: Page) -> None:
    story = await seen(page, (GOOD, 5), (FLOODED, 12), end="receiving")
    assert when(story, "low") - 5 <= 5
    assert (story[-1]["rung"], story[-1]["voice"]) == ("voice", "lean")


async def test_a_picture_that_stands_still_on_a_bad_line_is_asked_to_be_smaller(page: Page) -> None:
    stuck = {**GOOD, "loss": 0.05, "frozen": 2500}
    assert moves(await seen(page, (GOOD, 5), (stuck, 3), end="receiving")) == ["high", "low"]
    camera_covered = {**GOOD, "frozen": 9000}
    assert moves(await seen(page, (GOOD, 5), (camera_covered, 30), end="receiving")) == ["high"]


async def test_up_again_one_rung_at_a_time(page: Page) -> None:
    story = await seen(page, (GOOD, 5), (FLOODED, 10), (GOOD, 60))
    assert moves(story)[-4:] == ["voice", "tiny", "low", "high"]
    assert when(story[15:], "tiny") - 15 >= 3
    assert when(story[15:], "high") - 15 <= 45


async def test_a_try_that_fails_makes_the_next_one_wait_twice_as_long(page: Page) -> None:
    """A line that bears the voice and never a picture, for ten minutes."""
    line = """async () => {
      const rules = await import("/static/lib/call/ladder.js");
      let ladder = rules.begin(0);
      const tries = [];
      for (let at = 1000; at <= 600000; at += 1000) {
        const voice = ladder.step === 3;
        const before = ladder.step;
        const bears = voice ? {room: null, loss: 0, delay: 20} : {room: 40, loss: 0.2, delay: 400};
        ladder = rules.sending(ladder, bears, at);
        if (ladder.step < before) tries.push(at / 1000);
      }
      return tries;
    }"""
    tries = await page.evaluate(line)
    pauses = [later - earlier for earlier, later in pairwise(tries)]
    assert 3 <= len(tries) <= 7, "it keeps trying, and seldom"
    assert all(later >= 1.4 * earlier for earlier, later in pairwise(pauses))


async def test_the_least_of_all_wishes_counts(page: Page) -> None:
    found = await page.evaluate(
        """async () => {
          const { rungOf } = await import("/static/lib/call/ladder.js");
          const cases = [[0, "auto"], [0, "low"], [2, "low"], [0, "auto", "none"], [1, "voice", "tiny"]];
          return cases.map((all) => rungOf(...all));
        }"""
    )
    assert found == ["high", "low", "tiny", "voice", "voice"]


async def test_a_full_line_wants_few_packets_whatever_is_wished(page: Page) -> None:
    found = await page.evaluate(
        """async () => {
          const { begin, voiceOf } = await import("/static/lib/call/ladder.js");
          const fresh = begin(0), full = { ...fresh, full: 9000 }, noisy = { ...fresh, noise: 9000 };
          return [
            voiceOf(fresh, 0, "redundant"), voiceOf(noisy, 0), voiceOf(noisy, 0, "lean"),
            voiceOf(full, 0, "redundant"), voiceOf(full, 9001),
          ];
        }"""
    )
    assert found == ["redundant", "redundant", "lean", "lean", "plain"]
