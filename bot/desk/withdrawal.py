"""A withdrawal read from the ledger: what became of the story on each channel, and of reprints taken with it."""

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
    if last.act is Act.DELETE:
        return _deletion(last, link)
    states = {row.state for row in rows}
    if State.SENDING in states:
        return Line(last.story, last.channel, Fate.SENDING)
    if states & {State.SENT, State.UNCERTAIN}:
        return Line(last.story, last.channel, Fate.STAYS, link=link)
    return Line(last.story, last.channel, Fate.CANCELLED)


def _deletion(row: Delivery, link: str | None) -> Line:
    fate = {State.SENT: Fate.REMOVED, State.FAILED: Fate.FAILED, State.UNCERTAIN: Fate.DOUBTFUL}.get(row.state)
    if fate is None:
        return Line(row.story, row.channel, Fate.DELETING, link=link)
    # A channel may answer a deletion with the post's own receipt, and its time.
    at, proof = row.changed_at, row.receipt.sent if row.receipt else ""
    if fate is not Fate.REMOVED:
        return Line(row.story, row.channel, fate, at, link, row.reason)
    if proof.startswith(BY_HAND):
        return Line(row.story, row.channel, Fate.BY_HAND, at, said=proof.removeprefix(BY_HAND))
    if proof == NOTICE_STANDS:
        return Line(row.story, row.channel, Fate.NOTICE, at, link)
    return Line(row.story, row.channel, Fate.REMOVED, at)
