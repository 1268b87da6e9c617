"""The verdict: what the platforms got against the ledger, row by row."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.model.decision import Verb
from bot.model.delivery import Act, Delivery, State
from tests.chaos.newsdesk import Told
from tests.chaos.platforms import Platform
from tests.chaos.storm import Storm

UNSETTLED = {State.PLANNED, State.SENDING, State.UNCERTAIN}


@dataclass
class Verdict:
    """What was found; `wrong` says in words what must not be."""

    figures: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def table(self, title: str) -> str:
        """For the README."""
        rows = "\n".join(f"| {name} | {number:,} |" for name, number in self.figures.items())
        return f"| {title} | |\n| --- | ---: |\n{rows}"


async def judge(storm: Storm) -> Verdict:
    """Compare; every platform's memory is read, and every row."""
    ledger, told = storm.desk.ledger, storm.desk.told
    rows = await storm.desk.rows()
    stories = await ledger.stories.recent(1_000_000)
    verdict = Verdict()
    kept = Counter(story.article.headline for story in stories)
    verdict.wrong += [
        f"{one.headline}: {kept[one.headline]} times in the ledger" for one in told if kept[one.headline] != 1
    ]
    counted: Counter[str] = Counter()
    by_headline = {story.article.headline: story.id for story in stories}
    for one in told:
        for channel in storm.platforms.channels:
            own = [row for row in rows if (row.story, row.channel) == (by_headline.get(one.headline), channel)]
            _compare(one, channel, own, storm.platforms.of, counted, verdict.wrong)
    doubts = [
        line
        for story in stories
        for line in await ledger.history.of_story(story.id)
        if line.verb is Verb.UNCERTAIN and line.channel is not None
    ]
    if storm.did["second daemons let in"]:
        verdict.wrong.append("a second daemon worked beside the first")
    attempts = [attempt for row in rows for attempt in await ledger.deliveries.attempts(row.id)]
    states = Counter(row.state for row in rows)
    verdict.figures = {
        **dict(sorted(storm.did.items())),
        **{f"requests: {what}": times for what, times in sorted(storm.platforms.met.items())},
        "stories": len(told),
        "corrections": storm.desk.corrections,
        "withdrawals": storm.desk.withdrawals,
        "deliveries": len(rows),
        "attempts": len(attempts),
        "sent": states[State.SENT],
        "cancelled before they were sent": states[State.CANCELLED],
        "called uncertain meanwhile": len(doubts),
        "of these, settled by an editor": storm.desk.settled,
        "left to people: what is out has no number": counted["by hand"],
        "uncertain still": states[State.UNCERTAIN],
        "under a dead machine's lease": states[State.SENDING],
        "lost": counted["lost"],
        "doubled": counted["doubled"],
        "not followed by its correction or withdrawal": counted["stale"],
    }
    return verdict


def _compare(
    one: Told,
    channel: str,
    rows: list[Delivery],
    platforms: Mapping[str, Platform],
    counted: Counter[str],
    wrong: list[str],
) -> None:
    platform = platforms[channel]
    wanted = [] if one.withdrawn else [one.revision]
    made, shown = platform.made(channel, one.headline), platform.shows(channel, one.headline)
    where = f"{one.headline} on {channel}: {[(row.id, row.act.value, row.state.value, row.reason) for row in rows]}"

    def say(what: str, how: str) -> None:
        counted[what] += 1
        wrong.append(f"{how}: {where}, made {made}, shown {shown}, wanted {wanted}")

    if len(made) > 1:
        say("doubled", "doubled")
    for row in rows:
        number = row.receipt.platform_id.rpartition("/")[2] if row.receipt else ""
        if (row.act, row.state) == (Act.POST, State.SENT) and (not made or number not in {*made, ""}):
            say("lost", f"the post with the receipt {number!r} is not there")
    failed = [row for row in rows if row.state is State.FAILED]
    # What an editor has seen to be out has no number: nobody but that editor can change it, and the desk was told so.
    by_hand = [row for row in failed if "do it by hand" in row.reason]
    counted["by hand"] += len(by_hand)
    if failed != by_hand or not (rows or one.withdrawn):
        say("lost", "failed, or never planned")
    if not by_hand and not UNSETTLED & {row.state for row in rows} and shown != wanted:
        say("stale", "not what the story says now")
