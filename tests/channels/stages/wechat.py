"""WeChat's stage: one account, in one of the three ways to publish."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.model.begun import Begun
from bot.model.edition import Edition, Markup
from tests.channels.stages.stage import CARD, NOWHERE, Play, Stage, opened
from tests.fakes.serve import serve
from tests.fakes.wechat import APP, COVER, SECRET, WechatAccount

LINK = "https://example.org/1"
TEXT = "<p>大桥通车，桥面今早恢复双向通行。</p>\n\n<p>来源：河湾日报</p>"
GIVEN = {"kind": "wechat", "app": APP, "secret": "env:CRIER_TEST_WECHAT", "cover": COVER}
_DECISIVE = {"draft": "draft/add", "free": "freepublish/submit", "mass": "message/mass/sendall"}


@asynccontextmanager
async def wechat(folder: Path, begun: Begun | None = None, **more: Any) -> AsyncIterator[Stage]:
    (folder / "card.png").write_bytes(b"\x89PNG")
    way = more.get("publish", "draft")
    account = WechatAccount(f"/cgi-bin/{_DECISIVE[way]}")
    out = {"draft": account.drafts, "free": account.published, "mass": account.massed}[way]
    async with serve(account.app) as base:
        given = {**GIVEN, "api": base, **more}
        channel = opened(given, folder, begun=begun)
        edition = Edition(1, 1, "main", "wechat", "zh", "大桥通车", TEXT, Markup.HTML, LINK, CARD)
        yield Stage(
            "wechat", channel, edition, account.faults, account, lambda: [one["content"] for one in out.values()], given
        )
        account.faults.released.set()
        await channel.close()


PLAY = Play(wechat, {**GIVEN, "api": NOWHERE}, {"CRIER_TEST_WECHAT": SECRET})
