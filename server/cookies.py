"""Cookies: their names, how they are set, and the language a person reads."""

from dataclasses import dataclass

from aiohttp import web

from server.centre import CENTRE
from server.words import best_language

STAFF = "ryadom_session"
SEAT = "ryadom_seat"
CERTIFICATE = "ryadom_certificate"
LANGUAGE = "lang"


@dataclass(frozen=True)
class Change:
    """A cookie to set for `max_age` seconds, or to forget when `value` is None."""

    name: str
    value: str | None
    max_age: int = 0


def read(request: web.Request, name: str) -> str | None:
    """The cookie as `apply` sets it. With HTTPS the plain name counts for nothing: a neighbouring host could set it.

    Ours are plain ASCII; what is not is no cookie of ours, and no database takes the lone surrogates it may become.
    """
    value = request.cookies.get(_named(name, secure=by_https(request)))
    return value if value and value.isascii() and value.isprintable() else None


def by_https(request: web.Request) -> bool:
    """Whether people come by HTTPS: this request did, or the installation says that all do."""
    return request.secure or request.app[CENTRE].settings.secure


def _named(name: str, *, secure: bool) -> str:
    return f"__Host-{name}" if secure else name


def apply(response: web.StreamResponse, change: Change, *, secure: bool) -> None:
    response.set_cookie(
        _named(change.name, secure=secure),
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
