"""How long the words of one story take for twenty channels, and how many renderings that needs."""

import tempfile
import time
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.model.story import Story
from bot.press.telling import Teller
from bot.press.templates import Templates
from bot.rules.summarising import analyse
from tests.fakes.articles import NOW, marked
from tests.fakes.kinds import KINDS, templates


def main() -> None:
    """Print milliseconds of processor time, the median and the worst story, analysis included and not."""
    with tempfile.TemporaryDirectory() as folder:
        teller = Teller(Templates(templates(Path(folder)), None), ZoneInfo("Asia/Shanghai"))
        stories = [Story(1, "bench", 1, one.article, NOW, NOW) for one in marked()]
        for story in stories[:2]:
            for facts in KINDS:
                teller.tell(story, analyse(story.article), facts)
        analysed, taken = [], []
        for number, story in enumerate(stories):
            fresh = replace(story, article=replace(story.article, guid=str(number)))
            started = time.process_time()
            analysis = analyse(fresh.article)
            analysed.append((time.process_time() - started) * 1000)
            for facts in KINDS:
                teller.tell(fresh, analysis, facts)
            taken.append((time.process_time() - started) * 1000)
    middle = len(stories) // 2
    print(f"one story for {len(KINDS)} channels: median {sorted(taken)[middle]:.1f} ms, worst {max(taken):.1f} ms")
    print(f"of that its analysis: median {sorted(analysed)[middle]:.1f} ms, worst {max(analysed):.1f} ms")


if __name__ == "__main__":
    main()
