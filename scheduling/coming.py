"""What a list brings while it is still being applied: written already, and seen by nobody until its list is accepted.

The rows themselves never change: one row, their list's, says that they have come, or that they will be taken away.
"""

from sqlalchemy import ColumnElement, SQLColumnExpression, column, or_, select, table

# As far as this file reads it: everything that leaves such rows out is imported by `lists`.
_list = table("list_upload", column("id"), column("status"))
UNSEEN = ("accepting", "undoing")


def arrived(list_id: SQLColumnExpression[int | None]) -> ColumnElement[bool]:
    """Whether a row is there for everybody: nobody brought it with a list, or its list is accepted."""
    coming = select(_list.c.id).where(_list.c.status.in_(UNSEEN))
    return or_(list_id.is_(None), list_id.not_in(coming))
