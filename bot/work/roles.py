"""Roles: what a process does where several share the work of one house."""

from enum import StrEnum

from bot.work.runner import Work


class Role(StrEnum):
    """A part of the work, or all of it."""

    ALL = "all"
    PICKUP = "pickup"  # sources are looked at, stories composed and fanned out
    DISPATCH = "dispatch"  # deliveries are sent and settled
    DESK = "desk"  # the desk's bot, the page, the doors to which things are brought


WORKS = {
    Role.ALL: frozenset(Work),
    Role.PICKUP: frozenset({Work.LOOK, Work.RECEIVE, Work.COMPOSE, Work.FANOUT, Work.ROUND}),
    Role.DISPATCH: frozenset({Work.DRAIN, Work.ROUND}),
    Role.DESK: frozenset[Work](),
}
"""Which pieces a process of that role runs; it asks for others all the same, and some other process runs them."""


def has_desk(role: Role) -> bool:
    """Whether people meet this process: two of them would take each other's messages."""
    return role in {Role.ALL, Role.DESK}
