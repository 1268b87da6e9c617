"""What all tables of the ledger share: how constraints are named, and columns that hold one of a few words."""

from typing import Any

from sqlalchemy import CheckConstraint, MetaData


def one_of(column: str, words: Any) -> CheckConstraint:
    """The words of an enum, and nothing else."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(str(word)) for word in words)})", name=f"{column}_known")


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
