"""Surplus: what is left over of a thread that an edit made shorter is taken back, or the desk is told."""

from dataclasses import replace
from datetime import datetime

from bot.errors import Refused
from bot.ledger import Ledger
from bot.model.channel import Channel, Withdrawable
from bot.model.delivery import TAKEN_BACK, Receipt
from bot.model.ledger import Claim

WHY = "posts of its thread that the edit left over stay out: this platform takes nothing back"


async def take_back(channel: Channel, claim: Claim) -> Receipt:
    """Delete the post that the claim is for; where the platform cannot, its receipt stays as it is.

    Raises Refused, Unavailable or Uncertain.
    """
    there = claim.out[len(claim.done)]
    if not there.platform_id:
        raise Refused(claim.delivery.channel, "what is out has no number that we know: do it by hand")
    if not isinstance(channel, Withdrawable):
        return there
    return replace(await channel.withdraw(there, claim.key), platform_id=there.platform_id, sent=TAKEN_BACK)


async def told(ledger: Ledger, claim: Claim, receipt: Receipt, now: datetime) -> None:
    """List what stays out, until somebody has seen it."""
    if receipt.sent == TAKEN_BACK:
        return
    one = claim.delivery
    await ledger.corrections.missed(one.story, one.revision, [one.channel], WHY, now)
    text = f"#{one.story} {one.edition.headline} → {one.channel}: {WHY}"
    await ledger.notices.add(f"story {one.story} surplus {one.channel}", text, now)
