"""The relay's reference: raw WebSockets on aiohttp, each message acknowledged and handed on in its room."""

import gc
import sys
from collections import defaultdict

import uvloop
from aiohttp import WSMsgType, web

rooms: defaultdict[str, set[web.WebSocketResponse]] = defaultdict(set)


async def relay(request: web.Request) -> web.WebSocketResponse:
    """A message is `<number>|<content>`; the ack is `ack|<number>`."""
    socket = web.WebSocketResponse(compress=False)
    await socket.prepare(request)
    room = rooms[request.query["room"]]
    room.add(socket)
    async for message in socket:
        if message.type is not WSMsgType.TEXT:
            break
        await socket.send_str("ack|" + message.data.partition("|")[0])
        for other in room:
            if other is not socket:
                await other.send_str(message.data)
    room.discard(socket)
    return socket


def main() -> None:
    uvloop.install()
    app = web.Application()
    app.router.add_get("/relay", relay)
    gc.freeze()
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)


if __name__ == "__main__":
    main()
