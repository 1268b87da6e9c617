"""Reading: from bytes to an article with every part named."""

from bot.sources.reading.files import read_file
from bot.sources.reading.markdown import read_markdown
from bot.sources.reading.pages import read_page
from bot.sources.reading.plain import read_plain

__all__ = ["read_file", "read_markdown", "read_page", "read_plain"]
