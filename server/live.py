"""The board's live side: namespace `/board`, where staff pages hear that a booking they show has moved."""

from datetime import datetime
from typing import Any

import socketio  # type: ignore[import-untyped]  # the library ships no types
import structlog
from aiohttp import web

from scheduling.access import Actor
from scheduling.errors import Refused
from server.bus import Wake
from server.centre import CENTRE
from server.endpoint import signed_in

log = structlog.get_logger()


def _refused(code: str) -> Exception:
    """The second argument is what the browser finds as `error.data`."""
    return socketio.exceptions.ConnectionRefusedError(code, {"code": code})  # type: ignore[no-any-return]


class Board(socketio.AsyncNamespace):  # type: ignore[misc]  # as above
    """Carries wake-ups only: a page that hears one asks the HTTP interface, which checks its rights again."""

    def __init__(self) -> None:
        super().__init__("/board")
        self._present: dict[str, Actor] = {}

    async def on_connect(self, sid: str, environ: dict[str, Any], _auth: object) -> None:
        request: web.Request = environ["aiohttp.request"]
        centre = request.app[CENTRE]
        try:
            async with centre.database.read() as tx:
                actor = await signed_in(request, tx, centre.now())
        except Refused as refusal:
            raise _refused(refusal.code) from refusal
        if "board" not in actor.may:
            raise _refused("not_permitted")
        self._present[sid] = actor

    async def on_disconnect(self, sid: str, _reason: object = None) -> None:
        self._present.pop(sid, None)

    async def hear(self, wake: Wake, at: datetime) -> None:
        """Tells everybody who may see the booking; a waiting client rings only with his specialist."""
        for sid, actor in list(self._present.items()):
            if not actor.sees_booking(client_district=wake.district, specialist=wake.specialist):
                continue
            rings = wake.kind != "waiting" or actor.specialist_id == wake.specialist
            event = wake.kind if rings else "changed"
            await self.emit(event, {"booking": wake.booking, "at": at.isoformat()}, to=sid)
