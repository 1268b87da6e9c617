"""A server with the Mastodon API on loopback, for one account; as Mastodon, or as one of its kin.

Follows: docs.joinmastodon.org and the services and throttles of Mastodon 4: token and scopes, keys kept for posts that
succeeded, length in graphemes with addresses as 23 (GoToSocial: code points, 400), pictures attached once, 422 while
one is processed, media that an edit does not name are taken away, an edit that changes nothing, HTML as Mastodon
writes it, 429 with a time of day, five pins (one again is a duplicate record). Does not model: polls, scheduling,
visibility for others, federation, keys that end.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import regex
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.faults import Fault, Faults
from tests.fakes.fediverse_words import ADDRESS, written
from tests.fakes.parts import parts

TOKEN = "r1v3rb3nd-access-token-of-nobody"
RIGHTS = frozenset({"read:accounts", "read:statuses", "write:statuses", "write:media", "write:accounts"})
VERSIONS = {
    "mastodon": ("4.5.2", "https://github.com/mastodon/mastodon"),
    "gotosocial": ("0.19.1+git-2f0a8d6", "https://codeberg.org/superseriousbusiness/gotosocial"),
    "old gotosocial": ("0.16.0 git-c5d1a2b", ""),
    "pleroma": ("2.7.2 (compatible; Pleroma 2.9.1)", "https://git.pleroma.social/pleroma/pleroma"),
    "akkoma": ("2.7.2 (compatible; Akkoma 3.13.2)", ""),
    "pixelfed": ("3.5.3 (compatible; Pixelfed 0.12.4)", "https://github.com/pixelfed/pixelfed"),
    "other": ("2.8.0 (compatible; Friendica 2024.12)", ""),
}
_PINS = 5
_PICTURES = {b"\x89PNG": "image/png", b"\xff\xd8": "image/jpeg"}
_MENTION = re.compile(r"(?<![=/\w])@([a-z0-9_]+)(@[\w.-]+\w)?", re.IGNORECASE)


class Wrong(Exception):
    def __init__(self, code: int, error: str) -> None:
        self.code, self.error = code, error


@dataclass
class Status:
    id: str
    text: str
    at: datetime
    body: dict[str, Any]
    """The request, as it came last."""
    media: list[dict[str, Any]] = field(default_factory=list)
    edits: int = 0


class Fediverse:
    def __init__(self, now: datetime, runs: str = "mastodon") -> None:
        self.now, self.runs = now, runs
        self.limit = 5000 if "gotosocial" in runs else 500
        self.token, self.rights = TOKEN, set(RIGHTS)
        self.posted: list[Status] = []
        self.keys: dict[str, str] = {}
        self.top: list[str] = []
        self.media: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        """Every request, such as "POST /api/v1/statuses"."""
        self.called: list[str] = []
        """Names that a post has mentioned."""
        self.faults, self.media_faults = Faults(), Faults()
        self.processing = False
        self.works_on = 0
        """How often a picture that was taken with 202 is asked for with 206 as the answer."""
        self.spoilt = False
        """Whether the server then cannot read it."""
        self.no_newer_media = False
        self.silent_deletes = False
        self.version_one_only = False
        self.nameless = False
        """Whether it says nothing of itself."""
        self.hangs_at_first = False
        """Whether it answers nothing when it is asked what it is."""
        self.unlisted = False
        """Whether it has no list of an account's posts."""
        self._numbers = 0
        self.app = Starlette(
            routes=[
                self._route("/api/v2/instance", self._instance),
                self._route("/api/v1/instance", self._old_instance),
                self._route("/api/v1/accounts/verify_credentials", self._me, "read:accounts"),
                self._route("/api/v1/apps/verify_credentials", self._application, ""),
                self._route("/api/v1/accounts/1/statuses", self._list, "read:statuses"),
                self._route("/api/v2/media", self._newer_upload, "write:media", "POST"),
                self._route("/api/v1/media", self._upload, "write:media", "POST"),
                self._route("/api/v1/media/{id}", self._medium, "write:media"),
                self._route("/api/v1/statuses", self._post, "write:statuses", "POST"),
                self._route("/api/v1/statuses/{id}", self._get, "read:statuses"),
                self._route("/api/v1/statuses/{id}", self._edit, "write:statuses", "PUT"),
                self._route("/api/v1/statuses/{id}", self._delete, "write:statuses", "DELETE"),
                self._route("/api/v1/statuses/{id}/pin", self._pin, "write:accounts", "POST"),
                self._route("/api/v1/statuses/{id}/unpin", self._unpin, "write:accounts", "POST"),
            ]
        )

    def _route(
        self, path: str, work: Callable[[Request], Awaitable[Any]], right: str | None = None, method: str = "GET"
    ) -> Route:
        async def serve(request: Request) -> Response:
            self.asked.append(f"{method} {request.url.path}")
            try:
                self._admit(request, right)
                return await self._carry_out(work, request)
            except Wrong as wrong:
                return self._refusal(wrong)

        return Route(path, serve, methods=[method])

    def _admit(self, request: Request, right: str | None) -> None:
        if right is None:
            return
        if request.headers.get("authorization") != f"Bearer {self.token}":
            raise Wrong(401, "The access token is invalid")
        if right and not {right, right.partition(":")[0]} & self.rights:
            raise Wrong(403, "This action is outside the authorized scopes")

    async def _carry_out(self, work: Callable[[Request], Awaitable[Any]], request: Request) -> Response:
        writes = request.method != "GET"
        faults = self.media_faults if request.url.path.endswith("/media") else self.faults
        fault = faults.take() if writes else None
        match fault:
            case Fault.HANG:
                return await faults.hang()
            case Fault.REFUSE:
                raise Wrong(422, "Validation failed")
            case Fault.UNAVAILABLE:
                raise Wrong(503, "There was a temporary problem serving your request, please try again")
            case Fault.THROTTLE:
                raise Wrong(429, "Too many requests")
        told = await work(request)
        if fault is not None:
            return await faults.after(fault, request)
        await asyncio.sleep(faults.slow if writes else 0)
        return told if isinstance(told, Response) else JSONResponse(told)

    def _refusal(self, wrong: Wrong) -> Response:
        reset = (self.now + timedelta(seconds=7)).isoformat(timespec="microseconds").replace("+00:00", "Z")
        headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset} if wrong.code == 429 else {}
        return JSONResponse({"error": wrong.error}, wrong.code, headers=headers)

    async def _instance(self, request: Request) -> Any:
        if self.hangs_at_first:
            return await self.faults.hang()
        if self.version_one_only or self.nameless:
            raise Wrong(404, "Not found")
        version, source = VERSIONS[self.runs]
        posts = {"max_characters": self.limit, "characters_reserved_per_url": 23, "max_media_attachments": 4}
        media = {"image_size_limit": 16_777_216, "description_limit": 1500}
        return {"domain": "riverbend.example", "version": version, "source_url": source} | {
            "configuration": {"statuses": posts, "media_attachments": media}
        }

    async def _old_instance(self, request: Request) -> Any:
        if self.nameless:
            raise Wrong(404, "Not found")
        return {"uri": "riverbend.example", "version": VERSIONS[self.runs][0], "max_toot_chars": self.limit}

    async def _me(self, request: Request) -> Any:
        return {"id": "1", "username": "riverbend", "acct": "riverbend"}

    async def _application(self, request: Request) -> Any:
        return {"name": "Crier", "scopes": sorted(self.rights)}

    async def _list(self, request: Request) -> Any:
        if self.unlisted:
            raise Wrong(404, "Not found")
        most = request.query_params.get("max_id")
        posts = [one for one in reversed(self.posted) if most is None or int(one.id) < int(most)]
        return [self._entity(one) for one in posts[: min(int(request.query_params.get("limit", 20)), 40)]]

    async def _newer_upload(self, request: Request) -> Any:
        if self.no_newer_media:
            raise Wrong(404, "Not found")
        told = await self._upload(request)
        return JSONResponse({**told, "url": None}, 202) if self.works_on or self.spoilt else told

    async def _medium(self, request: Request) -> Any:
        one = self.media.get(request.path_params["id"])
        if one is None or one["of"]:
            raise Wrong(404, "Record not found")
        if self.spoilt:
            raise Wrong(422, "Error processing thumbnail for uploaded media")
        if self.works_on:
            self.works_on -= 1
            return JSONResponse({**one, "url": None}, 206)
        return one

    async def _upload(self, request: Request) -> Any:
        form = await parts(request)
        file = form["file"]
        if file.media_type not in _PICTURES.values() or not file.content.startswith(tuple(_PICTURES)):
            raise Wrong(422, "File type of uploaded media could not be verified")
        if len(form["description"].text) > 1500:
            raise Wrong(422, "Validation failed: Description is too long")
        self._numbers += 1
        number = str(self._numbers)
        self.media[number] = {"id": number, "type": "image", "description": form["description"].text, "of": None}
        return self.media[number]

    async def _post(self, request: Request) -> Any:
        body = await request.json()
        key = request.headers.get("idempotency-key")
        if key and self.runs in ("pleroma", "akkoma"):
            raise Wrong(500, "This server repeats its first answer to a key, an error too")
        if key in self.keys and self.runs == "mastodon":
            return self._entity(self._found(self.keys[str(key)]))
        self._fits(body)
        if "in_reply_to_id" in body:
            self._found(body["in_reply_to_id"])
        self._numbers += 1
        status = Status(str(self._numbers), body["status"], self.now, body)
        self._attach(status, body.get("media_ids", []))
        self.posted.append(status)
        self.called += _MENTION.findall(status.text)
        if key:
            self.keys[key] = status.id
        return self._entity(status)

    def _fits(self, body: Mapping[str, Any]) -> None:
        text = body["status"]
        kin = "gotosocial" in self.runs
        length = len(text) if kin else len(regex.findall(r"\X", _MENTION.sub(r"@\1", ADDRESS.sub("x" * 23, text))))
        if not text.strip() or length > self.limit:
            raise Wrong(400 if kin else 422, f"Validation failed: Text character limit of {self.limit} exceeded")
        if not re.fullmatch("[a-z]{2,3}", body["language"]):
            raise Wrong(422, "Validation failed: Language is invalid")

    def _attach(self, status: Status, wanted: list[str]) -> None:
        pictures = [self.media.get(number) for number in wanted]
        if any(one is None or one["of"] not in (None, status.id) for one in pictures):
            raise Wrong(422, "Media not found")
        if (self.processing or self.works_on) and wanted:
            raise Wrong(422, "Cannot attach files that have not finished processing. Try again in a moment!")
        status.media = [one for one in pictures if one]
        for one in status.media:
            one["of"] = status.id

    async def _get(self, request: Request) -> Any:
        return self._entity(self._found(request.path_params["id"]))

    async def _edit(self, request: Request) -> Any:
        status, body = self._found(request.path_params["id"]), await request.json()
        self._fits(body)
        before = (status.text, [one["id"] for one in status.media])
        self._attach(status, body.get("media_ids", []))
        status.text, status.body = body["status"], body
        status.edits += before != (status.text, [one["id"] for one in status.media])
        return self._entity(status)

    async def _delete(self, request: Request) -> Any:
        status = self._found(request.path_params["id"])
        self.posted.remove(status)
        self.top = [one for one in self.top if one != status.id]
        if self.silent_deletes:
            return {}
        return {**self._entity(status), "text": status.text}

    async def _pin(self, request: Request) -> Any:
        status = self._found(request.path_params["id"])
        if status.id in self.top:
            raise Wrong(422, "Duplicate record")
        if len(self.top) >= _PINS:
            raise Wrong(422, "Validation failed: You have already pinned the maximum number of posts")
        self.top.append(status.id)
        return self._entity(status)

    async def _unpin(self, request: Request) -> Any:
        status = self._found(request.path_params["id"])
        self.top = [one for one in self.top if one != status.id]
        return self._entity(status)

    def _found(self, number: str) -> Status:
        for one in self.posted:
            if one.id == number:
                return one
        raise Wrong(404, "Record not found")

    def _entity(self, status: Status) -> dict[str, Any]:
        where = f"https://riverbend.example/@riverbend/{status.id}"
        at = status.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {"id": status.id, "created_at": at, "url": where, "uri": where, "content": written(status.text)} | {
            "media_attachments": [{"id": one["id"], "type": "image"} for one in status.media],
            "visibility": status.body.get("visibility"),
            "pinned": status.id in self.top,
        }
