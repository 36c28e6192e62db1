"""What is no HTTP at all: aiohttp repeats its bytes in the answer and in the log, this house says "400" and no more."""

import logging

from aiohttp import hdrs, web

SERVER = "Ryadom"
# aiohttp builds this answer below every middleware and signal and offers no hook for it.
_handle_error = web.RequestHandler.handle_error


def _say_nothing(
    self: web.RequestHandler,
    request: web.BaseRequest,
    status: int = 500,
    exc: BaseException | None = None,
    message: str | None = None,
) -> web.StreamResponse:
    answer = _handle_error(self, request, status, exc, "")
    if isinstance(answer, web.Response):
        answer.text = ""
    answer.headers[hdrs.SERVER] = SERVER
    return answer


def keep_quiet() -> None:
    """For all servers of this process; a second call changes nothing."""
    web.RequestHandler.handle_error = _say_nothing  # type: ignore[method-assign]  # see above
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)


async def nameless(_request: web.Request, response: web.StreamResponse) -> None:
    """A stranger need not know which version of what answers."""
    response.headers[hdrs.SERVER] = SERVER
