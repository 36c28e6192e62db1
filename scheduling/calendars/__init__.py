"""Calendars: when a specialist works and how she may be booked; tables, checks, and the rules they give to `slots`."""

from scheduling.calendars.changing import (
    MOST_WINDOWS,
    add_absence,
    add_exception,
    add_holiday,
    remove_absence,
    remove_exception,
    remove_holiday,
    set_hours,
    set_limits,
)
from scheduling.calendars.deciding import as_service, must_be_open
from scheduling.calendars.reading import (
    MARGIN,
    Owner,
    absences,
    busy,
    busy_of_client,
    exceptions,
    holidays,
    hours,
    rules,
    settings,
)
from scheduling.calendars.tables import Absence, AbsenceKind, Calendar, DayException, Holiday, WorkingHours

__all__ = [
    "MARGIN",
    "MOST_WINDOWS",
    "Absence",
    "AbsenceKind",
    "Calendar",
    "DayException",
    "Holiday",
    "Owner",
    "WorkingHours",
    "absences",
    "add_absence",
    "add_exception",
    "add_holiday",
    "as_service",
    "busy",
    "busy_of_client",
    "exceptions",
    "holidays",
    "hours",
    "must_be_open",
    "remove_absence",
    "remove_exception",
    "remove_holiday",
    "rules",
    "set_hours",
    "set_limits",
    "settings",
]
