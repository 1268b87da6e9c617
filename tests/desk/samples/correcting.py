"""What a correction asks and tells."""

from bot.desk.answer import Answer
from bot.desk.answers.correcting import Corrected, HowCorrect, Unseen, WhatCorrect
from bot.model.order import Correction, Effect, Kind, Unreached, Way
from tests.desk.sampled import NOW

_HEADLINE = "河湾大桥修复通车"
_LINK = "https://t.me/riverbend_daily/7"
_CANNOT = "what is out stays as it is: this platform cannot edit"


def samples() -> tuple[Answer, ...]:
    both = Correction(Kind.CORRECTION, "开工时间原先写错", "上午八点", "上午九点")
    effects = tuple(
        Effect(f"c-{way}", way, _CANNOT if way is Way.NOTHING else "", link) for way in Way for link in (None, _LINK)
    )
    unreached = Unreached(12, 2, "weekly", _CANNOT, NOW, _HEADLINE, _LINK)
    return (
        WhatCorrect(12, _HEADLINE),
        *(WhatCorrect(12, _HEADLINE, why) for why in ("“八点” does not stand in the article", "say what is corrected")),
        HowCorrect(12, _HEADLINE, both, chosen=False),
        *(HowCorrect(12, _HEADLINE, Correction(kind, "", "八", "九"), True, effects) for kind in Kind),
        HowCorrect(12, _HEADLINE, Correction(Kind.UPDATE, "又下雨了"), chosen=True),
        Corrected(12, _HEADLINE, 2, both, effects),
        Corrected(12, _HEADLINE, 2, both, ()),
        Unseen(()),
        Unseen((), seen=2),
        Unseen((unreached, Unreached(13, 3, "wall", "delete: HTTP 403", NOW)), 3, 1),
    )
