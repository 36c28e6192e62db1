"""The money of the demo's year of certificates: each movement of the ledger as the house itself would have made it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scheduling.ledger import BUDGET_KINDS, LINE_KINDS
from server.demo_pilot_held import Visit
from server.demo_pilot_rows import Rows

PLANNED_FOR_NGOS = 210_000_000  # kopecks
THOUSAND = 100_000  # kopecks in a thousand roubles

Key = tuple[int, int | None, str]
"""District, provider (None: the district's own) and source of a budget."""


@dataclass(frozen=True)
class Paper:
    """One certificate on its way: who holds it, whom he chose, what its lines may still give."""

    id: int
    client: int
    district: int
    source: str
    issued: datetime
    chosen: datetime | None
    provider: int | None
    lines: dict[str, tuple[int, int]]
    """Number and sessions by code."""

    def worth(self, prices: Mapping[str, int]) -> int:
        return sum(quantity * prices[code] for code, (_, quantity) in self.lines.items())


@dataclass
class Books:
    """All movements until they are written, in the order of time; `prices` are what a session costs, by code."""

    rows: Rows
    prices: Mapping[str, int]
    year: int
    officer: int
    moves: list[tuple[datetime, str, int, int, int, int | None]] = field(default_factory=list)
    budgets: dict[Key, dict[str, int]] = field(default_factory=dict)
    lines: dict[int, dict[str, int]] = field(default_factory=dict)

    def plan(self, papers: Sequence[Paper], ngos: Collection[int], begun: datetime) -> None:
        """What each district needs and a tenth more; what NGOs need, stretched to what is planned for them."""
        needs: Counter[Key] = Counter()
        for paper in papers:
            needs[paper.district, None, paper.source] += paper.worth(self.prices)
            if paper.provider is not None:
                needs[paper.district, paper.provider, paper.source] += paper.worth(self.prices)
        of_ngos = {key: need for key, need in needs.items() if key[1] in ngos}
        whole, planned = sum(of_ngos.values()), Counter[Key]()
        for key, need in needs.items():
            planned[key] = -(-need * 11 // (10 * THOUSAND)) * THOUSAND
            if key in of_ngos:
                planned[key] = need * PLANNED_FOR_NGOS // whole // THOUSAND * THOUSAND
        rest = PLANNED_FOR_NGOS - sum(planned[key] for key in of_ngos)
        planned[max(of_ngos, key=lambda key: of_ngos[key])] += rest
        for key, kopecks in planned.items():
            district, provider, source = key
            number = self.rows.put("budget", district_id=district, provider_id=provider, year=self.year, source=source)
            self.budgets[key] = self._accounts("budget", number, BUDGET_KINDS, "kopeck")
            self._move(begun, "plan", self.budgets[key], "outside", "left", kopecks)

    def _accounts(self, what: str, number: int, kinds: Sequence[str], unit: str) -> dict[str, int]:
        facts = {"line_id": None, "budget_id": None} | {f"{what}_id": number}
        return {kind: self.rows.put("ledger_account", **facts, kind=kind, unit=unit) for kind in kinds}

    def _move(
        self,
        at: datetime,
        act: str,
        of: dict[str, int],
        source: str,
        target: str,
        amount: int,
        booking: int | None = None,
    ) -> None:
        if amount:
            self.moves.append((at, act, of[source], of[target], amount, booking))

    def _funds(self, paper: Paper) -> list[dict[str, int]]:
        funds = [self.budgets[paper.district, None, paper.source]]
        return [*funds, self.budgets[paper.district, paper.provider, paper.source]] if paper.provider else funds

    def issue(self, paper: Paper) -> None:
        """Units granted and money set aside; once a provider is chosen, promised to him as well."""
        worth = paper.worth(self.prices)
        own, *chosen = self._funds(paper)
        self._move(paper.issued, "issue", own, "left", "issued", worth)
        for number, quantity in paper.lines.values():
            self.lines[number] = self._accounts("line", number, LINE_KINDS, "session")
            self._move(paper.issued, "grant", self.lines[number], "outside", "available", quantity)
        for fund in chosen:
            self._move(paper.chosen or paper.issued, "choose", fund, "left", "issued", worth)

    def pay(self, paper: Paper, visit: Visit, booking: int, price: int) -> None:
        """As `scheduling.paying` would have moved it."""
        unit = self.prices[visit.code]
        spent = min(unit, price)
        for of, amount in ((self.lines[paper.lines[visit.code][0]], 1), *((fund, unit) for fund in self._funds(paper))):
            free = "available" if "available" in of else "issued"
            self._move(visit.made, "reserve", of, free, "reserved", amount, booking)
            over = visit.starts + timedelta(hours=1)
            if visit.status == "took_place":
                used = spent if free == "issued" else amount
                self._move(over, "consume", of, "reserved", "consumed", used, booking)
                self._move(over, "release", of, "reserved", "left", amount - used, booking)
            elif visit.status != "booked":
                self._move(over, "release", of, "reserved", free, amount, booking)

    def take_back(self, paper: Paper, code: str, booking: int, spent: int, at: datetime) -> None:
        """A session that was paid turns out not to have been held."""
        unit = self.prices[code]
        self._move(at, "correct", self.lines[paper.lines[code][0]], "consumed", "available", 1, booking)
        for fund in self._funds(paper):
            self._move(at, "correct", fund, "consumed", "issued", spent, booking)
            self._move(at, "correct", fund, "left", "issued", unit - spent, booking)

    def write_down(self) -> None:
        for at, act, source, target, amount, booking in sorted(self.moves, key=lambda move: move[0]):
            facts = {"source_id": source, "target_id": target, "amount": amount, "booking_id": booking}
            self.rows.put("ledger_movement", at=at, act=act, **facts, account_id=self.officer, because="")
