"""The ledger: the memory of every step and its reason, on SQLite or PostgreSQL."""

from bot.ledger.ledger import Ledger
from bot.ledger.tokens import Tokens

__all__ = ["Ledger", "Tokens"]
