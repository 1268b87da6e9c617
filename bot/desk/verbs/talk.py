"""The verbs about the desk itself: help, id, and out of a conversation."""

from bot.desk.answer import Answer
from bot.desk.answers.talk import Help, HelpLine, HelpSection, NeverMind, Number
from bot.desk.sections import sectioned
from bot.desk.verb import Asked, Room, Spec
from bot.model.desk import Role


async def help_(room: Room, asked: Asked) -> Answer:
    """/help [SECTION], /start."""
    may = (name for name, spec in room.verbs.items() if spec.menu and asked.person.may(spec.role))
    sections = sectioned(may)
    wanted = asked.rest.strip().casefold()
    if wanted in sections:
        return HelpSection(wanted, sections[wanted])
    lines = tuple(HelpLine(name, verbs) for name, verbs in sections.items())
    return Help(asked.person.name, lines, asked.person.may(Role.EDITOR))


async def number(room: Room, asked: Asked) -> Answer:
    """/id: theirs, and in a group the group's."""
    del room
    person = asked.person
    return Number(person.number, person.name, person.role.value, None if asked.private else asked.chat)


async def never_mind(room: Room, asked: Asked) -> Answer:
    """/nevermind [VERB]: what the desk waits for, by that verb or last, it waits for no longer."""
    verb = asked.rest.strip() if asked.rest.strip() in room.verbs else None
    dialogue = await room.ledger.dialogues.get(asked.chat, asked.person.number, asked.now, verb)
    if dialogue is None:
        return NeverMind(was=False)
    return NeverMind(await room.ledger.dialogues.close(dialogue.chat, dialogue.person, dialogue.verb))


VERBS = (
    Spec("help", help_, Role.READER, looks=True),
    Spec("id", number, Role.READER, looks=True),
    Spec("nevermind", never_mind, Role.READER, looks=True, menu=False),
)
