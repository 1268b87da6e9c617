"""Drafts: a story that somebody is writing in the chat, kept in the ledger's conversation until it is posted."""

import json
from dataclasses import asdict, dataclass, replace

from bot.desk.answer import Answer
from bot.desk.answers.posting import NothingWritten
from bot.desk.answers.talk import StillOpen
from bot.desk.proofs import previewed
from bot.desk.verb import Asked, Room
from bot.model.desk import Dialogue
from bot.model.story import Article, Picture
from bot.rules.ordered import desk_article
from bot.sources.reading.language import language
from bot.work.ordering import DESK

VERB, CONFIRM = "post", "confirm"


@dataclass(frozen=True, slots=True)
class Draft:
    """What has been written so far; `picture` is the address of one that was sent."""

    headline: str = ""
    text: str = ""
    picture: str | None = None

    @property
    def ready(self) -> bool:
        """It can be posted."""
        return bool(self.headline and self.text)

    @property
    def data(self) -> str:
        """As the conversation remembers it."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def tongue(self, asked: Asked) -> str:
        """Guessed by its letters; where they do not tell, the writer's own."""
        guessed = language(f"{self.headline}\n{self.text}")
        return guessed if guessed != "und" else asked.person.language or "zh"

    def article(self, asked: Asked) -> Article:
        """As it would be recorded."""
        made = desk_article(self.headline, self.text, self.tongue(asked))
        return replace(made, picture=Picture(self.picture)) if self.picture else made


def read(data: str) -> Draft:
    """Back from the conversation."""
    return Draft(**json.loads(data)) if data else Draft()


async def waiting(room: Room, asked: Asked) -> Draft | None:
    """What this person is writing in this chat. Raises LedgerError."""
    dialogue = await room.ledger.dialogues.get(asked.chat, asked.person.number, asked.now, VERB)
    return read(dialogue.data) if dialogue is not None else None


def back(dialogue: Dialogue) -> StillOpen:
    """The conversation that goes on again after another one."""
    if dialogue.verb == VERB:
        return StillOpen(VERB, VERB, read(dialogue.data).headline)
    number = dialogue.data.partition(" ")[0]
    return StillOpen(dialogue.verb, f"{dialogue.verb} {number}".strip(), f"#{number}" if number.isdecimal() else "")


async def shown(room: Room, asked: Asked, draft: Draft | None, channel: str | None = None) -> Answer:
    """How it will look. Raises LedgerError."""
    if draft is None or not draft.ready:
        return NothingWritten()
    story = room.ordering.proofs.draft(draft.article(asked), DESK)
    return await previewed(room, story, channel if channel in room.channels else None)
