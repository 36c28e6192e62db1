"""The relay's first reference: bare python-socketio, each event acknowledged and handed on in its room, no more."""

import sys
from typing import Any

import socketio  # type: ignore[import-untyped]
import uvloop
from aiohttp import web

from server import collector

sio = socketio.AsyncServer(async_mode="aiohttp", async_handlers=False)
rooms: dict[str, str] = {}


@sio.event  # type: ignore[untyped-decorator]
async def connect(sid: str, _environ: Any, auth: dict[str, str]) -> None:
    rooms[sid] = auth["room"]
    await sio.enter_room(sid, auth["room"])


@sio.event  # type: ignore[untyped-decorator]
async def signal(sid: str, message: Any) -> dict[str, bool]:
    await sio.emit("signal", message, to=rooms[sid], skip_sid=sid)
    return {"ok": True}


def main() -> None:
    uvloop.install()
    app = web.Application()
    sio.attach(app)
    collector.spare()
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)


if __name__ == "__main__":
    main()
