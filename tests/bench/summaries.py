"""How many of the marked key facts a summary tells, against the bare lead in the same room; and how long it takes."""

import sys
import time
from collections import defaultdict
from dataclasses import dataclass, replace

from bot.rules.lengths import ROOM, Length, tell
from bot.rules.passages import joined
from bot.rules.summarising import analyse
from tests.fakes.articles import bare_lead, marked


@dataclass
class Row:
    """Facts told by ours and by the bare lead, and articles where one of them told more."""

    facts: int = 0
    ours: int = 0
    lead: int = 0
    better: int = 0
    worse: int = 0


def table() -> dict[tuple[str, str, Length], Row]:
    """By language, size of the article and length of the summary."""
    rows: dict[tuple[str, str, Length], Row] = defaultdict(Row)
    for one in marked():
        language = one.article.language
        for length in Length:
            room = ROOM[length][0 if language == "zh" else 1]
            ours = one.told(joined(tell(analyse(one.article), length, language)))
            lead = one.told(bare_lead(one.article, room))
            row = rows[language, one.size, length]
            row.facts, row.ours, row.lead = row.facts + len(one.facts), row.ours + ours, row.lead + lead
            row.better, row.worse = row.better + (ours > lead), row.worse + (ours < lead)
            if "-v" in sys.argv and ours < lead:
                print("   worse:", one.name, length, ours, lead)
    return rows


def pace() -> tuple[float, int]:
    """Milliseconds of processor time for 3,000 characters after warm-up, the median of 50; and the exact length."""

    longest = max(
        (one.article for one in marked() if one.article.language == "zh"), key=lambda one: len(str(one.blocks))
    )
    blocks, characters = longest.blocks, sum(len(block.text) for block in longest.blocks)
    while characters < 3000:
        blocks, characters = blocks + longest.blocks, characters + sum(len(block.text) for block in longest.blocks)
    taken = []
    for number in range(50):
        article = replace(longest, blocks=blocks, guid=str(number))
        started = time.process_time()
        analyse(article)
        taken.append(time.process_time() - started)
    return sorted(taken)[25] * 1000, characters


def main() -> None:
    """Print the table."""
    print("summary of      length       room   facts   ours   lead   ratio   better  worse")
    for (language, size, length), row in sorted(table().items()):
        room = ROOM[length][0 if language == "zh" else 1]
        ratio = row.ours / row.lead if row.lead else float("inf")
        print(
            f"{language} {size:<6} {length:<20} {room:>5} {row.facts:>7} {row.ours / row.facts:>6.0%} "
            f"{row.lead / row.facts:>6.0%} {ratio:>7.2f} {row.better:>8} {row.worse:>6}"
        )
    milliseconds, characters = pace()
    print(f"analysis of {characters} characters: {milliseconds:.1f} ms")


if __name__ == "__main__":
    main()
