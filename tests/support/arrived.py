"""What of the other's picture and sound has really arrived in a page of any browser."""

from tests.support.patience import Asked, comes_true

# Keeps every peer connection of a page within reach, so that a test can ask what has really arrived.
CONNECTIONS = """
(() => {
  const Original = window.RTCPeerConnection;
  const kept = (window.__connections = []);
  window.RTCPeerConnection = class extends Original {
    constructor(...settings) { super(...settings); kept.push(this); }
  };
})();
"""
ARRIVED = """
async () => {
  const found = { frames: 0, energy: 0 };
  for (const connection of window.__connections) {
    if (connection.connectionState !== "connected") continue;
    // Firefox never gives the figures of a connection that is closed while it gathers them.
    const soon = new Promise((over) => setTimeout(() => over(new Map()), 1000));
    for (const report of (await Promise.race([connection.getStats(), soon])).values()) {
      if (report.type !== "inbound-rtp") continue;
      if (report.kind === "video") found.frames += report.framesDecoded || 0;
      if (report.kind === "audio") found.energy += report.totalAudioEnergy || 0;
    }
  }
  return found;
}
"""
# A new connection counts from nothing again.
GROWN = f"""
async ({{ before, frames }}) => {{
  const now = await ({ARRIVED})();
  const since = now.frames < before.frames ? {{ frames: 0, energy: 0 }} : before;
  return now.frames >= since.frames + frames && now.energy > since.energy + 1e-6;
}}
"""
SEEN = "() => [location.pathname, ...window.__connections.map((each) => each.connectionState), document.body.innerText]"


async def arrived(page: Asked) -> dict[str, float]:
    """Pictures decoded (`frames`) and sound energy received so far, over the connections that stand."""
    return dict(await page.evaluate(ARRIVED))


async def more_arrives(page: Asked, *, frames: int = 5, within_s: float) -> None:
    """The picture grows by `frames` and the sound is above silence; raises TimeoutError with what stands instead."""
    before = await arrived(page)
    try:
        await comes_true(page, GROWN, {"before": before, "frames": frames}, within_s=within_s)
    except TimeoutError:
        seen = await page.evaluate(SEEN)
        raise TimeoutError(f"{before} became {await arrived(page)} within {within_s} s: {seen}") from None
