"""What the reading process is given: what the cells of a list may name, and the cards of the district's people."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from scheduling import people, standards
from scheduling.coming import arrived
from scheduling.db import Tx
from scheduling.lists import ListUpload
from scheduling.people import Client, District, Institution
from server.lists.cells import folded
from server.lists.vocabulary import district_word
from server.words import LANGUAGES, Words

TOPIC = "topic."
CARD = (Client.id, Client.name, Client.birth_year, Client.birth_date, Client.phone_digits, Client.snils)


async def given(tx: Tx, upload: ListUpload, words: Words, *, now: datetime) -> dict[str, Any]:
    """`{catalogue, cards, last_client}` as JSON has it, for `server.lists.apart`."""
    districts = list(await tx.scalars(select(District)))
    zone = next(each.zone for each in districts if each.id == upload.district_id)
    today = now.astimezone(ZoneInfo(zone)).date()
    holding = await standards.in_force(tx, today, upload.district_id)
    providers = await tx.execute(select(Institution.id, Institution.name).where(Institution.kind != "authority"))
    named = {district_word(each.name): each.id for each in districts}
    return {
        "catalogue": {
            "today": today.isoformat(),
            "district": upload.district_id,
            "districts": named | {folded(each.name): each.id for each in districts},
            "services": {way: each.code for each in holding for way in _ways(each.code, each.name)},
            "providers": {folded(name): number for number, name in providers},
            "topics": _topics(words),
        },
        "cards": await _cards(tx, upload.district_id),
        "last_client": await _last(tx),
    }


async def _last(tx: Tx) -> int:
    """Whoever has a higher number was not among the cards: the people of a list that is being applied have one too."""
    coming = await tx.scalar(select(func.min(Client.id)).where(~arrived(Client.list_id)))
    last = await tx.scalar(select(func.max(Client.id))) or 0
    return coming - 1 if coming else last


def _ways(code: str, name: str) -> tuple[str, ...]:
    return folded(code), folded(name), folded(f"{code} {name}"), folded(f"{name} {code}")


def _topics(words: Words) -> dict[str, str]:
    found: dict[str, str] = {}
    for language in LANGUAGES:
        for key, text in words.starting(language, (TOPIC,)).items():
            found[folded(text)] = found[folded(key.removeprefix(TOPIC))] = key.removeprefix(TOPIC)
    return found


async def _cards(tx: Tx, district: int) -> list[list[Any]]:
    rows = await tx.execute(select(*CARD).where(Client.district_id == district, people.present()))
    return [
        [number, name, year, born.isoformat() if born else None, phone, snils]
        for number, name, year, born, phone, snils in rows
    ]
