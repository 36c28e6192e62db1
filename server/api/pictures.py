"""Pictures of what was just handed out: the QR code of a link, for the page that shows or prints it."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from server import qr
from server.endpoint import Ask, endpoint
from server.shapes import Form, View, printable

Link = Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(printable)]


class LinkForm(Form):
    link: Link


class Picture(View):
    """One <svg> element."""

    svg: str


@endpoint("POST", "/qr", allow="bookings.read", transaction="read")
async def draw(ask: Ask, body: LinkForm) -> Picture:
    """A link as a QR code. It comes from the page, because the server keeps no link."""
    return Picture(svg=qr.svg(body.link))
