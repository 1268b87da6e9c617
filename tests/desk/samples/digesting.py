"""Digests."""

from bot.desk.answer import Answer
from bot.desk.answers.digesting import DigestMade, WhichDigest


def samples() -> tuple[Answer, ...]:
    channels = ("telegram-zh", "weekly")
    problems = (("feed", "not even one headline fits 20 code points"),)
    return (
        *(WhichDigest(stories, hours, channels) for stories in (0, 1, 7) for hours in (0, 24)),
        WhichDigest(3, 0, channels[:1]),
        DigestMade(12, 1),
        DigestMade(12, 7, problems),
        DigestMade(None, 0),
        DigestMade(None, 0, problems),
    )
