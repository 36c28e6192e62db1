"""Cookies: their names, how they are set, and the language a person reads."""

from dataclasses import dataclass

from aiohttp import web

from server.words import best_language

STAFF = "ryadom_session"
SEAT = "ryadom_seat"
LANGUAGE = "lang"


@dataclass(frozen=True)
class Change:
    """A cookie to set for `max_age` seconds, or to forget when `value` is None."""

    name: str
    value: str | None
    max_age: int = 0


def read(request: web.Request, name: str) -> str | None:
    """The `__Host-` cookie when there is one: only HTTPS can have set it."""
    return request.cookies.get(f"__Host-{name}") or request.cookies.get(name)


def apply(response: web.StreamResponse, change: Change, *, secure: bool) -> None:
    name = f"__Host-{change.name}" if secure else change.name
    response.set_cookie(
        name,
        change.value or "",
        max_age=change.max_age if change.value else 0,
        httponly=True,
        secure=secure,
        samesite="Strict",
        path="/",
    )


def language(request: web.Request) -> str:
    return best_language(
        request.query.get("lang"), request.cookies.get(LANGUAGE), request.headers.get("Accept-Language", "")
    )
