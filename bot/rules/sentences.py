"""Where sentences and clauses end, in Chinese and English; joined again, the pieces give the text back."""

import re

_STOPS = "。！？!?…"
_CLOSING = "”’」』》）)】〕\"'"
_PAIRS = {"“": "”", "‘": "’", "「": "」", "『": "』", "《": "》", "（": "）", "(": ")", "【": "】"}
_GOES_ON = "，,、；;：:。"  # after a closed quotation the sentence goes on with these
_LONGEST_QUOTE = 400  # a mark that opens and never closes must not swallow the rest
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|No|vs|etc|Inc|Ltd|Co|Gen|Col|Sgt|Rev|Hon|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct"
    r"|Nov|Dec|approx|e\.g|i\.e|a\.m|p\.m)|\b[A-Za-z](?:\.[A-Za-z])*)$"
)
_CLAUSE = re.compile(r"(?:[，、；：。！？…—]|[,;:!?](?=\s|$|[一-鿿“《])|\.(?=\s|$))+[”’」』》）)]*\s*")


def sentences(text: str) -> tuple[str, ...]:
    """The text cut after each sentence; a sentence does not end inside a quotation, a bracket or an abbreviation."""
    pieces = []
    start = place = 0
    while place < len(text):
        end = _sentence_end(text, start, place)
        if end is None:
            break
        pieces.append(text[start:end])
        start = place = end
    if start < len(text):
        pieces.append(text[start:])
    return tuple(pieces)


def clause_ends(text: str) -> tuple[int, ...]:
    """Places after which the text may be cut without hurting a clause."""
    return tuple(match.end() for match in _CLAUSE.finditer(text))


def _sentence_end(text: str, start: int, place: int) -> int | None:
    opened: list[tuple[str, int]] = []
    while place < len(text):
        character = text[place]
        if opened and place - opened[0][1] > _LONGEST_QUOTE:
            opened = []
        if character in _PAIRS:
            opened.append((_PAIRS[character], place))
        elif opened and character == opened[-1][0]:
            opened.pop()
        elif character == "\n":
            return _with_space(text, place + 1)
        elif character in _STOPS or _full_stop(text, start, place):
            after = place + 1
            while after < len(text) and (text[after] in _STOPS + "."):
                after += 1
            while after < len(text) and text[after] in _CLOSING:
                opened = opened[:-1] if opened and text[after] == opened[-1][0] else opened
                after += 1
            if not opened and (after >= len(text) or text[after] not in _GOES_ON):
                return _with_space(text, after)
            place = after - 1
        place += 1
    return None


def _full_stop(text: str, start: int, place: int) -> bool:
    """Whether a dot ends a sentence: not in 3.5, U.S., Mr. Smith or example.org."""
    if text[place] != ".":
        return False
    after = text[place + 1 : place + 3].lstrip(_CLOSING)
    if after and not after[0].isspace():
        return False
    if _ABBREVIATION.search(text[start:place]):
        following = text[place + 1 :].lstrip()
        return not following
    return True


def _with_space(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place
