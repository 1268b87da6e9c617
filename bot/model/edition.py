"""An edition: one story's words and card for one channel at one revision."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Markup(StrEnum):
    """How the words of a post are marked up; the suffix of a template names it."""

    PLAIN = "txt"
    SOCIAL = "social"  # plain words, in which @name would call somebody
    HTML = "html"  # Telegram's, Matrix's, a mail's
    MARKDOWN = "md"  # CommonMark, as Discord and ntfy read it
    MARKDOWN_V2 = "mdv2"  # Telegram's own
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    MRKDWN = "mrkdwn"  # Slack's
    FACETS = "facets"  # plain words with places that lead somewhere: rules/facets.py
    JSON = "json"


class Words(StrEnum):
    """Where the sentences of an edition come from."""

    EXTRACTED = "extracted"  # the article's own, verbatim
    EDITOR = "editor"  # an editor's own
    MODEL = "model"  # a language model's, held against the article


class Unit(StrEnum):
    """What a platform counts; `rules/counting.py` has one function for each."""

    CODE_POINTS = "code points"
    UTF16 = "UTF-16 units"
    GRAPHEMES = "graphemes"
    BYTES = "bytes"
    WEIGHTED = "weighted characters"  # X: a Chinese character is two, a link 23
    LINKS_AS_23 = "characters, a link as 23"  # Mastodon: graphemes, and a mention without its host
    HALVES = "full-width characters"  # Weibo: two half-width characters are one
    EMOJI_BYTES = "characters, an emoji by its bytes"  # Threads


@dataclass(frozen=True, slots=True)
class Card:
    """A share card: a picture file named by its content, and the words for who cannot see it."""

    file: str
    """Name in the cards folder, such as "3f9a….png"; same content, same name."""
    media_type: str
    width: int
    height: int
    size: int
    """Bytes."""
    alt: str
    source: str = ""
    """Of one of the article's own pictures: its address there."""


@dataclass(frozen=True, slots=True)
class Edition:
    """What one channel gets of one story: exactly what will be sent, nothing to be decided later."""

    story: int
    revision: int
    channel: str
    kind: str
    language: str
    headline: str
    text: str
    """As the platform takes it, markup included."""
    markup: Markup
    link: str | None = None
    card: Card | None = None
    count: int = 0
    """Length as the platform counts it, of `text`."""
    limit: int | None = None
    unit: Unit = Unit.CODE_POINTS
    notes: tuple[str, ...] = ()
    """How it was fitted, for the editor: "3 of 7 sentences: the limit is 1024"."""
    words: Words = Words.EXTRACTED
    """Whose sentences these are."""
    more: tuple[str, ...] = ()
    """The further posts of a thread, each as the platform takes it."""
    pictures: tuple[Card, ...] = ()
    """The article's own, in the order in which it shows them, where the platform takes them."""

    def post(self, number: int) -> "Edition":
        """One post of the thread as an edition of its own; 0 is the first, the only one that has pictures."""
        if number == 0:
            return replace(self, more=())
        return replace(self, text=self.more[number - 1], card=None, more=(), pictures=())
