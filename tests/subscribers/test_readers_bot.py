"""A reader's whole life in a chat with the bot, in each language."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.model.subscriber import Membership
from bot.readers.links import payload
from tests.fakes.bot_api import TOKEN
from tests.fakes.reading_room import ReadingRoom, a_room
from tests.fakes.stories import article

SPORT = replace(article("河湾队三比一获胜"), section="体育")


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRIER_TEST_BOT", TOKEN)


@pytest.fixture
async def room(sqlite_url: str, now: datetime, tmp_path: Path) -> AsyncIterator[ReadingRoom]:
    async with a_room(sqlite_url, now, tmp_path) as made:
        yield made


async def test_a_whole_life_in_chinese(room: ReadingRoom, capsys: pytest.CaptureFixture[str]) -> None:
    ling = room.api.person(701, "凌")

    def show(*said: str) -> None:
        print("\n-----\n".join(said), "\n=====")

    show(await room.writes(ling, f"/start {payload('体育')}"))
    asked = room.last(701)
    show(str(asked.buttons), await room.taps(ling, "订阅「体育」", asked))
    show(str(asked.buttons))
    await room.publish(SPORT)
    show(room.last(701).text)
    show(await room.writes(ling, "/topics"), str(room.last(701).buttons))
    page = room.last(701)
    show(await room.taps(ling, "交通", page), str(page.buttons))
    show(await room.writes(ling, "船"), str(room.last(701).buttons))
    show(await room.writes(ling, "文"), str(room.last(701).buttons))
    show(await room.writes(ling, "/words 台风，地铁"), str(room.last(701).buttons))
    show(await room.writes(ling, "/mute"))
    show(await room.writes(ling, "广告"), str(room.last(701).buttons))
    show(await room.writes(ling, "时间 每天早上8点"), str(room.last(701).buttons))
    show(await room.writes(ling, "即时，最多十条，晚上11点到早上7点不打扰，胡说"), str(room.last(701).buttons))
    show(await room.writes(ling, "/how"), str(room.last(701).buttons))
    show(await room.writes(ling, "/language"), str(room.last(701).buttons))
    show(await room.writes(ling, "/breaking"), str(room.last(701).buttons))
    show(await room.writes(ling, "/breaking 关"))
    show(await room.writes(ling, f"/why {SPORT.link}"))
    show(await room.writes(ling, "/help"))
    show(await room.writes(ling, "/pause"))
    show(await room.writes(ling, "/resume"))
    show(await room.writes(ling, "/mydata"), room.api.documents[-1][1].decode())
    show(await room.writes(ling, "/stop"), str(room.last(701).buttons))
    show(await room.writes(ling, "/forget"), str(room.last(701).buttons))
    show(await room.taps(ling, "全部删除", room.last(701)))
    show(await room.writes(ling, "你好"))
    assert await room.reader("701") is None
    with capsys.disabled():
        print(capsys.readouterr().out)
