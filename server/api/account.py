"""Signing in and out, and the second factor of an account."""

import io
from datetime import timedelta

import pyotp
import segno
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from pydantic import Field

from scheduling import audit, joincodes, people, signins, tries
from scheduling.access import Actor, Permission
from scheduling.errors import NotFound, TotpNeeded, WrongCredentials, invalid
from scheduling.people import Account
from server import cookies, security
from server.api.views import DistrictView
from server.endpoint import Ask, endpoint
from server.shapes import Digits6, Form, Line, View

HASHER = PasswordHasher()  # argon2id with the library's current parameters
# Checked when the login is unknown, so that an unknown login takes as long as a wrong password.
NOBODY = HASHER.hash("nobody has this password")
WINDOW = timedelta(minutes=15)
PER_LOGIN, PER_ADDRESS = 8, 40


class Credentials(Form):
    login: Line
    password: str = Field(max_length=200)
    totp: Digits6 | None = None


class OfficeView(View):
    id: int
    name: str
    phone: str


class Me(View):
    id: int
    name: str
    login: str
    roles: list[str]
    institution: OfficeView
    district: DistrictView | None
    specialist_id: int | None
    totp: bool
    may: list[Permission]
    demo: bool


class TotpOffer(View):
    secret: str
    uri: str
    svg: str


class TotpDigits(Form):
    totp: Digits6


@endpoint("POST", "/session", allow="public", transaction="own")
async def sign_in(ask: Ask, body: Credentials) -> Me:
    """Signs in. Failures are counted per login and per address, and kept although the answer is a refusal."""
    address = joincodes.keyed_hash(ask.centre.key, "address", security.address(ask.request))
    login = joincodes.keyed_hash(ask.centre.key, "login", body.login.lower())
    async with ask.centre.database.read() as tx:
        await tries.must_have_left(tx, "sign_in", login, now=ask.now, limit=PER_LOGIN, window=WINDOW)
        await tries.must_have_left(tx, "sign_in_from", address, now=ask.now, limit=PER_ADDRESS, window=WINDOW)
        account = await people.account_by_login(tx, body.login)
    if not _password_fits(account, body.password) or account is None or not account.active:
        async with ask.centre.database.write() as tx:
            await tries.failed(tx, "sign_in", login, now=ask.now)
            await tries.failed(tx, "sign_in_from", address, now=ask.now)
        raise WrongCredentials
    async with ask.centre.database.write() as tx:
        account = await tx.merge(account, load=False)
        right = await _second_factor(ask, account, body.totp)
        if right:
            token = await signins.begin(tx, account.id, now=ask.now)
            audit.note(tx, "signed_in", "account", account.id, now=ask.now, account=account.id)
        else:
            await tries.failed(tx, "sign_in", login, now=ask.now)
    if not right:
        raise WrongCredentials
    ask.set_cookies.append(cookies.Change(cookies.STAFF, token, int(signins.LIFETIME.total_seconds())))
    return _me(ask, account, people.as_actor(account))


def _password_fits(account: Account | None, password: str) -> bool:
    try:
        HASHER.verify(account.password_hash if account else NOBODY, password)
    except (Argon2Error, InvalidHashError):
        return False
    return account is not None


async def _second_factor(ask: Ask, account: Account, digits: str | None) -> bool:
    """Whether the digits are right and were not used before. Refused: `totp_needed` when they are missing."""
    if not account.totp_on:
        return True
    if digits is None:
        raise TotpNeeded
    step = _totp_step(account, digits, ask)
    if step is None or step <= account.totp_last_step:
        return False
    account.totp_last_step = step
    return True


def _totp_step(account: Account, digits: str, ask: Ask) -> int | None:
    """The 30-second step whose digits these are: the present one or a neighbour."""
    totp = pyotp.TOTP(account.totp_secret or "")
    present = totp.timecode(ask.now)
    return next((step for step in (present, present - 1, present + 1) if totp.generate_otp(step) == digits), None)


@endpoint("GET", "/session", allow="account")
async def me(ask: Ask) -> Me:
    account = await people.account_by_login(ask.tx, ask.actor.login)
    if account is None:
        raise NotFound
    return _me(ask, account, ask.actor)


@endpoint("DELETE", "/session", allow="account")
async def sign_out(ask: Ask) -> None:
    token = cookies.read(ask.request, cookies.STAFF)
    if token:
        await signins.end(ask.tx, token)
    ask.set_cookies.append(cookies.Change(cookies.STAFF, None))


@endpoint("POST", "/account/totp", allow="account")
async def offer_totp(ask: Ask) -> TotpOffer:
    """A new secret, not in force until its digits come back."""
    account = await _own_account(ask)
    if account.totp_on:
        raise invalid("totp", "already_on")
    account.totp_secret = pyotp.random_base32()
    uri = pyotp.TOTP(account.totp_secret).provisioning_uri(name=account.login, issuer_name="Ryadom")
    return TotpOffer(secret=account.totp_secret, uri=uri, svg=qr_svg(uri))


@endpoint("PUT", "/account/totp", allow="account")
async def confirm_totp(ask: Ask, body: TotpDigits) -> None:
    account = await _own_account(ask)
    if account.totp_secret is None or _totp_step(account, body.totp, ask) is None:
        raise invalid("totp", "wrong_digits")
    account.totp_on = True
    audit.note(ask.tx, "totp_on", "account", account.id, now=ask.now, account=account.id)


@endpoint("DELETE", "/account/totp", allow="account")
async def drop_totp(ask: Ask, body: TotpDigits) -> None:
    account = await _own_account(ask)
    if not account.totp_on or _totp_step(account, body.totp, ask) is None:
        raise invalid("totp", "wrong_digits")
    account.totp_on, account.totp_secret = False, None
    audit.note(ask.tx, "totp_off", "account", account.id, now=ask.now, account=account.id)


async def _own_account(ask: Ask) -> Account:
    account = await ask.tx.get(Account, ask.actor.account_id)
    if account is None:
        raise NotFound
    return account


def _me(ask: Ask, account: Account, actor: Actor) -> Me:
    return Me(
        id=account.id,
        name=account.name,
        login=account.login,
        roles=sorted(actor.roles),
        institution=OfficeView.model_validate(account.institution),
        district=DistrictView.model_validate(account.institution.district),
        specialist_id=actor.specialist_id,
        totp=account.totp_on,
        may=sorted(actor.may),
        demo=ask.centre.settings.demo,
    )


def qr_svg(text: str) -> str:
    """A QR code as one <svg> element without a fixed size, for pages and slips."""
    out = io.BytesIO()
    # Any of the eight masks can be read; trying all of them for the prettiest takes longer than the whole booking.
    segno.make(text, error="m", micro=False, mask=3).save(
        out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=2, nl=False
    )
    return out.getvalue().decode()
