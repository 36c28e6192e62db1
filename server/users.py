"""Staff accounts from the command line."""

from collections.abc import Sequence
from dataclasses import dataclass

from argon2.exceptions import Argon2Error
from sqlalchemy import select

from scheduling import standards
from scheduling.access import ROLES
from scheduling.calendars import Calendar
from scheduling.db import Tx
from scheduling.people import Account, District, Institution, Specialist, account_by_login, plain_login
from server import demo
from server.api.account import HASHER
from server.api.catalogue import TOPICS
from server.region import zone_name
from server.words import LANGUAGES

SHORTEST_PASSWORD = 10


@dataclass(frozen=True)
class NewUser:
    """`institution` is its name or number; the last four are a specialist's, of whom `zone` may stay empty."""

    login: str
    name: str
    role: str
    institution: str
    password: str
    zone: str = ""
    topics: Sequence[str] = ()
    languages: Sequence[str] = ()
    services: Sequence[str] = ()


async def add_user(tx: Tx, new: NewUser) -> str:
    """Adds the account and answers what happened, in words. SystemExit: all that is wrong, a line each."""
    found = await _institutions(tx, new.institution)
    wrong = [*_wrong_account(new, found), *await _wrong_specialist(tx, new)]
    if await account_by_login(tx, new.login) is not None:
        wrong.append(f"The login {new.login} is taken.")
    if wrong:
        raise SystemExit("\n".join(wrong))
    account = Account(
        login=plain_login(new.login),
        name=new.name.strip(),
        password_hash=HASHER.hash(new.password),
        roles=[new.role],
        institution_id=found[0].id,
    )
    tx.add(account)
    await tx.flush()
    if new.role == "specialist":
        specialist = await _specialist(tx, new, account, found[0])
        tx.add(specialist)
        await tx.flush()
        tx.add(Calendar(specialist_id=specialist.id))
        await tx.flush()
    return f"{account.name} can sign in as {account.login}."


async def refuse_demo_accounts(tx: Tx) -> None:
    """SystemExit while somebody can sign in with the password that every demo start prints."""
    logins = [person.login for person in demo.SIGN_INS]
    held = await tx.execute(
        select(Account.login, Account.password_hash).where(Account.login.in_(logins), Account.active)
    )
    # The demo hashes its password once for all, so this is one comparison as a rule.
    by_hash: dict[str, list[str]] = {}
    for login, hashed in held:
        by_hash.setdefault(hashed, []).append(login)
    open_to_all = [login for hashed, logins in by_hash.items() if _is_the_demo_password(hashed) for login in logins]
    if open_to_all:
        raise SystemExit(
            f"These accounts have the published demo password: {', '.join(sorted(open_to_all))}. A real installation "
            "needs data of its own: choose another RYADOM_DATA or RYADOM_DATABASE_URL, or try the demo by `ryadom run`."
        )


def _is_the_demo_password(hashed: str) -> bool:
    try:
        return HASHER.verify(hashed, demo.PASSWORD)
    except Argon2Error:
        return False


async def _institutions(tx: Tx, said: str) -> list[Institution]:
    if said.isascii() and said.isdigit():
        by_number = await tx.get(Institution, int(said)) if len(said) < 10 else None
        return [by_number] if by_number else []
    return list(await tx.scalars(select(Institution).where(Institution.name == said.strip())))


def _wrong_account(new: NewUser, institutions: Sequence[Institution]) -> list[str]:
    wrong = []
    if not plain_login(new.login) or len(new.login) > 64 or not new.login.isprintable():
        wrong.append("A login has 1 to 64 printable characters.")
    if not 2 <= len(new.name.strip()) <= 120 or not new.name.isprintable():
        wrong.append("A name has 2 to 120 printable characters.")
    if new.role not in ROLES:
        wrong.append(f"There is no role {new.role}; roles are {', '.join(ROLES)}.")
    if len(new.password) < SHORTEST_PASSWORD:
        wrong.append(f"A password has at least {SHORTEST_PASSWORD} characters.")
    if not institutions:
        wrong.append(f"There is no institution {new.institution}; `ryadom load` brings them.")
    if len(institutions) > 1:
        numbers = ", ".join(str(each.id) for each in institutions)
        wrong.append(f"Several institutions are named {new.institution}; say one by number: {numbers}.")
    return wrong


async def _wrong_specialist(tx: Tx, new: NewUser) -> list[str]:
    if new.role != "specialist":
        given = new.zone or new.topics or new.languages or new.services
        return ["Only a specialist has zone, topics, languages and services."] if given else []
    codes = set(await tx.scalars(select(standards.ServiceStandard.code)))
    wrong = [
        *(f"There is no topic {each}; topics are {', '.join(TOPICS)}." for each in new.topics if each not in TOPICS),
        *(f"There is no language {each}; there are {', '.join(LANGUAGES)}." for each in _unspoken(new.languages)),
        *(f"There is no service {each}; `ryadom load` brings them." for each in new.services if each not in codes),
    ]
    try:
        zone_name(new.zone or "UTC")
    except ValueError as error:
        wrong.append(f"{new.zone}: {error}")
    if not codes:
        wrong.append("There are no services yet; `ryadom load` brings them.")
    return wrong


def _unspoken(languages: Sequence[str]) -> list[str]:
    return [each for each in languages if each not in LANGUAGES]


async def _specialist(tx: Tx, new: NewUser, account: Account, institution: Institution) -> Specialist:
    """By default: the clock of her district, Russian, every service."""
    district = await tx.get_one(District, institution.district_id)
    codes = sorted(set(await tx.scalars(select(standards.ServiceStandard.code))))
    return Specialist(
        account_id=account.id,
        institution_id=institution.id,
        name=account.name,
        zone=new.zone or district.zone,
        topics=list(dict.fromkeys(new.topics)),
        languages=list(dict.fromkeys(new.languages)) or ["ru"],
        services=list(dict.fromkeys(new.services)) or codes,
    )
