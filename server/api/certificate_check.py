"""Checking a certificate for a browser that cannot do it itself: the verdict, and what the token says, nothing more."""

from datetime import timedelta
from typing import Annotated

from pydantic import StringConstraints

from scheduling import joincodes, tries
from server import certificate_check, certificate_tokens, security
from server.certificate_check import LONGEST, Outcome, Unit, Why
from server.endpoint import Ask, endpoint
from server.shapes import Day, Form, Instant, View

SCOPE, WINDOW, PER_ADDRESS = "certificate", timedelta(minutes=10), 30


class Scanned(Form):
    token: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]


class ServiceView(View):
    code: str
    unit: Unit
    quantity: int


class PaperView(View):
    number: str
    issuer: str
    district: str
    holder: str
    birth_year: int
    issued_on: Day
    valid_until: Day
    services: list[ServiceView]


class VerdictView(View):
    outcome: Outcome
    why: Why | None
    paper: PaperView | None
    as_of: Instant | None


@endpoint("POST", "/certificate/check", allow="public", transaction="own")
async def check(ask: Ask, body: Scanned) -> VerdictView:
    """The verdict on a token. What is forged counts as a failed try of its address; nothing else is kept."""
    who = joincodes.keyed_hash(ask.centre.key, "address", tries.origin(security.address(ask.request)))
    await tries.must_have_left(ask.tx, SCOPE, who, now=ask.now, limit=PER_ADDRESS, window=WINDOW)
    keys, revocations = await certificate_tokens.known(ask.tx, key=ask.centre.key, now=ask.now)
    today = await certificate_tokens.today(ask.tx, ask.now)
    verdict = certificate_check.check(body.token, keys, revocations, today)
    if verdict.outcome == "forged":
        await ask.tx.rollback()  # nobody else waits for this connection while the try is written
        await ask.centre.database.written(lambda tx: tries.failed(tx, SCOPE, who, now=ask.now))
    return VerdictView.model_validate(verdict)
