"""Writing rows of several tables if a condition still holds: one statement where the database can, else one by one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import CTE, ColumnDefault, Dialect, Select, Update, bindparam, insert, literal_column, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.compiler import SQLCompiler

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
    shape = tuple((table, tuple(each[0]), len(each)) for table, each in rows.items())
    statement = _statement(line.dialect, condition, shape)
    found = await line.exec_driver_sql(statement.text, statement.ready(given, rows))
    return found.first() is not None


@dataclass(frozen=True)
class _Statement:
    """Compiled once, its values made ready here: to find so large a statement again among those already compiled, and
    to go through its values, costs SQLAlchemy as much as all the rest."""

    text: str
    names: Sequence[Sequence[str]]
    """Of the values of each row."""
    fixed: Mapping[str, Any]
    order: Sequence[tuple[str, Callable[[Any], Any] | None]]

    def ready(self, given: Mapping[str, Any], rows: Mapping[type[Base], Rows]) -> tuple[Any, ...]:
        values = {**self.fixed, **given}
        for names, row in zip(self.names, (row for each in rows.values() for row in each), strict=True):
            values.update(zip(names, row.values(), strict=True))
        return tuple([values[name] if make is None else make(values[name]) for name, make in self.order])


@lru_cache(maxsize=16)
def _statement(dialect: Dialect, condition: Update, shape: tuple[_Part, ...]) -> _Statement:
    holds = condition.returning(literal_column("1").label("one")).cte("holds")
    compiled = select(holds.c.one).add_cte(*(_inserted(holds, *part) for part in shape)).compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)
    fixed = dict(compiled.params)
    names = []
    for table, columns, count in shape:
        for number in range(count):
            names.append([_name(table, number, column) for column in columns])
            fixed |= {_name(table, number, column): value for column, value in _defaults(table).items()}
    makes = {
        name: bind.type.dialect_impl(dialect).bind_processor(dialect) for bind, name in compiled.bind_names.items()
    }
    return _Statement(compiled.string, names, fixed, [(name, makes[name]) for name in compiled.positiontup or ()])


def _defaults(table: type[Base]) -> dict[str, Any]:
    """What columns hold that no row names: SQLAlchemy gives it to the outermost insert alone."""
    defaults = {column.name: column.default for column in table.__table__.columns}
    return {
        name: default.arg(None) if default.is_callable else default.arg
        for name, default in defaults.items()
        if isinstance(default, ColumnDefault)
    }


def _inserted(holds: CTE, table: type[Base], columns: tuple[str, ...], count: int) -> CTE:
    kinds = table.__table__.columns
    whole = list(dict.fromkeys([*columns, *_defaults(table)]))

    def row(number: int) -> Select[Any]:
        binds = [bindparam(_name(table, number, column), type_=kinds[column].type) for column in whole]
        return select(*binds).select_from(holds)

    rows = [row(number) for number in range(count)]
    values = rows[0] if count == 1 else select(union_all(*rows).subquery())
    return insert(table).from_select(whole, values, include_defaults=False).cte(f"of_{table.__tablename__}")


def _name(table: type[Base], number: int, column: str) -> str:
    return f"{table.__tablename__}_{number}_{column}"
