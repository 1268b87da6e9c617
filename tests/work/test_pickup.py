"""What is found is written down before the source may forget it."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.errors import LedgerError, SourceUnreachable, SourceUnreadable
from bot.ledger import Ledger
from bot.model.ledger import SourceNote
from bot.model.source import Found, Look, Memory
from bot.sources.politeness import spread
from bot.work.pickup import LONGEST_SILENCE, Pickup
from tests.fakes.stories import article

MINUTE = timedelta(minutes=1)
REMEMBERED = Memory(validators={"etag": '"1"'})


class Shelf:
    """A source that brings what it was given."""

    name, every = "shelf", MINUTE

    def __init__(self, *looks: Look | Exception) -> None:
        self.looks = list(looks)
        self.given: list[Memory] = []
        self.let_go: list[str] = []
        self.fail_on_taken = False

    async def look(self, memory: Memory, now: datetime) -> Look:
        self.given.append(memory)
        found = self.looks.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    async def taken(self, found: Found) -> None:
        if self.fail_on_taken:
            raise LedgerError("died here")
        self.let_go.append(found.mark)

    async def close(self) -> None:
        pass


async def note(ledger: Ledger) -> SourceNote:
    [found] = await ledger.notes.all()
    return found


async def pickup(ledger: Ledger, shelf: Shelf, now: datetime, fresh: list[int]) -> Pickup:
    await ledger.notes.register(["shelf"], now)
    return Pickup(ledger, {"shelf": shelf}, lambda: now, fresh.append)


async def test_a_new_article_is_recorded_let_go_and_handed_on(ledger: Ledger, now: datetime) -> None:
    shelf, fresh = Shelf(Look(REMEMBERED, (Found(article(), "a.md", why="dropped"),))), list[int]()
    tally = await (await pickup(ledger, shelf, now, fresh)).look("shelf")
    assert (tally.new, tally.revised, tally.known) == (1, 0, 0)
    [story] = await ledger.stories.recent(9)
    assert (fresh, shelf.let_go) == ([story.id], ["a.md"])
    [decision] = await ledger.history.of_story(story.id)
    assert decision.why == "dropped"
    assert await ledger.notes.memory("shelf") == REMEMBERED
    assert (await note(ledger)).next_look == now + spread(MINUTE, "shelf")


async def test_the_same_again_is_known_and_a_changed_one_is_revised(ledger: Ledger, now: datetime) -> None:
    changed = replace(article(), lead="导语")
    looks = [Look(Memory(), (Found(one, "a.md"),)) for one in (article(), article(), changed)]
    shelf, fresh = Shelf(*looks), list[int]()
    work = await pickup(ledger, shelf, now, fresh)
    tallies = [await work.look("shelf") for _ in looks]
    assert [(one.new, one.revised, one.known) for one in tallies] == [(1, 0, 0), (0, 0, 1), (0, 1, 0)]
    assert len(fresh) == 2


async def test_two_versions_in_one_look_are_one_story_that_the_third_one_finds_by_its_link(
    ledger: Ledger, now: datetime
) -> None:
    first, second, third = (Found(article(body=f"第{number}稿"), f"{number}.md") for number in (1, 2, 3))
    shelf = Shelf(Look(Memory(), (first, second)), Look(Memory(), (third,)))
    work = await pickup(ledger, shelf, now, [])
    tallies = [await work.look("shelf") for _ in range(2)]
    assert [(one.new, one.revised) for one in tallies] == [(1, 1), (0, 1)]


async def test_a_crash_before_the_source_lets_go_repeats_the_look_and_doubles_nothing(
    ledger: Ledger, now: datetime
) -> None:
    look = Look(REMEMBERED, (Found(article(), "a.md"),))
    shelf, fresh = Shelf(look, look), list[int]()
    work = await pickup(ledger, shelf, now, fresh)
    shelf.fail_on_taken = True
    try:
        await work.look("shelf")
    except LedgerError:
        shelf.fail_on_taken = False
    assert await ledger.notes.memory("shelf") == Memory()
    assert (await work.look("shelf")).known == 1
    assert len(await ledger.stories.recent(9)) == 1


async def test_what_a_source_only_remembers_is_not_fresh(ledger: Ledger, now: datetime) -> None:
    shelf = Shelf(Look(Memory(), (Found(article(), "old", fresh=False, why="older than the first look"),)))
    await (await pickup(ledger, shelf, now, [])).look("shelf")
    assert await ledger.stories.waiting() == ()
    assert len(await ledger.stories.recent(9)) == 1


async def test_a_source_that_fails_is_put_off_longer_each_time_and_named_once(ledger: Ledger, now: datetime) -> None:
    shelf = Shelf(*[SourceUnreachable("shelf", "no connection") for _ in range(12)])
    work = await pickup(ledger, shelf, now, [])
    waits = []
    for _ in range(12):
        await work.look("shelf")
        waits.append((await note(ledger)).next_look - now)
    assert waits[:4] == [spread(times * MINUTE, "shelf") for times in (1, 2, 4, 8)]
    assert waits[-1] == spread(LONGEST_SILENCE, "shelf")
    assert [one.text for one in await ledger.notices.untold()] == ["shelf: no connection"]
    assert (await note(ledger)).failures == 12


async def test_the_time_that_a_source_names_is_obeyed(ledger: Ledger, now: datetime) -> None:
    hour = timedelta(hours=1)
    shelf = Shelf(SourceUnreachable("shelf", "429", retry_after=hour), Look(Memory(), next_look=2 * hour))
    work = await pickup(ledger, shelf, now, [])
    await work.look("shelf")
    assert (await note(ledger)).next_look == now + spread(hour, "shelf")
    await work.look("shelf")
    assert (await note(ledger)).next_look == now + spread(2 * hour, "shelf")
    assert (await note(ledger)).failures == 0


async def test_what_cannot_be_read_is_named_to_the_desk(ledger: Ledger, now: datetime) -> None:
    shelf = Shelf(Look(Memory(), problems=("b.html: unreadable: no headline",)), SourceUnreadable("shelf", "no feed"))
    work = await pickup(ledger, shelf, now, [])
    assert (await work.look("shelf")).problems == ("b.html: unreadable: no headline",)
    assert (await note(ledger)).problem == "b.html: unreadable: no headline"
    assert (await work.look("shelf")).problems == ("unreadable: no feed",)
    assert len(await ledger.notices.untold()) == 2
