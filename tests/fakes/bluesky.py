"""A personal data server of the AT Protocol on loopback, for one account.

Follows: the lexicons of app.bsky.feed.post, its embeds and facets, of the profile and its pinned post, and the
reference server's putRecord, getRecord, deleteRecord, uploadBlob, createSession and refreshSession: 300 graphemes and
3000 bytes, facets on whole characters, pictures that were uploaded before and are no larger than allowed, swapRecord,
refresh tokens that serve once, names of errors, and rate limits. Does not model: real content identifiers, signatures,
other collections, other accounts.
"""

import asyncio
import hashlib
import json
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import regex
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.faults import Fault, Faults

HANDLE, PASSWORD, DID = "riverbend.test", "rvbd-apps-word-0000", "did:plc:r1verbendr1verbendr1verb"
POST, PROFILE = "app.bsky.feed.post", "app.bsky.actor.profile"
_TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")
_ADDRESS = re.compile(r"\w+:(//)?[^\s/]\S*")


class Wrong(Exception):
    def __init__(self, name: str, message: str, code: int = 400) -> None:
        self.name, self.message, self.code = name, message, code


class Pds:
    def __init__(self, now: datetime) -> None:
        self.now = now
        self.password, self.active = PASSWORD, True
        self.records: dict[str, dict[str, Any]] = {}
        """By record key, in the order in which they were put."""
        self.profile: dict[str, Any] | None = {"$type": PROFILE, "displayName": "河湾日报"}
        self.blobs: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.opened = self.renewed = 0
        """Sessions."""
        self.faults = Faults()
        self.keeps_blobs = True
        self._tokens: dict[str, str] = {}
        self.app = Starlette(
            routes=[
                self._route("server.createSession", self._create_session, "POST", open_to_all=True),
                self._route("server.refreshSession", self._refresh_session, "POST", open_to_all=True),
                self._route("repo.putRecord", self._put, "POST"),
                self._route("repo.deleteRecord", self._delete, "POST"),
                self._route("repo.uploadBlob", self._upload, "POST"),
                self._route("repo.getRecord", self._get, "GET", open_to_all=True),
            ]
        )

    @property
    def top(self) -> list[str]:
        pinned = (self.profile or {}).get("pinnedPost")
        return [pinned["uri"]] if pinned else []

    @property
    def texts(self) -> list[str]:
        return [record["text"] for record in self.records.values()]

    def expire(self) -> None:
        """Every access token is too old now."""
        self._tokens = {token: kind for token, kind in self._tokens.items() if kind != "access"}

    def revoke(self) -> None:
        """Somebody has taken the app password away."""
        self._tokens.clear()
        self.password = "another"

    def _route(
        self, name: str, work: Callable[[Request], Awaitable[Any]], method: str, *, open_to_all: bool = False
    ) -> Route:
        async def serve(request: Request) -> Response:
            self.asked.append(name)
            try:
                if not open_to_all and self._tokens.get(_bearer(request)) != "access":
                    raise Wrong("ExpiredToken", "Token has expired")
                return await self._carry_out(work, request, writes=name in ("repo.putRecord", "repo.deleteRecord"))
            except Wrong as wrong:
                return self._refusal(wrong)

        return Route(f"/xrpc/com.atproto.{name}", serve, methods=[method])

    async def _carry_out(
        self, work: Callable[[Request], Awaitable[Any]], request: Request, *, writes: bool
    ) -> Response:
        fault = self.faults.take() if writes else None
        match fault:
            case Fault.HANG:
                return await self.faults.hang()
            case Fault.REFUSE:
                raise Wrong("InvalidRequest", "Invalid app.bsky.feed.post record")
            case Fault.UNAVAILABLE:
                raise Wrong("NotEnoughResources", "Not Enough Resources", 503)
            case Fault.THROTTLE:
                raise Wrong("RateLimitExceeded", "Rate Limit Exceeded", 429)
        told = await work(request)
        if fault is not None:
            return await self.faults.after(fault, request)
        await asyncio.sleep(self.faults.slow if writes else 0)
        return JSONResponse(told)

    def _refusal(self, wrong: Wrong) -> Response:
        reset = int((self.now + timedelta(seconds=7)).timestamp())
        headers = {"RateLimit-Limit": "5000", "RateLimit-Reset": str(reset)} if wrong.code == 429 else {}
        return JSONResponse({"error": wrong.name, "message": wrong.message}, wrong.code, headers=headers)

    async def _create_session(self, request: Request) -> Any:
        body = await request.json()
        if (body["identifier"], body["password"]) != (HANDLE, self.password):
            raise Wrong("AuthenticationRequired", "Invalid identifier or password", 401)
        self.opened += 1
        return self._session()

    async def _refresh_session(self, request: Request) -> Any:
        if self._tokens.pop(_bearer(request), "") != "refresh":
            raise Wrong("ExpiredToken", "Token has been revoked")
        self.renewed += 1
        return self._session()

    def _session(self) -> dict[str, Any]:
        number = f"{self.opened}.{self.renewed}"
        tokens = {"accessJwt": f"access-{number}", "refreshJwt": f"refresh-{number}"}
        self._tokens |= {tokens["accessJwt"]: "access", tokens["refreshJwt"]: "refresh"}
        status = {} if self.active else {"status": "deactivated"}
        return {**tokens, "did": DID, "handle": HANDLE, "active": self.active, **status}

    async def _put(self, request: Request) -> Any:
        if not self.active:
            raise Wrong("AccountDeactivated", "Account is deactivated", 401)
        body = await request.json()
        record, rkey = body["record"], body["rkey"]
        if (body["collection"], rkey) == (PROFILE, "self"):
            return self._put_profile(record, body.get("swapRecord"))
        if body["repo"] != DID or body["collection"] != POST or not _TID.fullmatch(rkey):
            raise Wrong("InvalidRequest", "Invalid record key for app.bsky.feed.post")
        self._valid(record)
        there = self.records.get(rkey)
        if there != record:
            if "swapRecord" in body and body["swapRecord"] != (_cid(there) if there else None):
                raise Wrong("InvalidSwap", f"Record was at {_cid(there) if there else None}")
            self.records[rkey] = record
        return {"uri": f"at://{DID}/{POST}/{rkey}", "cid": _cid(record), "validationStatus": "valid"}

    def _put_profile(self, record: dict[str, Any], swap: str | None) -> Any:
        if swap != (_cid(self.profile) if self.profile else None):
            raise Wrong("InvalidSwap", "Record was at another")
        known = [{"uri": f"at://{DID}/{POST}/{rkey}", "cid": _cid(one)} for rkey, one in self.records.items()]
        if "pinnedPost" in record and record["pinnedPost"] not in known:
            raise Wrong("InvalidRequest", "Invalid app.bsky.actor.profile record: pinnedPost")
        self.profile = record
        return {"uri": f"at://{DID}/{PROFILE}/self", "cid": _cid(record)}

    def _valid(self, record: dict[str, Any]) -> None:
        text, raw = record["text"], record["text"].encode()
        if len(regex.findall(r"\X", text)) > 300 or len(raw) > 3000:
            raise Wrong("InvalidRequest", "Invalid app.bsky.feed.post record: text is too long")
        if not _MOMENT.fullmatch(record["createdAt"]) or not all(map(_LANGUAGE.fullmatch, record["langs"])):
            raise Wrong("InvalidRequest", "Invalid app.bsky.feed.post record: createdAt or langs")
        for facet in record.get("facets", []):
            raw[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode()  # on whole characters
            _valid_feature(*facet["features"])
        if "reply" in record:
            known = {(f"at://{DID}/{POST}/{rkey}", _cid(one)) for rkey, one in self.records.items()}
            if any((ref["uri"], ref["cid"]) not in known for ref in record["reply"].values()):
                raise Wrong("InvalidRequest", "no such post to answer")
        if "embed" in record:
            self._valid_embed(record["embed"])

    def _valid_embed(self, embed: dict[str, Any]) -> None:
        if embed["$type"] == "app.bsky.embed.external":
            external = embed["external"]
            if not _ADDRESS.fullmatch(external["uri"]) or not {"title", "description"} <= set(external):
                raise Wrong("InvalidRequest", "Invalid external")
            pictures, most = [external["thumb"]] if "thumb" in external else [], 1_000_000
        else:
            assert embed["$type"] == "app.bsky.embed.images"
            if not all(isinstance(one["alt"], str) for one in embed["images"]):
                raise Wrong("InvalidRequest", "alt is required")
            pictures, most = [one["image"] for one in embed["images"]], 2_000_000
        for blob in pictures:
            if not self.keeps_blobs or self.blobs.get(blob["ref"]["$link"]) != blob:
                raise Wrong("BlobNotFound", f"Could not find blob: {blob['ref']['$link']}")
            if blob["size"] > most or not blob["mimeType"].startswith("image/"):
                raise Wrong("InvalidRequest", "the picture is too large")

    async def _get(self, request: Request) -> Any:
        rkey, asked = request.query_params["rkey"], request.query_params
        kind = asked["collection"]
        record = self.records.get(rkey) if kind == POST else self.profile
        if record is None or asked["repo"] != DID or kind not in (POST, PROFILE):
            raise Wrong("RecordNotFound", f"Could not locate record: at://{DID}/{kind}/{rkey}")
        return {"uri": f"at://{DID}/{kind}/{rkey}", "cid": _cid(record), "value": record}

    async def _delete(self, request: Request) -> Any:
        body = await request.json()
        self.records.pop(body["rkey"], None)
        return {}

    async def _upload(self, request: Request) -> Any:
        content, kind = await request.body(), request.headers["content-type"]
        if not content.startswith((b"\x89PNG", b"\xff\xd8")):
            raise Wrong("InvalidRequest", "no picture")
        cid = f"bafkrei{hashlib.sha256(content).hexdigest()[:52]}"
        self.blobs[cid] = {"$type": "blob", "ref": {"$link": cid}, "mimeType": kind, "size": len(content)}
        return {"blob": self.blobs[cid]}


def _bearer(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ")


def _valid_feature(feature: dict[str, str]) -> None:
    kind = feature["$type"].removeprefix("app.bsky.richtext.facet#")
    if kind == "link" and _ADDRESS.fullmatch(feature["uri"]):
        return
    if kind == "tag" and len(feature["tag"].encode()) <= 640:
        return
    raise Wrong("InvalidRequest", f"Invalid facet: {kind}")  # a mention would call somebody: this account never does


def _cid(record: dict[str, Any]) -> str:
    return f"bafyrei{hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:52]}"
