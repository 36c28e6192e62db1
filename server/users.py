"""Staff accounts from the command line."""

from scheduling.access import ROLES
from scheduling.people import Account, Institution, account_by_login, plain_login
from server.api.account import HASHER
from server.database import Database
from server.settings import Settings

SHORTEST_PASSWORD = 10


async def add_user(settings: Settings, login: str, name: str, role: str, institution: int, password: str) -> str:
    """Adds the account and answers what happened, in words."""
    if role not in ROLES:
        raise SystemExit(f"There is no role {role}; roles are {', '.join(ROLES)}.")
    if len(password) < SHORTEST_PASSWORD:
        raise SystemExit(f"A password has at least {SHORTEST_PASSWORD} characters.")
    database = Database(settings.database)
    await database.migrate()
    async with database.write() as tx:
        if await tx.get(Institution, institution) is None:
            raise SystemExit(f"There is no institution {institution}.")
        if await account_by_login(tx, login) is not None:
            raise SystemExit(f"The login {login} is taken.")
        tx.add(
            Account(
                login=plain_login(login),
                name=name,
                password_hash=HASHER.hash(password),
                roles=[role],
                institution_id=institution,
            )
        )
    await database.close()
    return f"{name} can sign in as {login}."
