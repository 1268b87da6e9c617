"""A page as pieces: each line of text and each picture in reading order, with the elements that give it a meaning."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree, html

from bot.errors import SourceUnreadable
from bot.sources.reading.cleaning import line

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_OF_HEADS = frozenset(
    ("title", "meta", "link", "script", "style", "base", "noscript", "template", "basefont", "object")
)
LARGE = "data-large"
"""Stands where a style asked for large or bold type."""
_LARGE_STYLE = re.compile(
    r"font-(?:size:\s*(?:[2-9]\d(?:px|pt)|1[89]pt|x+-large|[2-9](?:\.\d)?r?em)|weight:\s*(?:bold|[6-9]00))"
)
_SILENT = ("script", "style", "template", "noscript", "svg", "canvas", "math", "object", "applet", "head")
_CONTROLS = ("button", "select", "input", "textarea", "option", "datalist")
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "dialog",
    "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4",
    "h5", "h6", "header", "hgroup", "hr", "html", "li", "main", "menu", "nav", "ol", "p", "pre", "section",
    "summary", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul",
))  # fmt: skip
_HOLDERS = frozenset(
    ("h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "li", "ul", "ol", "table", "figure", "figcaption", "a", "dl")
)
MEDIA = frozenset(("img", "video", "audio", "iframe", "embed", "amp-img", "amp-video", "amp-youtube"))
_BOLD = frozenset(("b", "strong", "h1", "h2", "h3", "h4", "h5", "h6"))
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_CONTAINER_TAGS = re.compile(
    r"</?(?:div|span|font|b|i|u|em|strong|section|center|table|tbody|tr|td|ul|ol|li|blockquote)\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
_PROLOGUE = re.compile(r"^\s*<\?xml[^>]{0,500}\?>", re.IGNORECASE)
# Sites put whole pages into one another; the parser would stop at the first of these.
_ENDS = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
_DEEPEST = 500
_LONGEST = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One line as readers see it, or one picture, video or frame (then `text` is empty)."""

    text: str
    parts: tuple[str, ...]
    """Its text nodes: neighbours on the page that do not belong together are neighbours here."""
    element: "Element"
    """The block it stands in, or the medium itself."""
    holders: tuple["Element", ...]
    """The headings, lists, quotations, tables, figures and links around it, outermost first."""
    linked: int = 0
    """Characters of it inside links."""
    bold: int = 0
    """Characters of it in bold."""

    @property
    def spaced(self) -> str:
        """Its text nodes two spaces apart, as a byline is best read."""
        return "  ".join(self.parts)

    @property
    def medium(self) -> bool:
        """Whether it is a picture, a video or a frame."""
        return self.element.tag in MEDIA

    def within(self, *tags: str) -> "Element | None":
        """The nearest holder with one of these tags."""
        return next((holder for holder in reversed(self.holders) if holder.tag in tags), None)


@dataclass(frozen=True, slots=True)
class Page:
    """The tree without what nobody sees, and its pieces."""

    root: "Element"
    pieces: tuple[Piece, ...]
    spans: dict["Element", tuple[int, int]] = field(default_factory=dict)
    """Each element's pieces: from the first to before the last."""


def parse(name: str, text: str) -> "Element":
    """The whole tree, scripts included. Raises SourceUnreadable where there is no markup at all."""
    text = _ENDS.sub("", _PROLOGUE.sub("", text[:_LONGEST].replace("\x00", "")))
    root = _tree(text)
    if root is None:
        raise SourceUnreadable(name, "no body")
    if _depth(root) >= _DEEPEST:  # nobody wrote that by hand: its containers say nothing
        root = _tree(_CONTAINER_TAGS.sub("\n", text))
        if root is None:
            raise SourceUnreadable(name, "no body")
    return _bodied(root)


def _bodied(root: "Element") -> "Element":
    """Pages leave the tags of head and body away; the parser then takes elements newer than itself into the head."""
    head = root.find("head")
    strays = [] if head is None else [one for one in head if isinstance(one.tag, str) and one.tag not in _OF_HEADS]
    if strays:
        body = root.find("body")
        if body is None:
            body = etree.SubElement(root, "body")
        for place, stray in enumerate(strays):
            body.insert(place, stray)
    return root


def words(element: "Element") -> str:
    """All the text in an element, as it stands in the source."""
    return "".join(str(text) for text in element.itertext())


def drop(element: "Element") -> None:
    """Take an element out and leave the text behind it."""
    parent, tail = element.getparent(), element.tail
    if parent is None:
        return
    before = element.getprevious()
    if tail and before is not None:
        before.tail = (before.tail or "") + tail
    elif tail:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def _tree(text: str) -> "Element | None":
    parser = html.HTMLParser(recover=True, huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _depth(root: "Element") -> int:
    depth = deepest = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def undress(root: "Element") -> None:
    """Take out what nobody sees, and the attributes by which libraries would hide what is shown by a script."""
    etree.strip_elements(root, *_SILENT, *_CONTROLS, with_tail=False)
    for element in list(root.iter(etree.Element)):
        hidden = element.get("hidden") is not None or _HIDDEN.search(element.get("style") or "")
        if hidden and element.tag not in ("html", "body", "main", "article"):
            drop(element)
        if "style" in element.attrib:
            if _LARGE_STYLE.search(element.get("style") or ""):
                element.set(LARGE, "")
            del element.attrib["style"]


def pieces(root: "Element") -> Page:
    """Cut the tree into its pieces."""
    cutter = _Cutter()
    spans: dict[Element, tuple[int, int]] = {}
    starts: list[int] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            cutter.enter(element)
            starts.append(len(cutter.pieces))
        else:
            cutter.leave(element)
            spans[element] = (starts.pop(), len(cutter.pieces))
            cutter.say(element.tail)
    cutter.flush()
    return Page(root, tuple(cutter.pieces), spans)


class _Cutter:
    """Collects text until a block begins or ends."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self._blocks: list[Element] = []
        self._holders: list[Element] = []
        self._links = self._bolds = 0
        self._said: list[tuple[str, bool, bool]] = []

    def enter(self, element: "Element") -> None:
        tag = element.tag
        if tag in _BLOCKS:
            self.flush()
            self._blocks.append(element)
        if tag in _HOLDERS:
            self._holders.append(element)
        self._links += tag == "a"
        self._bolds += tag in _BOLD
        if tag in MEDIA:
            self.flush()
            self.pieces.append(Piece("", (), element, tuple(self._holders[-12:])))
        else:
            self.say(element.text)

    def leave(self, element: "Element") -> None:
        tag = element.tag
        if tag in _BLOCKS:
            self.flush()
            self._blocks.pop()
        if tag in _HOLDERS:
            self._holders.pop()
        self._links -= tag == "a"
        self._bolds -= tag in _BOLD

    def say(self, text: str | None) -> None:
        if text:
            self._said.append((text, self._links > 0, self._bolds > 0))

    def flush(self) -> None:
        said, self._said = self._said, []
        text = line("".join(text for text, _, _ in said))
        if not text or not self._blocks:
            return
        self.pieces.append(
            Piece(
                text,
                tuple(_shown(text for text, _, _ in said)),
                self._blocks[-1],
                tuple(self._holders[-12:]),
                sum(len(line(text)) for text, linked, _ in said if linked),
                sum(len(line(text)) for text, _, bold in said if bold),
            )
        )


def _shown(texts: Iterator[str]) -> Iterator[str]:
    return (shown for text in texts if (shown := line(text.replace("\u3000", "  ").replace("\xa0\xa0", "  "))))
