"""Signing in and out, and the second factor of an account."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from pydantic import Field
from sqlalchemy import update

from scheduling import audit, joincodes, people, signins, tries
from scheduling.access import Actor, Permission
from scheduling.db import Tx
from scheduling.errors import NotFound, TotpNeeded, WrongCredentials, invalid
from scheduling.people import Account
from server import cookies, qr, security
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
    await _must_have_tries(ask, body)
    async with ask.centre.one_try:
        # Again: those who waited here before may have used up the tries.
        await _must_have_tries(ask, body)
        account, token = await _signed_in(ask, body)
    ask.set_cookies.append(cookies.Change(cookies.STAFF, token, int(signins.LIFETIME.total_seconds())))
    return _me(ask, account, people.as_actor(account))


async def _must_have_tries(ask: Ask, body: Credentials) -> None:
    login, address = _counted_by(ask, body)
    async with ask.centre.database.read() as tx:
        await tries.must_have_left(tx, "sign_in", login, now=ask.now, limit=PER_LOGIN, window=WINDOW)
        await tries.must_have_left(tx, "sign_in_from", address, now=ask.now, limit=PER_ADDRESS, window=WINDOW)


def _counted_by(ask: Ask, body: Credentials) -> tuple[str, str]:
    return (
        joincodes.keyed_hash(ask.centre.key, "login", people.plain_login(body.login)),
        joincodes.keyed_hash(ask.centre.key, "address", security.address(ask.request)),
    )


async def _signed_in(ask: Ask, body: Credentials) -> tuple[Account, str]:
    """The account and its new token. Refused, and counted: `wrong_credentials`; refused: `totp_needed`."""
    async with ask.centre.database.read() as tx:
        account = await people.account_by_login(tx, body.login)
    # 50 ms of work: in a thread, because the loop carries conversations.
    fits = await asyncio.to_thread(_password_fits, account, body.password)
    login, address = _counted_by(ask, body)
    if not fits or account is None or not account.active:
        async with ask.centre.database.write() as tx:
            await tries.failed(tx, "sign_in", login, now=ask.now)
            await tries.failed(tx, "sign_in_from", address, now=ask.now)
        raise WrongCredentials
    async with ask.centre.database.write() as tx:
        account = await tx.merge(account, load=False)
        right = await _second_factor(tx, account, body.totp, now=ask.now)
        if right:
            token = await signins.begin(tx, account.id, now=ask.now)
            audit.note(tx, "signed_in", "account", account.id, now=ask.now, account=account.id)
        else:
            await tries.failed(tx, "sign_in", login, now=ask.now)
    if not right:
        raise WrongCredentials
    return account, token


def _password_fits(account: Account | None, password: str) -> bool:
    try:
        HASHER.verify(account.password_hash if account else NOBODY, password)
    except (Argon2Error, InvalidHashError):
        return False
    return account is not None


async def _second_factor(tx: Tx, account: Account, digits: str | None, *, now: datetime) -> bool:
    """Whether the digits are right and were not used before. Refused: `totp_needed` when they are missing."""
    if not account.totp_on:
        return True
    if digits is None:
        raise TotpNeeded
    return await _step_taken(tx, account, digits, now=now)


async def _step_taken(tx: Tx, account: Account, digits: str, *, now: datetime) -> bool:
    """Takes the step of these digits, which nobody can take twice: the database itself compares and sets."""
    step = _totp_step(account, digits, now)
    if step is None:
        return False
    taken = await tx.scalar(
        update(Account)
        .where(Account.id == account.id, Account.active, Account.totp_secret == account.totp_secret)
        .where(Account.totp_last_step < step)
        .values(totp_last_step=step)
        .returning(Account.id)
        .execution_options(synchronize_session=False)
    )
    return taken is not None


def _totp_step(account: Account, digits: str, now: datetime) -> int | None:
    """The 30-second step whose digits these are: the present one or a neighbour."""
    if account.totp_secret is None:
        return None
    totp = pyotp.TOTP(account.totp_secret)
    present = totp.timecode(now)
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
    account = await _own_account(ask.tx, ask.actor)
    if account.totp_on:
        raise invalid("totp", "already_on")
    # Another secret has other digits: the steps taken with the old one count for nothing.
    account.totp_secret, account.totp_last_step = pyotp.random_base32(), 0
    uri = pyotp.TOTP(account.totp_secret).provisioning_uri(name=account.login, issuer_name="Ryadom")
    return TotpOffer(secret=account.totp_secret, uri=uri, svg=qr.svg(uri))


@endpoint("PUT", "/account/totp", allow="account", transaction="own")
async def confirm_totp(ask: Ask, body: TotpDigits) -> None:
    """The digits of the offered secret put it in force; wrong ones are counted."""

    def put_in_force(tx: Tx, account: Account) -> None:
        account.totp_on = True
        audit.note(tx, "totp_on", "account", account.id, now=ask.now, account=account.id)

    await _by_own_digits(ask, body.totp, put_in_force)


@endpoint("DELETE", "/account/totp", allow="account", transaction="own")
async def drop_totp(ask: Ask, body: TotpDigits) -> None:
    """The digits in force end it; wrong ones are counted, so that a browser left open does not do for guessing them."""

    def end(tx: Tx, account: Account) -> None:
        if not account.totp_on:
            raise invalid("totp", "wrong_digits")
        account.totp_on, account.totp_secret = False, None
        audit.note(tx, "totp_off", "account", account.id, now=ask.now, account=account.id)

    await _by_own_digits(ask, body.totp, end)


async def _by_own_digits(ask: Ask, digits: str, do: Callable[[Tx, Account], None]) -> None:
    """Does it in the transaction that takes the digits' step. Refused: `too_many_tries`, `invalid`."""
    who = joincodes.keyed_hash(ask.centre.key, "account", str(ask.actor.account_id))
    # Gives its connection back: many who wait here with one in hand would leave none to read with.
    await ask.tx.rollback()
    async with ask.centre.one_try:
        async with ask.centre.database.read() as tx:
            await tries.must_have_left(tx, "totp", who, now=ask.now, limit=PER_LOGIN, window=WINDOW)
        async with ask.centre.database.write() as tx:
            account = await _own_account(tx, ask.actor)
            right = await _step_taken(tx, account, digits, now=ask.now)
            if right:
                do(tx, account)
            else:
                await tries.failed(tx, "totp", who, now=ask.now)
    if not right:
        raise invalid("totp", "wrong_digits")


async def _own_account(tx: Tx, actor: Actor) -> Account:
    account = await tx.get(Account, actor.account_id)
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
