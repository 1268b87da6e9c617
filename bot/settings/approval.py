"""The section `desk.approval`: what goes out by itself, and what one or two editors have to approve first."""

from typing import Annotated

from pydantic import Field

from bot.settings.section import Section

Editors = Annotated[int, Field(ge=0, le=2)]


class Approval(Section):
    """How many different editors a story needs; 0: it goes out by itself. Where several rules speak, the strictest."""

    editors: Editors = Field(0, description="What no section below names.")
    sections: dict[str, Editors] = Field({}, description="By section, such as 时政: 2.")
    words: tuple[str, ...] = Field((), description="Words or names that force an approval, wherever they stand.")
    sources: tuple[str, ...] = Field((), description="Sources, by name, whose stories always need one.")
    forced: int = Field(1, ge=1, le=2, description="How many editors where a word or a source forces it.")
    breaking: int = Field(1, ge=1, le=2, description="How many editors it takes to send a story as breaking news.")
