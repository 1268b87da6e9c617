"""The contract's table: every kind of channel, one line each."""

from collections.abc import Mapping

from tests.channels.stages import telegram, webhook
from tests.channels.stages.stage import Play

PLAYS: Mapping[str, Play] = {
    "telegram": telegram.PLAY,
    "webhook": webhook.PLAY,
}
