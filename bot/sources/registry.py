"""Every kind of source, one line each."""

from collections.abc import Mapping

from bot.sources import feed, ghost, inbox, page, push, sitemap, submission, wordpress
from bot.sources.kind import SourceKind, Tools

KINDS: Mapping[str, SourceKind] = {
    "inbox": SourceKind(inbox.InboxSettings, inbox.open_source),
    "feed": SourceKind(feed.FeedSettings, feed.open_source),
    "wordpress": SourceKind(wordpress.WordPressSettings, wordpress.open_source),
    "ghost": SourceKind(ghost.GhostSettings, ghost.open_source),
    "page": SourceKind(page.PageSettings, page.open_source),
    "sitemap": SourceKind(sitemap.SitemapSettings, sitemap.open_source),
    "push": SourceKind(push.PushSettings, push.open_source),
    "submission": SourceKind(submission.SubmissionSettings, submission.open_source),
}

__all__ = ["KINDS", "SourceKind", "Tools"]
