"""The three ways of a WeChat account to publish: a draft for a person, a publication, a mass send.

Where a publication stands is kept in the ledger, so that another worker goes on with it after a crash:

    kept          what it means                                     a repeat
    drafted       a draft may lie there, nothing is under review    submits it
    submitted     submitting was begun and not answered             finds it among the published, or asks a person
    the task      it was accepted                                   asks what became of it
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from bot.channels.unfinished import Unfinished
from bot.channels.wechat_account import GONE, SENT_BEFORE, Account
from bot.channels.wechat_draft import BACK, Box, Draft, article
from bot.errors import DeliveryError, Refused, Unavailable, Uncertain
from bot.model.channel import Facts, Finding
from bot.model.delivery import Receipt
from bot.model.edition import Edition

_DRAFTED, _SUBMITTED = "drafted", "submitted"
_REVIEW, _SENDING = timedelta(seconds=20), timedelta(minutes=1)
_FAILED = {
    2: "its claim to be original failed",
    3: "publishing failed",
    4: "the platform's review did not pass it",
    5: "it was published, and somebody has deleted it",
    6: "it was published, and the platform has banned it",
}


class Wechat:
    """What the three ways have in common."""

    way = "draft"
    """What the settings call it."""
    right: tuple[str, Mapping[str, Any] | None] = ("/cgi-bin/draft/count", None)
    """A call that only an account may make that may publish in this way, and that changes nothing."""

    def __init__(self, name: str, facts: Facts, account: Account, box: Box, clock: Callable[[], datetime]) -> None:
        self.name, self.facts, self.token = name, facts, account.token
        self._account, self._box, self._clock = account, box, clock

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    async def check(self) -> tuple[Finding, ...]:
        """Get a token, and make a call that needs the right to publish in this way."""
        path, body = self.right
        try:
            await self._account.ask("/cgi-bin/draft/count", method="GET")
        except DeliveryError as err:
            return (Finding("account", False, err.why),)
        found = Finding("account", True, f"{self._account.app} answers")
        try:
            await self._account.ask(path, body, method="GET" if body is None else "POST")
        except DeliveryError as err:
            return (found, Finding("right", False, f"publish {self.way}: {err.why}"))
        return (found, Finding("right", True, f"publish {self.way}"))

    async def close(self) -> None:
        """Let go of connections."""
        await self._account.close()

    async def _delete(self, path: str, body: Mapping[str, Any], receipt: Receipt) -> Receipt:
        answer = await self._account.call(path, body, idempotent=True)
        if answer.code and answer.code not in GONE:
            raise self._account.error(answer)
        return Receipt(receipt.platform_id, self._clock(), sent="it was gone" if answer.code else "")


class WechatDrafts(Wechat):
    """Drafts, for an account that is not verified or a newsroom where a person presses the button."""

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Put it into the box, once for one key."""
        draft = await self._box.find(edition, key) or await self._box.add(edition, key, in_doubt=True)
        return self._receipt(draft, edition)

    async def edit(self, receipt: Receipt, edition: Edition, key: str) -> Receipt:
        """Write the draft anew. Raises Refused where it was published or deleted by hand."""
        return self._receipt(await self._box.change(_number(receipt), edition, key), edition)

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Delete the draft; what a person has published from it stays out, and no call tells whether one has."""
        del key
        gone = await self._delete("/cgi-bin/draft/delete", {"media_id": _number(receipt)}, receipt)
        return replace(gone, sent="the draft; if it was published by hand, delete it in the account's backend")

    def _receipt(self, draft: Draft, edition: Edition) -> Receipt:
        sent = f"a draft, to be published by hand in the account's backend: {draft.said}{edition.text}"
        return Receipt(f"draft/{draft.media}", self._clock(), None, sent)


@dataclass(frozen=True, slots=True)
class _Task:
    """A publication that was accepted."""

    number: str
    said: str


_tasks = TypeAdapter(_Task)


def _task(known: str | None) -> _Task | None:
    """What was kept of it, where it was accepted."""
    return None if known in (None, _DRAFTED, _SUBMITTED) else _tasks.validate_json(known)


class WechatPublications(Wechat):
    """Publications: in the account's list and by their address, but pushed to nobody."""

    way = "free"
    right = ("/cgi-bin/freepublish/batchget", {"offset": 0, "count": 1, "no_content": 1})

    def __init__(
        self,
        name: str,
        facts: Facts,
        account: Account,
        box: Box,
        clock: Callable[[], datetime],
        begun: Unfinished,
    ) -> None:
        super().__init__(name, facts, account, box, clock)
        self._begun = begun

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Submit it once, and ask what became of it. Raises Unavailable while it is under review."""
        known = await self._begun.get(key)
        if (task := _task(known)) is None:
            # The box first: what is published moves from there into the list, and is never in neither.
            draft = await self._box.find(edition, key)
            if draft is not None and known != _DRAFTED:
                raise Uncertain(
                    self.name, "a draft of it lies there, perhaps under review: its submitting has no answer"
                )
            if draft is None and (out := await self._published(edition, key, self._clock() - BACK)):
                return out
            await self._begun.keep(key, _DRAFTED)
            task = await self._submit(draft or await self._box.add(edition, key), key)
        with _accepted():
            return await self._outcome(task, edition, key)

    async def find(self, edition: Edition, key: str, since: datetime) -> Receipt | None:
        """Ask for its task, or look through what is published. Raises Uncertain where it may be under review."""
        known = await self._begun.get(key)
        if task := _task(known):
            return await self._outcome(task, edition, key)
        if known == _DRAFTED:
            return None  # it was never submitted, or refused
        if out := await self._published(edition, key, since - timedelta(hours=1)):
            return out
        raise Uncertain(self.name, "not among what is published, but perhaps under review: look at the drafts")

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Delete the publication; it cannot be brought back."""
        del key
        body = {"article_id": _number(receipt), "index": 1}
        return await self._delete("/cgi-bin/freepublish/delete", body, receipt)

    async def _submit(self, draft: Draft, key: str) -> _Task:
        # Until there is an answer nobody knows, and no repeat may submit this draft again.
        await self._begun.keep(key, _SUBMITTED)
        try:
            said = await self._account.ask("/cgi-bin/freepublish/submit", {"media_id": draft.media})
        except (Refused, Unavailable):
            await self._begun.note(key, _DRAFTED)
            raise
        task = _Task(self._account.told(said, "publish_id"), draft.said)
        await self._begun.note(key, _tasks.dump_json(task).decode())
        return task

    async def _outcome(self, task: _Task, edition: Edition, key: str) -> Receipt:
        said = await self._account.ask("/cgi-bin/freepublish/get", {"publish_id": task.number}, idempotent=True)
        status = said.get("publish_status")
        if status == 0:
            articles = (said.get("article_detail") or {}).get("item") or [{}]
            number, url = self._account.told(said, "article_id"), articles[0].get("article_url")
            await self._begun.done(key)
            return Receipt(f"article/{number}", self._clock(), url, f"{task.said}{edition.text}")
        if status in _FAILED:
            await self._begun.note(key, _DRAFTED)  # an editor may try the same draft again
            raise Refused(self.name, f"publication {task.number}: {_FAILED[status]}; look at it in the backend")
        raise Unavailable(self.name, f"publication {task.number} is under review", retry_after=_REVIEW)

    async def _published(self, edition: Edition, key: str, since: datetime) -> Receipt | None:
        known = article(edition, key).known
        out = await self._account.find("/cgi-bin/freepublish/batchget", "article_id", known, since)
        return Receipt(f"article/{out.id}", self._clock(), out.url, edition.text) if out else None


class WechatMass(Wechat):
    """Mass sends: every follower is told, and each may be told only a few times a month."""

    way = "mass"
    right = ("/cgi-bin/message/mass/speed/get", {})

    def __init__(
        self,
        name: str,
        facts: Facts,
        account: Account,
        box: Box,
        clock: Callable[[], datetime],
        tag: int | None,
    ) -> None:
        """`tag` names whom it is sent to; without one, all followers."""
        super().__init__(name, facts, account, box, clock)
        self._tag = tag

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Send it once for one key, and ask what became of it. Raises Unavailable while it goes out."""
        found = await self._box.find(edition, key)
        draft = found or await self._box.add(edition, key)
        body = {
            "filter": {"is_to_all": self._tag is None, "tag_id": self._tag or 0},
            "mpnews": {"media_id": draft.media},
            "msgtype": "mpnews",
            "send_ignore_reprint": 0,
            "clientmsgid": hashlib.sha256(key.encode()).hexdigest(),
        }
        answer = await self._account.call("/cgi-bin/message/mass/sendall", body)
        if answer.code and answer.code != SENT_BEFORE:
            raise self._account.error(answer)
        if answer.code and not found:  # it went out with the draft of an earlier try: this one is not needed
            await self._account.call("/cgi-bin/draft/delete", {"media_id": draft.media}, idempotent=True)
        number = self._account.told(answer.body, "msg_id")
        with _accepted():
            return await self._outcome(number, draft, edition)

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Delete the message, which the platform allows for a short while."""
        del key
        body = {"msg_id": int(_number(receipt)), "article_idx": 1}
        return await self._delete("/cgi-bin/message/mass/delete", body, receipt)

    async def _outcome(self, number: str, draft: Draft, edition: Edition) -> Receipt:
        said = await self._account.ask("/cgi-bin/message/mass/get", {"msg_id": number}, idempotent=True)
        match said.get("msg_status"):
            case "SEND_SUCCESS":
                return Receipt(f"mass/{number}", self._clock(), None, f"{draft.said}{edition.text}")
            case "SEND_FAIL" | "DELETE" as status:
                raise Refused(self.name, f"mass send {number}: {status}; look at it in the account's backend")
            case _:
                why = f"mass send {number} goes out, or waits for an administrator's confirmation (30 minutes)"
                raise Unavailable(self.name, why, retry_after=_SENDING)


@contextmanager
def _accepted() -> Iterator[None]:
    """The platform has taken it: whatever hinders us from seeing its outcome, it may come out."""
    try:
        yield
    except Unavailable as err:
        err.accepted = True
        raise


def _number(receipt: Receipt) -> str:
    return receipt.platform_id.partition("/")[2]
