"""Which language a text is in, by its letters: enough to choose a template and a way of reading."""

import re

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]")
_KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\u1100-\u11ff\uac00-\ud7af]")
_LATIN = re.compile(r"[A-Za-z]")
_OTHER_LETTER = re.compile(r"[\u0370-\u1fff]")  # Greek to Khmer: no language of ours
_ENGLISH = re.compile(
    r"\b(?:the|and|of|to|in|is|was|were|for|that|with|on|at|by|from|will|has|have|an|its?|his|her|their|this|are|be)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+")
_LONG = 12  # words: from here on, English shows its little words
_SAMPLE = 20_000


def language(text: str) -> str:
    """`zh`, `en`, or `und`: Chinese has Han letters and neither kana nor hangul, English has its little words."""
    text = text[:_SAMPLE]
    han, latin = len(_HAN.findall(text)), len(_LATIN.findall(text))
    if len(_KANA_OR_HANGUL.findall(text)) * 20 > han + latin or len(_OTHER_LETTER.findall(text)) > han + latin:
        return "und"
    if han * 4 > latin:  # a Han letter says as much as four Latin ones
        return "zh" if han else "und"
    words = _WORD.findall(text)
    little = len(_ENGLISH.findall(text))
    if little * 12 >= len(words) or (len(words) < _LONG and text.isascii()):
        return "en" if words else "und"
    return "und"
