"""A conversation that goes on: the specialist and her client at their pages, and guests who join them."""

from dataclasses import dataclass

from playwright.async_api import Browser, Locator, expect

from tests.journeys.people import Client, Specialist, page_for
from tests.support.consultation import Consultation, open_consultation, to_the_waiting_room
from tests.support.live_server import LiveServer
from tests.support.patience import comes_true

# Pictures decoded so far, one number for each connection that stands.
PICTURES = """
async () => {
  const found = [];
  for (const connection of window.__connections) {
    if (connection.connectionState !== "connected") continue;
    for (const report of (await connection.getStats()).values())
      if (report.type === "inbound-rtp" && report.kind === "video") found.push(report.framesDecoded || 0);
  }
  return found.filter((frames) => frames > 0).length;
}
"""


@dataclass
class Talk:
    """Two people, and the browser in which more of them find a place."""

    server: LiveServer
    found: Consultation
    client: Client
    specialist: Specialist
    theirs: Browser

    async def invites(self, role: str, name: str) -> str:
        """The specialist makes a seat in her room; the link that she would send."""
        await self.specialist.page.click("[data-test=invite-open]")
        return await self.invited(role, name)

    async def invited(self, role: str, name: str) -> str:
        """The same with the form open already."""
        page = self.specialist.page
        await page.check(f"input[name=invite-role][value={role}]")
        await page.fill("[data-test=invite-name]", name)
        await page.click("[data-test=invite-make]")
        made = page.locator("[data-test=invited]").filter(has_text=name)
        assert len((await made.locator("[data-test=invite-code]").inner_text()).replace("\u00a0", "")) == 6
        return await made.locator("[data-test=invite-link]").input_value()

    async def guest(self, link: str) -> Client:
        """Somebody on a phone of his own who opened the link and went as far as the waiting room."""
        guest = Client(await page_for(self.theirs, phone=True), self.server.address)
        await guest.page.goto(link)
        await to_the_waiting_room(guest.page)
        return guest

    def in_the_list(self, name: str) -> Locator:
        return self.specialist.page.locator("[data-test=guest]").filter(has_text=name)

    async def lets_in(self, name: str, guest: Client) -> None:
        await self.in_the_list(name).locator("[data-test=admit]").click()
        await guest.is_in_the_room()

    async def asks_to_leave(self, name: str) -> None:
        await self.in_the_list(name).locator("[data-test=dismiss]").click()
        await self.in_the_list(name).locator("[data-test=dismiss-yes]").click()


async def two_in_the_waiting_room(server: LiveServer, hers: Browser, his: Browser) -> Talk:
    """The client waits, the specialist has her room open and has not let him in."""
    found = await open_consultation(server)
    specialist = Specialist(await page_for(hers), server.address)
    client = Client(await page_for(his, phone=True), server.address)
    await specialist.signs_in("orlova")
    await specialist.enters(found.booking)
    await client.page.goto(found.link)
    await to_the_waiting_room(client.page)
    await specialist.page.wait_for_selector("[data-test=guests] [data-test=admit]")
    return Talk(server, found, client, specialist, his)


async def two_who_talk(server: LiveServer, hers: Browser, his: Browser) -> Talk:
    talk = await two_in_the_waiting_room(server, hers, his)
    await talk.specialist.admits()
    await talk.client.is_in_the_room()
    await talk.client.sees_and_hears(20)
    await talk.specialist.sees_and_hears(20)
    return talk


async def pictures_of(visitor: Client | Specialist, count: int, within_s: float = 40) -> None:
    """So many people have been seen by this one."""
    await comes_true(visitor.page, f"async count => (await ({PICTURES})()) === count", count, within_s=within_s)


HEARD = """
async before => {
  let energy = 0;
  for (const connection of window.__connections) {
    if (connection.connectionState !== "connected") continue;
    for (const report of (await connection.getStats()).values())
      if (report.type === "inbound-rtp" && report.kind === "audio") energy += report.totalAudioEnergy || 0;
  }
  return energy > before + 1e-6;
}
"""


async def hears_more(visitor: Client | Specialist, within_s: float = 15) -> None:
    """The sound of the others goes on arriving."""
    before = (await visitor.arrived())["energy"]
    await comes_true(visitor.page, HEARD, before, within_s=within_s)


async def reads_aloud(visitor: Client | Specialist, words: str, within_s: float = 10) -> None:
    """The sentence about the line, or the notice over the picture, holds these words."""
    said = visitor.page.locator("[data-test=saying], [data-test=notice]").filter(has_text=words)
    await expect(said.first).to_be_visible(timeout=within_s * 1000)
