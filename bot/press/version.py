"""A version: one choice of what is told of a story, as words for a template and as notes for an editor."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any
from zoneinfo import ZoneInfo

from bot.model.channel import Facts
from bot.model.story import Article, Story
from bot.press.job import Job, Occasion
from bot.press.whole import whole
from bot.press.wording import attribution, wording
from bot.rules.passages import Passage
from bot.rules.summarising import Analysis

_NO_TAG = re.compile(r"[^\w]+")


class Extra(Enum):
    """What a post may have besides passages."""

    HASHTAGS = auto()
    AUTHOR = auto()
    CONTENTS = auto()  # one line that names the headings of a long piece
    CHANGES = auto()  # what reads otherwise than what is out
    HEADINGS = auto()  # each heading above what is told of its section


Piece = Passage | Extra


@dataclass(frozen=True, slots=True)
class Version:
    """One choice of what is told."""

    headline: str
    passages: tuple[Passage, ...] = ()
    extras: frozenset[Extra] = frozenset()
    cut: str = ""
    """The lead's first clauses, where there is no room for a whole passage."""


def words_of(
    version: Version, story: Story, analysis: Analysis, facts: Facts, zone: ZoneInfo, job: Job
) -> dict[str, Any]:
    """What a template may print; absent parts are empty, never undefined."""
    article, byline = story.article, story.article.byline
    language = job.tag or article.language
    said = wording(language)
    changed = job.changed if Extra.CHANGES in version.extras else ()
    corrected = analysis.correction is not None
    tags = dict.fromkeys(_NO_TAG.sub("", tag) for tag in article.tags)
    hashtags = [f"#{tag}" for tag in tags if tag and not tag.isdecimal()][: facts.hashtags]
    contents = article.headings if Extra.CONTENTS in version.extras else ()
    parts = analysis.parts(version.passages)
    return {
        "story": story.id,
        "revision": story.revision,
        "language": language,
        "translated": job.translated,
        "channel": job.channel,
        "route": job.route,
        "act": str(job.occasion),
        "number": job.number,
        "of": job.of,
        "changed": list(changed),
        "mark": said.mark(changed, corrected=corrected),
        "breaking": said.breaking if job.occasion is Occasion.BREAKING else "",
        "headline": version.headline,
        "subtitle": article.subtitle,
        "section": article.section,
        "summary": [version.cut] if version.cut else [one.text for part in parts for one in part.paragraphs],
        "parts": parts,
        "sectioned": Extra.HEADINGS in version.extras,
        "cut": version.cut,
        "headings": list(contents),
        "contents": said.contents + said.between.join(contents) if contents else "",
        "published": byline.published.isoformat() if byline.published else None,
        "credit": byline.credit,
        "editor": byline.editor,
        "author": byline.author,
        "attribution": attribution(
            story,
            zone,
            language,
            author=Extra.AUTHOR in version.extras,
            corrected=corrected,
            translated=job.translated,
        ),
        "tags": list(article.tags),
        "hashtags": hashtags if Extra.HASHTAGS in version.extras else [],
        "link": article.link,
        "more": said.more,
        "picture": article.picture.url if article.picture else None,
        **whole(story),
    }


def notes_on(version: Version, article: Article, analysis: Analysis, facts: Facts) -> Iterator[str]:
    """What an editor should know of the choice."""
    told = len({order for one in version.passages if not one.main.rows for order in one.orders})
    of_all = len(analysis.ranked)
    limit = facts.limit or facts.raw_bytes
    if version.cut:
        yield "only the beginning of the first sentence: no room"
    elif told < of_all and limit is not None:
        yield f"{told} of {of_all} chosen sentences: the limit is {limit} {facts.unit}"
    if untold := len(set(analysis.lists) - set(version.passages)):
        yield f"lists and tables left out: {untold}"
    if article.tags and facts.hashtags and Extra.HASHTAGS not in version.extras:
        yield "no hashtags: no room"
    if version.headline != article.headline:
        yield "the headline is shortened: no room"
