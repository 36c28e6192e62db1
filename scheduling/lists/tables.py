"""The tables of lists from files: what was uploaded, each row as it was read and judged, and what came of it."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.db import Base

Kind = Literal["applications", "certificates"]
Status = Literal["reading", "ready", "accepting", "undoing", "accepted", "cancelled", "failed"]
Verdict = Literal["new", "known", "doubtful", "refused"]
Choice = Literal["", "new", "same"]
# Certificates move money, which is never taken back unseen: they are issued in one transaction, so few at a time.
MOST_CERTIFICATES = 1_000


class ListUpload(Base):
    """One file. `facts` are its columns and what else is known of it; `problem` says why it `failed` to be read,
    or was not accepted. While it is `accepting` or `undoing`, nobody sees what comes of it (`scheduling.coming`).

    `seen_at` moves while somebody reads or applies it: a list whose reader is gone says so.
    """

    __tablename__ = "list_upload"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(200))
    hash: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    status: Mapped[str] = mapped_column(String(12), default="reading")
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    facts: Mapped[dict[str, Any]]
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    rows_read: Mapped[int] = mapped_column(default=0)
    rows_refused: Mapped[int] = mapped_column(default=0)
    rows_doubtful: Mapped[int] = mapped_column(default=0)
    rows_applied: Mapped[int] = mapped_column(default=0)


class ListRow(Base):
    """`line` is the row's number in the file. A refused row has `problems` {field, code, data}, no facts; a known one
    its client; a doubtful one `candidates` {client, score, …}, and a `choice` once somebody has made it."""

    __tablename__ = "list_row"
    __table_args__ = (Index("ix_list_row_verdict", "list_id", "verdict", "choice", "line"),)
    list_id: Mapped[int] = mapped_column(ForeignKey("list_upload.id", ondelete="CASCADE"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    verdict: Mapped[str] = mapped_column(String(8))
    cells: Mapped[dict[str, Any]]
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    candidates: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    choice: Mapped[str] = mapped_column(String(4), default="")
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"), index=True)
