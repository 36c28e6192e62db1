"""Rows that are written table by table, with their numbers given beforehand: many of a demo's at once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sqlalchemy import func, insert, select, text

from scheduling.db import Base, Tx

Row = dict[str, Any]

# In the order in which rows may be written.
TABLES = (
    *(
        "district",
        "institution",
        "account",
        "specialist",
        "calendar",
        "working_rule",
        "client",
        "consent",
        "tariff",
        "budget",
    ),
    *(
        "certificate",
        "certificate_line",
        "application",
        "series",
        "booking",
        "booking_change",
        "session",
        "seat",
        "presence",
    ),
    *("journal_event", "feedback", "occupancy", "certificate_change", "provider_listing", "provider_choice"),
    *("rendered", "act", "act_line", "ledger_account", "ledger_movement"),
)


@dataclass
class Rows:
    """What will be written, table by table; numbers go on where the tables end."""

    numbers: dict[str, "count[int]"]
    of: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    async def after(cls, tx: Tx, tables: Iterable[str]) -> "Rows":
        """Rows for these tables whose numbers follow those that are there."""
        keys = {table: Base.metadata.tables[table].c.id for table in tables}
        return cls({table: count((await tx.scalar(select(func.max(key))) or 0) + 1) for table, key in keys.items()})

    def put(self, table: str, **row: Any) -> int:
        """The number of the row, where its table counts by itself."""
        if table in self.numbers:
            row["id"] = next(self.numbers[table])
        self.of[table].append(row)
        return int(row.get("id", 0))

    def row(self, table: str, number: int) -> Row:
        """One that will be written, to be changed before it is."""
        found: Row = self.of[table][number - self.of[table][0]["id"]]
        return found

    async def write(self, tx: Tx) -> None:
        for table in TABLES:
            if self.of[table]:
                await tx.execute(insert(Base.metadata.tables[table]), _even(self.of[table]))
        if tx.get_bind().dialect.name == "postgresql":  # it counts by itself and has not seen these numbers
            for table in self.numbers:
                sequence = f"pg_get_serial_sequence('{table}', 'id')"
                await tx.execute(text(f"SELECT setval({sequence}, max(id)) FROM {table}"))  # noqa: S608 - names of ours


def _even(rows: list[Row]) -> list[Row]:
    """Rows of one table with the same columns: what one has and another lacks is None there."""
    names = dict.fromkeys(name for row in rows for name in row)
    return [{name: row.get(name) for name in names} for row in rows]
