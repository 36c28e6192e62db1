"""Understanding rows: from the cells of each to facts that can be applied, or all that is wrong with it; pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from server.lists import cells, vocabulary
from server.lists.cells import Wrong, folded
from server.lists.headings import ListKind
from server.lists.rows import Row

LONGEST_REMARK = 2_000


@dataclass(frozen=True)
class Catalogue:
    """What the cells may name: the day, the own district, and every district, service, provider and topic by words."""

    today: date
    district: int
    districts: Mapping[str, int]
    services: Mapping[str, str]
    providers: Mapping[str, int]
    topics: Mapping[str, str]
    source: str = "region"

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Catalogue":
        """From JSON, as the reading process is given it."""
        return cls(**{**plain, "today": date.fromisoformat(plain["today"])})


@dataclass
class Understood:
    """One row: `facts` when `problems` is empty; problems are {field, code, data}."""

    line: int
    cells: dict[str, str]
    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)

    def wrong(self, column: str, code: str, **data: Any) -> None:
        """Of one cell one thing is said."""
        if not any(each["field"] == column for each in self.problems):
            self.problems.append({"field": column, "code": code, "data": data})


def understood(rows: Iterator[Row], kind: ListKind, catalogue: Catalogue) -> Iterator[Understood]:
    """Every row with its facts or problems; one that says again what another line said is `doubled`."""
    seen = _Seen()
    read = {"applications": _application, "certificates": _certificate}[kind]
    for row in rows:
        found = Understood(row.line, dict(row.cells))
        form = _Form(row, catalogue, found)
        form.flaws()
        read(form)
        if not found.problems:
            seen.look(kind, found)
        if found.problems:
            found.facts = {}
        yield found


class _Form:
    """The cells of one row, asked for one by one; each refusal is noted, and the next is asked all the same."""

    def __init__(self, row: Row, catalogue: Catalogue, found: Understood) -> None:
        self.row, self.catalogue, self.found = row, catalogue, found
        self.spare: list[str] = []

    def flaws(self) -> None:
        for column, code in self.row.flaws.items():
            self.wrong(column, code)

    def wrong(self, column: str, code: str, **data: Any) -> None:
        self.found.wrong(column, code, **data)

    def text(self, column: str) -> str:
        return "" if column in self.row.flaws else self.row.cells.get(column, "")

    def take(self, column: str, read: Callable[[str], Any], *, into: str = "", empty: Any = None) -> None:
        """The cell, read; an empty one gives `empty`, or is `missing` where that is `...`."""
        text = self.text(column)
        if not text:
            if empty is ...:
                self.wrong(column, "missing")
            elif empty is not None:
                self.found.facts[into or column] = empty
            return
        try:
            value = read(text)
        except Wrong as wrong:
            self.wrong(column, wrong.code, **wrong.data)
            return
        self.found.facts[into or column] = value.isoformat() if isinstance(value, date) else value

    def person(self) -> None:
        today = self.catalogue.today
        self._name()
        self.take("birth_date", lambda text: cells.birth_date(text, today), empty=...)
        self.take("phone", self._phone, empty="")
        self.take("email", cells.email, empty="")
        self.take("district", self._district, empty=self.catalogue.district)
        self.take("settlement", cells.line, empty="")
        self.take("snils", cells.snils, empty="")
        self.take("language", self._language, empty="ru")

    def _name(self) -> None:
        parts = [self.text(column) for column in ("surname", "given", "patronymic")]
        if parts[0] or parts[1]:
            if not parts[0] or not parts[1]:
                self.wrong("surname" if not parts[0] else "given", "missing")
                return
            joined = " ".join(part for part in parts if part)
        else:
            joined = self.text("name")
        if not joined:
            self.wrong("name", "missing")
            return
        try:
            self.found.facts["name"] = cells.name(joined)
        except Wrong as wrong:
            self.wrong("name", wrong.code, **wrong.data)

    def _phone(self, text: str) -> str:
        first, *others = cells.phones(text)
        if others:
            self.spare.append(", ".join(others))
        return first

    def _district(self, text: str) -> int:
        found = self.catalogue.districts.get(vocabulary.district_word(text))
        if found is None:
            raise Wrong("district_unknown")
        if found != self.catalogue.district:
            raise Wrong("district_foreign")
        return found

    def _language(self, text: str) -> str:
        try:
            return vocabulary.language(text)
        except Wrong:  # whoever speaks another is not refused for it: his interpreter is found by what stands here
            self.spare.append(cells.line(text))
            return "ru"

    def topic(self, text: str) -> str | None:
        """A topic that the centre has no word for stays in the remark, so that nothing is lost."""
        known = self.catalogue.topics.get(folded(text))
        if known is None:
            self.spare.append(cells.line(text, 400))
        return known

    def service(self, text: str) -> str:
        found = self.catalogue.services.get(folded(text))
        if found is None:
            raise Wrong("service_unknown")
        return found

    def consent(self, text: str) -> date:
        if folded(text) in vocabulary.NO_CONSENT:
            raise Wrong("consent_needed")
        if folded(text) in vocabulary.SAID_ONLY:
            raise Wrong("consent_day_needed")
        return cells.past_day(text, self.catalogue.today)

    def remark(self) -> None:
        try:
            said = [cells.line(self.text("remark"), LONGEST_REMARK), *self.spare]
            self.found.facts["remark"] = cells.line(" · ".join(part for part in said if part), LONGEST_REMARK)
        except Wrong as wrong:
            self.wrong("remark", wrong.code, **wrong.data)


def _application(form: _Form) -> None:
    form.person()
    today = form.catalogue.today
    form.take("topic", form.topic)
    form.take("service", form.service)
    form.take("urgency", vocabulary.urgency, empty="usual")
    form.take("mode", vocabulary.mode)
    form.take("wish", lambda text: cells.line(text, 400))
    form.take("received", lambda text: cells.past_day(text, today))
    if not form.text("consent"):
        form.wrong("consent", "consent_needed")
    form.take("consent", form.consent)
    form.remark()


def _certificate(form: _Form) -> None:
    form.person()
    today = form.catalogue.today
    form.take("number", cells.certificate_number, empty=...)
    form.take("service", form.service, empty=...)
    form.take("unit", vocabulary.unit, empty="session")
    if form.found.facts.get("unit") == "kopeck":
        form.take("quantity", cells.kopecks, empty=...)
    else:
        form.take("quantity", lambda text: cells.whole(text, 1, cells.MOST_UNITS), empty=...)
    form.take("until", lambda text: cells.last_day(text, today), empty=...)
    form.take("providers", lambda text: _providers(form, text), empty=[])
    form.take("year", lambda text: cells.whole(text, today.year - 1, today.year + 1), empty=today.year)
    form.take("source", lambda text: cells.line(text, 24), empty=form.catalogue.source)
    form.take("consent", form.consent)
    form.remark()


def _providers(form: _Form, text: str) -> list[int]:
    """One provider, or several between semicolons: names may have commas of their own."""
    found = []
    for part in text.replace("\n", ";").split(";"):
        if not part.strip():
            continue
        known = form.catalogue.providers.get(folded(part))
        if known is None:
            raise Wrong("provider_unknown", name=cells.line(part, 200))
        found.append(known)
    return sorted(set(found))


@dataclass
class _Seen:
    """What earlier lines of the file said: the line of each person's request or service, the number of insurance of
    each, whose each number is, how it is spelt, and what else one certificate can say only once.

    A number instead of the words: a hundred thousand rows stay within some megabytes.
    """

    lines: dict[int, int] = field(default_factory=dict)
    insured: dict[int, str] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    terms: dict[str, int] = field(default_factory=dict)
    spelt: dict[str, str] = field(default_factory=dict)

    def look(self, kind: ListKind, row: Understood) -> None:
        facts = row.facts
        who = (" ".join(sorted(folded(facts["name"]).split())), facts["birth_date"])
        if self._is_another(who, facts["snils"]):
            row.wrong("snils", "snils_other")
        elif kind == "applications":
            self._once(row, "", "doubled", (*who, facts.get("service"), facts.get("topic")))
        else:
            self._certificate(row, who)

    def _is_another(self, who: tuple[str, str], snils: str) -> bool:
        """Of two numbers of insurance under one name and birth somebody has to say whose they are: of a third row
        without any nobody could tell whom of the two it means."""
        return bool(snils) and self.insured.setdefault(hash(who), snils) != snils

    def _certificate(self, row: Understood, who: tuple[str, str]) -> None:
        facts = row.facts
        number, terms = facts["number"].casefold(), hash((facts["until"], facts["source"], facts["year"]))
        facts["number"] = self.spelt.setdefault(number, facts["number"])
        if self.people.setdefault(number, hash(who)) != hash(who):
            row.wrong("number", "number_of_another")
        elif self.terms.setdefault(number, terms) != terms:
            row.wrong("number", "number_otherwise")
        elif self._once(row, "", "doubled", ("number", number, facts["service"])):
            self._once(row, "service", "service_again", (*who, facts["service"]))

    def _once(self, row: Understood, column: str, code: str, what: tuple[Any, ...]) -> bool:
        first = self.lines.setdefault(hash(what), row.line)
        if first != row.line:
            row.wrong(column, code, line=first)
        return first == row.line
