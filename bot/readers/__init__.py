"""The readers' bots: where people subscribe by themselves, choose, and leave, in a chat on Telegram."""
