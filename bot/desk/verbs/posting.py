"""The verbs that bring a story to the desk: written in the chat without any article, or by a link."""

import re
from dataclasses import replace

from bot.desk.answers.posting import AskHeadline, AskText, Clipped, NothingWritten, Unclipped, Written
from bot.desk.answers.talk import Usage
from bot.desk.answers.writing import NoPicture, NotWritten
from bot.desk.drafts import CONFIRM, VERB, Draft, read, shown, waiting
from bot.desk.proofs import previewed
from bot.desk.verb import Answers, Asked, Room, Spec
from bot.desk.verbs.picturing import brought
from bot.errors import OrderError, PressError, SourceError
from bot.model.desk import Dialogue

_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_YES = ("yes", "确认", "发")


async def post(room: Room, asked: Asked) -> Answers:
    """/post, or with the headline on its line and the text below; "yes" posts what was shown."""
    said, draft = asked.rest.strip(), await waiting(room, asked)
    if said.casefold() in _YES:
        return await _posted(room, asked, draft)
    if said in ("headline", "text"):
        return await _ask(room, asked, draft, said) if draft is not None else NothingWritten()
    if not said and draft is not None:  # it was laid aside for something else
        return await _goes_on(room, asked, draft)
    headline, _, text = said.partition("\n")
    return await _goes_on(room, asked, Draft(" ".join(headline.split()), text.strip()))


async def heard(room: Room, asked: Asked, dialogue: Dialogue) -> Answers:
    """The headline, the text, a picture; in the end another text."""
    draft, said = read(dialogue.data), asked.rest.strip()
    if said and dialogue.step == "headline":
        draft = replace(draft, headline=" ".join(said.split()))
    elif said and dialogue.step == CONFIRM and said.casefold() in _YES:
        return await _posted(room, asked, draft)
    elif said:
        draft = replace(draft, text=said)
    return await _goes_on(room, asked, draft)


async def _goes_on(room: Room, asked: Asked, draft: Draft) -> Answers:
    """Ask for what is missing; then show it."""
    if asked.picture is not None:
        data = await brought(room, asked)
        refused = data if isinstance(data, NoPicture) else None
        if not isinstance(data, NoPicture):
            try:
                draft = replace(draft, picture=await room.ordering.keep(data))
            except PressError as err:
                refused = NoPicture(None, err.why)
        if refused is not None:
            step = CONFIRM if draft.ready else "text" if draft.headline else "headline"
            await room.ledger.dialogues.open(asked.waits(VERB, step, draft.data))
            return refused
    if not draft.headline or not draft.text:
        return await _ask(room, asked, draft, "text" if draft.headline else "headline")
    await room.ledger.dialogues.open(asked.waits(VERB, CONFIRM, draft.data))
    return await shown(room, asked, draft)


async def _ask(room: Room, asked: Asked, draft: Draft, step: str) -> Answers:
    await room.ledger.dialogues.open(asked.waits(VERB, step, draft.data))
    return AskText(draft.headline, draft.text) if step == "text" else AskHeadline(draft.headline)


async def _posted(room: Room, asked: Asked, draft: Draft | None) -> Answers:
    if draft is None or not draft.ready:
        return NothingWritten()
    who = asked.person.name
    try:
        recorded = await room.ordering.post(draft.headline, draft.text, draft.tongue(asked), who)
    except OrderError as err:
        return NotWritten(None, draft.headline, str(err))
    if draft.picture is not None:
        await room.ledger.orders.picture(recorded.story, draft.picture, who, asked.now)
    await room.ledger.dialogues.close(asked.chat, asked.person.number, VERB)
    return Written(recorded.story, draft.headline)


async def link(room: Room, asked: Asked) -> Answers:
    """/link ADDRESS: its page becomes a story that waits for an editor, or is found to be one."""
    found = _ADDRESS.search(asked.rest)
    if found is None:
        return Usage("link", asked.rest)
    address = found[0].rstrip(".,。，)）>")
    if room.clipping is None:
        return Unclipped(address, "this desk reads no pages")
    try:
        clipped = await room.clipping.take(address, asked.person.name)
    except SourceError as err:
        return Unclipped(address, err.why)
    story = await room.ledger.stories.get(clipped.story)
    if story is None:
        return Unclipped(address, "its story is gone")
    original = story.cluster if story.cluster not in (0, story.id) else None
    article = story.article
    told = Clipped(story.id, article.headline, article.byline.credit, clipped.new, original)
    return told, await previewed(room, story, carded=True)


VERBS = (Spec("post", post, hears=heard, slow=True), Spec("link", link, slow=True))
