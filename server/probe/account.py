"""Whom the probe signs in as: a specialist without people, in a district of her own, for a service nobody else gives.

Her own district keeps the probe off every coordinator's board, her own service out of every search for free time. The
service asks for the whole duration with both present, so that no visit of the probe ever counts as held, and each of
its bookings ends as cancelled: statistics count neither.
"""

import secrets
from datetime import UTC, date, datetime

from sqlalchemy import delete, select

from scheduling.bookings import Booking
from scheduling.calendars import Calendar, WeeklyHours, WorkingRule
from scheduling.db import Tx
from scheduling.people import Account, Client, District, Institution, Specialist, folded
from scheduling.standards import ServiceStandard
from server.api.account import HASHER
from server.probe.door import SERVICE

LOGIN = "probe"
NAME = "Проверка связи"
DURATION_MIN = 5
STEP_MIN = 5
DAY_MIN = 24 * 60
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


async def prepare(tx: Tx, *, now: datetime) -> str:
    """Makes whatever of it is missing, and always a new password, which it answers."""
    district = await _district(tx)
    institution = await _institution(tx, district)
    service = await _service(tx)
    password = secrets.token_urlsafe(18)
    account = await _account(tx, institution, password)
    specialist = await _specialist(tx, account, institution, district)
    await _round_the_clock(tx, specialist)
    await _client(tx, district, account, specialist, service, now)
    return password


async def _district(tx: Tx) -> District:
    found = await tx.scalar(select(District).where(District.name == NAME))
    if found is None:
        zone = await tx.scalar(select(District.zone).order_by(District.id).limit(1))
        found = District(name=NAME, kind="district", zone=zone or "UTC")
        tx.add(found)
        await tx.flush()
    return found


async def _institution(tx: Tx, district: District) -> Institution:
    found = await tx.scalar(select(Institution).where(Institution.district_id == district.id))
    if found is None:
        found = Institution(name=NAME, kind="state", intake=False, district_id=district.id, phone="")
        tx.add(found)
        await tx.flush()
    return found


async def _service(tx: Tx) -> ServiceStandard:
    found = await tx.scalar(select(ServiceStandard).where(ServiceStandard.code == SERVICE))
    if found is None:
        found = ServiceStandard(
            code=SERVICE,
            version=1,
            name=NAME,
            kind="internal",
            form="semi_residential",
            modes=["video"],
            duration_min=DURATION_MIN,
            buffer_min=0,
            price_kopecks=0,
            valid_from=date(2000, 1, 1),
            least_share=1.0,
        )
        tx.add(found)
        await tx.flush()
    return found


async def _account(tx: Tx, institution: Institution, password: str) -> Account:
    """SystemExit when somebody else bears the login."""
    found = await tx.scalar(select(Account).where(Account.login == LOGIN))
    if found is None:
        found = Account(login=LOGIN, name=NAME, roles=["specialist"], institution_id=institution.id)
        tx.add(found)
    elif found.institution_id != institution.id:
        raise SystemExit(f"The login {LOGIN} belongs to {found.name}.")
    found.password_hash, found.active, found.totp_on = HASHER.hash(password), True, False
    await tx.flush()
    return found


async def _specialist(tx: Tx, account: Account, institution: Institution, district: District) -> Specialist:
    found = await tx.scalar(select(Specialist).where(Specialist.account_id == account.id))
    if found is None:
        found = Specialist(account_id=account.id, institution_id=institution.id, name=NAME, zone=district.zone)
        tx.add(found)
    found.topics, found.languages, found.services, found.active = [], ["ru"], [SERVICE], True
    await tx.flush()
    return found


async def _round_the_clock(tx: Tx, specialist: Specialist) -> None:
    limits = await tx.get(Calendar, specialist.id) or Calendar(specialist_id=specialist.id)
    limits.notice_min, limits.horizon_days, limits.step_min, limits.max_per_day = 0, 1, STEP_MIN, None
    tx.add(limits)
    await tx.execute(delete(WorkingRule).where(WorkingRule.specialist_id == specialist.id))
    week = [WeeklyHours(day, 0, DAY_MIN) for day in range(7)]
    tx.add_all(WorkingRule(specialist_id=specialist.id, **hours.columns()) for hours in week)
    await tx.flush()


async def _client(
    tx: Tx, district: District, account: Account, specialist: Specialist, service: ServiceStandard, now: datetime
) -> None:
    """A specialist sees whom she was once booked with: hence a booking that was cancelled long ago."""
    if await tx.scalar(select(Client.id).where(Client.district_id == district.id)):
        return
    client = Client(
        name=NAME,
        name_folded=folded(NAME),
        birth_year=2000,
        district_id=district.id,
        created_at=now,
        created_by=account.id,
    )
    tx.add(client)
    await tx.flush()
    facts = {"status": "cancelled", "cancel_reason": "mistake"}
    tx.add(Booking.of(specialist, client, service, LONG_AGO, created_at=now, created_by=account.id, **facts))
    await tx.flush()
