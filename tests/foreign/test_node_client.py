"""Node's own socket.io-client drives the protocol in both seats: what it saw of order, acks, relay and replay."""

import asyncio
import json
from pathlib import Path
from typing import Any

from server import demo
from tests.support.consultation import open_consultation
from tests.support.live_server import ROOT, LiveServer

PROGRAM = Path(__file__).with_name("stranger.mjs")
DONE = {"ok": True, "value": {}}


async def test_a_conversation_by_the_protocol_alone(live_server: LiveServer) -> None:
    consultation = await open_consultation(live_server)
    arguments = (live_server.address, consultation.code, str(consultation.booking), "orlova", demo.PASSWORD)
    seen = await facts(*arguments)

    assert seen.pop("the client waits") == {"role": "client", "admitted": False, "state": "waiting", "chat": []}
    assert seen.pop("media is acknowledged") == DONE
    assert refused(seen.pop("not admitted, no chat")) == "not_admitted"
    assert seen.pop("the specialist sees him") == [
        {"role": "specialist", "here": True, "admitted": True},
        {"role": "client", "here": True, "admitted": False},
    ]
    assert seen.pop("a signal before the admission is acknowledged") == DONE
    assert seen.pop("and relayed as it was said") == {"from": True, "same": True}
    assert refused(seen.pop("the client may not admit")) == "not_permitted"
    assert seen.pop("the specialist may") == DONE
    assert seen.pop("the room is live") == [True, True]
    assert seen.pop("an answer goes the other way") is True

    assert refused(seen.pop("an empty line is malformed")) == "malformed"
    assert refused(seen.pop("an unknown field is malformed")) == "malformed"
    assert refused(seen.pop("nobody knows this event")) == "unknown_event"
    assert refused(seen.pop("a strange seat")) == "seat_unknown"

    assert seen.pop("forty lines in order") == {"acked": True, "same": True}
    ahead = seen.pop("one ahead waits")
    assert refused(ahead) == "out_of_order"
    assert isinstance(ahead["fault"]["expected"], int)
    assert seen.pop("the one before it") is True
    assert seen.pop("said twice, done once") == {"same": True, "heard": ["сначала", "потом"]}

    assert seen.pop("back in the same seat") == {"seat": True, "admitted": True, "missed": ["вы меня слышите?"]}
    assert seen.pop("the log has no hole") is True
    assert seen.pop("an old message gets its kept answer") is True
    assert seen.pop("the whole log again") == {"ok": True, "last": True, "lines": 43}
    assert seen.pop("a spent ticket") == "ticket_spent"
    assert seen.pop("another version") == "version_unknown"
    assert seen.pop("the end") == {"reason": "ended"}
    assert seen == {}
    assert "Traceback" not in live_server.log


async def facts(*arguments: str) -> dict[str, Any]:
    """What the program saw, by name."""
    process = await asyncio.create_subprocess_exec(
        *("node", str(PROGRAM), *arguments), cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(90):
        printed, wrong = await process.communicate()
    assert process.returncode == 0, wrong.decode() + printed.decode()
    told = [json.loads(line) for line in printed.decode().splitlines()]
    return {fact["name"]: fact["value"] for fact in told}


def refused(answer: dict[str, Any]) -> str:
    assert answer["ok"] is False
    return str(answer["fault"]["code"])
