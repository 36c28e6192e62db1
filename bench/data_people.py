"""A made-up region's places and people, as rows: districts, offices, providers, specialists with calendars, clients."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from scheduling import people
from scheduling.calendars import WeeklyHours

Row = dict[str, Any]

ZONE = "Asia/Novosibirsk"
DISTRICTS = (
    *("Баганский", "Барабинский", "Болотнинский", "Венгеровский", "Доволенский", "Здвинский", "Искитимский"),
    *("Карасукский", "Каргатский", "Колыванский", "Коченёвский", "Кочковский", "Краснозёрский", "Купинский"),
    *("Кыштовский", "Маслянинский", "Мошковский", "Новосибирский", "Ордынский", "Северный", "Татарский"),
    *("Тогучинский", "Убинский", "Усть-Таркский", "Чановский", "Черепановский", "Чистоозёрный", "Чулымский"),
)
CITIES = ("Бердск", "Искитим", "Кольцово", "Обь")
PROVIDERS = (("Центр помощи семье", "state"), ("Дом милосердия", "state"), ("Забота", "ngo"), ("Опора", "ngo"))
SURNAMES = ("Иванов", "Смирнов", "Кузнецов", "Попов", "Лебедев", "Козлов", "Новиков", "Морозов", "Волков", "Соловьёв")
WOMEN = ("Анна", "Мария", "Галина", "Нина", "Татьяна", "Ольга", "Людмила", "Валентина", "Зинаида", "Надежда")
MEN = ("Пётр", "Иван", "Николай", "Виктор", "Анатолий", "Степан", "Юрий", "Борис", "Геннадий", "Фёдор")
FATHERS = ("Иван", "Пётр", "Степан", "Егор", "Максим", "Семён", "Захар", "Роман", "Тихон", "Прохор")
TOPICS = ("anxiety", "loss", "family", "loneliness", "illness", "care", "crisis", "memory")
# weekdays, hours, every so many weeks, place
Hours = tuple[range, tuple[tuple[int, int], ...], int, str]
WEEKS: tuple[tuple[Hours, ...], ...] = (
    ((range(5), ((9, 13), (14, 18)), 1, "office"),),
    ((range(5), ((8, 12), (13, 17)), 1, "office"),),
    ((range(1, 6), ((10, 14), (15, 19)), 1, "office"),),
    ((range(5), ((9, 13), (14, 18)), 1, "office"), (range(5, 6), ((10, 13),), 2, "point")),
    ((range(3), ((12, 16), (17, 20)), 1, "home"), (range(3, 5), ((9, 13),), 1, "office")),
)
ZONES = (*[ZONE] * 18, "Asia/Omsk", "Europe/Moscow")


@dataclass(frozen=True, slots=True)
class Worker:
    """A specialist as far as her bookings need to know."""

    id: int
    zone: str
    district_id: int


def districts(first_id: int, count: int) -> list[Row]:
    names = [*((name + " район", "district") for name in DISTRICTS), *(("город " + name, "city") for name in CITIES)]
    rows = [{"name": name, "kind": kind, "zone": ZONE} for name, kind in names]
    return [{"id": first_id + at, **row} for at, row in enumerate(rows[:count])]


def institutions(first_id: int, count: int, homes: Sequence[Row]) -> list[Row]:
    """An office in each district, then providers, state and of citizens, here and there."""
    offices = [(f"КЦСОН: {home['name']}", "state", True, home) for home in homes]
    others = (
        (f"{name} № {number}", kind, False, homes[number % len(homes)])
        for number in range(1, count + 1)
        for name, kind in (PROVIDERS[number % len(PROVIDERS)],)
    )
    rows = [*offices, *others][:count]
    return [
        {
            "id": first_id + at,
            "name": name,
            "kind": kind,
            "intake": intake,
            "district_id": home["id"],
            "phone": f"+7 383 {200 + at}-00-{at % 100:02}",
            "address": "ул. Ленина, 1",
        }
        for at, (name, kind, intake, home) in enumerate(rows)
    ]


def staff(first_account: int, first_id: int, count: int, houses: Sequence[Row], chance: Random) -> Iterator[list[Row]]:
    """Of each specialist her account and herself."""
    for at in range(count):
        house = houses[at % len(houses)]
        name = _name(chance)
        account = {
            "id": first_account + at,
            "login": f"specialist-{first_id + at}",
            "name": name,
            "password_hash": "-",  # nobody signs in as one of them
            "roles": ["specialist"],
            "institution_id": house["id"],
            "active": True,
            "totp_on": False,
            "totp_last_step": 0,
        }
        specialist = {
            "id": first_id + at,
            "account_id": first_account + at,
            "institution_id": house["id"],
            "name": name,
            "zone": chance.choice(ZONES),
            "topics": sorted(chance.sample(TOPICS, chance.randint(2, 5))),
            "languages": ["ru", *(chance.sample(("en", "tt", "kk"), 1) if chance.random() < 0.15 else ())],
            "services": ["1739", *(code for code in ("1740", "1741") if chance.random() < 0.6)],
            "active": True,
        }
        yield [account, specialist]


def calendar(who: int, today: date, chance: Random) -> tuple[Row, list[Row], list[Row]]:
    """Of a specialist her limits, rules and absences."""
    limits = {
        "specialist_id": who,
        "version": 1,
        "rules_stamp": 1,
        "busy_stamp": 1,
        "notice_min": chance.choice((60, 120, 1440)),
        "horizon_days": 60,
        "step_min": 15,
        "max_per_day": chance.choice((None, 7, 8)),
        "max_per_week": None,
        "longest_run_min": None,
        "break_min": 15,
        "change_notice_min": 180,
    }
    since = today - timedelta(days=today.weekday() + 7 * chance.randrange(2))
    rules = []
    for weekdays, hours, every, place in chance.choice(WEEKS):
        for weekday in weekdays:
            for start, end in hours:
                window = WeeklyHours(weekday, start * 60, end * 60, since if every > 1 else None, every=every)
                rules.append({"specialist_id": who, **window.columns(), "place": place})
    away = []
    # A vacation each year, of one in six in the weeks to come; an illness now and then.
    for year in range(-5, 1):
        starts = today + timedelta(days=365 * year + chance.randrange(-160, 160))
        away.append(_absence(who, starts, 14, "vacation"))
    if chance.random() < 0.1:
        away.append(_absence(who, today - timedelta(days=chance.randrange(3)), 5, "sick"))
    return limits, rules, away


def clients(first_id: int, count: int, homes: Sequence[int], by: int, now: datetime, chance: Random) -> Iterator[Row]:
    for number in range(first_id, first_id + count):
        name = _name(chance)
        phone = f"+7 9{number // 10_000_000:02} {number // 10_000 % 1000:03}-{number // 100 % 100:02}-{number % 100:02}"
        yield {
            "id": number,
            "version": 1,
            "name": name,
            "name_folded": people.folded(name),
            "birth_year": chance.randint(1932, 1990),
            "phone": phone,
            "phone_digits": people.digits(phone),
            "email": "",
            "language": "ru",
            "remark": "",
            "settlement": f"с. {chance.choice(SURNAMES)}о",
            "district_id": chance.choice(homes),
            "created_at": now - timedelta(days=chance.randrange(1, 1800)),
            "created_by": by,
        }


def _absence(who: int, first: date, days: int, kind: str) -> Row:
    starts = datetime.combine(first, time(), ZoneInfo(ZONE)).astimezone(UTC)
    return {"specialist_id": who, "starts": starts, "ends": starts + timedelta(days=days), "kind": kind}


def _name(chance: Random) -> str:
    surname, father = chance.choice(SURNAMES), chance.choice(FATHERS)
    if chance.random() < 0.75:
        return f"{surname}а {chance.choice(WOMEN)} {father}овна"
    return f"{surname} {chance.choice(MEN)} {father}ович"
