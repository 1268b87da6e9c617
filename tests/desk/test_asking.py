"""Why a story is where it is is told in the reader's own language, whole."""

import re

import pytest

from tests.desk.conftest import Office

OURS = {"telegram", "zh", "en", "partners", "weekly", "site", "Ana", "Webhook", "HTTP"}


@pytest.mark.parametrize("chinese", [True, False])
async def test_every_step_is_told_with_who_and_why(office: Office, chinese: bool) -> None:
    who = office.chen if chinese else office.ana
    story = await office.floor.story()
    await office.ledger.deliveries.hold(story, "Ana", "no reason given", office.now, "weekly")
    told = await office.ask(who, f"/why {story}")
    if chinese:
        assert "今天 16:00　收到稿件" in told
        assert "现在：发布压着，等编辑放行：没有写明原因" in told
        latin = {word for word in re.findall(r"[A-Za-z]{2,}", told) if word not in OURS}
        assert latin == set(), told
    else:
        assert "today 16:00 · It was picked up" in told
        assert "Now: the post is held until an editor releases it: no reason given" in told
    one = await office.ask(who, f"/why {story} weekly")
    assert "weekly" in one
    assert "partners" not in one


async def test_what_the_platform_got_is_told(office: Office) -> None:
    story = await office.floor.story()
    office.now = office.now.replace(minute=5)
    await office.floor.works()
    told = await office.ask(office.ana, f"/why {story} telegram-zh")
    assert "Attempt 1 at the post: sent" in told
    assert office.floor.posts("telegram-zh")
