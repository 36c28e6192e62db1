"""Demo data of a year of social certificates: 318 issued, 214 people who chose one of seven NGOs, 2.1 million roubles
planned for those; their sessions, and each kopeck of it in the ledger."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from scheduling import measured, people
from scheduling.consents import ConsentText
from scheduling.db import Tx
from scheduling.people import Account, District, Institution
from scheduling.standards import ServiceStandard
from server.demo_pilot_acts import Months, signed
from server.demo_pilot_held import Visit, talk, visits
from server.demo_pilot_money import Books, Paper
from server.demo_pilot_people import DEPARTMENT, DISTRICTS, NGOS, PSYCHOLOGISTS, STATE, TARIFFS, person, psychologist
from server.demo_pilot_rows import Row, Rows

ZONE = ZoneInfo("Asia/Novosibirsk")
SEED = 189
CERTIFICATES, TO_NGOS, UNDECIDED = 318, 214, 36
# Before this day of a year its pilot is that of the year before: there is too little of it to show.
BEGINS = (4, 1)
NUMBERED = (
    *("district", "institution", "account", "specialist", "client", "budget", "certificate", "certificate_line"),
    *("application", "series", "booking", "seat", "ledger_account", "provider_listing", "act", "act_line"),
)
# code and sessions
PAPERS = (
    (("1739", 12), ("1740", 2)),
    (("1741", 10),),
    (("1739", 8), ("1741", 6)),
    (("1739", 16),),
    (("1740", 4),),
)


async def load(tx: Tx, *, now: datetime) -> None:
    """The year's certificates beside the demo data that is there."""
    pilot = await _pilot(tx, now)
    pilot.write_down()
    await pilot.rows.write(tx)
    await signed(tx)
    department = pilot.departments[pilot.districts[0]]
    await tx.execute(update(Account).where(Account.login == "officer").values(institution_id=department))
    await measured.rebuild(tx, pilot.begins - timedelta(days=1), now + timedelta(days=60), now=now)


async def _pilot(tx: Tx, now: datetime) -> "Pilot":
    texts = (
        select(ConsentText.purpose, ConsentText.id).where(ConsentText.language == "ru").order_by(ConsentText.version)
    )
    standards = await tx.scalars(select(ServiceStandard).order_by(ServiceStandard.version.desc()))
    offices = select(Institution).options(joinedload(Institution.district))
    return Pilot(
        now,
        await Rows.after(tx, NUMBERED),
        {each.code: each for each in standards},
        {name: number for name, number in await tx.execute(select(District.name, District.id))},  # noqa: C416
        {each.id: _office(each.name, each.kind, each.phone, each.district.name) for each in await tx.scalars(offices)},
        {purpose: number for purpose, number in await tx.execute(texts)},  # noqa: C416 - rows are no pairs to mypy
        (await tx.scalar(select(Account.id).where(Account.login == "officer"))) or 1,
    )


def _office(name: str, kind: str, phone: str, district: str) -> Row:
    """A provider as a list shows it to a holder."""
    return {"name": name, "kind": kind, "phone": phone, "address": "", "district": district}


class Pilot:
    """The whole of it, written down step by step; the same every time for the same day."""

    def __init__(
        self,
        now: datetime,
        rows: Rows,
        standards: dict[str, ServiceStandard],
        districts: dict[str, int],
        offices: dict[int, Row],
        texts: dict[str, int],
        officer: int,
    ) -> None:
        self.rows, self.standards, self.texts, self.officer, self.now = rows, standards, texts, officer, now
        self.chance = Random(SEED)  # noqa: S311 - what is made up need not be a secret
        today = now.astimezone(ZONE).date()
        self.year = today.year if (today.month, today.day) >= BEGINS else today.year - 1
        self.begins = datetime.combine(date(self.year, 2, 2), time(9), ZONE).astimezone(UTC)
        self.until = min(now, datetime(self.year, 12, 18, tzinfo=UTC))
        self.known, self.offices = districts, offices
        self.houses: dict[str, int] = {office["name"]: number for number, office in offices.items()}
        self.prices = {code: standard.price_kopecks for code, standard in standards.items()}
        self.districts: list[int] = []
        self.names: dict[int, str] = {}
        self.departments: dict[int, int] = {}
        self.workers: dict[int, int] = {}
        self.tariffs: dict[tuple[int, str], int] = {}
        self.taken: defaultdict[int, set[datetime]] = defaultdict(set)
        self.papers: list[Paper] = []
        self.books = Books(rows, self.prices, self.year, officer)

    def write_down(self) -> None:
        self._places()
        self._certificates()
        self.books.plan(self.papers, self.ngos, self.begins - timedelta(days=2))
        for paper in self.papers:
            self._issued(paper)
            if paper.provider is not None:
                self._held(paper)
        acts = Months(self.rows, self.books, self.papers, self.standards, self.now, self.year, self.officer)
        acts.write_down(shown=self.districts[0])
        self.books.write_down()

    def _places(self) -> None:
        for name, kind, _ in DISTRICTS:
            number = self.known.get(name) or self.rows.put("district", name=name, kind=kind, zone=ZONE.key)
            self.districts.append(number)
            self.names[number] = name
        for at, district in enumerate(self.districts):
            self.departments[district] = self._house(DEPARTMENT.format(DISTRICTS[at][2]), "authority", district)
        everywhere = [*((name, "ngo", at) for name, at in NGOS), *((name, "state", at) for name, at in STATE)]
        psychologists = iter(PSYCHOLOGISTS)
        for name, kind, at in everywhere:
            number = self.houses.get(name) or self._house(name, kind, self.districts[at])
            self.houses[name] = number
            begins = self.now.astimezone(ZONE).date() if kind == "ngo" else None
            self.workers[number] = psychologist(self.rows, next(psychologists), number, ZONE.key, begins=begins)
            for code, kopecks in TARIFFS.get(name, {}).items():
                self.tariffs[number, code] = kopecks
                self.rows.put(
                    "tariff", institution_id=number, code=code, kopecks=kopecks, valid_from=self.begins.date()
                )
        self.ngos = [self.houses[name] for name, _ in NGOS]
        self.states = [self.houses[name] for name, _ in STATE]

    def _house(self, name: str, kind: str, district: int) -> int:
        phone = f"+7 383 {300 + len(self.rows.of['institution'])}-{self.chance.randrange(10, 99)}-14"
        facts = {"district_id": district, "phone": phone, "address": "", "intake": False}
        number = self.rows.put("institution", name=name, kind=kind, **facts)
        self.offices[number] = _office(name, kind, phone, self.names[district])
        return number

    def _certificates(self) -> None:
        chosen = [*["ngo"] * TO_NGOS, *["none"] * UNDECIDED, *["state"] * (CERTIFICATES - TO_NGOS - UNDECIDED)]
        homes = [at for at, (_, _, _, share) in enumerate(_shares()) for _ in range(share)]
        self.chance.shuffle(chosen)
        days = (self.until - self.begins).days - 21
        numbers = Counter[int]()
        # Each of the seven is chosen by somebody, whatever chance says.
        first = {kind: iter(houses) for kind, houses in (("ngo", self.ngos), ("state", self.states))}
        for at, choice in zip(homes, chosen, strict=True):
            district = self.districts[at]
            numbers[district] += 1
            issued = self.begins + timedelta(days=self.chance.randrange(days), minutes=self.chance.randrange(400))
            provider = None
            if choice != "none":
                houses = self.ngos if choice == "ngo" else self.states
                provider = next(first[choice], None) or self.chance.choice(houses)
            later = issued + timedelta(days=self.chance.randrange(1, 9)) if provider else None
            self.papers.append(self._paper(at, district, numbers[district], issued, later, provider))

    def _paper(
        self, at: int, district: int, number: int, issued: datetime, chosen: datetime | None, provider: int | None
    ) -> Paper:
        client = self._client(at, district, issued)
        source = "federal" if self.chance.random() < 0.25 else "region"
        paper = self.rows.put(
            "certificate",
            number=f"54-{district:02}-{self.year}-{number:06}",
            status="issued",
            client_id=client,
            district_id=district,
            issuer_id=self.departments[district],
            issued_on=issued.astimezone(ZONE).date(),
            valid_until=date(self.year + 1, 6, 30),
            year=self.year,
            source=source,
            provider_id=provider,
            created_at=issued,
            created_by=self.officer,
        )
        lines = {code: (self._line(paper, code, times), times) for code, times in self.chance.choice(PAPERS)}
        return Paper(paper, client, district, source, issued, chosen, provider, lines)

    def _line(self, paper: int, code: str, times: int) -> int:
        standard = self.standards[code]
        facts = {"unit": "session", "quantity": times, "unit_kopecks": standard.price_kopecks}
        return self.rows.put("certificate_line", certificate_id=paper, code=code, standard_id=standard.id, **facts)

    def _client(self, at: int, district: int, issued: datetime) -> int:
        facts = person(self.chance, at)
        known = issued - timedelta(days=self.chance.randrange(10, 60))
        name = facts["name"]
        client = self.rows.put(
            "client",
            **facts,
            name_folded=people.folded(name),
            district_id=district,
            created_at=known,
            created_by=self.officer,
        )
        for purpose in ("processing", "handover"):
            if purpose in self.texts:
                taken = {"how": "paper", "given_at": known, "taken_by": self.officer}
                self.rows.put("consent", client_id=client, text_id=self.texts[purpose], **taken)
        return client

    def _issued(self, paper: Paper) -> None:
        self.books.issue(paper)
        self._remembered(paper, "issue", paper.issued, {"status": "forming"}, {"status": "issued"})
        if paper.provider is None or paper.chosen is None:
            return
        said = self._choice(paper, paper.chosen, paper.provider)
        self._remembered(paper, "choose", paper.chosen, {"provider": None}, said)

    def _choice(self, paper: Paper, at: datetime, provider: int) -> Row:
        """The list as it was shown, and what he said: also as the history has it."""
        order = [*self.ngos, *self.states]
        self.chance.shuffle(order)
        items = [self._offer(paper, each) for each in order]
        whose = {"certificate_id": paper.id, "account_id": self.officer, "at": at}
        listing = self.rows.put("provider_listing", **whose, seed=self.chance.randrange(2**31), items=items)
        how = self.chance.choice(("code", "paper", "aloud"))
        self.rows.put("provider_choice", **whose, listing_id=listing, provider_id=provider, confirmed_by=how)
        said = {"provider": provider, "confirmed_by": how, "listing": listing, "because": "", "since": None}
        return {"status": "chosen", **said, "kept": [], "cancelled": []}

    def _offer(self, paper: Paper, provider: int) -> Row:
        """What the list said of a provider, as `certificates.offers` writes it; nobody had answered anything yet."""
        services = [
            {
                "code": code,
                "name": self.standards[code].name,
                "unit": "session",
                "given": True,
                "price_kopecks": self._price(provider, code),
                "copay_kopecks": max(0, self._price(provider, code) - self.prices[code]),
                "next_free": None,
            }
            for code in paper.lines
        ]
        return {
            **self.offices[provider],
            "provider": provider,
            "own_district": self.offices[provider]["district"] == self.names[paper.district],
            "modes": ["in_person", "phone", "video", "voice"],
            "services": services,
            "next_free": None,
            "waiting_days": None,
            "rating": None,
            "answers": 0,
        }

    def _remembered(self, paper: Paper, what: str, at: datetime, before: Row, after: Row) -> None:
        facts = {"at": at, "account_id": self.officer, "what": what, "before": before, "after": after}
        self.rows.put("certificate_change", certificate_id=paper.id, **facts)

    def _held(self, paper: Paper) -> None:
        """What came of it: sessions that were held and spent it, that were given back, that are still to come."""
        quiet = DISTRICTS[self.districts.index(paper.district)][0] in {"Сузунский район", "Куйбышевский район"}
        specialist = self.workers[paper.provider or 0]
        planned = visits(self.chance, paper, self.taken[specialist], self.now, self.until, quiet=quiet)
        application = self._application(paper, planned[0].starts) if planned else None
        course = self._course(paper, planned, specialist) if len(planned) > 1 and paper.id % 3 else None
        for visit in planned:
            number = self._booked(paper, visit, specialist, application, course)
            self.books.pay(paper, visit, number, self._price(paper.provider, visit.code))
            if visit.status == "took_place":
                talk(self.rows.put, self.chance, visit, number)
                self._rendered(paper, visit, number)
        status = self._status(paper, planned)
        if planned:
            self._remembered(paper, "begin", planned[0].made, {"status": "chosen"}, {"status": "in_use"})
        if status == "used_up":
            over = planned[-1].starts + timedelta(hours=1)
            self._remembered(paper, "use_up", over, {"status": "in_use"}, {"status": status})
        self.rows.row("certificate", paper.id)["status"] = status

    def _status(self, paper: Paper, planned: Sequence[Visit]) -> str:
        held = sum(visit.status == "took_place" for visit in planned)
        if held == sum(times for _, times in paper.lines.values()):
            return "used_up"
        return "in_use" if planned else "chosen"

    def _application(self, paper: Paper, first: datetime) -> int:
        came = first - timedelta(
            days=self.chance.choice((2, 3, 4, 5, 6, 7, 8, 9, 11, 14)), hours=self.chance.randrange(5)
        )
        name = self.rows.row("client", paper.client)["name"]
        return self.rows.put(
            "application",
            status="closed",
            close_reason="helped",
            district_id=paper.district,
            client_id=paper.client,
            source=self.chance.choice(("desk", "desk", "phone", "site")),
            name=name,
            name_folded=people.folded(name),
            wishes={},
            received_at=came,
            closed_at=first,
        )

    def _course(self, paper: Paper, planned: Sequence[Visit], specialist: int) -> int:
        """The weeks as they were meant; some were moved to the next."""
        first, standard = planned[0], self.standards[planned[0].code]
        local = first.starts.astimezone(ZONE)
        return self.rows.put(
            "series",
            version=1,
            client_id=paper.client,
            specialist_id=specialist,
            standard_id=standard.id,
            rrule=f"FREQ=WEEKLY;COUNT={len(planned)}",
            first_day=local.date(),
            start_min=local.hour * 60 + local.minute,
            times=len(planned),
            zone=ZONE.key,
            created_at=first.made,
            created_by=self.officer,
        )

    def _booked(self, paper: Paper, visit: Visit, specialist: int, application: int | None, course: int | None) -> int:
        standard = self.standards[visit.code]
        local = visit.starts.astimezone(ZONE)
        number = self.rows.put(
            "booking",
            status=visit.status,
            specialist_id=specialist,
            client_id=paper.client,
            standard_id=standard.id,
            starts=visit.starts,
            ends=visit.starts + standard.duration,
            busy_until=visit.starts + standard.duration + timedelta(minutes=standard.buffer_min),
            zone=ZONE.key,
            wall=local.strftime("%Y-%m-%dT%H:%M"),
            application_id=application,
            series_id=course,
            certificate_line_id=paper.lines[visit.code][0],
            price_kopecks=self._price(paper.provider, visit.code),
            cancel_reason="client_asked" if visit.status == "cancelled" else None,
            topic="loneliness",
            created_at=visit.made,
            created_by=self.officer,
        )
        if visit.status == "booked":
            self._taken(number, visit, specialist, paper.client, standard)
        return number

    def _taken(self, booking: int, visit: Visit, specialist: int, client: int, standard: ServiceStandard) -> None:
        begins = int(visit.starts.timestamp()) // 60
        ends = begins + standard.duration_min
        span = {"since": begins, "starts": begins, "ends": ends, "booking_id": booking}
        self.rows.put("occupancy", **span, kind="specialist", who=specialist, until=ends + standard.buffer_min)
        self.rows.put("occupancy", **span, kind="client", who=client, until=ends)
        for role in ("specialist", "client"):
            self.rows.put("seat", booking_id=booking, role=role, replaced=[])

    def _price(self, provider: int | None, code: str) -> int:
        return self.tariffs.get((provider or 0, code), self.prices[code])

    def _rendered(self, paper: Paper, visit: Visit, booking: int) -> None:
        standard, price = self.standards[visit.code], self._price(paper.provider, visit.code)
        known = self.now - visit.starts > timedelta(days=9)
        how = self.chance.choice(("tap", "code", "coordinator"))
        said = {"minutes": visit.length, "of": standard.duration_min, "mode": visit.mode, "standard": standard.version}
        share = min(1000, round(1000 * visit.length / standard.duration_min))
        at = visit.starts + timedelta(hours=1)
        word = {"agrees": True, "took_place": True, "minutes": None, "text": "", "how": how, "at": at.isoformat()}
        self.rows.put(
            "rendered",
            booking_id=booking,
            state="confirmed" if known else "proposed",
            client_id=paper.client,
            provider_id=paper.provider,
            district_id=paper.district,
            line_id=paper.lines[visit.code][0],
            source=paper.source,
            year=self.year,
            day=visit.starts.astimezone(ZONE).date(),
            standard_id=standard.id,
            norm_min=standard.duration_min,
            actual_min=visit.length,
            payment="tariff",
            unit="session",
            quantity=1,
            unit_kopecks=min(price, standard.price_kopecks),
            sum_kopecks=min(price, standard.price_kopecks),
            copay_kopecks=max(0, price - standard.price_kopecks),
            confirmed_how=how if known else None,
            confirmed_at=at if known else None,
            client_said=word if known else None,
            provider_said=said
            | {"share": share, "price_kopecks": price, "by_facts": True, "took_place": True, "at": at.isoformat()},
        )


def _shares() -> list[tuple[str, str, str, int]]:
    parts = (60, 52, 84, 48, 40, 34)
    return [(*district, share) for district, share in zip(DISTRICTS, parts, strict=True)]
