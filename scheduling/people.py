"""People and where they belong: districts, institutions, staff accounts, specialists and clients."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    and_,
    bindparam,
    column,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from scheduling.access import Actor
from scheduling.coming import arrived
from scheduling.db import Base, Tx
from scheduling.errors import CardMerged, NotFound, VersionMoved, invalid

# The booking table as far as this file reads it; `bookings` imports this module, so it cannot be imported here.
_booking = table("booking", column("client_id"), column("specialist_id"))

InstitutionKind = Literal["state", "ngo", "sole_trader", "authority"]


class District(Base):
    """A district or a city of the region, with its own IANA zone."""

    __tablename__ = "district"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(16), default="district")
    zone: Mapped[str] = mapped_column(String(64))


class Institution(Base):
    """A provider in the register, or (`intake`) the office that takes applications."""

    __tablename__ = "institution"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(16))
    intake: Mapped[bool] = mapped_column(default=False)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    phone: Mapped[str] = mapped_column(String(32))
    address: Mapped[str] = mapped_column(String(200), default="")
    inn: Mapped[str] = mapped_column(String(12), default="")
    director: Mapped[str] = mapped_column(String(120), default="")
    district: Mapped[District] = relationship()


class Account(Base):
    """A member of staff who signs in; may hold several roles."""

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200))
    roles: Mapped[list[str]]
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    active: Mapped[bool] = mapped_column(default=True)
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    totp_on: Mapped[bool] = mapped_column(default=False)
    totp_last_step: Mapped[int] = mapped_column(default=0)
    institution: Mapped[Institution] = relationship()
    specialist: Mapped["Specialist | None"] = relationship(back_populates="account")


class Specialist(Base):
    """A psychologist who can be booked; her clock is `zone`."""

    __tablename__ = "specialist"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), unique=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    zone: Mapped[str] = mapped_column(String(64))
    topics: Mapped[list[str]]
    languages: Mapped[list[str]]
    services: Mapped[list[str]]
    active: Mapped[bool] = mapped_column(default=True)
    account: Mapped[Account] = relationship(back_populates="specialist")
    institution: Mapped[Institution] = relationship()


class Client(Base):
    """A recipient of social services (получатель социальных услуг)."""

    __tablename__ = "client"
    # Duplicates are looked for by a year with the beginning of a name.
    __table_args__ = (
        Index("ix_client_birth_year_name_folded", "birth_year", "name_folded"),
        *(
            Index(f"ix_client_{name}", name, sqlite_where=text(rare), postgresql_where=text(rare))
            for name, rare in (("merged_into", "merged_into IS NOT NULL"), ("list_id", "list_id IS NOT NULL"))
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(120))
    name_folded: Mapped[str] = mapped_column(String(120), index=True)
    birth_year: Mapped[int]
    birth_date: Mapped[date | None] = mapped_column(index=True)
    sex: Mapped[str] = mapped_column(String(1), default="")
    snils: Mapped[str] = mapped_column(String(14), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    # Another card that turned out to be the same person; this one is kept for history and found no more.
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    # The list that brought him; until it is accepted nobody sees him.
    list_id: Mapped[int | None] = mapped_column(ForeignKey("list_upload.id"))
    phone: Mapped[str] = mapped_column(String(32), default="")
    phone_digits: Mapped[str] = mapped_column(String(16), default="", index=True)
    email: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(8), default="ru")
    remark: Mapped[str] = mapped_column(Text, default="")
    settlement: Mapped[str] = mapped_column(String(120), default="")
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"), index=True)
    created_at: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    district: Mapped[District] = relationship()


def digits(phone: str) -> str:
    """The digits of a phone as people compare them: a leading Russian 8 counts as 7."""
    found = "".join(char for char in phone if char.isdigit())
    return "7" + found[1:] if len(found) == 11 and found[0] == "8" else found


def folded(name: str) -> str:
    """A name as it is searched: lower case, ё as е, single spaces."""
    return " ".join(name.lower().replace("ё", "е").split())[:120]


# Who asks, as plain columns: every request begins with it.
ACTOR = (
    select(
        *(Account.id, Account.name, Account.login, Account.roles, Account.institution_id, Account.totp_on),
        *(Institution.district_id, District.zone, Specialist.id, Specialist.zone),
    )
    .join(Institution, Institution.id == Account.institution_id)
    .join(District, District.id == Institution.district_id)
    .outerjoin(Specialist, Specialist.account_id == Account.id)
    .where(Account.active)
)
_ACTOR_BY_ID = ACTOR.where(Account.id == bindparam("account"))


async def actor(tx: Tx, account_id: int) -> Actor | None:
    """The active account as the one who asks, or None."""
    row = (await tx.execute(_ACTOR_BY_ID, {"account": account_id})).first()
    return None if row is None else actor_of(row)


def actor_of(row: Sequence[Any]) -> Actor:
    """A row of `ACTOR`."""
    account_id, name, login, roles, institution_id, totp, district_id, district_zone, specialist_id, own_zone = row
    return Actor(
        account_id=account_id,
        name=name,
        login=login,
        roles=frozenset(roles),
        institution_id=institution_id,
        district_id=district_id,
        zone=own_zone or district_zone,
        specialist_id=specialist_id,
        totp=totp,
    )


def as_actor(account: Account) -> Actor:
    specialist = account.specialist
    return actor_of(
        (
            *(account.id, account.name, account.login, account.roles, account.institution_id, account.totp_on),
            *(account.institution.district_id, account.institution.district.zone),
            *((specialist.id, specialist.zone) if specialist else (None, None)),
        )
    )


def present() -> ColumnElement[bool]:
    """Whether a card is one for people to see: not joined with another, nor brought by a list that is not accepted."""
    return and_(Client.merged_into.is_(None), arrived(Client.list_id))


def _visible_clients(actor: Actor) -> Select[Client]:
    """Clients of the coordinator's and the officer's district; of a specialist those who were ever booked with her."""
    reach = []
    if actor.roles & {"coordinator", "officer"}:
        reach.append(Client.district_id == actor.district_id)
    if actor.specialist_id is not None:
        # As a list of hers: asked of each client of a region in turn, it takes seconds where years of bookings lie.
        reach.append(Client.id.in_(select(_booking.c.client_id).where(_booking.c.specialist_id == actor.specialist_id)))
    whole = select(Client).options(joinedload(Client.district)).where(present())
    return whole.where(or_(*reach) if reach else Client.id.is_(None))


async def find_clients(tx: Tx, actor: Actor, *, query: str, skip: int, limit: int) -> list[Client]:
    """Newest first; `query` is part of a name or at least three digits of a phone."""
    statement = _visible_clients(actor)
    number = digits(query)
    if len(number) >= 3:
        statement = statement.where(Client.phone_digits.contains(number))
    elif query.strip():
        statement = statement.where(Client.name_folded.contains(folded(query), autoescape=True))
    return list(await tx.scalars(statement.order_by(Client.id.desc()).offset(skip).limit(limit)))


async def settlements(tx: Tx, actor: Actor) -> list[str]:
    """The settlements (villages, towns) of this actor's clients, each once: a hint while a card is filled in."""
    known = _visible_clients(actor).with_only_columns(Client.settlement).where(Client.settlement != "").distinct()
    return sorted(await tx.scalars(known))


async def client(tx: Tx, actor: Actor, client_id: int) -> Client:
    """The client if this actor may see him. Refused: `not_found`, and `card_merged` with the number that leads on."""
    found = await tx.scalar(_visible_clients(actor).where(Client.id == client_id))
    if found is not None:
        return found
    led_on = select(Client.merged_into).where(Client.id == client_id)
    kept = await tx.scalar(_visible_clients(actor).where(Client.id.in_(led_on)))
    raise NotFound if kept is None else CardMerged(kept.id)


async def register_client(
    tx: Tx,
    actor: Actor,
    *,
    now: datetime,
    name: str,
    birth_year: int,
    phone: str = "",
    email: str = "",
    language: str = "ru",
    remark: str = "",
    settlement: str = "",
    birth_date: date | None = None,
    sex: str = "",
    snils: str = "",
    address: str = "",
) -> Client:
    """A new client of the coordinator's district."""
    if actor.district_id is None or "coordinator" not in actor.roles:
        raise NotFound
    _check_birth(birth_year, birth_date, now)
    registered = Client(
        name=name,
        name_folded=folded(name),
        birth_year=birth_year,
        phone=phone,
        phone_digits=digits(phone),
        email=email,
        language=language,
        remark=remark,
        settlement=settlement,
        birth_date=birth_date,
        sex=sex,
        snils=snils,
        address=address,
        district_id=actor.district_id,
        created_at=now,
        created_by=actor.account_id,
    )
    tx.add(registered)
    await tx.flush()
    await tx.refresh(registered, ["district"])
    return registered


async def change_client(
    tx: Tx, actor: Actor, client_id: int, *, version: int, now: datetime, changes: dict[str, Any]
) -> Client:
    """Writes the given fields. Refused: `version_moved` when somebody was faster."""
    await tx.execute(select(Client.id).where(Client.id == client_id).with_for_update())
    changed = await client(tx, actor, client_id)
    if changed.version != version:
        raise VersionMoved(changed.version)
    if changes.keys() & {"birth_year", "birth_date"}:
        born = {"birth_year": changed.birth_year, "birth_date": changed.birth_date} | changes
        _check_birth(born["birth_year"], born["birth_date"], now)
    for field, value in changes.items():
        setattr(changed, field, value)
    changed.name_folded = folded(changed.name)
    changed.phone_digits = digits(changed.phone)
    changed.version += 1
    await tx.flush()
    return changed


def _check_birth(year: int, day: date | None, now: datetime) -> None:
    if not now.year - 120 <= year <= now.year:
        raise invalid("birth_year", "out_of_range", min=now.year - 120, max=now.year)
    if day is not None and day.year != year:
        raise invalid("birth_date", "other_birth_year", year=year)


async def specialist(tx: Tx, specialist_id: int) -> Specialist:
    """An active specialist of the region. Refused: `not_found`."""
    whole = select(Specialist).options(joinedload(Specialist.institution, innerjoin=True))
    found = await tx.scalar(whole.where(Specialist.id == specialist_id, Specialist.active))
    if found is None:
        raise NotFound
    return found


async def own_line(tx: Tx, actor: Actor, specialist_id: int) -> Specialist:
    """The specialist in whose calendar this actor books: a coordinator in everybody's, a specialist in her own.
    Refused: `not_found`."""
    if "coordinator" not in actor.roles and specialist_id != actor.specialist_id:
        raise NotFound
    return await specialist(tx, specialist_id)


async def specialists(tx: Tx) -> list[Specialist]:
    """All active specialists of the region, by name."""
    return list(
        await tx.scalars(
            select(Specialist)
            .options(joinedload(Specialist.institution))
            .where(Specialist.active)
            .order_by(Specialist.name, Specialist.id)
        )
    )


def plain_login(login: str) -> str:
    """A login as it is kept: capitals make no difference, in Cyrillic either, which SQLite's lower() leaves alone."""
    return login.strip().lower()


async def account_by_login(tx: Tx, login: str) -> Account | None:
    return await tx.scalar(
        select(Account)
        .options(joinedload(Account.institution).joinedload(Institution.district), joinedload(Account.specialist))
        .where(Account.login == plain_login(login))
    )


async def office(tx: Tx, district_id: int) -> Institution | None:
    """The office of a district that takes applications: the phone number on slips and refusals."""
    return await tx.scalar(
        select(Institution)
        .where(Institution.district_id == district_id, Institution.intake)
        .order_by(Institution.id)
        .limit(1)
    )


async def first_office(tx: Tx) -> Institution | None:
    """The office to call for somebody whose district nobody knows."""
    return await tx.scalar(select(Institution).where(Institution.intake).order_by(Institution.id).limit(1))
