"""Names of the demo's year of certificates: districts, departments, providers and the people whom they help."""

from datetime import date, timedelta
from random import Random
from typing import Any

from scheduling import people
from server.demo_pilot_rows import Rows

# Of each week, one after the other.
DAYS = ("MO,WE", "TU,TH", "WE,FR")

# name, kind, the name as it stands behind "of", in the order of demo.DISTRICTS where it has them
DISTRICTS = (
    ("Сузунский район", "district", "Сузунского района"),
    ("Куйбышевский район", "district", "Куйбышевского района"),
    ("город Новосибирск", "city", "города Новосибирска"),
    ("Искитимский район", "district", "Искитимского района"),
    ("Тогучинский район", "district", "Тогучинского района"),
    ("город Бердск", "city", "города Бердска"),
)
DEPARTMENT = "Отдел социальной защиты {}"
# name, district
NGOS = (
    ("АНО «Тёплый дом»", 2),
    ("АНО «Доброе соседство»", 2),
    ("АНО «Забота рядом»", 3),
    ("Фонд «Опора»", 2),
    ("АНО «Серебряный возраст»", 5),
    ("АНО «Светлый день»", 4),
    ("Общественная организация «Надежда»", 0),
)
STATE = (
    ("КЦСОН Сузунского района", 0),
    ("КЦСОН Куйбышевского района", 1),
    ("Областной геронтологический центр", 2),
)
PSYCHOLOGISTS = (
    "Вера Николаевна Громова",
    "Ирина Олеговна Панова",
    "Елена Сергеевна Рогова",
    "Анна Дмитриевна Фомина",
    "Юлия Павловна Седова",
    "Ольга Викторовна Лаптева",
    "Мария Ильинична Зотова",
    "Нина Алексеевна Быкова",
    "Татьяна Егоровна Шилова",
    "Людмила Петровна Котова",
)
# Who signs acts for a provider.
SIGNERS = ("Воронцова А. П.", "Кравцов Д. И.", "Лапина О. С.", "Медведева Т. Н.", "Осипов В. Г.")
# Minutes that the client speaks of, and his words.
DISPUTES = (
    (20, "Связь прервалась, договорить не успели."),
    (10, "Разговор был коротким: меня плохо слышали."),
)
SETTLED = (0, "Меня в тот день не было дома.", "Получатель был в больнице, справка приложена")
# What some take for a session, kopecks; the others take the normative cost.
TARIFFS = {
    "АНО «Доброе соседство»": {"1739": 45_000, "1740": 33_000, "1741": 45_000},
    "Фонд «Опора»": {"1739": 46_500, "1741": 46_500},
}
SETTLEMENTS = (
    ("р. п. Сузун", "с. Битки", "с. Шарчино", "с. Мереть"),
    ("г. Куйбышев", "с. Абрамово", "с. Чумаково"),
    ("г. Новосибирск",),
    ("г. Искитим", "р. п. Линёво", "с. Легостаево"),
    ("г. Тогучин", "р. п. Горный", "с. Киик"),
    ("г. Бердск",),
)
WOMEN = ("Анна", "Мария", "Галина", "Нина", "Татьяна", "Ольга", "Людмила", "Валентина", "Зинаида", "Надежда", "Раиса")
MEN = ("Пётр", "Иван", "Николай", "Виктор", "Анатолий", "Степан", "Юрий", "Борис", "Геннадий", "Фёдор")
FATHERS = ("Иван", "Степан", "Егор", "Максим", "Семён", "Захар", "Роман", "Тихон", "Прохор", "Антон")
SURNAMES = (
    *("Абрамов", "Белов", "Власов", "Гусев", "Дорофеев", "Ершов", "Жданов", "Зуев", "Ильин", "Калинин", "Ларин"),
    *("Мухин", "Носов", "Орехов", "Панин", "Родионов", "Сафонов", "Тимофеев", "Уваров", "Филатов", "Харитонов"),
    *("Царёв", "Чернов", "Шубин", "Щукин", "Юдин", "Яшин", "Котов", "Лыткин", "Савин"),
)


def person(chance: Random, at: int) -> dict[str, Any]:
    """A client of the district at this place of the list, as columns."""
    woman = chance.random() < 0.72
    father = chance.choice(FATHERS)
    first = chance.choice(WOMEN if woman else MEN)
    name = f"{first} {father}{'овна' if woman else 'ович'} {chance.choice(SURNAMES)}{'а' if woman else ''}"
    name = name.replace("йовн", "евн")
    phone = f"+7 913 555-{chance.randrange(10, 99)}-{chance.randrange(10, 99)}" if chance.random() < 0.85 else ""
    return {
        "name": name,
        "sex": "f" if woman else "m",
        "birth_year": chance.randrange(1936, 1966),
        "phone": phone,
        "phone_digits": people.digits(phone),
        "settlement": chance.choice(SETTLEMENTS[at]),
    }


def psychologist(rows: Rows, name: str, house: int, zone: str, *, begins: date | None) -> int:
    """Nobody signs in as one of these: who tries the demo out meets its five alone. Where hours are wanted (`begins`
    is today) they are two days a week, and none in the next two weeks: whoever chooses an NGO sees how long he waits.
    """
    account = rows.put(
        "account",
        login=f"pilot-{house}",
        name=name,
        password_hash="-",  # noqa: S106 - no hash is this
        roles=["specialist"],
        institution_id=house,
    )
    facts = {"topics": ["loneliness", "loss"], "languages": ["ru"], "services": ["1739", "1740", "1741"]}
    number = rows.put("specialist", account_id=account, institution_id=house, name=name, zone=zone, **facts)
    rows.put("calendar", specialist_id=number)
    if begins is not None:
        day = {"first_day": begins + timedelta(days=15 + number % 9), "rrule": f"FREQ=WEEKLY;BYDAY={DAYS[number % 3]}"}
        rows.put("working_rule", specialist_id=number, start_min=10 * 60, end_min=16 * 60, place="home", **day)
    return number
