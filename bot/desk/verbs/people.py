"""The verbs about people: who is of the desk, who is let in, who is sent away."""

import secrets
from datetime import timedelta

from bot.desk import command
from bot.desk.answer import Answer
from bot.desk.answers.people import (
    Everybody,
    InvitationMade,
    NobodyOf,
    Removed,
    Speaks,
    WhichLanguage,
    WhichRole,
    WhoIs,
)
from bot.desk.verb import Asked, Room, Spec
from bot.model.desk import Dialogue, Invitation, Role

INVITED = timedelta(hours=24)
_ROLES = {
    "管理员": Role.ADMIN, "编辑": Role.EDITOR, "投稿人": Role.CONTRIBUTOR, "读者": Role.READER,
    **{role.value: role for role in Role},
}  # fmt: skip

_LANGUAGES = {"zh": "zh", "中文": "zh", "chinese": "zh", "en": "en", "english": "en", "英文": "en"}


async def people(room: Room, asked: Asked) -> Answer:
    """/people."""
    del asked
    let_in = [one for one in await room.ledger.people.all() if one.number not in {p.number for p in room.fixed}]
    return Everybody(tuple(WhoIs(one.number, one.name, one.role.value, one.sections, one.channels, one.fixed)
        for one in (*room.fixed, *let_in)))  # fmt: skip


async def invite(room: Room, asked: Asked) -> Answer:
    """/invite ROLE [CHANNEL …] [SECTION …]: a link that one person can use, for a day."""
    first = command.word(asked.rest)
    role = _ROLES.get(first[0].casefold()) if first else None
    if first is None or role is None:
        await room.ledger.dialogues.open(asked.waits("invite", "role"))
        return WhichRole(asked.rest)
    named = first[1].replace("，", " ").replace("、", " ").replace(",", " ").split()
    channels = tuple(one for one in named if one in room.channels)
    sections = tuple(one for one in named if one not in room.channels)
    word = secrets.token_urlsafe(12)
    until = asked.now + INVITED
    await room.ledger.people.invite(Invitation(word, role, asked.person.name, until, sections, channels), asked.now)
    return InvitationMade(role.value, f"https://t.me/{room.me()}?start={word}", until, sections, channels)


async def which_role(room: Room, asked: Asked, dialogue: Dialogue) -> Answer:
    """The role, said after all."""
    del dialogue
    return await invite(room, asked)


async def remove(room: Room, asked: Asked) -> Answer:
    """/remove NUMBER of a person, as /people shows it."""
    named = command.number(asked.rest, longest=15)
    if named is None:
        return NobodyOf(asked.rest, fixed=False)
    if any(one.number == named[0] for one in room.fixed):
        return NobodyOf(str(named[0]), fixed=True)
    gone = await room.ledger.people.remove(named[0], asked.person.name, asked.now)
    return Removed(gone.number, gone.name) if gone else NobodyOf(str(named[0]), fixed=False)


async def language(room: Room, asked: Asked) -> Answer:
    """/language zh | en | …: in which one somebody is answered from now on."""
    said = asked.rest.strip().casefold()
    wanted = _LANGUAGES.get(said, said)
    if wanted not in room.languages:
        return WhichLanguage(room.languages)
    return Speaks(wanted, kept=await room.ledger.people.speak(asked.person.number, wanted))


VERBS = (
    Spec("people", people, Role.ADMIN, looks=True, private=True),
    Spec("invite", invite, Role.ADMIN, hears=which_role, private=True),
    Spec("remove", remove, Role.ADMIN),
    Spec("language", language, Role.READER),
)
