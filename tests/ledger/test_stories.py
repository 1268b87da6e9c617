"""An article becomes one story, and a changed one a new revision of it."""

import asyncio
from datetime import datetime, timedelta

from bot.ledger import Ledger
from bot.model.decision import Verb
from bot.model.ledger import Verdict
from tests.fakes.stories import article


async def test_a_new_article_is_a_fresh_story_at_revision_one(ledger: Ledger, now: datetime) -> None:
    recorded = await ledger.stories.record("inbox", article(), ["a"], "1", now, why="dropped as a.md")
    story = await ledger.stories.get(recorded.story)
    assert recorded.verdict is Verdict.NEW
    assert story is not None
    assert (story.revision, story.article, story.first_seen) == (1, article(), now)
    assert await ledger.stories.waiting() == (recorded.story,)
    [decision] = await ledger.history.of_story(recorded.story)
    assert (decision.verb, decision.who, decision.why) == (Verb.PICKED_UP, "pickup", "dropped as a.md")


async def test_the_same_words_again_are_nothing_new(ledger: Ledger, now: datetime) -> None:
    first = await ledger.stories.record("inbox", article(), ["a"], "1", now)
    again = await ledger.stories.record("feed", article(), ["a", "b"], "1", now)
    assert (again.story, again.verdict) == (first.story, Verdict.KNOWN)
    assert len(await ledger.stories.revisions(first.story)) == 1


async def test_any_known_key_makes_it_the_same_story_and_new_keys_are_learned(ledger: Ledger, now: datetime) -> None:
    first = await ledger.stories.record("inbox", article(), ["a"], "1", now)
    await ledger.stories.record("feed", article(), ["a", "b"], "1", now)
    by_new_key = await ledger.stories.record("feed", article(), ["b"], "1", now)
    assert by_new_key.story == first.story


async def test_changed_words_are_a_fresh_revision_and_the_old_one_is_kept(ledger: Ledger, now: datetime) -> None:
    first = await ledger.stories.record("inbox", article(), ["a"], "1", now)
    await ledger.deliveries.plan(first.story, 1, [], [], now)
    later = now + timedelta(minutes=5)
    changed = await ledger.stories.record("inbox", article(body="更正:下午恢复。"), ["a"], "2", later)
    assert (changed.story, changed.revision, changed.verdict) == (first.story, 2, Verdict.REVISED)
    assert await ledger.stories.waiting() == (first.story,)
    assert [story.article.paragraphs for story in await ledger.stories.revisions(first.story)] == [
        ("桥面今早恢复双向通行。",),
        ("更正:下午恢复。",),
    ]


async def test_a_story_only_to_be_remembered_is_never_composed_not_even_revised(ledger: Ledger, now: datetime) -> None:
    await ledger.stories.record("feed", article(), ["a"], "1", now, fresh=False)
    await ledger.stories.record("feed", article(), ["a"], "2", now)
    assert await ledger.stories.waiting() == ()


async def test_two_who_record_the_same_at_once_make_one_story(ledger: Ledger, now: datetime) -> None:
    recorded = await asyncio.gather(
        *(ledger.stories.record("inbox", article(), ["a", f"own {n}"], "1", now) for n in range(8))
    )
    assert len({one.story for one in recorded}) == 1
    assert sorted(one.verdict for one in recorded) == [Verdict.KNOWN] * 7 + [Verdict.NEW]


async def test_latest_changed_stories_come_first(ledger: Ledger, now: datetime) -> None:
    for number in range(3):
        at = now + timedelta(seconds=number)
        await ledger.stories.record("inbox", article(f"第{number}条"), [str(number)], "1", at)
    assert [story.article.headline for story in await ledger.stories.recent(2)] == ["第2条", "第1条"]
    assert [story.article.headline for story in await ledger.stories.recent(2, 2)] == ["第0条"]
