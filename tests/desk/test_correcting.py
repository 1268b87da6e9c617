"""What is out and wrong is put right from the desk, after a look at what each channel will do."""

from datetime import timedelta

import pytest

from bot.model.delivery import Act
from tests.desk.conftest import Office, seen

MINUTE = timedelta(minutes=1)


async def out(office: Office) -> int:
    """A story that every platform has."""
    story = await office.floor.story()
    office.now += 2 * MINUTE
    await office.floor.works()
    return story


async def follows(office: Office) -> None:
    """As a daemon does in the minutes after."""
    for _ in range(2):
        office.now += MINUTE
        await office.floor.works()


@pytest.mark.parametrize(
    ("chinese", "asked", "which", "kind", "edit", "yes", "done"),
    [
        (True, "更正什么", "属于哪一种", "更正", "telegram-zh：修改已发内容", "确认更正", "已更正"),
        (False, "What is corrected", "Which kind", "Correction", "telegram-zh: what is out is edited", "Confirm",
         "Corrected: "),
    ],
)  # fmt: skip
async def test_a_correction_is_shown_first_and_then_made_on_every_platform(
    office: Office, chinese: bool, asked: str, which: str, kind: str, edit: str, yes: str, done: str
) -> None:
    who = office.chen if chinese else office.ana
    story = await out(office)
    assert asked in await office.ask(who, f"/correct {story}")
    assert "八点" in await office.ask(who, "八点 → 九点")
    [shown] = await office.posts(who, "双向 → 单向 | 通行方向原先写错")
    assert which in seen(shown)
    await office.press(who, kind, shown)
    assert edit in seen(shown)
    assert len(await office.ledger.stories.revisions(story)) == 1
    await office.press(who, yes, shown)
    assert done in seen(shown)
    await follows(office)
    [post] = office.floor.posts("telegram-zh")
    assert "恢复单向通行" in post.text
    assert "“双向”改为“单向”" in post.text
    acts = [(row.channel, row.act) for row in await office.ledger.deliveries.of_story(story)]
    assert ("telegram-zh", Act.EDIT) in acts
    again = await office.posts(who, f"/correct {story} {kind} 单向 → 双向")
    assert yes in [button for row in again[0].buttons for button in row]


async def test_a_typo_is_edited_and_a_restart_in_between_loses_nothing(office: Office) -> None:
    story = await out(office)
    [shown] = await office.posts(office.ana, f"/correct {story} 双向 → 雙向")
    await office.bots[0].stop()
    await office.open()
    await office.press(office.ana, "Typo", shown)
    await office.press(office.ana, "Confirm", shown)
    await follows(office)
    assert "雙向" in office.floor.posts("telegram-zh")[0].text


async def test_somebody_elses_button_does_not_know_the_words(office: Office) -> None:
    story = await out(office)
    chat = office.api.group(-200, "夜班")
    [shown] = await office.posts(office.ana, f"/correct {story} 双向 → 单向", chat=chat)
    await office.press(office.chen, "Correction", shown)
    assert len(await office.ledger.stories.revisions(story)) == 1
    assert "words are no longer known" not in seen(shown)


async def test_what_cannot_be_corrected_is_listed_until_somebody_has_seen_it(office: Office) -> None:
    story = await out(office)
    await office.ledger.corrections.missed(story, 1, ["weekly"], "this platform cannot edit", office.now)
    [english] = await office.posts(office.ana, "/unseen")
    assert "Out and not corrected" in seen(english)
    assert "改不了、读者仍看到旧文的" in await office.ask(office.chen, "未改")
    await office.press(office.ana, f"I have seen #{story}", english)
    assert seen(english) == "Seen: 1.\n\nNothing is out that could not be corrected."
    assert await office.ledger.corrections.unseen() == ()
