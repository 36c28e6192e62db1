"""Writing rows of several tables if a condition still holds: one statement where the database can, else one by one."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import CTE, ColumnDefault, Select, Update, bindparam, insert, literal_column, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.db import Base

Line = AsyncConnection
Rows = Sequence[Mapping[str, Any]]
_Part = tuple[type[Base], tuple[str, ...], int]


async def write_if(line: Line, condition: Update, given: Mapping[str, Any], rows: Mapping[type[Base], Rows]) -> bool:
    """Writes all rows if the update `condition`, with the values `given` to it, changes a row; else nothing at all.

    Rows of one table have the same columns. On PostgreSQL it is a single statement, which needs no transaction around
    it; elsewhere whoever calls has one open.
    """
    if line.dialect.name != "postgresql":
        if (await line.execute(condition, given)).rowcount == 0:
            return False
        for table, each in rows.items():
            await line.execute(insert(table), each)
        return True
    whole = {table: [{**_defaults(table), **row} for row in each] for table, each in rows.items()}
    shape = tuple((table, tuple(each[0]), len(each)) for table, each in whole.items())
    values = {
        _name(table, number, column): value
        for table, each in whole.items()
        for number, row in enumerate(each)
        for column, value in row.items()
    }
    return (await line.execute(_statement(condition, shape), {**given, **values})).first() is not None


@lru_cache(maxsize=16)
def _statement(condition: Update, shape: tuple[_Part, ...]) -> Select[Any]:
    """Made once for all rows of this shape."""
    holds = condition.returning(literal_column("1").label("one")).cte("holds")
    written = [_inserted(holds, *part) for part in shape]
    return select(holds.c.one).add_cte(*written)


@lru_cache
def _defaults(table: type[Base]) -> dict[str, Any]:
    """What the columns hold that no row names: SQLAlchemy gives it to the outermost insert alone."""
    defaults = {column.name: column.default for column in table.__table__.columns}
    return {
        name: default.arg(None) if default.is_callable else default.arg
        for name, default in defaults.items()
        if isinstance(default, ColumnDefault)
    }


def _inserted(holds: CTE, table: type[Base], columns: tuple[str, ...], count: int) -> CTE:
    kinds = table.__table__.columns

    def row(number: int) -> Select[Any]:
        binds = [bindparam(_name(table, number, column), type_=kinds[column].type) for column in columns]
        return select(*binds).select_from(holds)

    rows = [row(number) for number in range(count)]
    values = rows[0] if count == 1 else select(union_all(*rows).subquery())
    return insert(table).from_select(list(columns), values, include_defaults=False).cte(f"of_{table.__tablename__}")


def _name(table: type[Base], number: int, column: str) -> str:
    return f"{table.__tablename__}_{number}_{column}"
