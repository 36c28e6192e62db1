"""Certificates of a list, each whole or not at all: what the rows of one number, and of one person, say together.

Rows are taken in the order of their numbers, or of their people, so that of a hundred thousand only those of one
number are in memory, and of the others what is wrong with them.
"""

from collections.abc import AsyncIterator, Iterable, Sequence, Set
from itertools import islice
from typing import Any

from sqlalchemy import Select, func, null, select, update

from scheduling.certificates import numbers
from scheduling.certificates.wanted import MOST_LINES, MOST_PROVIDERS, providers_of
from scheduling.db import Tx, padded
from scheduling.lists.checking import refused
from scheduling.lists.tables import ListRow, ListUpload
from scheduling.standards import ServiceStandard

Problem = dict[str, Any]
# So many rows are refused in one transaction.
AT_ONCE = 500
_NUMBER, _SERVICE = ListRow.facts["number"].as_string(), ListRow.facts["service"].as_string()
_ROW = (ListRow.line, ListRow.verdict, ListRow.client_id, _NUMBER, _SERVICE, ListRow.facts["providers"])


async def torn(tx: Tx, list_id: int) -> dict[int, Problem]:
    """By line what is wrong with rows that nothing was wrong with alone: another row of their number is refused, no
    provider gives what it is named for, or two numbers pay one person the same service."""
    found = await _paid_twice(tx, list_id)
    broken = await _refused_numbers(tx, list_id, found)
    services = list(await tx.scalars(select(ServiceStandard.code).distinct()))
    gives = await providers_of(tx, services)
    async for rows in _together(tx, _wanted(list_id).order_by(_NUMBER, ListRow.line), by=3):
        problem = _against(rows, broken, gives)
        if problem is not None:
            found = {row[0]: problem for row in rows} | found
    return found


def parts(found: dict[int, Problem]) -> Iterable[dict[int, Problem]]:
    """As much of it as one transaction writes, until nothing is left."""
    rest = iter(found.items())
    while part := dict(islice(rest, AT_ONCE)):
        yield part


async def refuse(tx: Tx, list_id: int, found: dict[int, Problem]) -> None:
    """These rows, by line, are refused after all; they say nothing more of people."""
    if not found:
        return
    same: dict[str, list[int]] = {}
    for line, problem in found.items():
        same.setdefault(repr(problem), []).append(line)
    these = ListRow.list_id == list_id, ListRow.line.in_(padded(found))
    doubtful = await tx.scalar(select(func.count()).where(*these, ListRow.verdict == "doubtful")) or 0
    for lines in same.values():
        ended = update(ListRow).where(ListRow.list_id == list_id, ListRow.line.in_(padded(lines)))
        ended = ended.values(verdict="refused", facts=null(), client_id=None, candidates=[], choice="")
        ended = ended.values(problems=[found[lines[0]]])
        await tx.execute(ended.execution_options(synchronize_session=False))
    counted = update(ListUpload).where(ListUpload.id == list_id)
    fewer = {"rows_refused": ListUpload.rows_refused + len(found), "rows_doubtful": ListUpload.rows_doubtful - doubtful}
    await tx.execute(counted.values(fewer).execution_options(synchronize_session=False))


def _wanted(list_id: int) -> Select[Any]:
    return select(*_ROW).where(ListRow.list_id == list_id, ListRow.verdict != "refused")


async def _together(tx: Tx, wanted: Select[Any], *, by: int) -> AsyncIterator[list[Any]]:
    """The rows that share a column, of rows that are sorted by it."""
    group: list[Any] = []
    async for row in await tx.stream(wanted.execution_options(yield_per=500)):
        if group and group[0][by] != row[by]:
            yield group
            group = []
        group.append(row)
    if group:
        yield group


async def _paid_twice(tx: Tx, list_id: int) -> dict[int, Problem]:
    """Rows of known people, however they are spelt, whom a number above pays the same service."""
    known = _wanted(list_id).where(ListRow.client_id.is_not(None)).order_by(ListRow.client_id, ListRow.line)
    found: dict[int, Problem] = {}
    async for rows in _together(tx, known, by=2):
        first: dict[str, Any] = {}
        for row in rows:
            before = first.setdefault(row[4], row)
            if before[0] != row[0]:
                found[row[0]] = refused("service", "service_again", line=before[0])
    return found


async def _refused_numbers(tx: Tx, list_id: int, more: dict[int, Problem]) -> Set[int]:
    """Of every refused row its number, as far as one can be read: the hash of how it is compared."""
    cells = select(ListRow.line, ListRow.verdict, ListRow.cells["number"].as_string()).where(ListRow.list_id == list_id)
    if not more:
        cells = cells.where(ListRow.verdict == "refused")
    found = set[int]()
    async for line, verdict, number in await tx.stream(cells.execution_options(yield_per=500)):
        if number and (verdict == "refused" or line in more):
            found.add(hash(compared(number)))
    return found


def compared(number: str) -> str:
    """A number as it is the same one, however it is spelt."""
    return numbers.as_seen(number).casefold()


def _against(rows: Sequence[Any], broken: Set[int], gives: dict[int, set[str]]) -> Problem | None:
    if hash(compared(rows[0][3])) in broken:
        return refused("number", "number_torn")
    if len({client for _, verdict, client, *_ in rows if verdict != "doubtful"}) > 1:
        return refused("number", "number_of_another")
    services = {row[4] for row in rows}
    if len(services) > MOST_LINES:
        return refused("number", "services_too_many", max=MOST_LINES)
    providers = {each for row in rows for each in row[5] or ()}
    if len(providers) > MOST_PROVIDERS:
        return refused("providers", "providers_too_many", max=MOST_PROVIDERS)
    if any(not gives.get(each, set()) & services for each in providers):
        return refused("providers", "provider_gives_none")
    return None
