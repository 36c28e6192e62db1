"""Endpoints: a typed function becomes a route with its permission, transaction, idempotency and description.

    @endpoint("POST", "/clients", allow="clients.write", status=201, idempotent=True)
    async def register(ask: Ask, body: NewClient) -> ClientView: ...

`body` and `query` are pydantic models, `file` is an `Upload` that is the whole body, other parameters come from the
path. Without `allow` nothing can be declared, and a route that is not declared here does not exist: closed by default.
A handler that returns a `Document` answers with a file.
"""

import asyncio
import inspect
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from http import HTTPStatus
from types import ModuleType
from typing import Any, Literal, get_type_hints
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import BaseModel, TypeAdapter, ValidationError
from sqlalchemy import exc

from scheduling import idempotency, joincodes, signins
from scheduling.access import Actor, Permission
from scheduling.db import Tx
from scheduling.errors import (
    InvalidInput,
    NotFound,
    NotPermitted,
    Refused,
    SeatNeeded,
    SignInNeeded,
    TotpSetupNeeded,
    invalid,
)
from scheduling.idempotency import KeptAnswer, Key
from scheduling.joincodes import Seat
from server import cookies, database, documents, files, problems, sealing, uploads
from server.bus import Wake
from server.centre import CENTRE, Centre
from server.documents import Document
from server.shapes import Id, Secret
from server.uploads import Transport
from signaling.port import Refusal

Allow = Permission | Literal["public", "seat"]
Handler = Callable[..., Awaitable[Any]]
Explain = Callable[..., Awaitable[dict[str, Any]]]
Shortly = Callable[["Endpoint", web.Request, str, str], Awaitable[web.Response | None]]
BODY_DEADLINE_S = 20
GIVEN_OTHERWISE = {"ask", "body", "query", "file"}
ANY_ID: TypeAdapter[int] = TypeAdapter(Id)
ANY_NAME: TypeAdapter[str] = TypeAdapter(Secret)


@dataclass
class Ask:
    """One request as a handler sees it. Exactly one of `actor` and `seat` is there, none on public routes.

    What a handler puts into the lists happens after the commit: pages wake up, rooms put out whoever lost his right
    to a seat (by booking), cookies are set.
    """

    request: web.Request
    centre: Centre
    tx: Tx
    now: datetime
    language: str
    caller: Actor | None = None
    sitting: Seat | None = None
    version: int = 0
    wakes: list[Wake] = field(default_factory=list)
    rights_changed: list[int] = field(default_factory=list)
    set_cookies: list[cookies.Change] = field(default_factory=list)
    afterwards: list[Callable[[], None]] = field(default_factory=list)

    @property
    def actor(self) -> Actor:
        if self.caller is None:
            raise SignInNeeded
        return self.caller

    @property
    def seat(self) -> Seat:
        if self.sitting is None:
            raise SeatNeeded
        return self.sitting

    @property
    def today(self) -> date:
        """Where whoever asks is: what holds from a day on begins at his midnight, not at that of Greenwich."""
        return self.now.astimezone(ZoneInfo(self.actor.zone)).date()


@dataclass(frozen=True)
class Endpoint:
    """A route as data: `openapi.py` describes it, `tests/permissions` walks it."""

    method: str
    path: str
    allow: Allow
    handler: Handler
    status: int
    idempotent: bool
    etag: bool
    if_match: bool
    transaction: Literal["read", "write", "own"]
    explain: Explain | None
    shortly: Shortly | None
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    answer: type[BaseModel] | type[Document] | None
    produces: tuple[str, ...]
    path_types: Mapping[str, type]
    takes_file: bool = False


def endpoint(
    method: str,
    path: str,
    *,
    allow: Allow,
    status: int = 200,
    idempotent: bool = False,
    etag: bool = False,
    if_match: bool = False,
    transaction: Literal["read", "write", "own"] | None = None,
    explain: Explain | None = None,
    shortly: Shortly | None = None,
    produces: tuple[str, ...] = documents.KINDS,
) -> Callable[[Handler], Handler]:
    """Declares a route. `etag` and `if_match` work on the answer's and the request's `version`.

    `transaction="own"` is for the few that must keep something although they refuse; they open their own.
    `explain(ask, refusal, **given)` adds to a refusal what helps further; it reads after the write was rolled back.
    `shortly(endpoint, request, raw, language)` may answer what is plain; what it gives None for goes the ordinary way.
    `produces` names the media types of a handler that returns a `Document`.
    """

    def declare(handler: Handler) -> Handler:
        hints = get_type_hints(handler)
        names = [name for name in inspect.signature(handler).parameters if name not in GIVEN_OTHERWISE]
        answer = hints.get("return")
        assert answer is not Document or not idempotent, "a document is no answer that could be kept"
        handler.endpoint = Endpoint(  # type: ignore[attr-defined]  # the mark that `of` collects
            method=method,
            path=path,
            allow=allow,
            handler=handler,
            status=status if answer is not type(None) or status != 200 else 204,
            idempotent=idempotent,
            etag=etag,
            if_match=if_match,
            transaction=transaction or ("read" if method == "GET" else "write"),
            explain=explain,
            shortly=shortly,
            body=hints.get("body"),
            query=hints.get("query"),
            answer=None if answer is type(None) else answer,
            produces=produces if answer is Document else (),
            path_types={name: hints[name] for name in names},
            takes_file="file" in hints,
        )
        return handler

    return declare


def of(modules: Iterable[ModuleType]) -> list[Endpoint]:
    """The endpoints declared in these modules, in their order."""
    found = [getattr(member, "endpoint", None) for module in modules for member in vars(module).values()]
    return [item for item in found if isinstance(item, Endpoint)]


def routes(endpoints: Iterable[Endpoint], prefix: str) -> list[web.RouteDef]:
    return [web.route(item.method, prefix + item.path, _serve(item)) for item in endpoints]


def _serve(served: Endpoint) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(request: web.Request) -> web.StreamResponse:
        centre = request.app[CENTRE]
        language = cookies.language(request)
        try:
            return files.pack_answer(request, await _answered(served, request, centre, language))
        except Refused as refusal:
            return problems.refused(refusal, centre.words, language)
        except Refusal as refusal:
            return problems.refused_by_signaling(refusal, centre.words, language)
        except Transport as fault:
            return problems.problem(fault.code, problems.TRANSPORT[fault.code], centre.words, language)
        except (exc.TimeoutError, exc.OperationalError) as error:
            if not database.is_busy(error):
                raise
            status, later = HTTPStatus.SERVICE_UNAVAILABLE, database.BUSY_FOR_S
            return problems.problem("unavailable", status, centre.words, language, retry_after=later)

    return serve


async def _answered(served: Endpoint, request: web.Request, centre: Centre, language: str) -> web.Response:
    if not served.takes_file:
        return await _worked(served, request, centre, language, {})
    # Nobody fills the disk who may not.
    async with centre.database.read() as tx:
        await _admit(served, Ask(request, centre, tx, centre.now(), language))
    async with uploads.received(request, centre.settings.data) as file:
        return await _worked(served, request, centre, language, {"file": file})


async def _worked(
    served: Endpoint, request: web.Request, centre: Centre, language: str, given: dict[str, Any]
) -> web.Response:
    raw = await _raw_body(request) if served.body is not None else given["file"].hash if served.takes_file else ""
    if served.shortly is not None and (plain := await served.shortly(served, request, raw, language)) is not None:
        return plain
    now = centre.now()

    async def work(tx: Tx) -> tuple[Ask, web.Response | Document]:
        ask = Ask(request, centre, tx, now, language)
        await _admit(served, ask)
        given.update(_given(served, request, raw))
        ask.version = _version(request) if served.if_match else 0
        kept = await _claimed(served, ask, raw)
        if kept is not None and kept.status:
            body = sealing.open_sealed(centre.key, request.headers["Idempotency-Key"], kept.body)
            return ask, answer(body, kept.status, kept.etag)
        result = await served.handler(ask, **given)
        if isinstance(result, Document):
            return ask, result
        body = result.model_dump_json() if result is not None else ""
        etag = f'"{result.version}"' if served.etag else None
        if kept is not None:
            kept.body = sealing.seal(centre.key, request.headers["Idempotency-Key"], body)
            kept.status, kept.etag = served.status, etag
        return ask, answer(body, served.status, etag)

    if served.transaction == "write":
        try:
            ask, made = await centre.database.written(work)
        except Refused as refusal:
            if served.explain is None or not given:
                raise
            async with centre.database.read() as tx:
                ask = Ask(request, centre, tx, now, language)
                await _admit(served, ask)
                more = await served.explain(ask, refusal, **given)
            return problems.refused(refusal, centre.words, language, **more)
    else:
        async with centre.database.read() as tx:
            ask, made = await work(tx)
    response = await documents.answer(made, served.status) if isinstance(made, Document) else made
    for change in ask.set_cookies:
        cookies.apply(response, change, secure=request.secure or centre.settings.secure)
    for room in ask.rights_changed:
        await centre.signaling.rooms.put_out_who_lost_the_right(room)
    for wake in ask.wakes:
        await centre.bus.tell(wake)
    for act in ask.afterwards:
        act()
    return response


async def _admit(served: Endpoint, ask: Ask) -> None:
    """Finds out who asks and whether the route's policy lets him."""
    if served.allow == "public":
        return
    if served.allow == "seat":
        ask.sitting = await sitting(ask.request, ask.tx, ask.centre)
        return
    ask.caller = await signed_in(ask.request, ask.tx, ask.now)
    if served.allow not in ask.caller.may:
        raise NotPermitted
    if not lets_in(served, ask.caller, ask.centre):
        raise TotpSetupNeeded


def lets_in(served: Endpoint, caller: Actor, centre: Centre) -> bool:
    """Whether the route's policy lets him, and his second factor is set up where it has to be."""
    unprotected = "administrator" in caller.roles and not caller.totp
    protected_enough = not unprotected or served.allow == "account" or centre.settings.demo
    return served.allow in caller.may and protected_enough


async def signed_in(request: web.Request, tx: Tx, now: datetime) -> Actor:
    """The member of staff behind the cookie. Refused: `sign_in_needed`."""
    token = cookies.read(request, cookies.STAFF)
    caller = (await signins.actors(tx, [token], now=now)).get(token) if token else None
    if caller is None:
        raise SignInNeeded
    return caller


async def sitting(request: web.Request, tx: Tx, centre: Centre) -> Seat:
    """The seat that this device holds. Refused: `seat_needed`."""
    number, _, device = (cookies.read(request, cookies.SEAT) or "").partition(".")
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise SeatNeeded
    return await joincodes.seat_for_device(tx, int(number), key=centre.key, device=device, now=centre.now())


def _given(served: Endpoint, request: web.Request, raw: str) -> dict[str, Any]:
    """The handler's arguments, or every wrong field of body and query at once."""
    given: dict[str, Any] = {name: _path(request.match_info[name], kind) for name, kind in served.path_types.items()}
    wrong: list[Any] = []
    if served.query is not None:
        try:
            given["query"] = served.query.model_validate(dict(request.query))
        except ValidationError as error:
            wrong += problems.from_validation(error).errors
    if served.body is not None:
        try:
            given["body"] = served.body.model_validate_json(raw)
        except ValidationError as error:
            wrong += problems.from_validation(error).errors
    if wrong:
        raise InvalidInput(wrong)
    return given


def _path(text: str, kind: type) -> int | str:
    """A number of the database's size or a name of plain letters; anything else names nothing that exists."""
    try:
        return ANY_ID.validate_python(text) if kind is int else ANY_NAME.validate_python(text)
    except ValidationError:
        raise NotFound from None


async def _raw_body(request: web.Request) -> str:
    if request.content_type != "application/json" or "Content-Encoding" in request.headers:
        raise Transport("json_needed")
    try:
        async with asyncio.timeout(BODY_DEADLINE_S):
            return (await request.read()).decode()
    except UnicodeDecodeError:
        raise invalid("", "invalid") from None
    except web.RequestPayloadError:
        raise invalid("", "invalid") from None
    except web.HTTPRequestEntityTooLarge:
        raise Transport("too_large") from None
    except TimeoutError:
        raise Transport("too_slow") from None


def _version(request: web.Request) -> int:
    given = request.headers.get("If-Match", "").strip().strip('"')
    if not given:
        raise Transport("version_needed")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1


async def _claimed(served: Endpoint, ask: Ask, raw: str) -> KeptAnswer | None:
    """The answer kept under the request's Idempotency-Key, empty when this is its first time; None without a key."""
    value = ask.request.headers.get("Idempotency-Key")
    if value is None or not served.idempotent:
        return None
    if not is_a_key(value):
        raise invalid("Idempotency-Key", "invalid")
    asker = f"account:{ask.caller.account_id}" if ask.caller else f"seat:{ask.seat.id}"
    return await idempotency.claim(ask.tx, key_of(ask.request, raw, value, asker, ask.centre), now=ask.now)


def is_a_key(value: str) -> bool:
    return value.isascii() and value.isprintable() and 1 <= len(value) <= 64


def hidden_key(centre: Centre, value: str) -> str:
    """An Idempotency-Key as it is kept."""
    return joincodes.keyed_hash(centre.key, "idempotency", value)


def key_of(request: web.Request, raw: str, value: str, asker: str, centre: Centre) -> Key:
    """The key of a request: the same request of the same asker has the same."""
    content = json.dumps([request.method, request.path, request.headers.get("If-Match", ""), raw])
    return idempotency.key(asker, hidden_key(centre, value), content)


def answer(body: str, status: int, etag: str | None) -> web.Response:
    headers = {"Cache-Control": "no-store"} | ({"ETag": etag} if etag else {})
    if status == HTTPStatus.NO_CONTENT:
        return web.Response(status=status, headers=headers)
    return web.Response(text=body, status=status, content_type="application/json", headers=headers)
