"""The verbs for what goes to readers: write to them all, and steer what is on its way to them."""

import json
import re
from dataclasses import asdict, replace

from bot.desk import carrying, command
from bot.desk.answer import Answer
from bot.desk.answers.broadcasting import (
    AskBroadcast,
    FanOut,
    FansOut,
    NoReaders,
    NotBroadcast,
    Proposed,
    Sample,
    Sending,
)
from bot.desk.proofs import marked, shown
from bot.desk.subject import reason
from bot.desk.verb import Asked, Room, Spec
from bot.errors import OrderError
from bot.model.broadcast import Broadcast, Draft, Proof
from bot.model.desk import Dialogue, Role
from bot.rules.broadcasting import read
from bot.sources.reading.language import language
from bot.work.broadcasting import Broadcasting, finishes

_VERB, _CONFIRM = "broadcast", "confirm"
_LATELY, _OPEN, _STORIES = 5, 8, 200
_YES = ("yes", "确认", "发")
_URGENT = ("urgent", "突发")
_DOES = {
    "sign": "sign", "approve": "sign", "签发": "sign", "通过": "sign", "stop": "stop", "停": "stop", "停发": "stop",
    "go": "go", "继续": "go", "接着发": "go", "cancel": "cancel", "取消": "cancel", "withdraw": "withdraw",
    "撤回": "withdraw", "out": "out", "已发": "out", "again": "again", "not": "again", "重发": "again",
}  # fmt: skip
_ORDER = re.compile(rf"[#＃]?(\d{{1,9}})(?:\s+({'|'.join(_DOES)})\b\s*(.*))?", re.IGNORECASE | re.DOTALL)
_STEERED = "nothing of it was to be changed"


async def broadcast(room: Room, asked: Asked) -> Answer:
    """/broadcast TEXT [to TOPIC …] [by CARRIER …], or of one: NUMBER [sign | stop | go | cancel | withdraw]."""
    if room.broadcasting is None or not room.broadcasting.carriers:
        return NoReaders()
    said = asked.rest.strip()
    if (order := _ORDER.fullmatch(said)) is not None:
        return await _steered(room, room.broadcasting, asked, int(order[1]), order[2], order[3] or "")
    waiting = await room.ledger.dialogues.get(asked.chat, asked.person.number, asked.now, _VERB)
    draft = _draft(waiting.data) if waiting is not None and waiting.data else None
    if said.casefold() in _YES:
        return await _begun(room, room.broadcasting, asked, draft)
    if said.casefold() in _URGENT and draft is not None:
        return await _proposed(room, room.broadcasting, asked, replace(draft, urgent=not draft.urgent))
    if not said and draft is not None:
        return await _proposed(room, room.broadcasting, asked, draft)
    return await _written(room, room.broadcasting, asked, None, said or asked.quoted.strip())


async def heard(room: Room, asked: Asked, dialogue: Dialogue) -> Answer:
    """What readers are to get; then another text, or to whom."""
    if room.broadcasting is None:
        return NoReaders()
    draft, said = _draft(dialogue.data) if dialogue.data else None, asked.rest.strip()
    if said.casefold() in _YES and draft is not None:
        return await _begun(room, room.broadcasting, asked, draft)
    return await _written(room, room.broadcasting, asked, draft, said)


async def _written(room: Room, broadcasting: Broadcasting, asked: Asked, draft: Draft | None, said: str) -> Answer:
    """The text with whom it names, or only whom; then it is shown."""
    if not said:
        await room.ledger.dialogues.open(asked.waits(_VERB, "text"))
        lately = (await room.ledger.broadcasts.lately())[:_LATELY]
        return AskBroadcast(tuple((one.id, one.title) for one in lately))
    named = read(said, await _topics(room, broadcasting), broadcasting.carriers)
    old = draft or Draft("", "zh")
    text = named.text or old.text
    if not text:
        return NotBroadcast("there is no text: write what readers are to get")
    guessed = language(text)
    made = Draft(
        text,
        guessed if guessed != "und" else asked.person.language or "zh",
        old.topics if named.topics is None else named.topics,
        old.carriers if named.carriers is None else named.carriers,
        old.urgent,
    )
    return await _proposed(room, broadcasting, asked, made)


async def _proposed(room: Room, broadcasting: Broadcasting, asked: Asked, draft: Draft) -> Answer:
    person = asked.person
    carriers = tuple(one for one in draft.carriers or broadcasting.carriers if person.may_channel(one))
    if not carriers:
        return NotBroadcast(f"your channels are {', '.join(person.channels)}")
    if person.sections and not (draft.topics and all(map(person.may_section, draft.topics))):
        return NotBroadcast(f"your sections are {', '.join(person.sections)}: name one of them")
    draft = replace(draft, carriers=carriers)
    await room.ledger.dialogues.open(asked.waits(_VERB, _CONFIRM, json.dumps(asdict(draft), ensure_ascii=False)))
    proofs = await broadcasting.proofs(draft)
    samples = tuple(map(_sample, proofs))
    return Proposed(samples, draft.topics, draft.urgent, broadcasting.needed, finishes(proofs, asked.now))


async def _begun(room: Room, broadcasting: Broadcasting, asked: Asked, draft: Draft | None) -> Answer:
    if draft is None:
        return NotBroadcast("there is no text: write what readers are to get")
    try:
        begun = await broadcasting.begin(draft, asked.person.name)
    except OrderError as err:
        return NotBroadcast(str(err))
    await room.ledger.dialogues.close(asked.chat, asked.person.number, _VERB)
    return await sending(room, begun)


async def _steered(
    room: Room, broadcasting: Broadcasting, asked: Asked, number: int, what: str | None, why: str
) -> Answer:
    """One that was begun."""
    known = await room.ledger.broadcasts.get(number)
    if known is None:
        return NotBroadcast(f"there is no broadcast {number}")
    who, note, does = asked.person.name, "", _DOES[what.casefold()] if what else ""
    carriers = {one.carrier for one in await carrying.of_broadcast(room, known)}
    if does and not all(map(asked.person.may_channel, carriers)):
        return NotBroadcast(f"your channels are {', '.join(asked.person.channels)}")
    try:
        match does:
            case "sign":
                known = await broadcasting.sign(number, who)
            case "stop" | "go" | "cancel" | "withdraw":
                verb = {"stop": broadcasting.stop, "go": broadcasting.go_on, "cancel": broadcasting.cancel}.get(
                    does, broadcasting.withdraw
                )
                note = "" if await verb(number, who, reason(why)) else _STEERED
    except OrderError as err:
        note = str(err)
    return await sending(room, known, note)


async def sending(room: Room, one: Broadcast, note: str = "") -> Sending:
    """How far it is. Raises LedgerError."""
    carried = await carrying.of_broadcast(room, one)
    able = room.broadcasting is not None and any(room.broadcasting.able(each.carrier) for each in carried)
    given = one.draft
    missing = 0 if all(each.over for each in carried) else one.missing
    return Sending(one.id, given.text, given.topics, given.urgent, one.signed, missing, carried, able, note)


async def fanout(room: Room, asked: Asked) -> Answer:
    """/fanout, or of one: NUMBER [stop | go | cancel | out | again] [reason]."""
    if room.broadcasting is None:
        return NoReaders()
    order, named = _ORDER.fullmatch(asked.rest.strip()), command.number(asked.rest)
    if order is None and named is None:
        return FansOut(await carrying.under_way(room, _OPEN))
    number = int(order[1]) if order else named[0] if named else 0
    one = await carrying.of_fanout(room, number)
    if one is None:
        return NotBroadcast(f"there is no fan-out {number}")
    does = _DOES[order[2].casefold()] if order and order[2] else ""
    if does and not asked.person.may_channel(one.carrier):
        return NotBroadcast(f"your channels are {', '.join(asked.person.channels)}")
    if does and not asked.person.may(Role.EDITOR):
        return NotBroadcast("only editors may do that")
    done = await _does(room, asked, number, does, reason(order[3] or "") if order else "")
    return FanOut(await carrying.of_fanout(room, number) or one, "" if done else _STEERED)


async def _does(room: Room, asked: Asked, number: int, does: str, why: str) -> bool:
    """Whether anything was changed, or was to be."""
    fanouts, who, now = room.ledger.fanouts, asked.person.name, asked.now
    match does:
        case "stop":
            return await fanouts.stop(number, who, why, now)
        case "go":
            return await fanouts.go_on(number, who, why, now)
        case "cancel":
            return await fanouts.cancel(number, who, why, now)
        case "out" | "again":
            seen = "seen on the channel" if does == "out" else "not seen on the channel"
            return bool(await fanouts.settle_all(number, who, why or seen, now, out=does == "out"))
    return True


async def _topics(room: Room, broadcasting: Broadcasting) -> tuple[str, ...]:
    """What readers chose and stories have."""
    chosen = [one for name in broadcasting.carriers for one, _ in await room.ledger.circulation.choices(name)]
    stories = await room.ledger.stories.recent(_STORIES)
    had = [name for one in stories for name in (one.article.section, *one.article.tags) if name]
    return tuple(dict.fromkeys([*(name for one in chosen for name in one.topics), *had]))


def _draft(data: str) -> Draft:
    given = json.loads(data)
    return Draft(**{**given, "topics": tuple(given["topics"]), "carriers": tuple(given["carriers"])})


def _sample(proof: Proof) -> Sample:
    minutes = None if proof.takes is None else max(1, -(-int(proof.takes.total_seconds()) // 60))
    edition = proof.edition
    if edition is None:
        return Sample(proof.carrier, proof.readers, minutes, problem=proof.problem)
    text = shown(edition, edition.text)
    unit = edition.unit.value
    return Sample(proof.carrier, proof.readers, minutes, text, marked(edition), edition.count, edition.limit, unit)


VERBS = (Spec("broadcast", broadcast, hears=heard, slow=True), Spec("fanout", fanout, Role.READER))
