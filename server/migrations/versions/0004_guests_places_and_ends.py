"""Where clients live, seats taken back from guests, what a standard asks of a session and of its line."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from scheduling.db import Utc

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ADDED: dict[str, tuple[sa.Column[Any], ...]] = {
    "client": (sa.Column("settlement", sa.String(120), nullable=False, server_default=""),),
    "seat": (sa.Column("revoked_at", Utc()),),
    "service_standard": (
        sa.Column("relay_only", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("least_share", sa.Double),
    ),
}


def upgrade() -> None:
    for table, columns in ADDED.items():
        for column in columns:
            op.add_column(table, column)
    # "failed_technically" has 18 characters: PostgreSQL refused to note it, SQLite never counts.
    with op.batch_alter_table("booking_change") as change:
        change.alter_column("what", existing_type=sa.String(16), type_=sa.String(24), existing_nullable=False)
