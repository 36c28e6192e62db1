"""Cells of lists: what each may be, what is said of a row that cannot be taken, and that nothing makes it fall."""

import csv
import io
from dataclasses import asdict
from datetime import date
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.lists import ListUpload
from server.centre import STATIC
from server.documents import tables
from server.lists import cells, papers
from server.lists.cells import Wrong
from server.lists.headings import LISTS, ListKind
from server.lists.matching import Known
from server.lists.rows import Row
from server.lists.understanding import Catalogue, Understood, understood
from server.words import Words
from tests.server.house import MONDAY

TODAY = date(2026, 11, 23)
CATALOGUE = Catalogue(
    today=TODAY,
    district=1,
    districts={"сузунский": 1, "куйбышевский": 2},
    services={"1739": "1739", "1740": "1740", "социально-психологическое консультирование": "1739"},
    providers={"ано теплый дом": 5},
    topics={"одиночество": "loneliness"},
)
PERSON = {"name": "Иванова Мария Петровна", "birth_date": "12.03.1947", "consent": "01.11.2026"}
PAPER = {"number": "54-000001", "service": "1739", "quantity": "24", "until": "31.12.2026"}
WORDS = Words(STATIC)


def of(*rows: dict[str, str], kind: ListKind = "applications") -> list[Understood]:
    return list(understood((Row(at, each) for at, each in enumerate(rows, 2)), kind, CATALOGUE))


def wrong(row: Understood) -> dict[str, str]:
    return {each["field"]: each["code"] for each in row.problems}


@pytest.mark.parametrize(
    "said",
    [
        *("12.03.1947", "12.3.1947", "1947-03-12", "12/03/1947", "12-03-1947", "12 марта 1947 г.", "12 мар 1947"),
        *("«12» марта 1947 года", "1947-03-12 00:00:00", "1947.03.12", "12 March 1947", "12 Mar. 1947"),
    ],
)
def test_days_as_people_write_them(said: str) -> None:
    assert cells.day(said) == date(1947, 3, 12)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        *(("31.02.1950", "date_impossible"), ("00.01.1950", "date_impossible"), ("1950-13-01", "date_impossible")),
        *(("12.03.47", "year_short"), ("17238", "date_unreadable"), ("март 1947", "date_unreadable")),
        *(("12 брюмера 1947", "date_unreadable"), ("12.03.1947 или 13.03.1947", "date_unreadable")),
    ],
)
def test_days_that_cannot_be(said: str, code: str) -> None:
    with pytest.raises(Wrong) as found:
        cells.day(said)
    assert found.value.code == code


@pytest.mark.parametrize(
    ("said", "phone"),
    [
        *(("8 (913) 555-77-01", "+7 913 555-77-01"), ("+79135557701", "+7 913 555-77-01")),
        *(("9135557701", "+7 913 555-77-01"), ("2-11-40", "2-11-40"), ("+375 29 123-45-67", "+375 29 123-45-67")),
    ],
)
def test_phones_become_one_form(said: str, phone: str) -> None:
    assert cells.phones(said) == [phone]


@pytest.mark.parametrize("said", ["12", "нет", "7,91E+10", "891355577011234567", "+7 913 555 77 0O"])
def test_what_is_no_phone_is_not_guessed(said: str) -> None:
    with pytest.raises(Wrong):
        cells.phones(said)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("ИВАНОВА  мария ПЕТРОВНА", "Иванова Мария Петровна"),
        ("салтыков-щедрин михаил", "Салтыков-Щедрин Михаил"),
        ("Ахмедов Али оглы", "Ахмедов Али Оглы"),
        ("Іваненко О. П.", "Іваненко О. П."),
    ],
)
def test_names_get_their_capitals(said: str, name: str) -> None:
    assert cells.name(said) == name


@pytest.mark.parametrize(
    ("said", "code"),
    [
        *(("йЧБОПЧБ нБТЙС", "garbled"), ("€ўанова Њария", "garbled"), ("Иванова", "name_short")),
        *(("Иванова 2 Мария", "name_signs"), ("Иванова\u200b\x07 Мария", "unprintable"), ("И �", "garbled")),
    ],
)
def test_names_that_read_wrongly_are_refused(said: str, code: str) -> None:
    with pytest.raises(Wrong) as found:
        cells.name(said)
    assert found.value.code == code


def test_a_number_of_insurance_is_checked() -> None:
    assert cells.snils("11223344595") == "112-233-445 95"
    with pytest.raises(Wrong):
        cells.snils("11223344594")
    assert cells.snils("000-000-000 00") == "", "what stands in the template, or means that there is none"


@pytest.mark.parametrize("kind", ["applications", "certificates"])
def test_the_templates_example_brings_nobody_a_number_of_insurance(kind: ListKind) -> None:
    table = papers.template(WORDS, kind, "ru", today=TODAY)
    example = dict(zip(papers.COLUMNS[kind], table.rows[0], strict=True))
    assert cells.snils(str(example.get("snils", "00000000000"))) == ""


def test_a_number_of_insurance_alone_is_no_known_person() -> None:
    known = Known([[1, "Ким Ольга Викторовна", 1961, "1961-05-09", "", "112-233-445 95"]])
    rows = of(
        PERSON | {"snils": "11223344595"},
        PERSON | {"snils": "11223344595", "name": "Ким Ольга", "birth_date": "01.01.1950"},
    )
    judged = [known.judged(row) for row in rows]
    assert [each["verdict"] for each in judged] == ["doubtful", "known"]


def test_two_numbers_of_insurance_are_two_people() -> None:
    first, other = PERSON | {"snils": "112-233-445 95"}, PERSON | {"snils": "087-654-303 00"}
    assert [wrong(row) for row in of(first, other)] == [{}, {"snils": "snils_other"}]
    rows = of(first | PAPER, other | PAPER | {"service": "1740"}, kind="certificates")
    assert [wrong(row) for row in rows] == [{}, {"snils": "snils_other"}]


def test_two_numbers_of_one_list_do_not_pay_somebody_the_same_service() -> None:
    paper = PERSON | PAPER
    rows = of(paper, paper | {"number": "54-000002"}, kind="certificates")
    assert rows[1].problems == [{"field": "service", "code": "service_again", "data": {"line": 2}}]


def test_money_is_exact() -> None:
    assert [cells.kopecks(each) for each in ("12 345,50 ₽", "0.01", "7 руб.")] == [12_345_50, 1, 700]
    for odd in ("1e3000", "0,001", "-5", "NaN", "сто"):
        with pytest.raises(Wrong):
            cells.kopecks(odd)


def test_all_that_is_wrong_with_a_row_is_said_at_once() -> None:
    (row,) = of({"name": "Иванова", "birth_date": "12.03.47", "phone": "1", "district": "Марс", "service": "9"})
    assert wrong(row) == {
        "name": "name_short",
        "birth_date": "year_short",
        "phone": "phone",
        "district": "district_unknown",
        "service": "service_unknown",
        "consent": "consent_needed",
    }
    assert row.facts == {}


def test_other_districts_and_consents_without_a_day() -> None:
    rows = of(
        PERSON | {"district": "Куйбышевский район"},
        PERSON | {"district": "Сузунский р-н", "consent": "да"},
        PERSON | {"consent": "нет"},
        PERSON | {"consent": "24.11.2026"},
        PERSON | {"district": "Сузунский муниципальный район"},
    )
    assert [wrong(row) for row in rows] == [
        {"district": "district_foreign"},
        {"consent": "consent_day_needed"},
        {"consent": "consent_needed"},
        {"consent": "date_range"},
        {},
    ]


def test_nothing_is_lost_where_the_centre_has_no_word() -> None:
    (row,) = of(PERSON | {"topic": "Боюсь грозы", "language": "татарский", "phone": "8 913 555 77 01, 2-11-40"})
    assert (row.facts["language"], row.facts["topic"]) == ("ru", None)
    assert all(said in row.facts["remark"] for said in ("Боюсь грозы", "татарский", "2-11-40"))


def test_a_row_said_twice_and_a_number_of_two_people() -> None:
    again = {**PERSON, "name": "Мария Петровна ИВАНОВА"}
    first, second = of(PERSON, again)
    assert (wrong(first), second.problems) == ({}, [{"field": "", "code": "doubled", "data": {"line": 2}}])
    paper = PERSON | PAPER
    rows = of(paper, paper | {"name": "Петров Иван"}, kind="certificates")
    assert wrong(rows[1]) == {"number": "number_of_another"}


@pytest.mark.parametrize("other", [{"until": "30.11.2026"}, {"year": "2027"}, {"source": "federal"}])
def test_one_certificate_has_one_last_day_year_and_source(other: dict[str, str]) -> None:
    paper = PERSON | PAPER
    rows = of(paper, paper | {"service": "1740"} | other, paper | {"service": "1740"}, kind="certificates")
    assert [wrong(row) for row in rows] == [{}, {"number": "number_otherwise"}, {}]


def test_certificates_in_sessions_and_in_roubles() -> None:
    rows = of(
        PERSON | PAPER | {"providers": "АНО «Тёплый дом»", "unit": "занятия"},
        PERSON | PAPER | {"number": "2", "service": "1740", "quantity": "11 382,96", "unit": "руб."},
        PERSON | PAPER | {"number": "3", "quantity": "2,5", "until": "01.01.2026", "providers": "ООО «Никто»"},
        kind="certificates",
    )
    assert (rows[0].facts["providers"], rows[0].facts["unit"], rows[0].facts["quantity"]) == ([5], "session", 24)
    assert (rows[1].facts["unit"], rows[1].facts["quantity"]) == ("kopeck", 11_382_96)
    assert wrong(rows[2]) == {"quantity": "number", "until": "expired", "providers": "provider_unknown"}


def test_people_of_the_district_are_known_perhaps_known_or_new() -> None:
    known = Known(
        [
            [1, "Мария Петровна Иванова", 1947, "1947-03-12", "79135557701", ""],
            [2, "Виктор Семёнович Лапин", 1951, None, "", ""],
        ]
    )
    rows = of(
        PERSON,
        PERSON | {"name": "Лапин Виктор Семенович", "birth_date": "07.08.1951"},
        PERSON | {"name": "Лапина Вера Ильинична", "birth_date": "07.08.1951"},
    )
    judged = [known.judged(row) for row in rows]
    assert [each["verdict"] for each in judged] == ["known", "doubtful", "new"]
    assert (judged[0]["client_id"], judged[1]["candidates"][0]["client"]) == (1, 2)


def test_every_code_that_a_row_or_file_can_have_is_in_words() -> None:
    for language in ("ru", "en"):
        for name in {each for kind in LISTS.values() for each in kind.known.values()}:
            assert papers.column(WORDS, name, language)


COLUMNS = sorted({each for kind in LISTS.values() for each in kind.known.values()})
CELL = st.one_of(
    st.text(max_size=60),
    st.from_regex(r"[=+\-@\t\r][A-Za-z0-9()!|' ]{0,20}", fullmatch=True),
    st.from_regex(r"[0-9 .,:/\-]{0,20}", fullmatch=True),
    st.sampled_from([*PERSON.values(), *PAPER.values(), "да", "руб", "срочно"]),
)
ROW = st.dictionaries(st.sampled_from(COLUMNS), CELL)


@settings(deadline=None, max_examples=300)
@given(st.lists(ROW, max_size=6), st.sampled_from(["applications", "certificates"]))
def test_whatever_stands_in_the_cells_no_row_is_lost_and_no_report_holds_a_formula(
    rows: list[dict[str, str]], kind: ListKind
) -> None:
    found = of(*rows, kind=kind)
    assert [row.line for row in found] == list(range(2, len(rows) + 2))
    assert all(bool(row.problems) != bool(row.facts) for row in found)
    judged = [Known([]).judged(row) for row in found]
    assert all(each["verdict"] == "refused" for each in judged if each["problems"])
    upload = ListUpload(name="=список.csv", facts={"columns": COLUMNS})
    refused: list[Any] = [(row.line, asdict(row)["cells"], row.problems) for row in found if row.problems]
    table = papers.report(WORDS, upload, refused, "ru")
    for line in csv.reader(io.StringIO(tables.csv(table).decode("utf-8-sig")), delimiter=";"):
        assert not any(cell.lstrip(" \u00a0").startswith(("=", "+", "-", "@", "\t", "\r")) for cell in line)
    book = openpyxl.load_workbook(io.BytesIO(tables.xlsx([table], now=MONDAY)))
    assert all(cell.data_type != "f" for row in book.worksheets[0].iter_rows() for cell in row)
