"""The foot of a mail to a subscriber: why they get it, how to change that, how to leave; in their language."""

import html
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.model.subscriber import Addressee, Size
from bot.settings.wordfile import layered

SCALE: Mapping[Size, float] = {Size.NORMAL: 1.0, Size.LARGE: 1.2, Size.LARGER: 1.45}
"""字号, against what the templates say."""
_OTHERWISE = "en"
_STYLE = "margin:24px 0 0;padding-top:8px;border-top:1px solid #d8d8dc;font-size:13px;color:#62626a"


def foot(addressee: Addressee, newsroom: str, templates: Sequence[Path]) -> str:
    """One paragraph of HTML; none for who is no reader yet, and has no links. Raises SettingsError for words."""
    if addressee.choices is None and addressee.leave is None:
        return ""
    said = layered(templates, Path("mail", f"{addressee.language}.yaml"))
    said = said or layered(templates, Path("mail", f"{_OTHERWISE}.yaml"))
    parts = [html.escape(str(said["why"]).format(newsroom=newsroom))]
    for name, link in (("choices", addressee.choices), ("leave", addressee.leave)):
        if link:
            parts.append(f'<a href="{html.escape(link)}">{html.escape(str(said[name]))}</a>')
    return f'<p style="{_STYLE}">{" · ".join(parts)}</p>'
