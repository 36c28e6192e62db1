"""Certificates over HTTP: officers issue, print, replace, revoke; the desk reads; others see nothing."""

from io import BytesIO
from typing import Any

from pypdf import PdfReader
from sqlalchemy import select

from scheduling.audit import AuditLine
from tests.server.house import Browser, House, body
from tests.server.paid import API, COST, NGO, chosen, formed, issued, planned, version


async def test_a_certificate_from_the_draft_to_the_paper(ryadom: House) -> None:
    officer = await ryadom.staff("officer")
    await planned(officer, 1_000_000)
    draft = await formed(officer, quantity=4)
    assert (draft["status"], draft["number"], draft["lines"][0]["available"]) == ("forming", "54-01-2026-000001", 0)
    path = f"{API}/certificates/{draft['id']}"
    given = await body(await officer.post(f"{path}/issue", headers=version(draft)), 200)
    made = given["certificate"]
    assert (made["status"], made["lines"][0]["available"], made["nominal_kopecks"]) == ("issued", 4, 4 * COST)
    assert len(given["code"]) == 6
    paper = await officer.post(f"{path}/paper.pdf", json={"code": given["code"]})
    assert (paper.status, paper.content_type) == (200, "application/pdf")
    text = _text(await paper.read())
    assert made["number"] in text
    assert given["code"] in text.replace(" ", "").replace("\u00a0", "")
    again = _text(await (await officer.get(f"{path}/paper.pdf")).read())
    assert given["code"] not in again.replace(" ", "").replace("\u00a0", "")


def _text(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


async def test_what_is_missing_is_named_and_the_draft_stays(ryadom: House) -> None:
    officer = await ryadom.staff("officer")
    await planned(officer, COST)
    draft = await formed(officer, quantity=2)
    path = f"{API}/certificates/{draft['id']}"
    short = await body(await officer.post(f"{path}/issue", headers=version(draft)), 409)
    assert (short["code"], short["of"], short["name"], short["missing_kopecks"]) == (
        "budget_short",
        "district",
        "Сузунский район",
        COST,
    )
    assert (await body(await officer.get(path), 200))["status"] == "forming"
    assert (await officer.get(f"{path}/paper.pdf")).status == 404, "a draft has no paper"


async def test_who_lost_the_paper_gets_another_with_what_is_left(ryadom: House) -> None:
    officer = await ryadom.staff("officer")
    old = (await issued(officer))["certificate"]
    path = f"{API}/certificates/{old['id']}"
    lost = await officer.post(f"{path}/replace", json={"because": "lost"}, headers=version(old))
    new = (await body(lost, 200))["certificate"]
    assert (new["number"], new["replaces"]) == ("54-01-2026-000002", old["number"])
    gone = await body(await officer.get(path), 200)
    assert (gone["status"], gone["replaced_by"], gone["lines"][0]["expired"]) == ("replaced", new["number"], 4)
    assert new["lines"][0]["available"] == 4


async def test_a_revoked_one_says_why(ryadom: House) -> None:
    officer = await ryadom.staff("officer")
    made = (await issued(officer))["certificate"]
    path = f"{API}/certificates/{made['id']}"
    because = {"because": "Переехала в другой регион"}
    done = await body(await officer.post(f"{path}/revoke", json=because, headers=version(made)), 200)
    assert (done["status"], done["because"]) == ("revoked", because["because"])
    again = await body(await officer.post(f"{path}/revoke", json=because, headers=version(done)), 409)
    assert (again["code"], again["certificate_status"]) == ("certificate_not_open", "revoked")


async def test_who_has_an_old_page_open_changes_nothing(ryadom: House) -> None:
    officer, colleague = await ryadom.staff("officer"), await ryadom.staff("officer")
    made = (await issued(officer))["certificate"]
    path = f"{API}/certificates/{made['id']}"
    await body(await officer.post(f"{path}/code", headers=version(made)), 200)
    late = await colleague.post(f"{path}/revoke", json={"because": "Ошибка"}, headers=version(made))
    assert (await body(late, 412))["code"] == "version_moved"


async def test_the_desk_reads_and_cannot_issue_and_other_districts_see_nothing(ryadom: House) -> None:
    officer = await ryadom.staff("officer")
    made = (await issued(officer))["certificate"]
    path = f"{API}/certificates/{made['id']}"
    suzun, kuybyshev = await ryadom.staff("suzun"), await ryadom.staff("kuybyshev")
    assert (await body(await suzun.get(path), 200))["number"] == made["number"]
    assert (await suzun.post(f"{path}/revoke", json={"because": "Ошибка"}, headers=version(made))).status == 403
    assert (await kuybyshev.get(path)).status == 404
    assert (await kuybyshev.get(f"{path}/providers")).status == 404
    assert (await kuybyshev.get(f"{path}/paper.pdf")).status == 404
    assert (await body(await kuybyshev.get(f"{API}/certificates"), 200))["items"] == []
    analyst = await ryadom.staff("analyst")
    assert (await analyst.get(path)).status == 403


async def test_a_psychologist_sees_the_certificates_that_chose_her_institution(ryadom: House) -> None:
    officer = await ryadom.staff("officer")
    made = (await issued(officer, client=1))["certificate"]
    await planned(officer, 10_000_000, provider=NGO)
    voronova, orlova = await ryadom.staff("voronova"), await ryadom.staff("orlova")
    path = f"{API}/certificates/{made['id']}"
    assert [(await each.get(path)).status for each in (orlova, voronova)] == [404, 404]
    await planned(officer, 10_000_000, provider=1)
    await chosen(officer, made, 1)
    assert [(await each.get(path)).status for each in (orlova, voronova)] == [200, 404]


async def test_looking_for_certificates(ryadom: House) -> None:
    officer = await ryadom.staff("officer")
    first = (await issued(officer, client=1))["certificate"]
    second = await formed(officer, client=2)

    async def found(by: Browser = officer, **query: str) -> list[str]:
        answer = await body(await by.get(f"{API}/certificates", params=query), 200)
        return [each["number"] for each in answer["items"]]

    assert await found() == [second["number"], first["number"]]
    assert await found(text="воробьева") == [first["number"]]
    assert await found(text="000002") == [second["number"]]
    assert await found(status="forming,expired") == [second["number"]]
    assert await found(attention="unused") == []
    assert await found(before=str(second["id"])) == [first["number"]]
    ryadom.later(days=20)
    later = await ryadom.staff("officer")
    assert await found(later, attention="soon") == [first["number"]]
    counts = (await body(await later.get(f"{API}/certificates"), 200))["counts"]
    assert counts == {"by_status": {"issued": 1, "forming": 1}, "soon": 1, "unused": 0}


async def test_what_can_pay_at_the_booking_desk(ryadom: House) -> None:
    officer, suzun = await ryadom.staff("officer"), await ryadom.staff("suzun")
    made = (await issued(officer, client=1))["certificate"]
    await formed(officer, client=2)

    async def paying(client: int, **query: str) -> list[int]:
        path = f"{API}/clients/{client}/certificates"
        answer = await body(await suzun.get(path, params={"service": "1739"} | query), 200)
        return [each["id"] for each in answer["items"]]

    assert await paying(1) == [made["id"]]
    assert await paying(1, service="1740") == []
    assert await paying(1, on="2027-01-01") == []
    assert await paying(2) == [], "a draft pays nothing"
    assert (await suzun.get(f"{API}/clients/5/certificates", params={"service": "1739"})).status == 404


async def test_every_look_and_step_stands_in_the_audit(ryadom: House) -> None:
    officer = await ryadom.staff("officer")
    made = (await issued(officer))["certificate"]
    await body(await officer.get(f"{API}/certificates/{made['id']}"), 200)
    async with ryadom.centre.database.read() as tx:
        lines = select(AuditLine.act).where(AuditLine.subject == "certificate", AuditLine.subject_id == made["id"])
        acts = list(await tx.scalars(lines.order_by(AuditLine.id)))
    assert acts == ["certificate_formed", "certificate_issued", "looked_at"]


async def test_the_code_is_kept_nowhere_but_in_the_sealed_answer(ryadom: House) -> None:
    """The same request sent again by accident answers the same digits, and issues nothing twice."""
    officer = await ryadom.staff("officer")
    await planned(officer, 10_000_000)
    draft = await formed(officer)
    path, headers = f"{API}/certificates/{draft['id']}/issue", version(draft) | {"Idempotency-Key": "once"}
    answers: list[Any] = [await body(await officer.post(path, headers=headers), 200) for _ in range(2)]
    assert answers[0]["code"] == answers[1]["code"]
    assert answers[1]["certificate"]["lines"][0]["available"] == 4
