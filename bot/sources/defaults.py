"""What a source's settings say of its articles, taken only where an article does not say it itself."""

from dataclasses import replace

from bot.model.story import Article
from bot.settings import SourceSettings

_UNKNOWN = "und"


def with_defaults(article: Article, settings: SourceSettings) -> Article:
    """Fill language, section and source credit from the settings; what the article names stands."""
    language, byline = article.language, article.byline
    if language == _UNKNOWN and settings.language:
        language = settings.language
    if byline.credit is None and settings.credit:
        byline = replace(byline, credit=settings.credit)
    return replace(article, language=language, section=article.section or settings.section, byline=byline)
