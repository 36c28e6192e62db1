"""Refusals: standards, programmes, and how much and how often they allow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from scheduling.errors.saying_no import Refused


@dataclass(eq=False)
class StandardInUse(Refused):
    """The version is in force, or something was promised by it: it stands for ever."""

    code = "standard_in_use"


@dataclass(eq=False)
class StandardUnchanged(Refused):
    """The version that holds there from that day on says the same."""

    code = "standard_unchanged"


@dataclass(eq=False)
class TooOften(Refused):
    """More than `of` (standard, programme, certificate) allows: `earliest` is the first day on which one more is, and
    `norm` says what is used of each alternative."""

    code = "too_often"
    of: str
    earliest: date | None
    norm: Sequence[dict[str, Any]]


@dataclass(eq=False)
class VolumeUsedUp(Refused):
    """Nothing is left of what a programme or certificate gives of a service: `volume` sessions until `until`."""

    code = "volume_used_up"
    of: str
    name: str
    volume: int
    until: date


@dataclass(eq=False)
class ProgrammeEnded(Refused):
    code = "programme_ended"
    ended_on: date
