"""Every route × every role × own and foreign things: what the permission table says is what the server does."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scheduling.access import PERMISSIONS, ROLES, Role
from server import app
from server.endpoint import Endpoint
from tests.server.house import Browser, House

PEOPLE: dict[Role, str] = {
    "coordinator": "suzun",
    "specialist": "orlova",
    "officer": "officer",
    "analyst": "analyst",
    "administrator": "admin",
}
TOMORROW = datetime.now(UTC) + timedelta(days=1)
COURSE = {
    "client": 1,
    "specialist": 1,
    "service": "1739",
    "rrule": "FREQ=DAILY",
    "first_day": f"{TOMORROW:%Y-%m-%d}",
    "start": "10:00",
    "times": 2,
}
RULE = {"days": [0], "first_day": f"{TOMORROW:%Y-%m-%d}", "start": "09:00", "end": "12:00"}
PROGRAMME = {
    "number": "ИППСУ-1",
    "issued_on": "2026-01-01",
    "valid_until": "2028-12-31",
    "lines": [{"code": "1739", "volume": 12}],
}
# A sound body for each write, so that nothing but the policy can be in the way.
BODIES: dict[str, dict[str, Any]] = {
    "POST /session": {"login": "nobody", "password": "wrong"},
    "PUT /account/totp": {"totp": "000000"},
    "DELETE /account/totp": {"totp": "000000"},
    "POST /clients": {
        "name": "Новая Клиентка",
        "birth_year": 1950,
        "consents": [{"purpose": "processing", "how": "paper"}],
    },
    "PATCH /clients/{client}": {"remark": "звонить после обеда"},
    "POST /clients/{client}/consents": {"purpose": "reminders", "how": "aloud"},
    "POST /clients/{client}/consents/{consent_id}/withdrawal": {"how": "aloud", "shown": "0" * 24},
    "POST /bookings": {"client": 1, "specialist": 1, "service": "1739", "starts": TOMORROW.isoformat()},
    "POST /holds": {"specialist": 1, "service": "1739", "starts": TOMORROW.isoformat()},
    "POST /series/preview": COURSE,
    "POST /series": COURSE
    | {
        "sessions": [
            {"day": f"{TOMORROW + timedelta(days=n):%Y-%m-%d}", "starts": TOMORROW.isoformat()} for n in (0, 1)
        ]
    },
    "POST /series/{number}/move/preview": {"since": 1, "scope": "all", "days": 1, "start": "10:00"},
    "POST /series/{number}/move": {"since": 1, "scope": "all", "days": 1, "start": "10:00"},
    "POST /series/{number}/cancel": {"since": 1, "scope": "all", "reason": "office"},
    "POST /specialists/{specialist}/rules": RULE,
    "PUT /specialists/{specialist}/rules/{rule}": RULE,
    "PUT /specialists/{specialist}/rules/{rule}/day": {"day": f"{TOMORROW:%Y-%m-%d}", "windows": []},
    "POST /holidays/year": {"year": 2027},
    "POST /join/move": {"starts": TOMORROW.isoformat()},
    "POST /bookings/{booking}/move": {"starts": TOMORROW.isoformat()},
    "POST /bookings/{booking}/cancel": {"reason": "office"},
    "POST /bookings/{booking}/outcome": {"status": "missed"},
    "POST /bookings/{booking}/seats": {"role": "relative", "name": "Дочь"},
    "POST /bookings/{booking}/phone": {"on": True},
    "PUT /bookings/{booking}/note": {"text": "запись"},
    "PUT /specialists/{specialist}/hours": {"hours": []},
    "PUT /specialists/{specialist}/limits": {
        "notice_min": 60,
        "horizon_days": 30,
        "max_per_day": None,
        "step_min": 15,
    },
    "POST /specialists/{specialist}/exceptions": {"day": f"{TOMORROW:%Y-%m-%d}", "windows": []},
    "POST /specialists/{specialist}/absences": {
        "starts": TOMORROW.isoformat(),
        "ends": (TOMORROW + timedelta(hours=1)).isoformat(),
        "kind": "other",
    },
    "POST /standards": {
        "code": "1739",
        "name": "Консультирование",
        "duration_min": 45,
        "price_kopecks": 50_000,
        "valid_from": f"{TOMORROW:%Y-%m-%d}",
    },
    "POST /clients/{client}/programmes": PROGRAMME,
    "PUT /programmes/{programme}": PROGRAMME,
    "POST /programmes/{programme}/end": {"on": f"{TOMORROW:%Y-%m-%d}"},
    "POST /lists/{number}/choice": {"choice": "new"},
    "POST /lists/{number}/rows/{line}/choice": {"same_as": None},
    "POST /applications": {"source": "desk", "client": 1, "name": "Анна Петровна Воробьёва", "birth_year": 1947},
    "PATCH /applications/{application}": {"urgency": "soon"},
    "POST /applications/{application}/client": {"client": 1},
    "POST /applications/{application}/card": {"consents": [{"purpose": "processing", "how": "paper"}]},
    "POST /applications/{application}/specialist": {"specialist": 1},
    "POST /applications/{application}/proposal": {"specialist": 2},
    "POST /applications/{application}/answer": {"agreed": True, "how": "phone"},
    "POST /applications/{application}/close": {"reason": "helped"},
    "POST /applications/{application}/reopen": {},
    "PUT /districts/{district}/fallback": {"institution": 1},
    "POST /apply": {"district": 1, "name": "Новый Человек", "phone": "+7 913 555-09-09", "consent": "0" * 64},
    "POST /clients/{client}/relations": {"kind": "relative", "tie": "daughter", "name": "Ольга"},
    "PUT /clients/{client}/relations/{relation}": {"kind": "relative", "tie": "daughter", "name": "Ольга"},
    "POST /clients/{client}/merge": {"gone": 2, "gone_version": 1},
    "POST /qr": {"link": "http://127.0.0.1/visit#secret"},
    "POST /resources": {"kind": "room", "name": "Кабинет в сельсовете", "district_id": 1},
    "PUT /resources/{resource}": {"name": "Кабинет в сельсовете"},
    "POST /holidays": {"day": f"{TOMORROW:%Y-%m-%d}", "name": "День района", "district_id": None},
    "POST /certificate/check": {"token": "eyJhbGciOiJub25lIn0.e30."},
    "POST /certificates": {
        "client": 1,
        "valid_until": f"{TOMORROW + timedelta(days=30):%Y-%m-%d}",
        "lines": [{"code": "1739", "quantity": 1}],
    },
    "POST /certificates/{certificate}/revoke": {"because": "Переехала"},
    "POST /certificates/{certificate}/replace": {"because": "lost"},
    "POST /certificates/{certificate}/paper.pdf": {"code": "000000"},
    "POST /certificates/{certificate}/choice": {"listing": 1, "provider": 1, "confirmed_by": "aloud"},
    "POST /own-certificate": {"number": "54-01-2026-000001", "code": "000000"},
    "POST /own-certificate/choice": {"listing": 1, "provider": 1},
    "POST /budgets": {"year": 2026},
    "PUT /budgets/{budget}": {"planned_kopecks": 100_000},
    "POST /budgets/{budget}/free": {},
    "POST /join": {"code": "000000"},
    "POST /join/takeover": {"code": "000000"},
    "POST /join/line-check": {"sdp": "v=0"},
    "POST /line-check": {"sdp": "v=0"},
    "PUT /join/line-check": {"microphone": "ok", "camera": "ok", "loss": 0, "rtt_ms": 20, "kbps": 900},
    "POST /join/feedback": {"score": 3},
    "PUT /bookings/{booking}/feedback": {"score": 3, "openness": 5},
    "POST /join/rendered": {"agrees": True},
    "POST /rendered/{booking}/confirm": {"how": "coordinator"},
    "POST /rendered/{booking}/dispute": {"text": "Занятия не было", "minutes": 0},
    "POST /rendered/{booking}/settle": {"favour": "provider", "because": "По журналу комнаты"},
    "POST /acts": {"provider": 1, "month": f"{TOMORROW:%Y-%m}-01"},
    "POST /acts/{act}/sign": {"signed_for": "А. П. Воронцова"},
}
QUERIES = {
    "GET /duplicates": {"name": "Анна Воробьёва"},
    "GET /slots": {"service": "1739"},
    "GET /clients/{client}/consent-form": {"purpose": "special"},
    "GET /acts": {"year": "2026"},
    **{
        f"GET /registers/{name}.{kind}": {"from": "2026-01-01", "until": "2026-12-31"}
        for name in ("recipients", "services", "providers")
        for kind in ("csv", "xlsx")
    },
    "GET /budgets": {"year": "2026"},
    "GET /clients/{client}/certificates": {"service": "1739"},
    "GET /lists/template": {"kind": "applications"},
    "GET /clients/{client}/allowance": {"service": "1739"},
}
NOT_THERE = 2_000_000
NO = {401, 403, 404}


@dataclass
class Things:
    """Numbers to put into addresses, for one role."""

    own: dict[str, int]
    foreign: dict[str, int]


# Suzun's coordinator and Orlova share booking 1 (client 1 with specialist 1); client 5 and booking 5 (client 5 with
# specialist 2) belong to the other district.
THINGS: dict[Role, Things] = {
    role: Things(
        own={"client": 1, "booking": 1, "specialist": 1},
        foreign={"client": 5, "booking": 5, "specialist": 2},
    )
    for role in ROLES
}
WHOSE = ("client", "booking", "specialist")
# Reading another specialist's hours shows no more than searching free time does: names are left out there.
READ_BY_ALL = {"GET /specialists/{specialist}/calendar"}


async def ask(client: Browser, item: Endpoint, numbers: dict[str, int]) -> int:
    """The status of one call with a sound body and, where wanted, a version."""
    name = f"{item.method} {item.path}"
    path = item.path
    for part, kind in item.path_types.items():
        value = str(numbers.get(part, NOT_THERE)) if kind is int else "A" * 24
        path = path.replace("{" + part + "}", value)
    answer = await client.request(
        item.method,
        app.PREFIX + path,
        json=BODIES[name] if item.body is not None else None,
        params=QUERIES.get(name),
        headers={"If-Match": '"0"'} if item.if_match else {},
    )
    return answer.status


def staff_routes() -> list[Endpoint]:
    return [item for item in app.ENDPOINTS if item.allow not in {"public", "seat"}]


def test_every_write_of_the_matrix_has_a_sound_body() -> None:
    wanted = {f"{item.method} {item.path}" for item in app.ENDPOINTS if item.body is not None}
    assert wanted == set(BODIES)


async def test_no_address_exists_without_a_declared_policy(ryadom: House) -> None:
    declared = {(item.method, app.PREFIX + item.path) for item in app.ENDPOINTS}
    served = {
        (route.method, route.resource.canonical)
        for route in ryadom.router.routes()
        if route.resource is not None and route.resource.canonical.startswith(app.PREFIX)
    }
    described = {(method, app.PREFIX + path) for method in ("GET", "HEAD") for path in ("/", "/openapi.json")}
    assert {(method, path) for method, path in served if method != "HEAD"} - described == declared


async def test_nobody_signed_in_gets_nowhere(ryadom: House) -> None:
    stranger = ryadom.browser()
    statuses = {
        f"{item.method} {item.path}": await ask(stranger, item, THINGS["coordinator"].own)
        for item in app.ENDPOINTS
        if item.allow != "public"
    }
    assert {name: status for name, status in statuses.items() if status != 401} == {}


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_may_what_the_table_says_and_nothing_else(ryadom: House, role: Role) -> None:
    leaks: dict[str, int] = {}
    client = await ryadom.staff(PEOPLE[role])
    for item in staff_routes():
        status = await ask(client, item, THINGS[role].own)
        if item.path == "/session" and item.method == "DELETE":
            client = await ryadom.staff(PEOPLE[role])
        allowed = item.allow in PERMISSIONS[role]
        if (status == 403) is allowed:
            leaks[f"{item.method} {item.path}"] = status
    assert leaks == {}


@pytest.mark.parametrize("role", ["coordinator", "specialist"])
async def test_foreign_things_are_not_there(ryadom: House, role: Role) -> None:
    client = await ryadom.staff(PEOPLE[role])
    found: dict[str, int] = {}
    for item in staff_routes():
        name = f"{item.method} {item.path}"
        concerned = any(part in WHOSE for part in item.path_types)
        if not concerned or item.allow not in PERMISSIONS[role] or name in READ_BY_ALL:
            continue
        status = await ask(client, item, THINGS[role].foreign)
        if status != 404:
            found[name] = status
    assert found == {}


@pytest.mark.parametrize("role", ["coordinator", "specialist"])
async def test_own_things_are_there(ryadom: House, role: Role) -> None:
    """The counterpart: were everything 404, the test above would show nothing."""
    client = await ryadom.staff(PEOPLE[role])
    missing: dict[str, int] = {}
    for item in staff_routes():
        only_own = set(item.path_types) <= set(WHOSE) and item.path_types
        if not only_own or item.allow not in PERMISSIONS[role]:
            continue
        status = await ask(client, item, THINGS[role].own)
        if status in NO:
            missing[f"{item.method} {item.path}"] = status
    assert missing == {}


async def test_a_seat_opens_nothing_of_the_staffs(ryadom: House) -> None:
    """The cookie of a client's device is no sign-in, and the other way round."""
    coordinator = await ryadom.staff("suzun")
    statuses = {
        f"{item.method} {item.path}": await ask(coordinator, item, {}) for item in app.ENDPOINTS if item.allow == "seat"
    }
    assert set(statuses.values()) == {401}
