"""A certificate's day over HTTP: money planned, a certificate issued, its provider chosen."""

from typing import Any

from tests.server.house import Browser, body

API = "/api/v1"
YEAR = 2026
SERVICE, COST = "1739", 47429
# In the demo: КЦСОН of Suzun and of Kuybyshev, the gerontology centre, the family centre (all state), an NGO.
SUZUN, NGO = 1, 5


async def planned(officer: Browser, kopecks: int, provider: int | None = None) -> dict[str, Any]:
    """A budget of the officer's district, or of a provider there, with so much in it."""
    asked = {"year": YEAR, "provider": provider}
    made = await body(await officer.post(f"{API}/budgets", json=asked), 201)
    return await body(
        await officer.put(
            f"{API}/budgets/{made['id']}",
            json={"planned_kopecks": kopecks, "because": "План на год"},
            headers=version(made),
        ),
        200,
    )


def version(of: dict[str, Any]) -> dict[str, str]:
    return {"If-Match": f'"{of["version"]}"'}


async def formed(officer: Browser, client: int = 1, quantity: int = 4, **more: Any) -> dict[str, Any]:
    asked = {
        "client": client,
        "valid_until": "2026-12-31",
        "lines": [{"code": SERVICE, "quantity": quantity, "periodicity": []}],
    }
    return await body(await officer.post(f"{API}/certificates", json=asked | more), 201)


async def issued(officer: Browser, client: int = 1, quantity: int = 4, **more: Any) -> dict[str, Any]:
    """Issued: `certificate` and `code`. There is money for it."""
    await planned(officer, 100_000_000)
    draft = await formed(officer, client, quantity, **more)
    answer = await officer.post(f"{API}/certificates/{draft['id']}/issue", headers=version(draft))
    return await body(answer, 200)


async def listing(staff: Browser, certificate: int) -> dict[str, Any]:
    return await body(await staff.get(f"{API}/certificates/{certificate}/providers"), 200)


async def chosen(staff: Browser, certificate: dict[str, Any], provider: int, **more: Any) -> dict[str, Any]:
    shown = (await listing(staff, certificate["id"]))["listing"]["id"]
    said = {"listing": shown, "provider": provider, "confirmed_by": "aloud"} | more
    path = f"{API}/certificates/{certificate['id']}/choice"
    return await body(await staff.post(path, json=said, headers=version(certificate)), 200)
