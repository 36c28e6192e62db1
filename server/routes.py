"""Addresses beside the API: pages, static files, health, the description of the interface."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Middleware
from sqlalchemy import text

from scheduling import people
from scheduling.errors import SignInNeeded
from server import demo, published
from server.centre import CENTRE, Centre
from server.endpoint import signed_in
from server.pages import Markup, Pages

Show = Callable[[web.Request], Awaitable[web.StreamResponse]]

CLIENT_PAGES = {
    "/": "index.html",
    "/visit": "visit.html",
    "/check": "check.html",
    "/own-time": "own-time.html",
    "/apply": "apply.html",
    "/certificate": "own-certificate.html",
    "/certificate/check": "certificate-check.html",
}
# A part that is silent for so long is as bad as one that is away, and whoever asks about readiness waits no longer.
ANSWERS_WITHIN_S = 2
STAFF_PAGES = (
    *("applications", "application"),
    "lists",
    *("rendered", "acts", "act"),
    *("today", "live", "board", "booking", "clients", "client", "calendar", "records", "record", "quality"),
    *("places", "districts", "slip", "account", "room"),
    *("standards",),
    *("certificates", "certificate", "choice", "budgets"),
    *("glance", "workbench"),
)


def beside_the_api(pages: Pages, document: dict[str, Any], rows: str) -> list[web.RouteDef]:
    described = json.dumps(document, ensure_ascii=False)

    async def openapi_json(_request: web.Request) -> web.StreamResponse:
        return web.Response(text=described, content_type="application/json")

    async def sign_in(request: web.Request) -> web.StreamResponse:
        return await pages.page("staff/sign-in.html", request, demo=_demo_people(request))

    async def readable(request: web.Request) -> web.StreamResponse:
        return await pages.page("api.html", request, api_rows=Markup(rows))

    return [
        *(web.get(path, _client_page(pages, name)) for path, name in CLIENT_PAGES.items()),
        *(web.get(f"/staff/{name}", _staff_page(pages, f"staff/{name}.html")) for name in STAFF_PAGES),
        web.get("/staff/sign-in", sign_in),
        web.get("/staff", _to_today),
        web.get("/staff/", _to_today),
        web.get("/s/{hash}/{path:.+}", pages.asset),
        web.get("/favicon.ico", _icon),
        web.get("/api/v1/openapi.json", openapi_json),
        web.get("/api/v1/", readable),
        web.get(published.KEYS, published.keys),
        web.get(published.REVOKED, published.revoked),
        web.get("/healthz", healthy),
        web.get("/readyz", ready),
    ]


def lost(pages: Pages) -> Middleware:
    """Who follows a wrong address with a browser gets a page to go on from; a program gets the refusal as ever."""

    @web.middleware
    async def show(request: web.Request, handler: Show) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPNotFound:
            if not _reads_pages(request):
                raise
        response = await pages.page("error.html", request, office_phone=await _office_phone(request))
        if response.status == 200:  # else the browser has this very page already
            response.set_status(404)
        return response

    return show


def _reads_pages(request: web.Request) -> bool:
    return "text/html" in request.headers.get("Accept", "") and not request.path.startswith(("/api/", "/s/"))


def _client_page(pages: Pages, name: str) -> Show:
    async def show(request: web.Request) -> web.StreamResponse:
        return await pages.page(name, request, office_phone=await _office_phone(request))

    return show


def _staff_page(pages: Pages, name: str) -> Show:
    async def show(request: web.Request) -> web.StreamResponse:
        centre = request.app[CENTRE]
        try:
            async with centre.database.read() as tx:
                await signed_in(request, tx, centre.now())
        except SignInNeeded:
            raise web.HTTPFound(f"/staff/sign-in?{_next(request)}") from None
        return await pages.page(name, request)

    return show


def _next(request: web.Request) -> str:
    return str(request.url.with_query({"next": request.rel_url.path_qs}).query_string)


async def _to_today(_request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("/staff/today")


async def _icon(_request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("/s/now/icon.svg")


async def _office_phone(request: web.Request) -> str:
    """The phone for somebody nobody knows yet: that of the first office that takes applications."""
    centre = request.app[CENTRE]
    async with centre.database.read() as tx:
        office = await people.first_office(tx)
    return office.phone if office else "—"


def _demo_people(request: web.Request) -> str:
    """The demo sign-ins as JSON for the sign-in page; an empty list in a real installation."""
    offered = demo.SIGN_INS if request.app[CENTRE].settings.demo else ()
    people = [{**asdict(person), "password": demo.PASSWORD} for person in offered]
    return json.dumps(people, ensure_ascii=False)


async def healthy(_request: web.Request) -> web.StreamResponse:
    """The process lives and its loop turns."""
    return web.json_response({"ok": True})


async def ready(request: web.Request) -> web.StreamResponse:
    """Whether work can be done here: the database answers, and where Redis is part of the installation it does too,
    and what other nodes say through it is heard."""
    centre = request.app[CENTRE]
    database, redis = await asyncio.gather(_answers(_ask_database(centre)), _answers(centre.bus.reached()))
    parts = {"database": database, "redis": redis, "wake_ups": centre.presence.hears and centre.bus.hears}
    good = all(parts.values())
    return web.json_response({"ok": good, "parts": parts}, status=200 if good else 503)


async def _answers(question: Awaitable[None]) -> bool:
    try:
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            await question
    except Exception:
        return False
    return True


async def _ask_database(centre: Centre) -> None:
    async with centre.database.read() as tx:
        await tx.execute(text("SELECT 1"))
