"""The whole of a story, for templates of the kinds that show more of it than a post."""

from typing import Any

from pydantic_core import to_jsonable_python

from bot.model.story import Story


def whole(story: Story) -> dict[str, Any]:
    """`body` is every block with its parts; times are ISO 8601, `updated` None where nothing has changed."""
    byline = story.article.byline
    changed = [moment for moment in (byline.updated, story.revised_at if story.revision > 1 else None) if moment]
    return {
        "lead": story.article.lead,
        "body": to_jsonable_python(story.article.blocks),
        "seen": story.first_seen.isoformat(),
        "updated": max(changed).isoformat() if changed else None,
    }
