"""From the body's pieces to the article's own: without byline, bars, boxes, and what stands below the last sentence."""

from bot.sources.reading.bodies import Body
from bot.sources.reading.boxes import Boxes, weight
from bot.sources.reading.furniture import is_bar, is_tail
from bot.sources.reading.tree import Page, Piece

_TAIL = 8
_SURE = 0.75
_GAP = 10  # pieces
_LITTLE = 0.15
_RETOLD = ("原标题", "（原标题", "(原标题", "原题：")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def own_pieces(page: Page, boxes: Boxes, body: Body, start: int, taken: frozenset[int | None]) -> list[int]:
    """The numbers of the pieces that are the article's, in order; `taken` are known to be something else."""
    chosen = [
        number
        for number in range(start, body.end)
        if number not in taken and boxes.kinds[number] is None and not _is_furniture(page.pieces[number])
    ]
    chosen = _between_votes(page, body, chosen)
    edge = chosen[-_TAIL:]
    for number in edge:
        piece = page.pieces[number]
        if not piece.medium and is_tail(piece.text):
            # a tail ends the article, unless whole paragraphs follow, or more than stands above it
            after = [weight(page.pieces[other]) for other in edge if other > number]
            above = sum(weight(page.pieces[other]) for other in chosen if other < number)
            ends = not any(length > 60 for length in after) and sum(after) <= above
            chosen = [other for other in chosen if other != number and not (ends and other > number)]
    while chosen and _dangles(page.pieces[chosen[-1]]):
        chosen.pop()
    return chosen


def _is_furniture(piece: Piece) -> bool:
    """A bar of buttons, the headline of the paper it was taken from, or a link that says "read also"."""
    if piece.medium:
        return False
    return (
        is_bar(piece.text)
        or piece.text.startswith(_RETOLD)
        or (piece.linked * 2 >= len(piece.text) and is_tail(piece.text))
    )


def last_sentence(page: Page, body: Body, start: int) -> int:
    """The end of what the library saw of the body, where it saw nearly all of it; else the body's end."""
    seen = _seen(page, body, list(range(start, body.end)))
    return seen[-1] + 1 if seen else body.end


def _seen(page: Page, body: Body, numbers: list[int]) -> list[int]:
    """The pieces the library took, up to the first long gap behind which little follows; none where it took too few."""
    voted = [number for number in numbers if body.votes[number]]
    text = sum(weight(page.pieces[number]) for number in numbers)
    seen = sum(weight(page.pieces[number]) for number in voted)
    if seen < text * _SURE:
        return []
    for place in range(1, len(voted)):
        rest = sum(weight(page.pieces[number]) for number in voted[place:])
        if voted[place] - voted[place - 1] > _GAP and rest < seen * _LITTLE:
            return voted[:place]
    return voted


def _between_votes(page: Page, body: Body, chosen: list[int]) -> list[int]:
    """Where the library saw nearly all of the running text, what stands before and after it is furniture."""
    seen = _seen(page, body, chosen)
    if not seen:
        return chosen
    first, last = seen[0], seen[-1]
    return [
        number for number in chosen if _belongs(page.pieces[number], page.pieces[first], number, (first, last), body)
    ]


def _belongs(piece: Piece, opening: Piece, number: int, seen: tuple[int, int], body: Body) -> bool:
    first, last = seen
    if piece.medium:
        return number <= last + 3
    if first <= number <= last:
        return body.votes[number] > 0 or piece.linked * 10 < len(piece.text) * 8
    if number < first and weight(piece) and _are_sisters(piece, opening):
        return True
    return _is_part(piece, number, first, last)


def _is_part(piece: Piece, number: int, first: int, last: int) -> bool:
    """Headings above the first paragraph, lists and tables right below the last: libraries miss them."""
    if first - 3 <= number < first:
        return piece.within(*_HEADINGS, "blockquote") is not None
    return last < number <= last + 40 and piece.element.tag in ("li", "td", "th") and not piece.linked


def _are_sisters(one: Piece, other: Piece) -> bool:
    """Two paragraphs of one kind in one place."""
    return one.element.tag == other.element.tag and one.element.getparent() is other.element.getparent()


def _dangles(piece: Piece) -> bool:
    """A heading or a bare link that nothing follows."""
    return not piece.medium and (
        piece.within(*_HEADINGS) is not None
        or (piece.linked >= len(piece.text) * 0.8 and len(piece.text) > 0 and piece.within("table") is None)
    )
