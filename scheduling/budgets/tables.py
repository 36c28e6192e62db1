"""The table of budgets: whose money, in which district and year, from which source."""

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.db import Base


class Budget(Base):
    """Without a provider it is the district's own, from which certificates are issued. Its sums stand in the ledger."""

    __tablename__ = "budget"
    __table_args__ = (
        Index(
            "uq_budget_of_district",
            *("district_id", "year", "source"),
            unique=True,
            sqlite_where=text("provider_id IS NULL"),
            postgresql_where=text("provider_id IS NULL"),
        ),
        Index("uq_budget_of_provider", "provider_id", "district_id", "year", "source", unique=True),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    year: Mapped[int]
    source: Mapped[str] = mapped_column(String(24), default="region")
    # From which share of the plan on it warns.
    warn_percent: Mapped[int] = mapped_column(default=80)
