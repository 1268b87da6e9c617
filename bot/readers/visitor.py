"""A visitor: the chat, group, topic or channel that an update comes from, and in which language it is answered."""

from dataclasses import dataclass

from telegram import Chat, Message
from telegram.constants import ChatType

from bot.model.subscriber import Address
from bot.talk.line import Place


@dataclass(frozen=True, slots=True)
class Visitor:
    """One place that can subscribe; `person` is who speaks there, None for a channel or a hidden administrator."""

    chat: int
    kind: str
    """private, group, thread or channel."""
    language: str
    thread: int | None = None
    person: int | None = None

    def __repr__(self) -> str:
        return f"Visitor({self.kind})"

    @property
    def private(self) -> bool:
        """Somebody's own chat with the bot."""
        return self.kind == "private"

    @property
    def address(self) -> Address:
        """Where posts go: the chat, or the thread of it."""
        return Address(str(self.chat) if self.thread is None else f"{self.chat}/{self.thread}")

    @property
    def place(self) -> Place:
        """Where answers go."""
        return Place(self.chat, self.thread)


def visitor_of(message: Message, house_language: str) -> Visitor:
    """Who writes: by their own Telegram's language; in a group by the newsroom's first."""
    user, chat = message.from_user, message.chat
    thread = message.message_thread_id if message.is_topic_message else None
    if chat.type == ChatType.PRIVATE:
        code = user.language_code if user else None
        return Visitor(chat.id, "private", client_language(code), person=user.id if user else None)
    hidden = message.sender_chat is not None
    person = None if hidden or user is None else user.id
    kind = "channel" if chat.type == ChatType.CHANNEL else "thread" if thread else "group"
    return Visitor(chat.id, kind, house_language, thread, person)


def visitor_at(chat: Chat, house_language: str, code: str | None = None) -> Visitor:
    """The chat itself, whoever acted in it."""
    if chat.type == ChatType.PRIVATE:
        return Visitor(chat.id, "private", client_language(code), person=chat.id)
    return Visitor(chat.id, "channel" if chat.type == ChatType.CHANNEL else "group", house_language)


def client_language(code: str | None) -> str:
    """What somebody's Telegram speaks, such as "zh-hans" or "en", as one of ours."""
    return "zh" if (code or "").lower().startswith("zh") else "en"
