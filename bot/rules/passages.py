"""Passages: a sentence together with those it hangs on, so that what is taken out of an article can be understood."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.model.story import Article, Block, BlockKind
from bot.rules.particulars import TELLS_SOMETHING, worth
from bot.rules.sentences import sentences

LONGEST = 4
"""Sentences of a passage; what needs more than that is not taken out."""
_RUNNING = (BlockKind.PARAGRAPH, BlockKind.QUOTE)

# A sentence that begins so speaks of what was said before it, or leaves out who it speaks of.
_HANGS = re.compile(
    r"(?:同时|目前|此外|另外|对此|其中|不过|但|然而|而[^立后今]|因此|所以|于是|随后|之后|此后|接着|届时|与此|据此|为此|由此|从此"
    r"|相比|例如|比如|这|那(?!么)|该|其[^他余实]|它|他|她|也|还[^是]|又|则|却|反而|否则|最后|其次|再次|再者|[二三四五六]是|上述"
    r"|前者|后者|两者|双方|同样|一样|当[天时年晚日初]|此[前时举]|第[二三四五六七八九十]+[年次天步批]|第[二三四五六七八九十][，、,]"
    r"|除此|更(?![正换新改名])|办法是|原因|条件是|今后|下一步|有人|还有|组织|抽调|投入|抓获|破获|建立|成立|开展)"
    r"|[^，,。“「：说]{1,14}(?<!其)(?<!吉)[他她](?!人|山|乡|者)|[^，,。]{2,12}(?:也已|也在|也将|也会|也被|同样)"
)
_HANGS_ENGLISH = re.compile(
    r"(?:He|She|It|They|His|Her|Its|Their|Theirs|This|That|These|Those|Such|Both|Another|Others|But|And|So|Or|Yet|However"
    r"|Meanwhile|Moreover|Also|Besides|In addition|Instead|Then|Still|Nor|Neither|Afterwards?|Later|Here|Therefore|Thus"
    r"|Hence|For example|Not everybody|Nothing else|Everything else|Everybody else|Some(?: of)?|Many|Most|Each|Less"
    r"|On (?:those|that|these)|In the second|What (?:saved|matters)|At first"
    r"|The (?:same|changes?|trial|work|move|decision|plan|scheme|project|rest|others?|result|reason|first|second|third"
    r"|latter|former|two|three|hardest|method))\b"
    r"|.{0,60}\bof them\b|.*\bthat way\b|.*\b(?:is|are|was|were|do|does|did|has|have|had|can|will|not)\.$"
    r"|[A-Z][^A-Z,;.“\"]{2,60}\b(?:he|him|his|she|her|they|them)\b"
)
_PRONOUN = re.compile(r"(?:He|She|His|Her|Him)\b|[“\"][^”\"]*[”\"] ?(?:(?:said|says) (?:he|she)|(?:he|she))\b")
_NAMES_SOMEBODY = re.compile(r"(?<=[\w,;’”\"] )[A-Z][a-z]|^[A-Z][a-z]+ [A-Z][a-z]|^(?:Mr|Mrs|Ms|Dr)\b|[^\x00-\u2e80]")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_WHOLE = re.compile('[。！？.!?][”’」』"]?$(?<![.。…][.。…])')
_REPEATED = 24
_LONGEST_LIST = 1500
"""Characters of a list or table that is told; a longer one is read in the article."""
_INTRODUCES = ("：", ":", "—")
_QUOTED = re.compile(r"“[^“”]*”|「[^「」]*」|\"[^\"]*\"")
_OPENS_QUOTED = re.compile(r"[“「\"]")
_PRONOUN_SPEAKS = re.compile(
    r"[\s，,]*(?:他|她|他们|她们|它)[^，。]{0,6}[说道讲问答称]|\s*(?:he|she|they)\b|\s*(?:said|says) (?:he|she|they)\b"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with its place; `order` counts all sentences, `paragraph` the blocks, `section` the headings."""

    text: str
    paragraph: int
    section: int
    order: int
    quoted: bool = False
    """Whether it stands in a quotation of its own."""
    rows: tuple[tuple[str, ...], ...] = ()
    """The cells of a table, or the entries of a list, one a row: it is told whole or not at all."""


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """Sentences that follow each other: the main one and those it needs. Each is made once, so none equals another."""

    sentences: tuple[Sentence, ...]
    main: Sentence
    orders: frozenset[int]
    """Which sentences of the article these are."""

    @property
    def text(self) -> str:
        """Its words on one line."""
        return joined([sentence.text for sentence in self.sentences])


def split(article: Article) -> tuple[Sentence, ...]:
    """Every sentence of the running text, in order."""
    return tuple(_sentences(article))


def passages(found: Sequence[Sentence]) -> tuple[Passage, ...]:
    """One for each sentence that can be understood with at most three of its neighbours."""
    made = (_passage(found, one.order) for one in found)
    return tuple(one for one in made if one is not None)


def joined(texts: Sequence[str]) -> str:
    """Sentences on one line: a space between them, unless the script writes none."""
    line = ""
    for text in texts:
        spaced = line and line[-1] < "\u2e80" and not (line[-1] in "”’…—" and text[:1] >= "\u2018")
        line += f" {text}" if spaced else text
    return line


def hangs(text: str) -> bool:
    """Whether a sentence cannot be understood without the one before it."""
    if _OPENS_QUOTED.match(text):
        outside = _QUOTED.sub("", text, count=1)
        return not re.search(r"\w", outside) or _PRONOUN_SPEAKS.match(outside) is not None
    return (_HANGS if _CHINESE.search(text[:20]) else _HANGS_ENGLISH).match(text) is not None


def introduces(text: str) -> bool:
    """Whether a sentence only leads up to the next."""
    return text.endswith(_INTRODUCES)


def _standfirst(article: Article) -> str:
    """The lead that stands apart from the body, if it is whole and not repeated there."""
    lead = (article.lead or "").strip()
    repeated = any(lead[:_REPEATED] in block.text for block in article.blocks)
    return "" if not _WHOLE.search(lead) or repeated else lead


def _sentences(article: Article) -> Iterator[Sentence]:
    section = order = 0
    for text in sentences(_standfirst(article)):
        yield Sentence(text.strip(), -1, section, order)
        order += 1
    leads_up = False
    for number, block in enumerate(article.blocks):
        if block.kind is BlockKind.HEADING:
            section += 1
        if rows := _rows(block):
            text = "\n".join(f"• {row[0]}" if block.items else " · ".join(filter(None, row)) for row in rows)
            if len(text) <= _LONGEST_LIST and (leads_up or worth(text) >= TELLS_SOMETHING):
                yield Sentence(text, number, section, order, rows=rows)
                order += 1
        leads_up = block.kind in _RUNNING and introduces(block.text.rstrip())
        if block.kind not in _RUNNING:
            continue
        for line in block.text.splitlines():
            for text in sentences(line):
                if len(text.strip()) > 1:
                    quoted = block.kind is BlockKind.QUOTE
                    yield Sentence(text.strip(), number, section, order, quoted)
                    order += 1


def _rows(block: Block) -> tuple[tuple[str, ...], ...]:
    """What a list or a table has in it, line by line."""
    rows = block.rows if block.kind is BlockKind.TABLE else tuple((item,) for item in block.items)
    return tuple(row for row in rows if any(row)) if block.kind in (BlockKind.TABLE, BlockKind.LIST) else ()


def _passage(found: Sequence[Sentence], main: int) -> Passage | None:
    first = last = main
    while _leans_back(found, first) or _nobody_named(found, first, main):
        first -= 1
        if first < 0 or found[first].section != found[main].section:
            return None
    while introduces(found[last].text):
        last += 1
        if last == len(found) or found[last].section != found[main].section:
            return None
    if last - first >= LONGEST and not found[last].quoted:
        return None
    return Passage(tuple(found[first : last + 1]), found[main], frozenset(range(first, last + 1)))


def _nobody_named(found: Sequence[Sentence], first: int, main: int) -> bool:
    """Whether "he" or "she" still stands for nobody, because the sentence before names nobody."""
    waits = any(_PRONOUN.match(found[place].text) for place in range(first + 1, main + 1))
    return first > 0 and waits and not any(_NAMES_SOMEBODY.search(found[place].text) for place in range(first, main))


def _leans_back(found: Sequence[Sentence], place: int) -> bool:
    if place == 0:
        return False  # nothing was said before the first sentence
    one, before = found[place], found[place - 1]
    return introduces(before.text) or (one.quoted and before.quoted) or hangs(one.text)
