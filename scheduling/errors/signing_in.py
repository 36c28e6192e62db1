"""Refusals: who is not let in yet, and what was asked for twice."""

from dataclasses import dataclass

from scheduling.errors.saying_no import Refused


@dataclass(eq=False)
class SignInNeeded(Refused):
    code, kind = "sign_in_needed", "unknown"


@dataclass(eq=False)
class WrongCredentials(Refused):
    code, kind = "wrong_credentials", "unknown"


@dataclass(eq=False)
class TotpNeeded(Refused):
    code, kind = "totp_needed", "unknown"


@dataclass(eq=False)
class TotpSetupNeeded(Refused):
    """An administrator outside demo mode has no second factor yet; only the account page works until then."""

    code, kind = "totp_setup_needed", "forbidden"


@dataclass(eq=False)
class TooManyTries(Refused):
    """`retry_after` is in seconds."""

    code, kind = "too_many_tries", "too_many"
    retry_after: int


@dataclass(eq=False)
class KeyReused(Refused):
    """The Idempotency-Key was used for another request."""

    code, kind = "key_reused", "conflict"
