"""Series: a course of sessions by one rule; looked over beforehand, promised all at once or not at all.

The rule is an RRULE on the specialist's clock ("each Tuesday at ten, ten times"). What it wants is held against her
calendar, the client's and those of everybody and everything beside them: each session is free, or has a reason why not
and the nearest time in its place. A person accepts a list of times; the list is booked in one transaction.
"""

from scheduling.series.changing import accept, cancel, move, plan_move, seen, series
from scheduling.series.course import MOST_SESSIONS, Course, Preview, Session, SessionReason, Wanted, preview
from scheduling.series.tables import Scope, Series

__all__ = [
    "MOST_SESSIONS",
    "Course",
    "Preview",
    "Scope",
    "Series",
    "Session",
    "SessionReason",
    "Wanted",
    "accept",
    "cancel",
    "move",
    "plan_move",
    "preview",
    "seen",
    "series",
]
