"""Refusals: certificates, the choice of a provider, and the money behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from scheduling.errors.saying_no import Refused


@dataclass(eq=False)
class BudgetShort(Refused):
    """The budget of a district or a provider (`of`) lacks so many kopecks for what was to be set aside in it."""

    code = "budget_short"
    of: Literal["district", "provider"]
    name: str
    year: int
    missing_kopecks: int


@dataclass(eq=False)
class PlanBelowUse(Refused):
    """Less cannot be planned than is issued, reserved and consumed already."""

    code = "plan_below_use"
    least_kopecks: int


@dataclass(eq=False)
class CertificateNotLive(Refused):
    """Nothing can be booked on it any more, or not yet."""

    code = "certificate_not_live"
    certificate_status: str
    valid_until: date


@dataclass(eq=False)
class CertificateOfAnother(Refused):
    """It belongs to another person."""

    code = "certificate_of_another"


@dataclass(eq=False)
class NotInCertificate(Refused):
    """It holds no such service."""

    code = "not_in_certificate"
    services: Sequence[str]


@dataclass(eq=False)
class OtherProvider(Refused):
    """Its holder chose another provider (None: nobody yet)."""

    code = "other_provider"
    provider: str | None


@dataclass(eq=False)
class CertificateUsedUp(Refused):
    """Fewer units are left than the booking takes."""

    code = "certificate_used_up"
    left: int
    needed: int
    unit: str


@dataclass(eq=False)
class SigningKeyMissing(Refused):
    """No key signs certificates here yet: a server that starts makes one."""

    code, kind = "signing_key_missing", "busy"


@dataclass(eq=False)
class CertificateNotOpen(Refused):
    """What is asked for cannot be done with a certificate in this state."""

    code = "certificate_not_open"
    certificate_status: str


@dataclass(eq=False)
class CertificateOverlaps(Refused):
    """The holder has another certificate for the same service at the same time."""

    code = "certificate_overlaps"
    number: str
    service: str
    until: date


@dataclass(eq=False)
class CertificateNumberTaken(Refused):
    code = "certificate_number_taken"
    number: str


@dataclass(eq=False)
class StandardNotInForce(Refused):
    """No version of this service holds in the holder's district on this day."""

    code, kind = "standard_not_in_force", "invalid"
    service: str
    on: date


@dataclass(eq=False)
class ProviderNotAdmitted(Refused):
    """It is not admitted to this certificate, or gives none of its services."""

    code, kind = "provider_not_admitted", "invalid"
    provider: int


@dataclass(eq=False)
class ProviderUnchanged(Refused):
    """The holder already has this provider."""

    code = "provider_unchanged"


@dataclass(eq=False)
class ListingOutdated(Refused):
    """The list of providers was shown too long ago, or is that of another certificate: look at a new one."""

    code, kind = "listing_outdated", "gone"


@dataclass(eq=False)
class BookingsUndecided(Refused):
    """Open bookings of which nobody said whether they are to be held: `{id, starts, specialist}`."""

    code = "bookings_undecided"
    bookings: Sequence[dict[str, Any]]


@dataclass(eq=False)
class CertificateCodeWrong(Refused):
    """Number and code of a certificate do not belong together."""

    code, kind = "certificate_code_wrong", "not_found"


@dataclass(eq=False)
class HolderUnknown(Refused):
    """Nobody has opened a certificate on this device, or too long ago."""

    code, kind = "holder_unknown", "unknown"
