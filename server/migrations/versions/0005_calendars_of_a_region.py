"""Rules of work with single days, one guard of time for people and rooms, holds, series, bookings with wall time."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from scheduling.db import Utc

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SINCE_EVER = date(2001, 1, 1)
SERVICES = sa.JSON(none_as_null=True)
KINDS = ("specialist", "client", "resource")

# int4range(x, x, '[]') makes a number something GiST can compare, so that no extension is needed.
POSTGRESQL = """
ALTER TABLE occupancy ADD CONSTRAINT occupancy_{kind}_once EXCLUDE USING gist (
    int4range(who, who, '[]') WITH &&, int4range(since, until) WITH &&
) WHERE (kind = '{kind}')
"""
# No row is longer than a day (`occupancy.LONGEST`), so the guard looks no further back, however long the history is.
SQLITE = """
CREATE TRIGGER occupancy_{kind}_once_{when} BEFORE {act} ON occupancy
WHEN NEW.kind = '{kind}' AND EXISTS (
    SELECT 1 FROM occupancy AS other
    WHERE other.kind = '{kind}' AND other.who = NEW.who AND other.id IS NOT NEW.id
      AND other.since < NEW.until AND NEW.since < other.until
      AND other.since >= NEW.since - 1440
)
BEGIN SELECT RAISE(ABORT, 'occupancy_{kind}_once'); END
"""
TAKES = """
INSERT INTO occupancy (kind, who, since, until, starts, ends, booking_id)
SELECT '{kind}', {kind}_id, {starts}, {until}, {starts}, {ends}, id FROM booking
WHERE status <> 'cancelled' AND starts > :since
"""
MINUTE = {"postgresql": "CAST(extract(epoch FROM {0}) / 60 AS integer)", "sqlite": "strftime('%s', {0}) / 60"}
OLD_GUARDS = ("booking_specialist_once", "booking_client_once")

ADDED: dict[str, tuple[sa.Column[Any], ...]] = {
    "calendar": (
        sa.Column("rules_stamp", sa.Integer, nullable=False, server_default="1"),
        sa.Column("busy_stamp", sa.Integer, nullable=False, server_default="1"),
        sa.Column("max_per_week", sa.Integer),
        sa.Column("longest_run_min", sa.Integer),
        sa.Column("break_min", sa.Integer, nullable=False, server_default="15"),
        sa.Column("change_notice_min", sa.Integer, nullable=False, server_default="180"),
    ),
    "holiday": (
        sa.Column("kind", sa.String(8), nullable=False, server_default="closed"),
        sa.Column("like_day", sa.Date),
    ),
    "service_standard": (
        sa.Column("before_min", sa.Integer, nullable=False, server_default="0"),
        sa.Column("periodicity", sa.JSON),
    ),
    "booking": (
        sa.Column("zone", sa.String(64)),
        sa.Column("wall", sa.String(16)),
        sa.Column("fold", sa.Integer, nullable=False, server_default="0"),
        sa.Column("series_day", sa.Date),
    ),
}


def upgrade() -> None:
    connection = op.get_bind()
    postgresql = connection.dialect.name == "postgresql"
    _drop_guards(postgresql)
    for table, columns in ADDED.items():
        for column in columns:
            op.add_column(table, column)
    _make_tables()
    _every_specialist_has_a_calendar(connection)
    _weeks_become_rules(connection)
    op.drop_table("working_hours")
    _bookings_say_their_wall_time(connection)
    with op.batch_alter_table("booking") as booking:
        booking.alter_column("zone", existing_type=sa.String(64), nullable=False)
        booking.alter_column("wall", existing_type=sa.String(16), nullable=False)
        booking.add_column(sa.Column("series_id", sa.Integer))
        booking.create_foreign_key(op.f("fk_booking_series_id"), "series", ["series_id"], ["id"])
        booking.create_index(op.f("ix_booking_series_id"), ["series_id"])
    _bookings_take_their_time(connection)
    _set_guards(postgresql)


def _make_tables() -> None:
    op.create_table(
        "working_rule",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("specialist_id", sa.Integer, nullable=False),
        sa.Column("rrule", sa.String(200), nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date),
        sa.Column("start_min", sa.Integer, nullable=False),
        sa.Column("end_min", sa.Integer, nullable=False),
        sa.Column("services", sa.JSON),
        sa.Column("place", sa.String(8), nullable=False),
        sa.ForeignKeyConstraint(["specialist_id"], ["specialist.id"], name=op.f("fk_working_rule_specialist_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_rule")),
    )
    op.create_index(op.f("ix_working_rule_specialist_id"), "working_rule", ["specialist_id"])
    op.create_table(
        "rule_override",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("rule_id", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("windows", sa.JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["working_rule.id"], name=op.f("fk_rule_override_rule_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_override")),
        sa.UniqueConstraint("rule_id", "day", name=op.f("uq_rule_override_rule_id_day")),
    )
    op.create_table(
        "calendar_change",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("specialist_id", sa.Integer, nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("what", sa.String(24), nullable=False),
        sa.Column("before", sa.JSON, nullable=False),
        sa.ForeignKeyConstraint(["specialist_id"], ["specialist.id"], name=op.f("fk_calendar_change_specialist_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_calendar_change_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_change")),
    )
    op.create_index(op.f("ix_calendar_change_specialist_id"), "calendar_change", ["specialist_id"])
    op.create_table(
        "hold",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("specialist_id", sa.Integer, nullable=False),
        sa.Column("standard_id", sa.Integer, nullable=False),
        sa.Column("starts", Utc(), nullable=False),
        sa.Column("ends", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_hold_account_id")),
        sa.ForeignKeyConstraint(["specialist_id"], ["specialist.id"], name=op.f("fk_hold_specialist_id")),
        sa.ForeignKeyConstraint(["standard_id"], ["service_standard.id"], name=op.f("fk_hold_standard_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    for column in ("account_id", "specialist_id", "expires_at"):
        op.create_index(op.f(f"ix_hold_{column}"), "hold", [column])
    op.create_table(
        "resource",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column("languages", sa.JSON, nullable=False),
        sa.Column("district_id", sa.Integer),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_resource_district_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource")),
    )
    op.create_table(
        "series",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("client_id", sa.Integer, nullable=False),
        sa.Column("specialist_id", sa.Integer, nullable=False),
        sa.Column("standard_id", sa.Integer, nullable=False),
        sa.Column("rrule", sa.String(200), nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("start_min", sa.Integer, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("created_by", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_series_client_id")),
        sa.ForeignKeyConstraint(["specialist_id"], ["specialist.id"], name=op.f("fk_series_specialist_id")),
        sa.ForeignKeyConstraint(["standard_id"], ["service_standard.id"], name=op.f("fk_series_standard_id")),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_series_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
    )
    op.create_index(op.f("ix_series_client_id"), "series", ["client_id"])
    op.create_table(
        "participant",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("booking_id", sa.Integer, nullable=False),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("client_id", sa.Integer),
        sa.Column("resource_id", sa.Integer),
        sa.Column("name", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_participant_booking_id")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_participant_client_id")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_participant_resource_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant")),
    )
    op.create_index(op.f("ix_participant_booking_id"), "participant", ["booking_id"])
    op.create_table(
        "occupancy",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("who", sa.Integer, nullable=False),
        sa.Column("since", sa.Integer, nullable=False),
        sa.Column("until", sa.Integer, nullable=False),
        sa.Column("starts", sa.Integer, nullable=False),
        sa.Column("ends", sa.Integer, nullable=False),
        sa.Column("booking_id", sa.Integer),
        sa.Column("hold_id", sa.Integer),
        sa.Column("expires_at", Utc()),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_occupancy_booking_id")),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_occupancy_hold_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occupancy")),
    )
    op.create_index("ix_occupancy_who_since", "occupancy", ["kind", "who", "since"])
    for column in ("booking_id", "hold_id", "expires_at"):
        op.create_index(op.f(f"ix_occupancy_{column}"), "occupancy", [column])


def _every_specialist_has_a_calendar(connection: sa.Connection) -> None:
    connection.execute(
        sa.text(
            "INSERT INTO calendar (specialist_id, version, notice_min, horizon_days, step_min)"
            " SELECT id, 1, 120, 60, 15 FROM specialist WHERE id NOT IN (SELECT specialist_id FROM calendar)"
        )
    )


def _weeks_become_rules(connection: sa.Connection) -> None:
    shared: dict[str, Any] = {
        "specialist_id": sa.Integer,
        "start_min": sa.Integer,
        "end_min": sa.Integer,
        "services": SERVICES,
    }
    week: dict[str, Any] = {"weekday": sa.Integer, "valid_from": sa.Date, "valid_until": sa.Date}
    again: dict[str, Any] = {"rrule": sa.String, "first_day": sa.Date, "last_day": sa.Date, "place": sa.String}
    hours = sa.table("working_hours", *(sa.column(name, kind) for name, kind in (shared | week).items()))
    rule = sa.table("working_rule", *(sa.column(name, kind) for name, kind in (shared | again).items()))
    rows = [
        {
            "specialist_id": row.specialist_id,
            "rrule": f"FREQ=WEEKLY;INTERVAL=1;BYDAY={WEEKDAYS[row.weekday]};WKST=MO",
            "first_day": row.valid_from or SINCE_EVER,
            "last_day": row.valid_until,
            "start_min": row.start_min,
            "end_min": row.end_min,
            "services": row.services,
            "place": "office",
        }
        for row in connection.execute(sa.select(hours))
    ]
    if rows:
        connection.execute(sa.insert(rule), rows)


def _bookings_say_their_wall_time(connection: sa.Connection) -> None:
    """What the clock of the specialist's zone showed: the promise that stays when a zone's law changes."""
    columns = ("id", "specialist_id", "zone", "wall", "fold")
    booking = sa.table("booking", *(sa.column(name) for name in columns), sa.column("starts", Utc()))
    specialist = sa.table("specialist", sa.column("id"), sa.column("zone"))
    zones = {row.id: row.zone for row in connection.execute(sa.select(specialist))}
    change = sa.update(booking).where(booking.c.id == sa.bindparam("number"))
    change = change.values(zone=sa.bindparam("its_zone"), wall=sa.bindparam("its_wall"), fold=sa.bindparam("its_fold"))
    last = 0
    while True:
        some = sa.select(booking.c.id, booking.c.specialist_id, booking.c.starts).where(booking.c.id > last)
        rows = connection.execute(some.order_by(booking.c.id).limit(5000)).all()
        if not rows:
            return
        last = rows[-1].id
        connection.execute(change, [_wall(row, zones[row.specialist_id]) for row in rows])


def _wall(row: Any, zone: str) -> dict[str, Any]:
    local = row.starts.astimezone(ZoneInfo(zone))
    return {"number": row.id, "its_zone": zone, "its_wall": local.strftime("%Y-%m-%dT%H:%M"), "its_fold": local.fold}


def _bookings_take_their_time(connection: sa.Connection) -> None:
    """What is long over takes nobody's time any more."""
    since = datetime.now(UTC) - timedelta(days=60)
    minute = MINUTE[connection.dialect.name]
    for kind, until in (("specialist", "busy_until"), ("client", "ends")):
        columns = {name: minute.format(column) for name, column in (("starts", "starts"), ("ends", "ends"))}
        takes = sa.text(TAKES.format(kind=kind, until=minute.format(until), **columns))
        connection.execute(takes.bindparams(sa.bindparam("since", since, Utc())))


def _drop_guards(postgresql: bool) -> None:
    for guard in OLD_GUARDS:
        if postgresql:
            op.execute(f"ALTER TABLE booking DROP CONSTRAINT {guard}")
        else:
            op.execute(f"DROP TRIGGER {guard}_insert")
            op.execute(f"DROP TRIGGER {guard}_update")


def _set_guards(postgresql: bool) -> None:
    for kind in KINDS:
        if postgresql:
            op.execute(POSTGRESQL.format(kind=kind))
            continue
        for when, act in (("insert", "INSERT"), ("update", "UPDATE OF kind, who, since, until")):
            op.execute(SQLITE.format(kind=kind, when=when, act=act))
