"""What may be done with an application as it stands: one table from status and act to the status that follows; pure."""

from collections.abc import Mapping
from typing import Literal

from scheduling.applications.tables import Status
from scheduling.errors import ApplicationNotThere

# assign: to a specialist; release: taken from her again; book: a booking is made for it; set_back: its last open
# booking was missed, failed or cancelled; close, reopen: a person says so.
Act = Literal["assign", "release", "book", "set_back", "close", "reopen"]

NEXT: Mapping[tuple[str, Act], Status] = {
    ("new", "assign"): "assigned",
    ("new", "book"): "scheduled",
    ("new", "close"): "closed",
    ("assigned", "assign"): "assigned",
    ("assigned", "release"): "new",
    ("assigned", "book"): "scheduled",
    ("assigned", "close"): "closed",
    ("scheduled", "assign"): "scheduled",
    ("scheduled", "book"): "scheduled",
    ("scheduled", "set_back"): "assigned",
    ("scheduled", "close"): "closed",
    ("closed", "reopen"): "assigned",
}


def after(status: str, act: Act) -> Status:
    """The status that follows. Refused: `application_not_there`."""
    follows = NEXT.get((status, act))
    if follows is None:
        raise ApplicationNotThere(status)
    return follows
