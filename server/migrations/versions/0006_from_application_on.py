"""Applications, relations, lists, programmes, standards of single districts, consents taken back, five answers."""

import sqlalchemy as sa
from alembic import op

from scheduling.db import Utc

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# As plain words: to add a column that refers to another table, Alembic would write a whole table of SQLite anew.
ADDED = """
client birth_date DATE
client sex VARCHAR(1) DEFAULT '' NOT NULL
client snils VARCHAR(14) DEFAULT '' NOT NULL
client address VARCHAR(200) DEFAULT '' NOT NULL
client merged_into INTEGER CONSTRAINT fk_client_merged_into REFERENCES client (id)
client list_id INTEGER CONSTRAINT fk_client_list_id REFERENCES list_upload (id)
institution inn VARCHAR(12) DEFAULT '' NOT NULL
institution director VARCHAR(120) DEFAULT '' NOT NULL
service_standard districts JSON
service_standard deadline_days INTEGER
service_standard payment VARCHAR(8) DEFAULT 'tariff' NOT NULL
service_standard targets JSON DEFAULT '{}' NOT NULL
service_standard conditions TEXT DEFAULT '' NOT NULL
service_standard staff_requirement VARCHAR(200) DEFAULT '' NOT NULL
service_standard because VARCHAR(200) DEFAULT '' NOT NULL
service_standard published_by INTEGER CONSTRAINT fk_service_standard_published_by REFERENCES account (id)
service_standard published_at {instant}
consent representative_id INTEGER CONSTRAINT fk_consent_representative_id REFERENCES relation (id)
consent withdrawn_by INTEGER CONSTRAINT fk_consent_withdrawn_by REFERENCES account (id)
consent withdrawn_how VARCHAR(8)
consent withdrawn_because VARCHAR(200) DEFAULT '' NOT NULL
consent list_id INTEGER CONSTRAINT fk_consent_list_id REFERENCES list_upload (id)
feedback openness INTEGER
feedback comfort INTEGER
feedback goodwill INTEGER
feedback satisfaction INTEGER
feedback accessibility INTEGER
feedback by_staff BOOLEAN DEFAULT false NOT NULL
booking application_id INTEGER CONSTRAINT fk_booking_application_id REFERENCES application (id)
"""
# Few rows have it; who takes rows away is asked whether anybody points to them.
RARE = (("client", "merged_into"), ("client", "list_id"), ("consent", "list_id"), ("application", "likely_id"))
INSTANT = {"postgresql": "TIMESTAMP WITH TIME ZONE", "sqlite": "DATETIME"}

# Nothing is promised to a card that was joined with another, also not by whoever looked a moment before: he waits for
# those who join, sees what they did, and hears what he would hear of a client who is taken.
HERE = {
    "sqlite": [
        """
CREATE TRIGGER occupancy_client_here BEFORE INSERT ON occupancy
WHEN NEW.kind = 'client' AND (SELECT merged_into FROM client WHERE id = NEW.who) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'occupancy_client_once'); END
"""
    ],
    "postgresql": [
        """
CREATE FUNCTION occupancy_client_here() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE elsewhere integer;
BEGIN
    SELECT merged_into INTO elsewhere FROM client WHERE id = NEW.who FOR KEY SHARE;
    IF elsewhere IS NOT NULL THEN
        RAISE EXCEPTION 'occupancy_client_once' USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NEW;
END $$
""",
        """
CREATE TRIGGER occupancy_client_here BEFORE INSERT ON occupancy FOR EACH ROW
WHEN (NEW.kind = 'client') EXECUTE FUNCTION occupancy_client_here()
""",
    ],
}


def upgrade() -> None:
    _make_tables()
    instant = INSTANT[op.get_bind().dialect.name]
    for line in ADDED.strip().splitlines():
        table, column = line.replace("{instant}", instant).split(" ", 1)
        op.execute(sa.text(f"ALTER TABLE {table} ADD COLUMN {column}"))
    op.create_index("ix_booking_application_id", "booking", ["application_id"])
    op.create_index("ix_participant_client_id", "participant", ["client_id"])
    op.create_index("ix_client_birth_year_name_folded", "client", ["birth_year", "name_folded"])
    op.create_index("ix_client_birth_date", "client", ["birth_date"])
    for table, column in RARE:
        said = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_{table}_{column}", table, [column], sqlite_where=said, postgresql_where=said)
    for statement in HERE[op.get_bind().dialect.name]:
        op.execute(statement)


def _make_tables() -> None:
    op.create_table(
        "fallback",
        sa.Column("district_id", sa.Integer, sa.ForeignKey("district.id"), primary_key=True, autoincrement=False),
        sa.Column("institution_id", sa.Integer, sa.ForeignKey("institution.id"), nullable=False),
    )
    op.create_table(
        "list_upload",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False, index=True),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("problem", sa.JSON),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Column("district_id", sa.Integer, sa.ForeignKey("district.id"), nullable=False),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("seen_at", Utc(), nullable=False),
        sa.Column("finished_at", Utc()),
        sa.Column("rows_read", sa.Integer, nullable=False),
        sa.Column("rows_refused", sa.Integer, nullable=False),
        sa.Column("rows_doubtful", sa.Integer, nullable=False),
        sa.Column("rows_applied", sa.Integer, nullable=False),
    )
    op.create_table(
        "application",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("district_id", sa.Integer, sa.ForeignKey("district.id"), nullable=False),
        sa.Column("client_id", sa.Integer, sa.ForeignKey("client.id"), index=True),
        sa.Column("source", sa.String(8), nullable=False),
        sa.Column("list_id", sa.Integer, sa.ForeignKey("list_upload.id"), index=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("name_folded", sa.String(120), nullable=False, index=True),
        sa.Column("birth_year", sa.Integer),
        sa.Column("birth_date", sa.Date),
        sa.Column("phone", sa.String(32), nullable=False),
        sa.Column("phone_digits", sa.String(16), nullable=False, index=True),
        sa.Column("email", sa.String(200), nullable=False),
        sa.Column("settlement", sa.String(120), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("speaker", sa.String(120), nullable=False),
        sa.Column("speaker_tie", sa.String(24), nullable=False),
        sa.Column("speaker_phone", sa.String(32), nullable=False),
        sa.Column("topic", sa.String(32)),
        sa.Column("service", sa.String(16)),
        sa.Column("urgency", sa.String(8), nullable=False),
        sa.Column("mode", sa.String(16)),
        sa.Column("wishes", sa.JSON, nullable=False),
        sa.Column("remark", sa.Text, nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("seen_at", Utc()),
        sa.Column("due_on", sa.Date),
        sa.Column("specialist_id", sa.Integer, sa.ForeignKey("specialist.id"), index=True),
        sa.Column("assigned_at", Utc()),
        sa.Column("setback", sa.String(12)),
        sa.Column("proposed_id", sa.Integer, sa.ForeignKey("specialist.id")),
        sa.Column("proposed_at", Utc()),
        sa.Column("likely_id", sa.Integer, sa.ForeignKey("client.id")),
        sa.Column("closed_at", Utc()),
        sa.Column("close_reason", sa.String(16)),
        sa.Column("created_by", sa.Integer, sa.ForeignKey("account.id")),
        sa.Column("consent_hash", sa.String(64)),
    )
    decides = ["service", "due_on", "seen_at", "specialist_id", "proposed_id", "likely_id", "setback"]
    work = ["district_id", "status", *decides, "urgency", "received_at", "list_id"]
    op.create_index("ix_application_work", "application", work)
    op.create_table(
        "client_merge",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kept_id", sa.Integer, sa.ForeignKey("client.id"), nullable=False, index=True),
        sa.Column("gone_id", sa.Integer, sa.ForeignKey("client.id"), nullable=False, index=True),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("before", sa.JSON, nullable=False),
        sa.Column("moved", sa.JSON, nullable=False),
    )
    op.create_table(
        "list_row",
        sa.Column("list_id", sa.Integer, sa.ForeignKey("list_upload.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("verdict", sa.String(8), nullable=False),
        sa.Column("cells", sa.JSON, nullable=False),
        sa.Column("facts", sa.JSON),
        sa.Column("problems", sa.JSON, nullable=False),
        sa.Column("candidates", sa.JSON, nullable=False),
        sa.Column("choice", sa.String(4), nullable=False),
        sa.Column("client_id", sa.Integer, sa.ForeignKey("client.id"), index=True),
    )
    op.create_index("ix_list_row_verdict", "list_row", ["list_id", "verdict", "choice", "line"])
    op.create_table(
        "programme",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("client_id", sa.Integer, sa.ForeignKey("client.id"), nullable=False, index=True),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("issuer_id", sa.Integer, sa.ForeignKey("institution.id"), nullable=False),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date, nullable=False),
        sa.Column("ended_on", sa.Date),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("created_by", sa.Integer, sa.ForeignKey("account.id"), nullable=False),
    )
    op.create_table(
        "relation",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("client_id", sa.Integer, sa.ForeignKey("client.id"), nullable=False, index=True),
        sa.Column("other_id", sa.Integer, sa.ForeignKey("client.id"), index=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("tie", sa.String(24), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("phone", sa.String(32), nullable=False),
        sa.Column("document", sa.String(200), nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("ended_at", Utc()),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("created_by", sa.Integer, sa.ForeignKey("account.id"), nullable=False),
    )
    op.create_table(
        "application_change",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("application_id", sa.Integer, sa.ForeignKey("application.id"), nullable=False, index=True),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id")),
        sa.Column("what", sa.String(24), nullable=False),
        sa.Column("before", sa.JSON, nullable=False),
        sa.Column("after", sa.JSON, nullable=False),
    )
    op.create_table(
        "programme_line",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("programme_id", sa.Integer, sa.ForeignKey("programme.id"), nullable=False, index=True),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("volume", sa.Integer, nullable=False),
        sa.Column("periodicity", sa.JSON),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("until", sa.Date, nullable=False),
    )
