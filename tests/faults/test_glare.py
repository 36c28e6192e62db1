"""Both sides renew their connection at the same moment, again and again: it always ends connected."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from tests.signaling.fake_desk import CLIENT, SPECIALIST, FakeDesk, room_of
from tests.signaling.house import House, served
from tests.signaling.test_faults import page_of, pages

GLARES = 200
ROOMS = 4
WITHIN_MS = 15_000
SEED = 2026
# The moment: both at once, or so near that their words cross on the way, in either order; or one of them in a new tab.
MOMENTS = ("at once", "hers first", "his first", "her new tab", "his new tab")

MEET = """async number => {
  const two = await house.meet({room: number});
  (window.rooms = window.rooms || {})[number] = two;
  return house.seeEachOther(two.anna, two.ivan, 15000);
}"""
# Both must have agreed on the same generation, over a path of that agreement, and see new pictures of each other.
GLARE = """async ({number, moment, apart, within}) => {
  const two = window.rooms[number];
  const ufrag = ({pc}) => pc && pc.localDescription && pc.localDescription.sdp.match(/ice-ufrag:(.*)/)[1];
  const path = (who) => who.call.peers().map(ufrag)[0];
  const old = [path(two.anna), path(two.ivan)];
  const anew = async (who, seat) => {
    two[who].leave();
    two[who] = await house.person({room: number, seat});
  };
  // A renewal within a third of a second of another is the same one.
  await house.pause(350);
  const start = performance.now();
  const acts = {
    "at once": [["anna", 0], ["ivan", 0]],
    "hers first": [["anna", 0], ["ivan", apart]],
    "his first": [["ivan", 0], ["anna", apart]],
    "her new tab": [["ivan", 0], ["anna", apart]],
    "his new tab": [["anna", 0], ["ivan", apart]],
  }[moment];
  await Promise.all(acts.map(async ([who, later]) => {
    if (later) await house.pause(later);
    if (moment === "her new tab" && who === "anna") return anew("anna", 1);
    if (moment === "his new tab" && who === "ivan") return anew("ivan", 2);
    two[who].call.restart();
  }));
  const fine = async () => {
    const now = [path(two.anna), path(two.ivan)];
    const ends = [two.anna, two.ivan].map(({call}) => call.peers()[0]);
    return ends.every((end) => end && end.state === "connected" && end.pc.signalingState === "stable")
      && now.every((one, index) => one && one !== old[index]);
  };
  while (!(await fine())) {
    if (performance.now() - start > within) return null;
    await house.pause(20);
  }
  const frames = await Promise.all([house.frames(two.anna), house.frames(two.ivan)]);
  for (;;) {
    const now = await Promise.all([house.frames(two.anna), house.frames(two.ivan)]);
    const took = performance.now() - start;
    if (await fine() && now.every((count, index) => count > frames[index])) return Math.round(took);
    if (took > within) return null;
    await house.pause(20);
  }
}"""


@pytest.fixture
async def house() -> AsyncIterator[House]:
    desk = FakeDesk()
    async with served(desk, more=pages) as made:
        yield made


async def test_two_hundred_renewals_at_the_same_moment_all_end_connected(
    browser: Browser, house: House, tell: Callable[[str], None]
) -> None:
    page = await page_of(browser, house)
    dice = random.Random(SEED)
    plan = [{"moment": dice.choice(MOMENTS), "apart": dice.randrange(1, 60)} for _ in range(GLARES)]
    answers = await asyncio.gather(*(talk(page, house, room, plan[room::ROOMS]) for room in range(ROOMS)))
    found = [pair for some in answers for pair in some]
    times = sorted(ms for _, ms in found if ms is not None)
    tell(
        f"glare × {GLARES} (both at once or up to 60 ms apart, now and then one of them in a new tab):"
        f" {len(times)} ended connected, median {times[len(times) // 2]} ms, worst {times[-1]} ms"
    )
    assert [how for how, ms in found if ms is None] == []
    await page.close()


async def talk(
    page: Page, house: House, number: int, plan: list[dict[str, Any]]
) -> list[tuple[dict[str, Any], int | None]]:
    """One pair through its share of the glares."""
    room = 100 + number
    house.desk.open(room_of(room))
    assert await page.evaluate(MEET, room) is not None
    assert (SPECIALIST, CLIENT) == (1, 2), "the seats that the page names"
    return [(how, await page.evaluate(GLARE, {"number": room, "within": WITHIN_MS, **how})) for how in plan]
