"""No picture or sound leaves a device before admission: counted on the wire, while all that can be done is done."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

from tests.faults.calls import call_from_waiting, page_at, reachable_server, wait_for_her
from tests.support.crowd import consultations
from tests.support.networks import Networks
from tests.support.wire_tap import tapped

WAITS_S = 10


async def test_no_picture_or_sound_leaves_a_device_before_admission(
    networks: Networks, demo_data: Path, tmp_path: Path, tell: Callable[[str], None]
) -> None:
    async with AsyncExitStack() as stack:
        server, origin = await stack.enter_async_context(reachable_server(demo_data, tmp_path / "data", networks))
        [(hers, his)] = await consultations(server, 1)
        her_host, his_host = networks.host(), networks.host()
        her_page = await stack.enter_async_context(page_at(her_host, origin, hers))
        his_page = await stack.enter_async_context(page_at(his_host, origin, his))
        await wait_for_her(origin, his_page)
        his_tap = await stack.enter_async_context(tapped(his_host.outside))
        her_tap = await stack.enter_async_context(tapped(her_host.outside))
        await her_page.goto(f"{origin}/staff/room?booking={hers.booking}")
        await her_page.wait_for_selector("[data-test=admit]")
        await his_page.wait_for_function(CONNECTED)
        await asyncio.sleep(WAITS_S)  # negotiated, connected, and nobody is let in
        before = [his_tap.sent(his_host.address), her_tap.sent(her_host.address)]
        heard = [his_tap.datagrams, her_tap.datagrams]
        pressed = time.time()
        await call_from_waiting(her_page, his_page)
        took = time.time() - pressed
        after = [his_tap.sent(his_host.address), her_tap.sent(her_host.address)]
    tell(
        f"before admission, connected for {WAITS_S} s: {before[0]} RTP packets with payload left his device,"
        f" {before[1]} hers (of {heard[0]} and {heard[1]} datagrams in both directions); {after[0]} and {after[1]}"
        f" within {took:.1f} s after it"
    )
    assert before == [0, 0]
    assert min(heard) > 0, "the tap heard the connection itself"
    assert min(after) > 0


# The two devices have a path to each other already.
CONNECTED = "() => __connections.some(({connection}) => connection.iceConnectionState === 'connected')"
