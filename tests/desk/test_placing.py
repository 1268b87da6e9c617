"""Which channels get a story, and whose turn comes first, by the taps of an editor."""

from datetime import timedelta

import pytest

from bot.model.delivery import State
from tests.desk.conftest import Office, seen
from tests.desk.floor import ROUTED

MINUTE = timedelta(minutes=1)
BRIDGE = "河湾大桥修复通车"


async def sent(office: Office) -> set[str]:
    """Channels that have the bridge, two minutes later."""
    office.now += 2 * MINUTE
    await office.floor.works()
    return {name for name, texts in office.floor.got().items() if any(BRIDGE in text for text in texts)}


@pytest.mark.parametrize("english", [True, False])
async def test_a_channel_is_skipped_by_a_tap(office: Office, *, english: bool) -> None:
    story = await office.floor.story()
    person = office.ana if english else office.chen
    [question] = await office.posts(person, f"/skip {story}" if english else f"不发 {story}")
    name = "Not {}" if english else "不发 {}"
    assert question.buttons == [[name.format(one)] for one in ROUTED]
    await office.press(person, name.format("weekly"), question)
    assert ("It does not go to weekly" if english else "不再发往 weekly") in seen(question)
    assert await sent(office) == {"telegram-zh", "partners"}


@pytest.mark.parametrize("english", [True, False])
async def test_a_channel_is_added_against_the_routes(office: Office, *, english: bool) -> None:
    story = await office.floor.story()
    person = office.ana if english else office.chen
    [question] = await office.posts(person, f"/add {story}" if english else f"/加发 {story}")
    assert question.buttons == [["Add telegram-en" if english else "加发 telegram-en"]]
    await office.press(person, question.buttons[0][0], question)
    assert await sent(office) == {*ROUTED, "telegram-en"}


async def test_several_channels_are_named_at_once_and_taken_back_at_once(office: Office) -> None:
    story = await office.floor.story()
    [said] = await office.posts(office.ana, f"/skip {story} weekly partners not for them")
    assert "Reason: not for them" in seen(said)
    rows = await office.ledger.deliveries.of_story(story)
    assert {row.channel for row in rows if row.state is State.CANCELLED} == {"weekly", "partners"}
    await office.press(office.ana, "Undo", said)
    assert await sent(office) == set(ROUTED)


async def test_a_slip_in_a_channels_name_skips_nothing(office: Office) -> None:
    story = await office.floor.story()
    assert "weekly" in await office.ask(office.ana, f"/skip {story} weakly")
    assert "telegram-en" in await office.ask(office.chen, f"/不发 {story} telegram-en")
    assert await sent(office) == set(ROUTED)


@pytest.mark.parametrize("english", [True, False])
async def test_a_story_is_moved_up_by_a_tap_and_goes_first(office: Office, *, english: bool) -> None:
    person = office.ana if english else office.chen
    for headline in ("图书馆延长开放", "河湾公园试开放", BRIDGE):
        last = await office.floor.story(headline)
    [queue] = await office.posts(person, "/queue")
    await office.press(person, "Change the order" if english else "调整先后", queue)
    chosen = [one for one in office.api.posted if "partners" in str(one.buttons)][-1]
    await office.press(person, "partners", chosen)
    line = [one for one in office.api.posted if f"↑ #{last}" in str(one.buttons)][-1]
    assert [text.partition(".")[0] for text in seen(line).splitlines()[1:]] == ["", "1", "2", "3"]
    await office.press(person, f"↑ #{last}", line)
    assert ("It is number 2 now." if english else "现在排第 2。") in seen(line)
    await office.press(person, f"⤒ #{last}", line)
    await office.press(person, f"↑ #{last}", line)
    assert ("Nothing was changed" if english else "没有改动：已经排在最前") in seen(line)
    office.now += 2 * MINUTE
    await office.floor.works()
    assert office.floor.got()["partners"] == [BRIDGE, "图书馆延长开放", "河湾公园试开放"]


async def test_the_turn_is_written_too(office: Office) -> None:
    first = await office.floor.story("图书馆延长开放")
    await office.floor.story(BRIDGE)
    assert "It is number 2 now." in await office.ask(office.ana, f"/order {first} partners down")
    assert "排在最后" in await office.ask(office.chen, f"/调序 {first} partners 下移")
    assert "The order of weekly" in await office.ask(office.ana, "/order weekly")
    assert "The order of which channel?" in await office.ask(office.ana, f"/order {first}")
    office.now += 2 * MINUTE
    await office.floor.works()
    assert office.floor.got()["partners"] == [BRIDGE, "图书馆延长开放"]
