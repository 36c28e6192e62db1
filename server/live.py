"""The board's live side: namespace `/board`, where staff pages hear that a booking they show has moved."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import socketio  # type: ignore[import-untyped]  # the library ships no types
import structlog
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from scheduling.access import Actor
from scheduling.errors import NotPermitted, Refused
from server.bus import Wake
from server.centre import CENTRE
from server.endpoint import signed_in

log = structlog.get_logger()
# A lookup for each wake-up and each page would be dear; a minute after the sign-out it ends here too.
KNOWN_FOR = timedelta(seconds=60)


def _refused(code: str) -> Exception:
    """The second argument is what the browser finds as `error.data`."""
    return socketio.exceptions.ConnectionRefusedError(code, {"code": code})  # type: ignore[no-any-return]


@dataclass
class _Follower:
    """Somebody on the board: who he is, by which request he came, and when that was last looked up."""

    actor: Actor
    came_by: web.Request
    known_at: datetime


class Board(socketio.AsyncNamespace):  # type: ignore[misc]  # as above
    """Carries wake-ups only: a page that hears one asks the HTTP interface, which checks its rights again."""

    def __init__(self) -> None:
        super().__init__("/board")
        self._present: dict[str, _Follower] = {}

    async def on_connect(self, sid: str, environ: dict[str, Any], _auth: object) -> None:
        request: web.Request = environ["aiohttp.request"]
        now = request.app[CENTRE].now()
        try:
            self._present[sid] = _Follower(await _follows(request, now), request, now)
        except Refused as refusal:
            raise _refused(refusal.code) from refusal

    async def on_disconnect(self, sid: str, _reason: object = None) -> None:
        self._present.pop(sid, None)

    async def hear(self, wake: Wake, at: datetime) -> None:
        """Tells everybody who may see it; a waiting client rings only with his specialist."""
        for sid, follower in list(self._present.items()):
            if not _concerns(wake, follower.actor):
                continue
            if at - follower.known_at > KNOWN_FOR and not await self._still_follows(sid, follower, at):
                continue
            if wake.kind == "calendar":
                await self.emit("calendar", {"specialist": wake.specialist, "at": at.isoformat()}, to=sid)
                continue
            rings = wake.kind != "waiting" or follower.actor.specialist_id == wake.specialist
            event = wake.kind if rings else "changed"
            await self.emit(event, {"booking": wake.booking, "at": at.isoformat()}, to=sid)

    async def _still_follows(self, sid: str, follower: _Follower, now: datetime) -> bool:
        """Whoever signed out, was blocked or moved to another district since hears nothing more of it here."""
        try:
            follower.actor = await _follows(follower.came_by, now)
        except Refused:
            await self.disconnect(sid)
            return False
        except (SQLAlchemyError, OSError):  # asyncpg's refused connection is the plain error of the system
            log.warning("board_unsure")
            return False
        follower.known_at = now
        return True


def _concerns(wake: Wake, actor: Actor) -> bool:
    """Calendars are looked at by every coordinator of the region, bookings by those whose people they are."""
    if wake.kind == "calendar":
        return "coordinator" in actor.roles or actor.specialist_id == wake.specialist
    return actor.sees_booking(client_district=wake.district, specialist=wake.specialist)


async def _follows(request: web.Request, now: datetime) -> Actor:
    """The member of staff behind the request. Refused: `sign_in_needed`, `not_permitted`."""
    async with request.app[CENTRE].database.read() as tx:
        actor = await signed_in(request, tx, now)
    if "board" not in actor.may:
        raise NotPermitted
    return actor
