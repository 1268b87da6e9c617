"""What a correction changes in the article, and what it does on each channel."""

from collections.abc import Sequence
from dataclasses import replace

from bot.model.delivery import Act, Delivery, State
from bot.model.order import Correction, Kind, Way
from bot.model.story import Article, Block, BlockKind
from bot.rules.follow import Corrections, Follow, corrected, follow

ARROWS = ("→", "->", "=>", "改为")
_SAYS = {
    ("zh", Kind.CORRECTION): "更正：{}",
    ("zh", Kind.UPDATE): "更新：{}",
    ("en", Kind.CORRECTION): "Correction: {}",
    ("en", Kind.UPDATE): "Update: {}",
}


def read(kind: Kind, words: str) -> Correction:
    """From what an editor writes: “old → new”, a note for readers, or both, the note behind a line break or bar.

    A typo is “old → new” and nothing else is read of it.
    """
    first, _, rest = (part.strip() for part in words.replace("|", "\n").partition("\n"))
    for arrow in ARROWS:
        old, found, new = (part.strip(' “”"「」') for part in first.partition(arrow))
        if found and old:
            return Correction(kind, "" if kind is Kind.TYPO else " ".join(rest.split()), old, new)
    return Correction(kind, " ".join(words.split()))


def objection(article: Article, correction: Correction) -> str | None:
    """Why it changes nothing, or None."""
    if correction.old and not stands(article, correction.old):
        return f"“{correction.old}” does not stand in the article"
    if correction.kind is Kind.TYPO and not correction.old:
        return "say what reads how: old → new"
    if not correction.old and not correction.text:
        return "say what is corrected"
    return None


def stands(article: Article, words: str) -> bool:
    """Whether these words stand somewhere in it."""
    return _replaced(article, words, f"{words}\0") != article


def changed(article: Article, correction: Correction) -> Article:
    """The article with it: words replaced, and the note as its last paragraph, as a newsroom would write it."""
    if correction.old:
        article = _replaced(article, correction.old, correction.new)
    if not correction.text or correction.kind is Kind.TYPO:
        return article
    language = "zh" if article.language.startswith("zh") else "en"
    note = Block(BlockKind.PARAGRAPH, _SAYS[language, correction.kind].format(correction.text))
    return replace(article, blocks=(*article.blocks, note))


def _replaced(article: Article, old: str, new: str) -> Article:
    def put(text: str) -> str:
        return text.replace(old, new)

    def block(one: Block) -> Block:
        rows = tuple(tuple(map(put, row)) for row in one.rows)
        return replace(one, text=put(one.text), items=tuple(map(put, one.items)), rows=rows)

    byline = article.byline
    return replace(
        article,
        headline=put(article.headline),
        subtitle=put(article.subtitle) if article.subtitle else article.subtitle,
        lead=put(article.lead) if article.lead else article.lead,
        blocks=tuple(map(block, article.blocks)),
        byline=replace(
            byline,
            credit=put(byline.credit) if byline.credit else byline.credit,
            editor=put(byline.editor) if byline.editor else byline.editor,
            author=put(byline.author) if byline.author else byline.author,
        ),
    )


def step_for(rows: Sequence[Delivery], *, editable: bool, policy: Corrections, kind: Kind | None, said: bool) -> Follow:
    """What to plan on a channel for the newest revision; `kind` where an editor made it, `said` where its source did.

    A typo is not worth a second post; a correction of an editor's is always said, unless the newsroom says never.
    """
    step = follow(rows, editable=editable)
    if not step.stale:
        return step
    match kind:
        case Kind.TYPO:
            return replace(step, why="a typo is not worth a second post", stale=False)
        case Kind.CORRECTION:
            return corrected(step, policy, said=True)
        case Kind.UPDATE:
            return corrected(step, policy, said=False)
        case None:
            return corrected(step, policy, said=said)


def way(step: Follow, rows: Sequence[Delivery], *, threadable: bool) -> Way:
    """How an editor is told of that step."""
    if step.act is Act.EDIT:
        return Way.EDIT
    if step.act is None:
        return Way.NOTHING
    if not step.correction:
        return Way.RECOMPOSE
    named = any(row.receipt is not None and row.receipt.platform_id and row.state is State.SENT for row in rows)
    return Way.REPLY if threadable and named else Way.REPOST
