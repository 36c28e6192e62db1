"""Certificates and what pays for them: a ledger that the database keeps whole, budgets, acts that stand once signed."""

import sqlalchemy as sa
from alembic import op

from scheduling.db import Utc

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# What a balance is, the database alone decides; a movement that would bring one below zero breaks its CHECK.
LEDGER = {
    "sqlite": """
CREATE TRIGGER ledger_account_begins BEFORE INSERT ON ledger_account WHEN NEW.balance <> 0
BEGIN SELECT RAISE(ABORT, 'ledger_account_begins'); END;
CREATE TRIGGER ledger_movement_within BEFORE INSERT ON ledger_movement WHEN NOT EXISTS (
    SELECT 1 FROM ledger_account AS source JOIN ledger_account AS target ON target.id = NEW.target_id
    WHERE source.id = NEW.source_id AND target.line_id IS source.line_id AND target.budget_id IS source.budget_id
)
BEGIN SELECT RAISE(ABORT, 'ledger_movement_within'); END;
CREATE TRIGGER ledger_movement_counts AFTER INSERT ON ledger_movement
BEGIN
    UPDATE ledger_account SET balance = balance - NEW.amount WHERE id = NEW.source_id;
    UPDATE ledger_account SET balance = balance + NEW.amount WHERE id = NEW.target_id;
END;
CREATE TRIGGER ledger_movement_stays BEFORE UPDATE ON ledger_movement
BEGIN SELECT RAISE(ABORT, 'ledger_movement_stays'); END;
CREATE TRIGGER ledger_movement_lasts BEFORE DELETE ON ledger_movement
BEGIN SELECT RAISE(ABORT, 'ledger_movement_lasts'); END
""",
    "postgresql": """
CREATE FUNCTION ledger_account_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.balance <> 0 THEN RAISE EXCEPTION 'ledger_account_begins'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_account_begins BEFORE INSERT ON ledger_account
FOR EACH ROW EXECUTE FUNCTION ledger_account_begins();
CREATE FUNCTION ledger_account_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.balance <> OLD.balance AND pg_trigger_depth() < 2 THEN RAISE EXCEPTION 'ledger_account_counted'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_account_counted BEFORE UPDATE ON ledger_account
FOR EACH ROW EXECUTE FUNCTION ledger_account_counted();
CREATE FUNCTION ledger_movement_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM ledger_account AS source JOIN ledger_account AS target ON target.id = NEW.target_id
        WHERE source.id = NEW.source_id AND target.line_id IS NOT DISTINCT FROM source.line_id
            AND target.budget_id IS NOT DISTINCT FROM source.budget_id
    ) THEN RAISE EXCEPTION 'ledger_movement_within'; END IF;
    UPDATE ledger_account
    SET balance = balance + CASE WHEN id = NEW.source_id THEN -NEW.amount ELSE NEW.amount END
    WHERE id IN (NEW.source_id, NEW.target_id);
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_movement_counts AFTER INSERT ON ledger_movement
FOR EACH ROW EXECUTE FUNCTION ledger_movement_counts();
CREATE FUNCTION ledger_movement_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'ledger_movement_stays'; END $$;
CREATE TRIGGER ledger_movement_stays BEFORE UPDATE OR DELETE ON ledger_movement
FOR EACH ROW EXECUTE FUNCTION ledger_movement_stays()
""",
}
# A signed act is as it was signed, for whoever writes to the database too.
SIGNED = {
    "sqlite": """
CREATE TRIGGER act_stays BEFORE UPDATE ON act WHEN OLD.status = 'signed'
BEGIN SELECT RAISE(ABORT, 'act_signed'); END;
CREATE TRIGGER act_lasts BEFORE DELETE ON act WHEN OLD.status = 'signed'
BEGIN SELECT RAISE(ABORT, 'act_signed'); END;
CREATE TRIGGER act_line_added BEFORE INSERT ON act_line
WHEN EXISTS (SELECT 1 FROM act WHERE id = NEW.act_id AND status = 'signed')
BEGIN SELECT RAISE(ABORT, 'act_signed'); END;
CREATE TRIGGER act_line_stays BEFORE UPDATE ON act_line
WHEN EXISTS (SELECT 1 FROM act WHERE id IN (OLD.act_id, NEW.act_id) AND status = 'signed')
BEGIN SELECT RAISE(ABORT, 'act_signed'); END;
CREATE TRIGGER act_line_lasts BEFORE DELETE ON act_line
WHEN EXISTS (SELECT 1 FROM act WHERE id = OLD.act_id AND status = 'signed')
BEGIN SELECT RAISE(ABORT, 'act_signed'); END
""",
    "postgresql": """
CREATE FUNCTION act_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'signed' THEN RAISE EXCEPTION 'act_signed'; END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER act_stays BEFORE UPDATE OR DELETE ON act FOR EACH ROW EXECUTE FUNCTION act_stays();
CREATE FUNCTION act_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE found RECORD;
BEGIN
    FOR found IN
        SELECT status FROM act WHERE id IN (
            CASE WHEN TG_OP <> 'INSERT' THEN OLD.act_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.act_id END
        ) FOR SHARE
    LOOP
        IF found.status = 'signed' THEN RAISE EXCEPTION 'act_signed'; END IF;
    END LOOP;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER act_line_stays BEFORE INSERT OR UPDATE OR DELETE ON act_line
FOR EACH ROW EXECUTE FUNCTION act_line_stays()
""",
}
PAID_BY = """
ALTER TABLE booking ADD COLUMN certificate_line_id INTEGER
CONSTRAINT fk_booking_certificate_line_id REFERENCES certificate_line (id)
"""


def upgrade() -> None:
    _make_tables()
    op.execute(sa.text(PAID_BY))
    op.create_index("ix_booking_certificate_line_id", "booking", ["certificate_line_id"])
    engine = op.get_bind().dialect.name
    between = {"sqlite": "\nCREATE TRIGGER ", "postgresql": "\nCREATE "}[engine]
    for guard in (LEDGER[engine], SIGNED[engine]):
        for statement in guard.split(between)[1:]:
            op.get_bind().exec_driver_sql(between + statement.rstrip().removesuffix(";"))


def _make_tables() -> None:
    op.create_table(
        "signing_key",
        sa.Column("kid", sa.String(16), primary_key=True),
        sa.Column("public", sa.String(43), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("retired_at", Utc()),
        sa.Column("withdrawn_at", Utc()),
    )
    op.create_table(
        "budget",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("district_id", sa.Integer, sa.ForeignKey("district.id"), nullable=False),
        sa.Column("provider_id", sa.Integer, sa.ForeignKey("institution.id")),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("source", sa.String(24), nullable=False),
        sa.Column("warn_percent", sa.Integer, nullable=False),
    )
    op.create_index("uq_budget_of_provider", "budget", ["provider_id", "district_id", "year", "source"], unique=True)
    op.create_index(
        "uq_budget_of_district",
        "budget",
        ["district_id", "year", "source"],
        unique=True,
        sqlite_where=sa.text("provider_id IS NULL"),
        postgresql_where=sa.text("provider_id IS NULL"),
    )
    op.create_table(
        "tariff",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("institution_id", sa.Integer, sa.ForeignKey("institution.id"), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("kopecks", sa.Integer, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.UniqueConstraint("institution_id", "code", "valid_from"),
    )
    op.create_table(
        "act",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("number", sa.String(40), nullable=False, unique=True),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("provider_id", sa.Integer, sa.ForeignKey("institution.id"), nullable=False),
        sa.Column("district_id", sa.Integer, sa.ForeignKey("district.id"), nullable=False),
        sa.Column("source", sa.String(24), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("month", sa.Date, nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("made_by", sa.Integer, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("signed_at", Utc()),
        sa.Column("signed_by", sa.Integer, sa.ForeignKey("account.id")),
        sa.Column("signed_for", sa.String(120), nullable=False),
    )
    op.create_index(
        "uq_act_draft",
        "act",
        ["provider_id", "district_id", "source", "year", "month"],
        unique=True,
        sqlite_where=sa.text("status = 'draft'"),
        postgresql_where=sa.text("status = 'draft'"),
    )
    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("number", sa.String(40), nullable=False, unique=True),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("client_id", sa.Integer, sa.ForeignKey("client.id"), nullable=False, index=True),
        sa.Column("representative_id", sa.Integer, sa.ForeignKey("relation.id")),
        sa.Column("district_id", sa.Integer, sa.ForeignKey("district.id"), nullable=False),
        sa.Column("issuer_id", sa.Integer, sa.ForeignKey("institution.id"), nullable=False),
        sa.Column("issued_on", sa.Date),
        sa.Column("valid_until", sa.Date, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("source", sa.String(24), nullable=False),
        sa.Column("programme_id", sa.Integer, sa.ForeignKey("programme.id")),
        sa.Column("provider_id", sa.Integer, sa.ForeignKey("institution.id"), index=True),
        sa.Column("replaces_id", sa.Integer, sa.ForeignKey("certificate.id")),
        sa.Column("ended_at", Utc()),
        sa.Column("because", sa.String(200), nullable=False),
        sa.Column("code_hash", sa.String(64)),
        sa.Column("list_id", sa.Integer, sa.ForeignKey("list_upload.id"), index=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("created_by", sa.Integer, sa.ForeignKey("account.id"), nullable=False),
    )
    op.create_index("ix_certificate_district_year", "certificate", ["district_id", "year"])
    op.create_table(
        "admitted_provider",
        sa.Column("certificate_id", sa.Integer, sa.ForeignKey("certificate.id"), primary_key=True, autoincrement=False),
        sa.Column("institution_id", sa.Integer, sa.ForeignKey("institution.id"), primary_key=True, autoincrement=False),
    )
    op.create_table(
        "certificate_change",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("certificate_id", sa.Integer, sa.ForeignKey("certificate.id"), nullable=False, index=True),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id")),
        sa.Column("what", sa.String(24), nullable=False),
        sa.Column("before", sa.JSON, nullable=False),
        sa.Column("after", sa.JSON, nullable=False),
    )
    op.create_table(
        "certificate_line",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("certificate_id", sa.Integer, sa.ForeignKey("certificate.id"), nullable=False, index=True),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("standard_id", sa.Integer, sa.ForeignKey("service_standard.id"), nullable=False),
        sa.Column("unit", sa.String(8), nullable=False),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.Column("unit_kopecks", sa.Integer, nullable=False),
        sa.Column("copay_kopecks", sa.Integer, nullable=False),
        sa.Column("periodicity", sa.JSON),
        sa.UniqueConstraint("certificate_id", "code"),
    )
    op.create_table(
        "provider_listing",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("certificate_id", sa.Integer, sa.ForeignKey("certificate.id"), nullable=False, index=True),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id")),
        sa.Column("seed", sa.Integer, nullable=False),
        sa.Column("items", sa.JSON, nullable=False),
    )
    op.create_table(
        "ledger_account",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("line_id", sa.Integer, sa.ForeignKey("certificate_line.id")),
        sa.Column("budget_id", sa.Integer, sa.ForeignKey("budget.id")),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("unit", sa.String(8), nullable=False),
        sa.Column("balance", sa.BigInteger, nullable=False),
        sa.CheckConstraint("(line_id IS NULL) <> (budget_id IS NULL)", name="of_one"),
        sa.CheckConstraint("balance >= 0 OR kind = 'outside'", name="not_below_zero"),
        sa.UniqueConstraint("budget_id", "kind"),
        sa.UniqueConstraint("line_id", "kind"),
    )
    op.create_table(
        "provider_choice",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("certificate_id", sa.Integer, sa.ForeignKey("certificate.id"), nullable=False, index=True),
        sa.Column("listing_id", sa.Integer, sa.ForeignKey("provider_listing.id"), nullable=False),
        sa.Column("provider_id", sa.Integer, sa.ForeignKey("institution.id"), nullable=False),
        sa.Column("from_id", sa.Integer, sa.ForeignKey("institution.id")),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("confirmed_by", sa.String(8), nullable=False),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id")),
        sa.Column("because", sa.String(200), nullable=False),
    )
    op.create_table(
        "act_line",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("act_id", sa.Integer, sa.ForeignKey("act.id"), nullable=False, index=True),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("booking_id", sa.Integer, sa.ForeignKey("booking.id"), nullable=False),
        sa.Column("client_id", sa.Integer, sa.ForeignKey("client.id"), nullable=False, index=True),
        sa.Column("certificate_id", sa.Integer, sa.ForeignKey("certificate.id"), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("unit", sa.String(8), nullable=False),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("unit_kopecks", sa.Integer, nullable=False),
        sa.Column("sum_kopecks", sa.Integer, nullable=False),
        sa.Column("evidence", sa.JSON, nullable=False),
        sa.Column("corrects_id", sa.Integer, sa.ForeignKey("act_line.id")),
        sa.Column("because", sa.String(200), nullable=False),
    )
    op.create_index(
        "uq_act_line_booking",
        "act_line",
        ["booking_id"],
        unique=True,
        sqlite_where=sa.text("corrects_id IS NULL"),
        postgresql_where=sa.text("corrects_id IS NULL"),
    )
    op.create_table(
        "ledger_movement",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("act", sa.String(8), nullable=False),
        sa.Column("source_id", sa.Integer, sa.ForeignKey("ledger_account.id"), nullable=False),
        sa.Column("target_id", sa.Integer, sa.ForeignKey("ledger_account.id"), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("booking_id", sa.Integer, sa.ForeignKey("booking.id"), index=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id")),
        sa.Column("because", sa.String(200), nullable=False),
        sa.CheckConstraint("source_id <> target_id", name="somewhere"),
        sa.CheckConstraint("amount > 0", name="something"),
    )
    op.create_index("ix_ledger_movement_source_id", "ledger_movement", ["source_id"])
    op.create_index("ix_ledger_movement_target_id", "ledger_movement", ["target_id"])
    op.create_table(
        "measured",
        sa.Column("booking_id", sa.Integer, sa.ForeignKey("booking.id"), primary_key=True, autoincrement=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("month", sa.Integer, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("district_id", sa.Integer, sa.ForeignKey("district.id"), nullable=False),
        sa.Column("provider_id", sa.Integer, sa.ForeignKey("institution.id"), nullable=False),
        sa.Column("specialist_id", sa.Integer, sa.ForeignKey("specialist.id"), nullable=False),
        sa.Column("client_id", sa.Integer, sa.ForeignKey("client.id"), nullable=False, index=True),
        sa.Column("standard_id", sa.Integer, sa.ForeignKey("service_standard.id"), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("because", sa.String(20), nullable=False),
        sa.Column("mode", sa.String(12), nullable=False),
        sa.Column("waiting_days", sa.Integer),
        sa.Column("length_min", sa.Integer),
        sa.Column("both_share", sa.Integer),
        sa.Column("late_min", sa.Integer),
        sa.Column("video_share", sa.Integer),
        sa.Column("course_sessions", sa.Integer),
        sa.Column("satisfaction", sa.Integer),
        sa.Column("paid_kopecks", sa.Integer),
    )
    of_month = ["year", "outcome", "district_id", "month", "client_id", "length_min", "paid_kopecks"]
    op.create_index("ix_measured_month", "measured", of_month)
    op.create_index("ix_measured_mode", "measured", ["year", "outcome", "district_id", "mode", "client_id"])
    op.create_index("ix_measured_reason", "measured", ["year", "outcome", "because", "district_id", "client_id"])
    of_waiting = ["year", "district_id", "waiting_days", "standard_id", "client_id"]
    op.create_index("ix_measured_waiting", "measured", of_waiting)
    of_provider = ["year", "outcome", "provider_id", "client_id", "length_min", "district_id"]
    op.create_index("ix_measured_provider", "measured", of_provider)
    of_workbench = ["code", "day", "outcome", "district_id", "provider_id", "standard_id", "client_id", "waiting_days"]
    of_workbench += ["length_min", "both_share", "late_min", "video_share", "course_sessions", "satisfaction"]
    op.create_index("ix_measured_workbench", "measured", of_workbench)
    op.create_table(
        "rendered",
        sa.Column("booking_id", sa.Integer, sa.ForeignKey("booking.id"), primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("client_id", sa.Integer, sa.ForeignKey("client.id"), nullable=False, index=True),
        sa.Column("provider_id", sa.Integer, sa.ForeignKey("institution.id"), nullable=False),
        sa.Column("district_id", sa.Integer, sa.ForeignKey("district.id"), nullable=False),
        sa.Column("line_id", sa.Integer, sa.ForeignKey("certificate_line.id"), index=True),
        sa.Column("source", sa.String(24), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("standard_id", sa.Integer, sa.ForeignKey("service_standard.id"), nullable=False),
        sa.Column("norm_min", sa.Integer, nullable=False),
        sa.Column("actual_min", sa.Integer, nullable=False),
        sa.Column("payment", sa.String(8), nullable=False),
        sa.Column("unit", sa.String(8), nullable=False),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.Column("unit_kopecks", sa.Integer, nullable=False),
        sa.Column("sum_kopecks", sa.Integer, nullable=False),
        sa.Column("copay_kopecks", sa.Integer, nullable=False),
        sa.Column("confirmed_how", sa.String(12)),
        sa.Column("confirmed_at", Utc()),
        sa.Column("confirmed_by", sa.Integer, sa.ForeignKey("account.id")),
        sa.Column("client_said", sa.JSON),
        sa.Column("provider_said", sa.JSON),
        sa.Column("settled", sa.JSON),
    )
    op.create_index("ix_rendered_provider_day", "rendered", ["provider_id", "day"])
