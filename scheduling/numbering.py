"""Many rows at once: numbered before they are written, so that others can point to them; and written fast."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, func, insert, select

from scheduling.db import Base, Tx


async def ahead(tx: Tx, table: type[Base], count: int) -> list[int]:
    """So many numbers that nobody else gets, ascending: from the sequence, or on SQLite behind the last one, where the
    only writer there can be holds the database until the transaction ends."""
    if not count:
        return []
    rows = _rows(table)
    if (await tx.connection()).dialect.name == "sqlite":
        last = await tx.scalar(select(func.max(rows.c.id))) or 0
        return list(range(last + 1, last + 1 + count))
    sequence = func.pg_get_serial_sequence(rows.name, "id")
    series = func.generate_series(1, count).table_valued("n")
    return sorted(await tx.scalars(select(func.nextval(sequence)).select_from(series)))


async def write(tx: Tx, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Rows with the same columns, in one go. Defaults of the class do not count: each column is said."""
    if rows:
        await tx.execute(insert(_rows(table)), rows)


def _rows(table: type[Base]) -> Table:
    rows = table.__table__
    assert isinstance(rows, Table)
    return rows
