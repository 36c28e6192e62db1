"""A specialist and a client can each be in one place at a time: the database itself sees to it."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# int4range(x, x, '[]') makes a number something GiST can compare, so that no extension is needed.
POSTGRESQL = """
ALTER TABLE booking ADD CONSTRAINT {guard} EXCLUDE USING gist (
    int4range({who}, {who}, '[]') WITH &&, tstzrange(starts, {until}) WITH &&
) WHERE (status <> 'cancelled')
"""
SQLITE = """
CREATE TRIGGER {guard}_{when} BEFORE {act} ON booking
WHEN NEW.status <> 'cancelled' AND EXISTS (
    SELECT 1 FROM booking AS other
    WHERE other.{who} = NEW.{who} AND other.status <> 'cancelled' AND other.id IS NOT NEW.id
      AND other.starts < NEW.{until} AND NEW.starts < other.{until}
)
BEGIN SELECT RAISE(ABORT, '{guard}'); END
"""
GUARDS = (
    ("booking_specialist_once", "specialist_id", "busy_until"),
    ("booking_client_once", "client_id", "ends"),
)


def upgrade() -> None:
    for guard, who, until in GUARDS:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(POSTGRESQL.format(guard=guard, who=who, until=until))
            continue
        for when, act in (("insert", "INSERT"), ("update", f"UPDATE OF status, starts, {until}, {who}")):
            op.execute(SQLITE.format(guard=guard, who=who, until=until, when=when, act=act))
