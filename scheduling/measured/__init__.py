"""What each session came to: the indicators of its standard, one row each, so that years can be looked over at once."""

from scheduling.measured.keeping import keep, rebuild
from scheduling.measured.tables import Measured

__all__ = ["Measured", "keep", "rebuild"]
