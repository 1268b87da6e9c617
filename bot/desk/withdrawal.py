"""A withdrawal read from the ledger: what has become of the story on each channel, and of reprints taken back with it."""

from collections.abc import Sequence

from bot.desk.answers.withdrawing import Fate, Line, TakenBack
from bot.ledger import Ledger
from bot.ledger.withdrawals import BY_HAND
from bot.model.decision import Verb
from bot.model.delivery import NOTICE_STANDS, Act, Delivery, State
from bot.model.story import Story

_HELD = "withdrawn: "


async def taken_back(ledger: Ledger, story: Story) -> TakenBack:
    """The list as it stands. Raises LedgerError."""
    lines, left = list(_lines(await ledger.deliveries.of_story(story.id))), []
    for relative in await ledger.clusters.relatives(story):
        one = await ledger.stories.get(relative.story)
        if one is not None and withdrawn(one):
            lines += _lines(relative.deliveries)
        elif any(row.state is not State.CANCELLED for row in relative.deliveries):
            left.append(relative.story)
    history = await ledger.history.of_story(story.id)
    last = next((one for one in reversed(history) if one.verb is Verb.WITHDRAWN and one.channel is None), None)
    return TakenBack(
        story.id,
        story.article.headline,
        last.why if last else "",
        last.who if last else "",
        tuple(lines),
        tuple(left),
    )


def withdrawn(story: Story) -> bool:
    """Whether it has been taken back."""
    return (story.held or "").startswith(_HELD)


def _lines(rows: Sequence[Delivery]) -> tuple[Line, ...]:
    return tuple(_line([row for row in rows if row.channel == name]) for name in dict.fromkeys(r.channel for r in rows))


def _line(rows: Sequence[Delivery]) -> Line:
    last = rows[-1]
    link = next((row.receipt.permalink for row in reversed(rows) if row.receipt), None)
    if last.act is not Act.DELETE:
        if any(row.state is State.SENDING for row in rows):
            return Line(last.story, last.channel, Fate.SENDING)
        if any(row.state in (State.SENT, State.UNCERTAIN) for row in rows):
            return Line(last.story, last.channel, Fate.STAYS, link=link)
        return Line(last.story, last.channel, Fate.CANCELLED)
    if last.state is State.SENT:
        # A channel may answer a deletion with the post's own receipt, and its time.
        said, at = last.receipt.sent if last.receipt else "", last.changed_at
        if said.startswith(BY_HAND):
            return Line(last.story, last.channel, Fate.BY_HAND, at, said=said.removeprefix(BY_HAND))
        if said == NOTICE_STANDS:
            return Line(last.story, last.channel, Fate.NOTICE, at, link)
        return Line(last.story, last.channel, Fate.REMOVED, at)
    if last.state is State.FAILED:
        return Line(last.story, last.channel, Fate.FAILED, last.changed_at, link, last.reason)
    if last.state is State.UNCERTAIN:
        return Line(last.story, last.channel, Fate.DOUBTFUL, last.changed_at, link, last.reason)
    return Line(last.story, last.channel, Fate.DELETING, link=link)
