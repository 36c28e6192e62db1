"""Service standards as data: versions valid from a day for all or some districts, with what they aim at."""

from scheduling.standards.choosing import (
    chosen,
    codes,
    district_for,
    in_force,
    in_force_anywhere,
    over,
    service,
    service_at,
)
from scheduling.standards.publishing import (
    TARGETS,
    Terms,
    check_targets,
    publish,
    take_back,
    used,
    version,
    versions,
)
from scheduling.standards.tables import ServiceStandard

__all__ = [
    "TARGETS",
    "ServiceStandard",
    "Terms",
    "check_targets",
    "chosen",
    "codes",
    "district_for",
    "in_force",
    "in_force_anywhere",
    "over",
    "publish",
    "service",
    "service_at",
    "take_back",
    "used",
    "version",
    "versions",
]
