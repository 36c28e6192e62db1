"""The pilot at a glance: one page for ministry and department, without names, with what is too small not told."""

from scheduling.glance.opened import Opened
from scheduling.glance.paid import newest_year
from scheduling.glance.report import Glance, Issued, Part, Provider, Purse, Row, Waiting, at_a_glance, middle

__all__ = [
    "Glance",
    "Issued",
    "Opened",
    "Part",
    "Provider",
    "Purse",
    "Row",
    "Waiting",
    "at_a_glance",
    "middle",
    "newest_year",
]
