"""A story as editors want it told: their words, their picture, the name of who signed it off."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.model.order import CARD_ONLY, Given, Override
from bot.model.story import Article, Block, BlockKind, Picture, Story
from bot.rules.routing import Verdict


def as_ordered(story: Story, given: Given, channel: str, *, signs: bool) -> Story:
    """For one channel; `signs`: it prints the editor who approved it, where the article names none itself."""
    article, wording = story.article, given.wording(channel)
    if given.orders.picture is not None:
        article = replace(article, picture=_picture(article, given.orders.picture))
    if wording.headline:
        article = replace(article, headline=wording.headline)
    if wording.hashtags is not None:
        article = replace(article, tags=wording.hashtags)
    if signs and given.orders.signed and article.byline.editor is None:
        article = replace(article, byline=replace(article.byline, editor=given.orders.signed[-1]))
    return story if article is story.article else replace(story, article=article)


def _picture(article: Article, chosen: str) -> Picture | None:
    if chosen == CARD_ONLY:
        return None
    own = [article.picture, *(block.picture for block in article.blocks)]
    return next((one for one in own if one is not None and one.url == chosen), Picture(chosen))


def overridden(verdicts: Sequence[Verdict], overrides: Mapping[str, Override]) -> tuple[Verdict, ...]:
    """What an editor said of a channel beats what the routes say; their reason stays beside it."""
    return tuple(
        replace(verdict, yes=one.goes, why=f"{one.said} (the routes: {verdict.why})")
        if (one := overrides.get(verdict.channel)) is not None
        else verdict
        for verdict in verdicts
    )


def desk_article(
    headline: str, text: str, language: str, *, section: str | None = None, link: str | None = None
) -> Article:
    """A story that an editor writes without any article; a blank line begins a paragraph."""
    paragraphs = (" ".join(part.split()) for part in text.split("\n\n"))
    blocks = tuple(Block(BlockKind.PARAGRAPH, part) for part in paragraphs if part)
    return Article(headline=headline.strip(), blocks=blocks, language=language, section=section, link=link)
