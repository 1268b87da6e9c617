"""The desk: editors see and steer the house from Telegram."""

from bot.desk.bot import DeskBot

__all__ = ["DeskBot"]
