"""Where a line may break: words, numbers and names stay whole, and a headline of two parts shows them."""

import re

from bot.rules.segmenting import cut

JOINED, OPEN = "\u2060", "\u200b"
_LONGEST_WORD = 5
_LONGEST_RUN = 22
_HAN = "\u3400-\u9fff\U00020000-\U000323af"
_WITH_THE_NEXT = frozenset("是不没最很更再未已将也都就才又还在把被让向从对给为与和及或每各一二两三这那首")
_WITH_THE_LAST = frozenset("的了着过们吗呢吧地得起中里上下者")
_NUMBER = re.compile(rf"[第约超近]?\d[\d,.:/-]*[%‰℃]?[万亿千百]?[{_HAN}](?:方公里|方米|[米克里钟时月])?")
_RUN = re.compile(r"[^\s" + _HAN + r"]{" + str(_LONGEST_RUN + 1) + r",}")
_PARTS = re.compile(rf"(?<=[{_HAN}”」》！？!?])[ \u3000]+(?=[{_HAN}“「《\d])")
_NARROW_COMMA = re.compile(rf"(?<=[{_HAN}”」》]),\s?(?=[{_HAN}“「《])")
_BESIDE_HAN = re.compile(rf"(?<=.)(?=[{_HAN}])|(?<=[{_HAN}])(?=.)")
_UNITS = (
    r"[ap]\.?m|per ?cent|hundred|thousand|(?:m|b|tr)illion|k?m|k?g|[MGk]Wh?|kph|mph"
    r"|(?:kilo|centi|milli)?(?:met|lit)(?:re|er)s?|kilograms?|tonnes?|tons?|miles?|yards?|f(?:ee|oo)t|inch(?:es)?|acres?|hectares?|degrees?|yuan|euros?|dollars?|pounds?"
    r"|years?|months?|weeks?|days?|hours?|minutes?|seconds?"
)
_SPACED = re.compile(rf"(?<=\d) (?=[%‰℃°]|(?:{_UNITS})\b)")


def parts(headline: str) -> tuple[str, ...]:
    """A Chinese headline in the parts that its own spaces show; any other is one part."""
    return tuple(part for part in _PARTS.split(headline) if part)


def kept_whole(text: str) -> str:
    """The text with invisible marks: no break within a word or a number with its unit, but one in an endless run."""
    text = _RUN.sub(lambda run: OPEN.join(re.findall(rf".{{1,{_LONGEST_RUN // 2}}}", run[0])), text)
    text = _NARROW_COMMA.sub("，", text)
    text = _SPACED.sub("\u00a0", text)
    pieces, place = [], 0
    for number in _NUMBER.finditer(text):
        pieces += [*_words(text[place : number.start()]), _BESIDE_HAN.sub(JOINED, number[0])]
        place = number.end()
    return "".join([*pieces, *_words(text[place:])])


def longest(text: str) -> tuple[str, ...]:
    """The longest runs that cannot be broken: no letter may be so large that one of them does not fit a line."""
    runs = re.split(rf"[ \n{_HAN}{OPEN}]+", kept_whole(text))
    return tuple(sorted(set(runs), key=len, reverse=True)[:4])


def _words(text: str) -> list[str]:
    """Words that stay whole, small ones kept with the word that they belong to."""
    pieces: list[str] = []
    for word in cut(text):
        bound = bool(pieces) and (word in _WITH_THE_LAST or pieces[-1][-1:] in _WITH_THE_NEXT)
        if bound and _is_han(word[0]) and _is_han(pieces[-1][-1:]):
            pieces.append(JOINED)
        pieces.append(JOINED.join(word) if len(word) <= _LONGEST_WORD and all(map(_is_han, word)) else word)
    return pieces


def _is_han(character: str) -> bool:
    return re.fullmatch(f"[{_HAN}]", character) is not None
