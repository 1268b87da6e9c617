"""Whether a delivery may leave the house; asked when it is planned, and again at the moment of sending."""

from datetime import datetime, timedelta

from bot.model.delivery import Act
from bot.model.story import Story


def objection(act: Act, story: Story, now: datetime, *, not_older_than: timedelta | None) -> str | None:
    """The reason to hold it for an editor, or None. A correction is never too late.

    What somebody from outside brought is held at every revision; a story that an editor let go is never too old.
    """
    if act is Act.DELETE:
        return None
    orders = story.orders
    if story.held is not None or orders.objection is not None:
        return story.held or orders.objection
    if act is not Act.POST or not_older_than is None or story.released or orders.signed:
        return None
    since = max(
        moment
        for moment in (story.article.byline.published or story.first_seen, orders.scheduled, orders.embargo)
        if moment
    )
    age = now - since
    if age <= not_older_than:
        return None
    return f"the story is {_words(age)} old, the limit is {_words(not_older_than)}: an editor releases it"


def _words(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    if hours < 1:
        return f"{round(hours * 60)} minutes"
    return f"{round(hours)} hours" if hours < 48 else f"{round(hours / 24)} days"
