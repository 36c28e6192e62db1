"""The line check with a peer of the same library: it hears itself, and nothing stays behind."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaBlackhole
from aiortc.mediastreams import AudioStreamTrack, MediaStreamTrack, VideoStreamTrack
from playwright.async_api import Browser as Chromium

from signaling import linecheck
from signaling.linecheck import Device, LineChecks, Verdict, verdict
from signaling.port import Refusal
from tests.signaling.conftest import eventually
from tests.signaling.fake_desk import FakeDesk
from tests.signaling.house import served
from tests.signaling.test_faults import page_of, pages

A_SECTION = "m={} 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:9\r\n"
A_NEIGHBOUR = "a=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host\r\n"

HERE = RTCConfiguration([])


@pytest.fixture
async def checks() -> AsyncIterator[LineChecks]:
    checks = LineChecks(most=2)
    yield checks
    await checks.close()


class Browser:
    """Sends sound and picture, counts what comes back."""

    def __init__(self) -> None:
        self.peer = RTCPeerConnection(HERE)
        self.peer.addTrack(AudioStreamTrack())
        self.peer.addTrack(VideoStreamTrack())
        self.channel = self.peer.createDataChannel("probe")
        self.echoed: list[str] = []
        self.channel.on("message", self.echoed.append)
        self.frames = {"audio": 0, "video": 0}
        self.peer.on("track", self._came)
        self.sink = MediaBlackhole()
        self._tasks: list[asyncio.Task[None]] = []

    def _came(self, track: MediaStreamTrack) -> None:
        self._tasks.append(asyncio.create_task(self._count(track)))

    async def _count(self, track: MediaStreamTrack) -> None:
        while True:
            await track.recv()
            self.frames[track.kind] += 1

    async def call(self, checks: LineChecks) -> str:
        await self.peer.setLocalDescription(await self.peer.createOffer())
        name, sdp = await checks.begin(self.peer.localDescription.sdp)
        await self.peer.setRemoteDescription(RTCSessionDescription(sdp, "answer"))
        return name

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.peer.close()


async def test_one_hears_and_sees_oneself_and_the_probe_comes_back(checks: LineChecks) -> None:
    browser = Browser()
    name = await browser.call(checks)
    await eventually(lambda: browser.frames["audio"] > 5 and browser.frames["video"] > 2, seconds=15)
    browser.channel.send("12345")
    await eventually(lambda: browser.echoed == ["12345"])
    await checks.end(name)
    await checks.end(name)
    assert len(checks) == 0
    await browser.close()


@pytest.mark.parametrize(
    "more",
    [*map(A_SECTION.format, ("audio", "video", "application", "text")), A_NEIGHBOUR * 101],
    ids=["audio", "video", "application", "text", "addresses"],
)
async def test_an_offer_of_too_much_is_refused_before_anything_is_made(
    checks: LineChecks, monkeypatch: pytest.MonkeyPatch, more: str
) -> None:
    browser = Browser()
    await browser.peer.setLocalDescription(await browser.peer.createOffer())
    offer = browser.peer.localDescription.sdp
    made: list[object] = []
    monkeypatch.setattr(linecheck, "RTCPeerConnection", made.append)
    with pytest.raises(Refusal, match="malformed"):
        await checks.begin(offer + more)
    assert made == []
    assert len(checks) == 0
    await browser.close()


async def test_all_is_freed_when_the_browser_goes(checks: LineChecks) -> None:
    tasks = len(asyncio.all_tasks())
    browser = Browser()
    await browser.call(checks)
    await eventually(lambda: browser.frames["audio"] > 2, seconds=15)
    await browser.close()
    await eventually(lambda: len(checks) == 0, seconds=10)
    await eventually(lambda: len(asyncio.all_tasks()) <= tasks, seconds=10)


async def test_a_check_nobody_speaks_to_ends() -> None:
    checks = LineChecks(idle_s=0.4)
    browser = Browser()
    await browser.peer.setLocalDescription(await browser.peer.createOffer())
    await checks.begin(browser.peer.localDescription.sdp)
    assert len(checks) == 1
    await eventually(lambda: len(checks) == 0)
    await browser.close()


async def test_too_many_are_asked_to_wait(checks: LineChecks) -> None:
    browsers = [Browser() for _ in range(2)]
    for browser in browsers:
        await browser.call(checks)
    with pytest.raises(Refusal) as refused:
        await checks.begin("v=0")
    assert refused.value.code == "check_busy"
    assert 1 <= refused.value.data["retry_after"] <= 15
    for browser in browsers:
        await browser.close()


@pytest.mark.parametrize("sdp", ["", "v=0", "nonsense", "x" * 30_000, "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"])
async def test_an_offer_that_is_none_is_refused_and_leaves_nothing(checks: LineChecks, sdp: str) -> None:
    with pytest.raises(Refusal, match="malformed"):
        await checks.begin(sdp)
    assert len(checks) == 0


@pytest.mark.parametrize(
    ("microphone", "camera", "loss", "rtt_ms", "kbps", "said"),
    [
        ("ok", "ok", 0.0, 40, 900, "good"),
        ("silent", "ok", 0.0, 40, 900, "good"),
        ("ok", "ok", 0.12, 40, 900, "voice_only"),
        ("ok", "ok", 0.0, 900, 900, "voice_only"),
        ("ok", "ok", 0.0, 40, 120, "voice_only"),
        ("ok", "blocked", 0.0, 40, 900, "voice_only"),
        ("ok", "missing", 0.0, 40, 900, "voice_only"),
        ("ok", "ok", 0.3, 40, 900, "too_weak"),
        ("ok", "ok", 0.0, 40, 30, "too_weak"),
        ("missing", "ok", 0.0, 40, 900, "too_weak"),
        ("ok", "ok", None, None, None, "too_weak"),
        ("ok", "ok", None, 40, 900, "good"),
    ],
)
def test_the_verdict(
    microphone: Device, camera: Device, loss: float | None, rtt_ms: float | None, kbps: float | None, said: Verdict
) -> None:
    assert verdict(loss=loss, rtt_ms=rtt_ms, kbps=kbps, microphone=microphone, camera=camera) == said


IN_A_BROWSER = """async () => {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 320, height: 240 } });
  const pc = new RTCPeerConnection();
  const sound = new Audio();
  pc.ontrack = ({ track }) => {
    if (track.kind !== "audio") return;
    // Chromium decodes only what somebody listens to.
    sound.srcObject = new MediaStream([track]);
    sound.play();
  };
  const back = new Promise((resolve) => {
    pc.createDataChannel("probe").onopen = ({ target }) => {
      target.onmessage = ({ data }) => resolve(data);
      target.send("round trip");
    };
  });
  stream.getTracks().forEach((track) => pc.addTrack(track, stream));
  await pc.setLocalDescription(await pc.createOffer());
  await new Promise((resolve) => {
    if (pc.iceGatheringState === "complete") resolve();
    pc.onicegatheringstatechange = () => pc.iceGatheringState === "complete" && resolve();
  });
  const answer = await fetch("/line-check", { method: "POST", body: pc.localDescription.sdp });
  await pc.setRemoteDescription({ type: "answer", sdp: await answer.text() });
  for (;;) {
    let frames = 0;
    let energy = 0;
    (await pc.getStats()).forEach((row) => {
      if (row.type !== "inbound-rtp") return;
      frames += row.framesDecoded || 0;
      energy += row.totalAudioEnergy || 0;
    });
    if (frames > 3 && energy > 0) return { frames, energy, data: await back };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}"""


async def test_a_real_browser_sees_and_hears_itself(browser: Chromium, desk: FakeDesk, checks: LineChecks) -> None:
    def with_checks(app: web.Application) -> None:
        async def begin(request: web.Request) -> web.Response:
            _, sdp = await checks.begin(await request.text())
            return web.Response(text=sdp)

        pages(app)
        app.router.add_post("/line-check", begin)

    async with served(desk, more=with_checks) as house:
        page = await page_of(browser, house)
        async with asyncio.timeout(20):
            found = await page.evaluate(IN_A_BROWSER)
        assert found["data"] == "round trip"
        await page.close()
