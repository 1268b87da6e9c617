"""Relatives: what a reprint may still do on a channel, given what its cluster has done already."""

from collections.abc import Sequence

from bot.model.cluster import Relative
from bot.model.delivery import Act, State
from bot.model.story import Story
from bot.rules.follow import SUPERSEDED, Follow


def must_wait(story: Story, relatives: Sequence[Relative]) -> bool:
    """Whether an earlier story of the cluster is to be composed first."""
    return any(one.waiting and one.story < story.id for one in relatives)


def among_relatives(story: Story, relatives: Sequence[Relative], channel: str) -> Follow | None:
    """Nothing, or a post that an editor has to release; None where the cluster leaves the channel to the story.

    A channel that any story of the cluster was meant for, sent, held or taken back, gets no second one. A channel that
    no other was routed to gets the reprint: its readers would miss the story. But where an editor stopped the story
    elsewhere, or it was older than our first look, an editor decides.
    """
    name = f"a reprint of #{story.cluster}" if story.cluster != story.id else "has reprints"
    rows = [row for one in relatives for row in one.deliveries if row.act is Act.POST]
    if here := [row for row in rows if row.channel == channel]:
        return Follow(
            None, name if here[0].story == story.cluster else f"{name}: this channel follows #{here[0].story}"
        )
    held = None
    for row in rows:
        if row.state is State.HELD or (row.state is State.CANCELLED and not row.reason.startswith(SUPERSEDED)):
            held = f"{name}, and #{row.story} is {row.state} on {row.channel}: an editor releases it"
    for one in relatives:
        if one.remembered and one.story == story.cluster:
            held = f"{name}, which is older than the first look at its source: an editor releases it"
    return Follow(Act.POST, "first post of its cluster here", held=held) if held else None
