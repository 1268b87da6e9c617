"""Where sentences and clauses end, in Chinese and English; joined again, the pieces give the text back."""

import re

_STOPS = "。！？!?…"
_CLOSING = "”’」』》）)】〕\"'"
_PAIRS = {"“": "”", "‘": "’", "「": "」", "『": "』", "《": "》", "（": "）", "(": ")", "【": "】"}
_STRAIGHT = '"'
# After a closed quotation the sentence goes on with these, with who said it, or in small letters.
_GOES_ON = re.compile(
    r"[，,、；;：:。]|(?<=[”」』])[^，。！？；：“”「」\s]{1,14}?(?:说|说道|问道?|表示|介绍|回忆|坦言|认为|感叹|笑道)[。，]"
    r"|(?<=[”’\"]) [a-z]"
)
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
        closing = _PAIRS.get(character) or (_STRAIGHT if _opens(text, start, place) else "")
        if opened and character == opened[-1][0]:
            opened.pop()
        elif closing:
            opened.append((closing, place))
        elif character == "\n":
            return _with_space(text, place + 1)
        elif character in _STOPS or _full_stop(text, start, place):
            after = _behind_the_stop(text, place + 1, opened)
            if not opened and not _GOES_ON.match(text, after):
                return _with_space(text, after)
            place = after - 1
        place += 1
    return None


def _behind_the_stop(text: str, place: int, opened: list[tuple[str, int]]) -> int:
    """Past more stops and the marks that close with them; what they close is taken from `opened`."""
    while place < len(text) and text[place] in _STOPS + ".":
        place += 1
    while place < len(text) and text[place] in _CLOSING:
        if opened and text[place] == opened[-1][0]:
            opened.pop()
        place += 1
    return place


def _opens(text: str, start: int, place: int) -> bool:
    """Whether a straight mark opens a quotation: it stands before a word, not behind one (nor behind an inch)."""
    if text[place] != _STRAIGHT:
        return False
    before = text[place - 1] if place > start else " "
    return (before.isspace() or before in "([—") and text[place + 1 : place + 2].strip() != ""


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
