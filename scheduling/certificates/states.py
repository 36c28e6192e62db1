"""What may become of a certificate: a pure table of its states and the steps between them."""

from typing import Literal, get_args

from scheduling.certificates.tables import Status
from scheduling.errors import CertificateNotOpen

Step = Literal["issue", "choose", "begin", "use_up", "give_back", "expire", "revoke", "replace"]
STEPS: tuple[Step, ...] = get_args(Step)

# `give_back`: a correction returns units to a certificate that was used up. A change of the provider leaves one that is
# in use in use: its balance and its sessions go on.
TABLE: dict[tuple[Status, Step], Status] = {
    ("forming", "issue"): "issued",
    ("forming", "revoke"): "revoked",
    ("issued", "choose"): "chosen",
    ("issued", "expire"): "expired",
    ("issued", "revoke"): "revoked",
    ("issued", "replace"): "replaced",
    ("chosen", "choose"): "chosen",
    ("chosen", "begin"): "in_use",
    ("chosen", "expire"): "expired",
    ("chosen", "revoke"): "revoked",
    ("chosen", "replace"): "replaced",
    ("in_use", "choose"): "in_use",
    ("in_use", "use_up"): "used_up",
    ("in_use", "expire"): "expired",
    ("in_use", "revoke"): "revoked",
    ("in_use", "replace"): "replaced",
    ("used_up", "give_back"): "in_use",
}

# Nothing leads out of these.
ENDED: frozenset[Status] = frozenset(("expired", "revoked", "replaced"))


def after(status: Status, step: Step) -> Status:
    """The state after this step. Refused: `certificate_not_open`, with the state that stands in the way."""
    found = TABLE.get((status, step))
    if found is None:
        raise CertificateNotOpen(status)
    return found


def may(status: Status, step: Step) -> bool:
    return (status, step) in TABLE
