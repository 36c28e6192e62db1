"""Security: what every answer carries, who may write from where, and what the log may know."""

import time
import uuid
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import structlog
from aiohttp import ClientConnectionResetError, hdrs, web

from server import cookies, problems
from server.centre import CENTRE

log = structlog.get_logger()
HUNG_UP = 499  # what nginx calls it; nobody is there to be told, and nothing went wrong here
SAFE = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})
# What a browser shows as a page. An answer of the interface is none, and on a weak line each of its bytes counts.
PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob: mediastream:; "
        "style-src 'self'; script-src 'self'; connect-src 'self' {socket}; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "camera=(self), microphone=(self), fullscreen=(self), geolocation=(), payment=()",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
DATA_HEADERS = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
Next = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def guard(request: web.Request, handler: Next) -> web.StreamResponse:
    """The outermost layer: nothing unknown leaves it but "internal" with a number that the log knows too."""
    number = uuid.uuid4().hex[:12]
    began = time.perf_counter()
    request = _as_it_came(request)
    try:
        response = await _checked(request, handler)
    except web.HTTPException as error:
        response = _http_problem(request, error)
    except ClientConnectionResetError:
        response = web.Response(status=HUNG_UP)
    except Exception:
        log.exception("internal", request=number, route=_route(request), method=request.method)
        response = _problem(request, "internal", number=number)
    _mark(request, response, number)
    took = round((time.perf_counter() - began) * 1000, 1)
    log.debug("served", route=_route(request), method=request.method, status=response.status, ms=took)
    return response


def _as_it_came(request: web.Request) -> web.Request:
    """The request with the scheme that the person used; a trusted proxy tells it, and only its last hop counts."""
    if _direct(request) not in request.app[CENTRE].settings.trusted_proxies:
        return request
    scheme = request.headers.get("X-Forwarded-Proto", "").split(",")[-1].strip().lower()
    return request.clone(scheme=scheme) if scheme in {"http", "https"} and scheme != request.scheme else request


async def _checked(request: web.Request, handler: Next) -> web.StreamResponse:
    if request.method not in SAFE and not own_origin(request):
        return _problem(request, "foreign_origin")
    return await handler(request)


def own_origin(request: web.Request) -> bool:
    """Whether a write comes from our own pages; a client that is no browser sends neither header."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    origin = request.headers.get(hdrs.ORIGIN)
    return origin is None or origin in origins(request)


def origins(request: web.Request) -> set[str]:
    """The public address when it is set; else whatever address this very request came to."""
    public = request.app[CENTRE].settings.public_url
    if public:
        parts = urlsplit(public)
        return {f"{parts.scheme}://{parts.netloc}"}
    return {f"{request.scheme}://{request.host}"}


def address(request: web.Request) -> str:
    """The caller's address; a forwarded one counts only from a trusted proxy, and only its last hop."""
    direct = _direct(request)
    if direct in request.app[CENTRE].settings.trusted_proxies:
        forwarded = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip()
        return forwarded or direct
    return direct


def _direct(request: web.Request) -> str:
    peer = request.transport.get_extra_info("peername") if request.transport else None
    return str(peer[0]) if isinstance(peer, tuple) else "local"


def _mark(request: web.Request, response: web.StreamResponse, number: str) -> None:
    if response.prepared:
        return
    response.headers["X-Content-Type-Options"] = "nosniff"
    if request.path.startswith("/s/"):
        return  # a script or style obeys the page that loads it
    secure = cookies.by_https(request)
    # A demo's certificate is made on the spot: nobody's browser should insist on it for a year.
    if secure and not request.app[CENTRE].settings.demo:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    # Safari before 15.4 does not count ws: under 'self'.
    scheme = "wss" if secure else "ws"
    socket = f"{scheme}://{request.host}" if request.host.isascii() and ";" not in request.host else ""
    for name, value in (DATA_HEADERS if _is_data(request, response) else PAGE_HEADERS).items():
        response.headers.setdefault(name, value.replace("{socket}", socket))
    response.headers["X-Request-Id"] = number


def _is_data(request: web.Request, response: web.StreamResponse) -> bool:
    """Not for people to look at. "Not modified" has no type, but a browser keeps its headers for the page it has."""
    html = response.content_type == "text/html" or response.status == 304
    return request.path.startswith("/api/") and not html


def _route(request: web.Request) -> str:
    """The route's pattern, never the address itself: addresses can hold names and numbers of people."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unknown"


def _http_problem(request: web.Request, error: web.HTTPException) -> web.StreamResponse:
    if error.status < 400:
        return error
    codes = {404: "not_found", 405: "method_unknown", 413: "too_large"}
    return _problem(request, codes.get(error.status, "internal"))


def _problem(request: web.Request, code: str, **data: object) -> web.Response:
    status = problems.STATUS["not_found"] if code == "not_found" else problems.TRANSPORT[code]
    return problems.problem(code, status, request.app[CENTRE].words, cookies.language(request), **data)
