"""Pictures come and go through the desk: words that do not fit below one come after it."""

from pathlib import Path

import pytest

from bot.errors import Refused
from bot.talk.line import Line, Place, Saying
from tests.desk.conftest import CHEN, Office


async def test_a_picture_that_somebody_sent_is_fetched(office: Office) -> None:
    update = office.api.says(office.chen, "", picture=b"\xff\xd8 a picture")
    line = Line(office.bots[0]._bot)
    assert await line.fetch(update["message"]["photo"][-1]["file_id"]) == b"\xff\xd8 a picture"
    with pytest.raises(Refused, match="nvalid file_id"):
        await line.fetch("nothing")


async def test_words_that_do_not_fit_below_a_picture_come_after_it(office: Office, tmp_path: Path) -> None:
    card = tmp_path / "card.png"
    card.write_bytes(b"\x89PNG")
    line = Line(office.bots[0]._bot)
    await line.send(Place(CHEN), Saying("河" * 1024, picture=card))
    await line.send(Place(CHEN), Saying("河" * 1025, picture=card))
    sent = [(posted.method, len(posted.text)) for posted in office.api.posted]
    assert sent == [("sendPhoto", 1024), ("sendPhoto", 0), ("sendMessage", 1025)]
