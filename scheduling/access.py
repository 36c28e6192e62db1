"""THE permission table: which role may do what, and how far each sees."""

from dataclasses import dataclass, field
from typing import Literal

Role = Literal["coordinator", "specialist", "officer", "analyst", "administrator"]
Permission = Literal[
    "account",  # own profile, second factor
    "catalogue",  # districts, institutions, services, specialists, topics, consent texts
    "clients.read",
    "clients.write",
    "slots",
    "bookings.read",
    "bookings.write",
    "sessions.lead",  # take the specialist's seat of an own booking
    "notes",  # write and read own consultation notes
    "calendars.read",
    "calendars.write",
    "holidays.write",
    "resources.write",  # rooms and interpreters: of the own district, of any for an administrator
    "board",
    "consents.take",  # write down a consent that a client gives
    "live",  # watch over sessions that go on
    "help.answer",
    "quality",  # how sessions were, by settlement, district and week
    "applications",  # requests for help of the own district: taken, assigned, closed; cards of one person merged
    "fallbacks.write",  # whom a district without a specialist of its own asks first
    "lists",  # many at once from a file: applications for a coordinator, certificates for an officer
    "programmes.read",
    "programmes.write",
    "standards.write",  # publish a version of a service's standard
    "workbench",  # what really happened against what a standard asks
    "certificates.read",
    "certificates.write",  # issue, replace, revoke
    "choice",  # the holder's choice of a provider, said before staff
    "budgets.read",
    "budgets.write",
    "rendered.read",  # what was rendered, by session
    "rendered.write",  # the client's word written down, a dispute settled
    "acts.read",
    "acts.write",  # make and sign acts
    "registers",  # of recipients and of services, with names
    "glance",  # the pilot at a glance, without names
]

ROLES: tuple[Role, ...] = ("coordinator", "specialist", "officer", "analyst", "administrator")

_CASEWORK: frozenset[Permission] = frozenset(
    (
        *("account", "catalogue", "clients.read", "slots", "bookings.read", "bookings.write"),
        *("calendars.read", "calendars.write", "board", "consents.take", "live"),
    )
)
_DESK: frozenset[Permission] = frozenset(
    (
        *("clients.write", "help.answer", "quality", "resources.write", "applications", "lists"),
        *("programmes.read", "programmes.write", "certificates.read", "choice", "rendered.read", "rendered.write"),
    )
)
_DEPARTMENT: frozenset[Permission] = frozenset(
    (
        *("clients.read", "lists", "programmes.read", "programmes.write", "certificates.read", "certificates.write"),
        *("choice", "budgets.read", "budgets.write", "rendered.read", "rendered.write", "acts.read", "acts.write"),
        *("registers", "glance"),
    )
)
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    "coordinator": _CASEWORK | _DESK,
    "specialist": _CASEWORK | {"sessions.lead", "notes", "programmes.read", "certificates.read", "rendered.read"},
    "officer": _DEPARTMENT | {"account", "catalogue"},
    "analyst": frozenset(
        (
            *("account", "catalogue", "live", "quality", "workbench", "standards.write", "budgets.read", "glance"),
            *("acts.read", "fallbacks.write"),
        )
    ),
    "administrator": frozenset(("account", "catalogue", "holidays.write", "resources.write", "fallbacks.write")),
}


@dataclass(frozen=True)
class Actor:
    """Who asks: an account with its roles, institution, district and, for a specialist, her calendar."""

    account_id: int
    name: str
    login: str
    roles: frozenset[Role]
    institution_id: int
    district_id: int | None
    zone: str
    specialist_id: int | None = None
    totp: bool = False
    may: frozenset[Permission] = field(init=False)

    def __post_init__(self) -> None:
        granted = frozenset[Permission]().union(*(PERMISSIONS[role] for role in self.roles))
        object.__setattr__(self, "may", granted)

    def sees_booking(self, *, client_district: int, specialist: int) -> bool:
        """A coordinator sees the bookings of her district's clients, a specialist her own."""
        if "coordinator" in self.roles and self.district_id is not None and client_district == self.district_id:
            return True
        return self.specialist_id is not None and specialist == self.specialist_id

    def sees_district(self, district: int) -> bool:
        """An officer's and a coordinator's own district; an analyst sees all, without names."""
        return "analyst" in self.roles or self.serves_district(district)

    def serves_district(self, district: int) -> bool:
        """Where an officer and a coordinator change things: their own district, whatever else they may look at."""
        own = self.district_id is not None and district == self.district_id
        return own and bool(self.roles & {"coordinator", "officer"})

    @property
    def sees_names(self) -> bool:
        """Whoever works with people; an analyst sees the region's sessions without them."""
        return bool(self.roles & {"coordinator", "specialist", "officer"})

    def edits_calendar(self, *, specialist: int, institution: int) -> bool:
        """A specialist edits her own calendar, a coordinator those of her institution."""
        if self.specialist_id == specialist:
            return True
        return "coordinator" in self.roles and institution == self.institution_id
