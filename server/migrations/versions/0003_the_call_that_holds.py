"""What a seat sends and why not more, names of further guests, the telephone, who calls for help and why."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from scheduling.db import Utc

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ADDED: dict[str, tuple[sa.Column[Any], ...]] = {
    "seat": (
        sa.Column("name", sa.String(200)),
        sa.Column("screen", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("rung", sa.String(8), nullable=False, server_default="high"),
        sa.Column("why", sa.String(16)),
    ),
    "session": (
        sa.Column("help_why", sa.String(8)),
        sa.Column("help_seat", sa.Integer),
        sa.Column("help_answered_at", Utc()),
        sa.Column("phone", sa.Boolean, nullable=False, server_default=sa.false()),
    ),
    "quality_sample": (
        sa.Column("concealed", sa.Double),
        sa.Column("frozen_ms", sa.Double),
        sa.Column("rung", sa.String(8)),
    ),
}


def upgrade() -> None:
    for table, columns in ADDED.items():
        for column in columns:
            op.add_column(table, column)
