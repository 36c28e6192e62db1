"""The ledger: what certificates and budgets hold, as movements between accounts that the database keeps whole."""

from scheduling.ledger.posting import Kind, Move, Of, Short, What, budget, line, open_accounts, post
from scheduling.ledger.reading import Balances, Moved, disagreements, history, of_booking, of_budgets, of_lines
from scheduling.ledger.tables import BUDGET_KINDS, LINE_KINDS, Act, BudgetKind, LedgerAccount, LineKind, Movement

__all__ = [
    "BUDGET_KINDS",
    "LINE_KINDS",
    "Act",
    "Balances",
    "BudgetKind",
    "Kind",
    "LedgerAccount",
    "LineKind",
    "Move",
    "Moved",
    "Movement",
    "Of",
    "Short",
    "What",
    "budget",
    "disagreements",
    "history",
    "line",
    "of_booking",
    "of_budgets",
    "of_lines",
    "open_accounts",
    "post",
]
