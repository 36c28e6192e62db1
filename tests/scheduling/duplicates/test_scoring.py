"""Whether two cards are one person, pair by pair: what a coordinator with both papers in her hands would say."""

from datetime import date
from random import Random

import pytest

from scheduling.duplicates import LIKELY, SURE, Index, Person, judged
from scheduling.duplicates.finding import Card


def p(name: str, born: str = "", phone: str = "", snils: str = "") -> Person:
    day = date.fromisoformat(born) if len(born) == 10 else None
    return Person(name, day, int(born) if len(born) == 4 else None, phone, snils)


BORN, PHONE = "1950-03-12", "+7 913 555-01-12"
SAME = (
    ("the same in every field", p("Иванов Иван Иванович", BORN, PHONE), p("Иванов Иван Иванович", BORN, PHONE)),
    ("only name and year", p("Иванов Иван Иванович", "1950"), p("Иванов Иван Иванович", "1950")),
    ("the day of birth only here", p("Иванов Иван Иванович", BORN), p("Иванов Иван Иванович", "1950")),
    ("ё and е", p("Воробьёва Алёна Семёновна", "1947"), p("Воробьева Алена Семеновна", "1947")),
    ("capitals", p("ВОРОБЬЁВА АННА ПЕТРОВНА", "1947"), p("воробьева анна петровна", "1947")),
    ("surname last", p("Анна Петровна Воробьёва", "1947"), p("Воробьёва Анна Петровна", "1947")),
    ("name and surname exchanged", p("Лапин Виктор", "1951", PHONE), p("Виктор Лапин", "1951", PHONE)),
    ("parts in a strange order", p("Петровна Анна Воробьёва", "1947"), p("Воробьёва Анна Петровна", "1947")),
    ("Наталья and Наталия", p("Котова Наталья Юрьевна", "1961"), p("Котова Наталия Юрьевна", "1961")),
    ("Софья and София", p("Белова Софья Ильинична", "1938"), p("Белова София Ильинична", "1938")),
    ("Геннадий with one н", p("Зуев Геннадий Павлович", "1958"), p("Зуев Генадий Павлович", "1958")),
    ("Семёнович and Семенович", p("Лапин Виктор Семёнович", "1951"), p("Лапин Виктор Семенович", "1951")),
    ("Витальевна and Виталиевна", p("Ким Ольга Витальевна", "1970"), p("Ким Ольга Виталиевна", "1970")),
    ("a slip in the surname", p("Кравцова Галина Ивановна", BORN), p("Кравчова Галина Ивановна", BORN)),
    ("two letters exchanged", p("Мельников Степан Егорович", BORN), p("Мелньиков Степан Егорович", BORN)),
    ("a slip in the given name", p("Жукова Надежда Фёдоровна", BORN), p("Жукова Надежа Фёдоровна", BORN)),
    ("a slip in the patronymic", p("Жукова Надежда Фёдоровна", BORN), p("Жукова Надежда Фёдоровн", BORN)),
    ("a slip, and only the year", p("Кравцова Галина Ивановна", "1944"), p("Кравцава Галина Ивановна", "1944")),
    ("initials and the day", p("Иванов И. И.", BORN), p("Иванов Иван Иванович", BORN)),
    ("initials without a space", p("И.И. Иванов", BORN), p("Иванов Иван Иванович", BORN)),
    ("initials, year and phone", p("Иванов И.И.", "1950", PHONE), p("Иванов Иван Иванович", "1950", PHONE)),
    ("no patronymic here", p("Иванов Иван", BORN), p("Иванов Иван Иванович", BORN)),
    (
        "another surname since the wedding",
        p("Петрова Ольга Ивановна", BORN, PHONE),
        p("Сидорова Ольга Ивановна", BORN, PHONE),
    ),
    (
        "another surname, no patronymic",
        p("Петрова Ольга", BORN, PHONE),
        p("Сидорова Ольга", BORN, PHONE),
    ),
    ("a double surname since", p("Петрова-Водкина Ольга Ивановна", BORN), p("Петрова Ольга Ивановна", BORN)),
    ("8 instead of +7", p("Иванов Иван", "1950", "8 913 555-01-12"), p("Иванов Иван", "1950", PHONE)),
    ("without the 8", p("Иванов Иван", "1950", "913 555 01 12"), p("Иванов Иван", "1950", PHONE)),
    (
        "a digit of the phone wrong",
        p("Иванов Иван Иванович", "1950", "+7 913 555-01-13"),
        p("Иванов Иван Иванович", "1950", PHONE),
    ),
    (
        "a slip in name and phone",
        p("Иваноф Иван Иванович", "1950", "+7 913 555-10-12"),
        p("Иванов Иван Иванович", "1950", PHONE),
    ),
    (
        "another phone since",
        p("Иванов Иван Иванович", BORN, "89231112233"),
        p("Иванов Иван Иванович", BORN, PHONE),
    ),
    ("day and month exchanged", p("Иванов Иван Иванович", "1950-03-12"), p("Иванов Иван Иванович", "1950-12-03")),
    ("a digit of the day wrong", p("Иванов Иван Иванович", "1950-03-12"), p("Иванов Иван Иванович", "1950-03-17")),
    (
        "a digit of the year wrong, the phone the same",
        p("Иванов Иван Иванович", "1950-03-12", PHONE),
        p("Иванов Иван Иванович", "1951-03-12", PHONE),
    ),
    (
        "birth not said, the phone the same",
        p("Иванов Иван Иванович", "", PHONE),
        p("Иванов Иван Иванович", BORN, PHONE),
    ),
    ("Latin letters among Cyrillic", p("Ивaнoв Иван Иванович", "1950"), p("Иванов Иван Иванович", "1950")),
    ("a stray dot and spaces", p(" Иванов  Иван Иванович. ", "1950"), p("Иванов Иван Иванович", "1950")),
    ("оглы written and not", p("Мамедов Али Гасан оглы", BORN), p("Мамедов Али Гасан", BORN)),
    ("a surname like a patronymic", p("Рабинович Иван Иванович", "1950"), p("Иван Иванович Рабинович", "1950")),
    (
        "one number of insurance",
        p("Петрова Ольга", "1950", "", "112-233-445 95"),
        p("Ким Ольга", "1950", "", "11223344595"),
    ),
)
OTHER = (
    ("born a year later", p("Иванов Иван Иванович", "1950"), p("Иванов Иван Иванович", "1951")),
    ("a year later, one telephone", p("Иванов Иван Иванович", "1950", PHONE), p("Иванов Иван Иванович", "1951", PHONE)),
    ("another day of one year", p("Иванов Иван Иванович", "1950-03-12"), p("Иванов Иван Иванович", "1950-08-27")),
    (
        "father and son of one name in one house",
        p("Иванов Иван Иванович", "1950-03-12", PHONE),
        p("Иванов Иван Иванович", "1975-03-12", PHONE),
    ),
    ("father and son", p("Иванов Иван Петрович", "1950", PHONE), p("Иванов Пётр Иванович", "1975", PHONE)),
    ("husband and wife", p("Иванов Иван Иванович", "1950", PHONE), p("Иванова Анна Петровна", "1950", PHONE)),
    ("brother and sister", p("Иванов Александр Ильич", "1950"), p("Иванова Александра Ильинична", "1950")),
    ("twins", p("Иванов Пётр Ильич", BORN, PHONE), p("Иванов Павел Ильич", BORN, PHONE)),
    ("twin sisters", p("Иванова Лидия Ильинична", BORN, PHONE), p("Иванова Лилия Ильинична", BORN, PHONE)),
    ("Мария and Марина", p("Котова Мария Юрьевна", "1961"), p("Котова Марина Юрьевна", "1961")),
    ("Анна and Инна", p("Котова Анна Юрьевна", BORN, PHONE), p("Котова Инна Юрьевна", BORN, PHONE)),
    ("Валентин and Валентина", p("Бойко Валентин", "1961", PHONE), p("Бойко Валентина", "1961", PHONE)),
    ("another patronymic", p("Иванов Иван Иванович", "1950"), p("Иванов Иван Петрович", "1950")),
    ("another patronymic, one day", p("Иванов Иван Иванович", BORN), p("Иванов Иван Петрович", BORN)),
    ("another surname, no telephone", p("Петрова Ольга Ивановна", BORN), p("Сидорова Ольга Ивановна", BORN)),
    ("only the telephone", p("Петрова Ольга Ивановна", "1950", PHONE), p("Жук Анна Ильинична", "1971", PHONE)),
    ("only name, nothing of birth", p("Иванов Иван Иванович"), p("Иванов Иван Иванович")),
    ("only surname and year", p("Иванов", "1950"), p("Иванов", "1950")),
    (
        "two numbers of insurance",
        p("Иванов Иван", BORN, "", "112-233-445 95"),
        p("Иванов Иван", BORN, "", "087-654-303 00"),
    ),
    ("initials and the year", p("Иванов И. И.", "1950"), p("Иванов Иван Иванович", "1950")),
)


@pytest.mark.parametrize(("one", "other"), [pair[1:] for pair in SAME], ids=[pair[0] for pair in SAME])
def test_one_person(one: Person, other: Person) -> None:
    assert judged(one, other).score >= LIKELY
    assert judged(other, one).score == judged(one, other).score


@pytest.mark.parametrize(("one", "other"), [pair[1:] for pair in OTHER], ids=[pair[0] for pair in OTHER])
def test_two_people(one: Person, other: Person) -> None:
    assert judged(one, other).score < LIKELY
    assert judged(other, one).score == judged(one, other).score


def test_what_speaks_for_it_is_said() -> None:
    moved = judged(p("Петрова Ольга Ивановна", BORN, PHONE), p("Сидорова Ольга Ивановна", BORN, PHONE))
    assert moved.because == ("surname_other", "birth_same", "phone_same")
    slip = judged(p("Кравцова Галина", BORN, PHONE), p("Кравчова Галина", BORN, "+7 913 555-01-13"))
    assert slip.because == ("name_similar", "birth_same", "phone_similar")
    whole = judged(p("Иванов Иван Иванович", BORN, PHONE), p("Иван Иванович Иванов", BORN, PHONE))
    assert (whole.score, whole.because) == (100, ("name_same", "birth_same", "phone_same"))
    assert judged(p("Иванов Иван Иванович", BORN), p("Иванов Иван Иванович", BORN)).score >= SURE


def test_one_number_of_insurance_is_beyond_doubt_only_with_a_name_or_a_birth() -> None:
    number = "112-233-445 95"
    here = p("Иванова Мария Петровна", "1947-03-12", "", number)
    for likely in (
        p("Иванова Мария Петровна", "1961-05-09", "", number),
        p("Жук Олег Ильич", "1947-03-12", "", number),
    ):
        assert judged(here, likely).score == 100
    copied = judged(here, p("Ким Ольга Викторовна", "1961-05-09", PHONE, number))
    assert LIKELY <= copied.score < SURE
    assert copied.because[0] == "snils_same"


def test_an_index_finds_each_pair_that_has_a_birth_or_a_telephone_to_look_by() -> None:
    for told, one, other in SAME:
        year = other.year or 1900
        card = Card(7, other.name, year, other.birth_date, "".join(filter(str.isdigit, other.phone)), other.snils)
        found = Index([card]).candidates(one, most=3)
        assert [each.client_id for each in found] == [7], told


def test_an_index_finds_whom_a_look_at_every_card_finds() -> None:
    """Also where half of the cards have no day, and what is asked for has a slip or a day and month exchanged."""
    chance = Random(21)
    cards = [_card(number, chance) for number in range(1, 1_500)]
    index = Index(cards)
    for card in chance.sample(cards, 150):
        asked = _misspelt(card, chance)
        every = ((each.id, judged(asked, _of(each)).score) for each in cards)
        expected = {number for number, score in every if score >= LIKELY}
        assert {each.client_id for each in index.candidates(asked, most=1_500)} == expected, (asked, expected)


def _card(number: int, chance: Random) -> Card:
    surname = chance.choice(("Иванова", "Петрова", "Сидорова", "Кравцова", "Жукова", "Мельникова", "Котова", "Белова"))
    given = chance.choice(("Мария", "Галина", "Надежда", "Наталья", "Софья", "Ольга", "Анна"))
    patronymic = chance.choice(("Ивановна", "Петровна", "Фёдоровна", "Ильинична", "Юрьевна"))
    born = date(chance.randrange(1940, 1950), chance.randrange(1, 13), chance.randrange(1, 13))
    phone = f"7913{chance.randrange(10**7):07}"
    return Card(number, f"{surname} {given} {patronymic}", born.year, chance.choice((born, None)), phone, "")


def _of(card: Card) -> Person:
    return Person(card.name, card.birth_date, card.birth_year, card.phone_digits)


def _misspelt(card: Card, chance: Random) -> Person:
    at = chance.randrange(2, len(card.name.split()[0]) - 2)
    name = chance.choice((card.name, card.name[:at] + card.name[at + 1 :]))
    born = card.birth_date or date(card.birth_year, 3, 4)
    turned = born.replace(month=born.day, day=born.month)
    phone = chance.choice((card.phone_digits, "", "79139999999"))
    return Person(name, chance.choice((born, turned, born.replace(day=born.day % 9 + 1))), born.year, phone)
