"""A specialist at our page in Chromium, and a client who is no browser: the probe, written from the protocol alone."""

import asyncio
from collections.abc import Callable

from yarl import URL

from server.probe.visit import Order, probe
from tests.foreign.conftest import Opens
from tests.foreign.people import Specialist
from tests.support.consultation import open_consultation
from tests.support.live_server import LiveServer


async def test_sound_and_picture_both_ways(live_server: LiveServer, window: Opens, tell: Callable[[str], None]) -> None:
    consultation = await open_consultation(live_server)
    specialist = Specialist(await window("chromium"), live_server.address)
    await specialist.keeps_connections()
    await specialist.signs_in("orlova")
    order = Order(URL(live_server.address), digits=consultation.code, talk_s=6.0)
    async with asyncio.TaskGroup() as both:
        visit = both.create_task(probe(order))
        await specialist.enters(consultation.booking)
        await specialist.admits()
        await specialist.sees_and_hears()
        await specialist.reads("ryadom probe")
    verdict = visit.result()
    assert verdict.word != "bad", verdict.words
    arrived = verdict.measured.to["client"]
    assert arrived.pictures > 30
    assert arrived.sounds > 100
    assert arrived.loudest > 500, "Chromium's own beeps"
    assert verdict.measured.connections == 1, "one connection from the waiting room to the end"
    assert verdict.measured.loss_out is not None, "her browser reports what it received"
    assert verdict.measured.loss_out < 0.2
    tell(f"Chromium specialist, aiortc client: first picture {arrived.picture_ms:.0f} ms after the admission")
    assert "Traceback" not in live_server.log


async def test_a_new_connection_for_who_cannot_renew_the_path(live_server: LiveServer, window: Opens) -> None:
    """Her network changes: her page renews the path, which the probe cannot, so it asks for a new connection."""
    consultation = await open_consultation(live_server)
    specialist = Specialist(await window("chromium"), live_server.address)
    await specialist.keeps_connections()
    await specialist.signs_in("orlova")
    order = Order(URL(live_server.address), digits=consultation.code, talk_s=12.0)
    async with asyncio.TaskGroup() as both:
        visit = both.create_task(probe(order))
        await specialist.enters(consultation.booking)
        await specialist.admits()
        await specialist.sees_and_hears()
        stands = "window.__connections.findLast((each) => each.connectionState === 'connected')"
        await specialist.window.evaluate(f"() => {{ window.first = {stands}; dispatchEvent(new Event('online')); }}")
        await specialist.window.wait_for_function(f"() => window.first !== ({stands} ?? window.first)")
        await specialist.sees_and_hears()
    verdict = visit.result()
    assert "connected_again" in verdict.reasons
    assert verdict.measured.connections >= 2
