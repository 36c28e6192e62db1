"""A calendar written down as a person would say it, and its rules for `slots`: what tests of time begin with."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from scheduling.calendars import WeeklyHours
from scheduling.calendars.changing import SINCE_EVER
from scheduling.calendars.plan import Plan, Rule, Special
from scheduling.calendars.recurring import Recurrence
from scheduling.slots import Interval, Limits, Rules, Taken, Window


@dataclass(frozen=True)
class DayException:
    """The windows of one day instead of its weekly hours; none means closed."""

    day: date
    windows: tuple[Interval, ...] = ()


@dataclass(frozen=True)
class Plain:
    """`busy` of `by_definition` and `rules` mean the same calendar."""

    zone: str
    weekly: tuple[WeeklyHours, ...] = ()
    exceptions: tuple[DayException, ...] = ()
    absences: tuple[Interval, ...] = ()
    holidays: frozenset[date] = frozenset()
    notice_min: int = 0
    horizon_days: int = 60
    step_min: int = 15
    max_per_day: int | None = None
    max_per_week: int | None = None
    longest_run_min: int | None = None
    break_min: int = 15

    @property
    def rules(self) -> Rules:
        plan = Plan(
            rules=[
                Rule(
                    number,
                    Recurrence(hours.rrule, hours.valid_from or SINCE_EVER, hours.valid_until),
                    Window(hours.start, hours.end, hours.services, hours.place),
                )
                for number, hours in enumerate(self.weekly)
            ],
            exceptions={
                each.day: tuple(Window(*window) for window in sorted(each.windows)) for each in self.exceptions
            },
            specials=[Special(day) for day in self.holidays],
        )
        limits = Limits(
            self.notice_min,
            self.horizon_days,
            self.step_min,
            self.max_per_day,
            self.max_per_week,
            self.longest_run_min,
            self.break_min,
        )
        return Rules(self.zone, plan, self.absences, limits)


def whole(busy: Iterable[Interval]) -> list[Taken]:
    """Stretches that are taken, without telling session and buffer apart."""
    return [Taken(start, end, start, end) for start, end in busy]
