"""One WeChat Official Account (公众号): its token, kept in one place, its answers, and its box of drafts.

Sources: developers.weixin.qq.com/doc/service/api (stable_token, material/add_material, draft/*, freepublish/*,
message/mass/*), its table of global return codes, and answers pasted into its public forum. Every answer is HTTP 200;
one that went well may have no code at all.

    code                                what the platform says                      what it means
    0, or none                          ok                                          done
    40001 40014 42001                   the token is wrong, old or void             a new one, once; then the account's
    -1                                  system busy                                 Unavailable
    45009                               daily quota of this call used up            Unavailable, an hour
    45011 45066                         too often in a minute                       Unavailable, a minute
    40013 40125 40164 40243 41002       app id, secret, or our address not let in   Refused, the account
      41004 48001 48004 50002           the account may not do this, or is blocked  Refused, the account
    45028                               no mass send left today                     Refused, this post
    53503 53504 53505                   the draft needs a person                    Refused, this post
    45065                               this clientmsgid is known                   a mass send that went out: success
    40007 53600                         no such draft, material or article          gone: a deletion is done
    other (45002 45003 45004 45110 …)   a field is too long or not allowed          Refused, this post
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.channels.answers import Answer, Caller, Code, Meaning
from bot.channels.tokens import Kept, Pocket
from bot.errors import DeliveryError, Refused, Uncertain
from bot.model.token import Grant, TokenStore

GONE = frozenset({40007, 53600})
SENT_BEFORE = 45065
_STALE = frozenset({40001, 40014, 42001})
_VERIFY = "only verified accounts may: write publish: draft, or have the account verified"
_CODES: Mapping[int, Code] = {
    -1: Code(Meaning.LATER),
    40001: Code(Meaning.ACCOUNT, "the token is refused even when it is new: look at app id and secret"),
    40014: Code(Meaning.ACCOUNT, "the token is refused even when it is new"),
    42001: Code(Meaning.ACCOUNT, "the token is refused even when it is new"),
    40013: Code(Meaning.ACCOUNT, "write the AppID that 设置与开发 shows"),
    40125: Code(Meaning.ACCOUNT, "the AppSecret is wrong or was reset"),
    40164: Code(Meaning.ACCOUNT, "add this machine's address to the IP list (IP白名单) of the account"),
    40243: Code(Meaning.ACCOUNT, "the AppSecret is frozen: thaw it in the account's backend"),
    41002: Code(Meaning.ACCOUNT, "the AppID is missing"),
    41004: Code(Meaning.ACCOUNT, "the AppSecret is missing"),
    48001: Code(Meaning.ACCOUNT, _VERIFY),
    48004: Code(Meaning.ACCOUNT, "the platform has barred this account from the call"),
    50002: Code(Meaning.ACCOUNT, "the platform has restricted this account"),
    45009: Code(Meaning.LATER, "the day's calls are used up", timedelta(hours=1)),
    45011: Code(Meaning.LATER, wait=timedelta(minutes=1)),
    45066: Code(Meaning.LATER, wait=timedelta(minutes=1)),
    45028: Code(Meaning.POST, "no mass send is left: publish it by hand, or tomorrow"),
    53503: Code(Meaning.POST, "the draft did not pass the platform's check: publish it by hand"),
    53504: Code(Meaning.POST, "this draft can only be published in the account's backend"),
    53505: Code(Meaning.POST, "open the draft in the account's backend, save it, and publish it there"),
}
_PAGES, _PAGE = 5, 20


@dataclass(frozen=True, slots=True)
class Listed:
    """One article in a list of the platform."""

    id: str
    """The draft's media_id, or the publication's article_id."""
    url: str | None


class Account:
    """The account's calls; whoever makes them never sees the token."""

    def __init__(
        self,
        channel: str,
        api: str,
        app: str,
        secret: str,
        clock: Callable[[], datetime],
        tokens: TokenStore | None = None,
    ) -> None:
        """With a store, all workers share the token; without one, the platform still gives each the same."""
        self.app = app
        self._channel, self._api, self._secret, self._clock = channel, api.rstrip("/"), secret, clock
        self._caller = Caller(channel, _CODES, (secret,), clock, codeless=True)
        self.token = Kept(channel, f"wechat:{app}", self._lend, tokens or Pocket(), clock)

    async def ask(self, path: str, body: Mapping[str, Any] | None = None, **how: Any) -> Mapping[str, Any]:
        """The body of a success; `how` is as the caller's. Raises one of the three by the table."""
        answer = await self.call(path, body, **how)
        if answer.code:
            raise self._caller.error(answer, idempotent=bool(how.get("idempotent")))
        return answer.body

    async def call(self, path: str, body: Mapping[str, Any] | None = None, **how: Any) -> Answer:
        """Whatever the platform says, a refused token being exchanged once. Raises Unavailable or Uncertain."""
        more = how.pop("params", {})

        async def call(token: str) -> Answer:
            self._caller.keep(token)
            params = {"access_token": token, **more}
            return await self._caller.call(f"{self._api}{path}", body, params=params, **how)

        return await self.token.use(call, _STALE)

    def error(self, answer: Answer) -> DeliveryError:
        """What an answer's code means."""
        return self._caller.error(answer)

    async def find(
        self, path: str, name: str, known: Callable[[Mapping[str, Any]], bool], since: datetime
    ) -> Listed | None:
        """Look through a list, newest first and back to `since`, for a known article; None where there is none.

        `name` is that of the number there. Raises Uncertain where the list is too long to look through.
        """
        for page in range(_PAGES):
            asked = {"offset": page * _PAGE, "count": _PAGE, "no_content": 1}
            items = (await self.ask(path, asked, idempotent=True)).get("item") or []
            for item in items:
                for one in (item.get("content") or {}).get("news_item") or []:
                    if known(one) and not one.get("is_deleted"):
                        return Listed(str(item[name]), str(one.get("url") or "") or None)
            if len(items) < _PAGE or int(items[-1].get("update_time") or 0) < since.timestamp():
                return None
        raise Uncertain(self._channel, f"more than {_PAGES * _PAGE} articles were listed since: look by hand")

    async def upload(self, name: str, picture: bytes, media_type: str) -> str:
        """A permanent picture's media_id. A repeat leaves a second picture, and nothing is out by it."""
        files = {"media": (name, picture, media_type)}
        said = await self.ask("/cgi-bin/material/add_material", params={"type": "image"}, files=files, idempotent=True)
        return self.told(said, "media_id")

    async def upload_for_a_body(self, name: str, picture: bytes, media_type: str) -> str:
        """The address under which bodies may show it; it counts for no quota of materials, and lasts."""
        files = {"media": (name, picture, media_type)}
        said = await self.ask("/cgi-bin/media/uploadimg", files=files, idempotent=True)
        return self.told(said, "url")

    def told(self, said: Mapping[str, Any], name: str) -> str:
        """A part of an answer without which there is no receipt. Raises Uncertain."""
        if not said.get(name):
            raise Uncertain(self._channel, f"the answer has no {name}")
        return str(said[name])

    async def close(self) -> None:
        """Let go of connections."""
        await self._caller.close()

    async def _lend(self, old: Grant | None, *, refused: bool) -> Grant:
        """A token; in its last five minutes the platform gives a new one while the old one still holds."""
        given = await self._exchange(force=False)
        if refused and old is not None and given.access == old.access:  # void, though its time is not over
            given = await self._exchange(force=True)
        return given

    async def _exchange(self, *, force: bool) -> Grant:
        """Ask for the stable token: other programs of the same account get the same one. Forcing is 20 a day."""
        body = {
            "grant_type": "client_credential",
            "appid": self.app,
            "secret": self._secret,
            "force_refresh": force,
        }
        said = await self._caller.ask(f"{self._api}/cgi-bin/stable_token", body, idempotent=True)
        token, life = said.get("access_token"), said.get("expires_in")
        if not isinstance(token, str) or not isinstance(life, int):
            raise Refused(self._channel, "the answer has no token", account=True)
        self._caller.keep(token)
        now = self._clock()
        return Grant(token, now, now + timedelta(seconds=life))
