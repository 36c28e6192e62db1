"""Services rendered and the acts that pay for them: evidence, the client's word, a month's statement, corrections."""

from scheduling.acts.confirming import Favour, How, client_says, confirm, dispute, settle
from scheduling.acts.making import make, throw_away, waiting
from scheduling.acts.proposing import propose
from scheduling.acts.signing import sign
from scheduling.acts.tables import Act, ActLine, Rendered, State

__all__ = [
    "Act",
    "ActLine",
    "Favour",
    "How",
    "Rendered",
    "State",
    "client_says",
    "confirm",
    "dispute",
    "make",
    "propose",
    "settle",
    "sign",
    "throw_away",
    "waiting",
]
