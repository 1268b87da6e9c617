"""Proofs: a channel's edition of a story as the desk shows it, with whose words it has."""

import json

from bot.desk.answers.proofs import NoPreview, Over, Previewed, Wrote
from bot.desk.verb import Room
from bot.model.delivery import State
from bot.model.edition import Edition, Markup
from bot.model.order import Given
from bot.model.story import Story
from bot.rules.counting import visible
from bot.rules.rewording import Part
from bot.work.proofing import DRAFT, Proof

_TELEGRAM = "telegram"
_LONGEST = 3000
"""Characters of one post: of a long mail its beginning must do."""


async def previewed(
    room: Room, story: Story, channel: str | None = None, *, carded: bool = False
) -> Previewed | NoPreview:
    """On that channel, or on the first it goes to; `carded`: the first that shows a card. Raises LedgerError."""
    proof = await room.ordering.proofs.proof(story, channel, carded=carded)
    number = story.id if story.id != DRAFT else None
    if proof is None:
        return NoPreview(number, story.article.headline)
    edition = proof.edition
    beside = proof.channels if proof.channel in proof.channels else (proof.channel, *proof.channels)
    place = beside.index(proof.channel)
    return Previewed(
        number=number,
        headline=proof.given.wording(proof.channel).headline or story.article.headline,
        channel=proof.channel,
        place=place + 1,
        total=len(beside),
        goes=proof.goes,
        why=proof.why,
        state=proof.state.value if proof.state else None,
        text=shown(edition, edition.text) if edition else "",
        marked=edition is not None and marked(edition),
        more=tuple(shown(edition, text) for text in edition.more) if edition else (),
        count=edition.count if edition else 0,
        limit=edition.limit if edition else None,
        unit=edition.unit.value if edition else "",
        words=edition.words.value if edition else "",
        notes=edition.notes if edition else (),
        wrote=wrote(proof.given, proof.channel),
        over=Over(proof.unfit.count, proof.unfit.limit, proof.unfit.unit) if proof.unfit else None,
        problem=proof.problem,
        card=room.cards / edition.card.file if room.cards and edition and edition.card else None,
        before=beside[place - 1] if place else None,
        after=beside[place + 1] if place + 1 < len(beside) else None,
        decide=_decide(room, proof),
    )


def wrote(given: Given, channel: str | None) -> tuple[Wrote, ...]:
    """Whose words each part has on a channel, or on all where none is named; the channel's own come first."""
    found: dict[Part, Wrote] = {}
    for one in sorted(given.worded, key=lambda one: one.channel, reverse=True):
        if one.channel in {"", channel}:
            for part in Part:
                if getattr(one.wording, part) is not None:
                    found.setdefault(part, Wrote(part, one.who, everywhere=one.channel == ""))
    return tuple(found[part] for part in Part if part in found)


def _decide(room: Room, proof: Proof) -> tuple[str, ...]:
    """As on the story's own message at the desk."""
    pairs = {State.HELD: (("approve", "release"), ("reject", "cancel")), State.PLANNED: (("hold",), ("cancel",))}
    wanted = pairs.get(proof.state, ()) if proof.state else ()
    return tuple(verb for names in wanted if (verb := next((one for one in names if one in room.verbs), None)))


def marked(edition: Edition) -> bool:
    """Whether its words are Telegram's own markup."""
    return edition.kind == _TELEGRAM and edition.markup is Markup.HTML


def shown(edition: Edition, text: str) -> str:
    """Telegram's own as it is; of other markup what is read, and of a machine's every field on its line."""
    if marked(edition):
        return text
    if edition.markup is Markup.JSON:
        said = json.dumps(json.loads(text), ensure_ascii=False, indent=1)
    else:
        said = visible(text, edition.markup)
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"
