"""Every error that Crier raises, in one tree; each carries what an editor needs to act on it.

CrierError
├── SettingsError          path, value, remedy, line
├── SourceError            source
│   ├── SourceUnreachable  retry_after
│   ├── SourceUnreadable   missing
│   └── NotAdmitted        status
├── PressError             story, template, line
│   └── TooLong            channel, count, limit, unit
├── OrderError             an editor's order that cannot be carried out
├── DeliveryError          channel
│   ├── Refused            the platform said no: to this post, or to the account
│   │   └── Left           nothing was sent: the reader it was for has left
│   ├── Unavailable        not now: retry_after, throttled, spares
│   └── Uncertain          it may be out: look, ask, never repeat blindly
├── LedgerError            its cause is the original
└── AlreadyRunning         another daemon has this queue
"""

from datetime import timedelta


class CrierError(Exception):
    """The root: whatever Crier raises on purpose."""


class SettingsError(CrierError):
    """A setting that cannot be used: where it stands, what it says, what to write instead."""

    def __init__(
        self, path: str, value: object, remedy: str, *, line: int | None = None, file: str | None = None
    ) -> None:
        self.path, self.value, self.remedy, self.line, self.file = path, value, remedy, line, file
        self.others: tuple[SettingsError, ...] = ()
        place = ":".join(str(part) for part in (file, line) if part is not None)
        super().__init__(f"{place + ': ' if place else ''}{path} is {value!r}: {remedy}")


class SourceError(CrierError):
    """A source that could not be looked at, or something in it that could not be read."""

    def __init__(self, source: str, why: str) -> None:
        self.source, self.why = source, why
        super().__init__(f"{source}: {why}")


class SourceUnreachable(SourceError):
    """The source did not answer, or asked us to come back later."""

    def __init__(self, source: str, why: str, *, retry_after: timedelta | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(source, why)


class SourceUnreadable(SourceError):
    """The source answered, but a part without which there is no story is missing."""

    def __init__(self, source: str, missing: str) -> None:
        self.missing = missing
        super().__init__(source, f"unreadable: {missing}")


class NotAdmitted(SourceError):
    """Somebody brought something that is not let in; `status` is what HTTP calls the reason."""

    def __init__(self, source: str, why: str, *, status: int = 401) -> None:
        self.status = status
        super().__init__(source, why)


class PressError(CrierError):
    """An edition that could not be made: which story, which template, which line of it."""

    def __init__(
        self, why: str, *, template: str | None = None, line: int | None = None, story: int | None = None
    ) -> None:
        self.why, self.template, self.line, self.story = why, template, line, story
        place = ":".join(str(part) for part in (template, line) if part is not None)
        subject = f" (story {story})" if story is not None else ""
        super().__init__(f"{place + ': ' if place else ''}{why}{subject}")


class TooLong(PressError):
    """An editor's words that do not fit a channel: length and limit as the platform counts."""

    def __init__(self, channel: str, count: int, limit: int, unit: str) -> None:
        self.channel, self.count, self.limit, self.unit = channel, count, limit, unit
        super().__init__(f"{channel}: {count} {unit} with these words, the limit is {limit}")


class OrderError(CrierError):
    """An order that cannot be carried out as it stands: why, and what to say instead."""


class DeliveryError(CrierError):
    """A send that brought no receipt."""

    def __init__(self, channel: str, why: str) -> None:
        self.channel, self.why = channel, why
        super().__init__(f"{channel}: {why}")


class Refused(DeliveryError):
    """The platform said no for good; `account` is true where it refuses the account, not the post.

    `gone`: there is nobody any more at this address: a blocked bot, a chat that threw us out, a mailbox that is none.
    """

    def __init__(self, channel: str, why: str, *, account: bool = False, gone: bool = False) -> None:
        self.account, self.gone = account, gone
        super().__init__(channel, why)


class Left(Refused):
    """Whom it was for is no reader any more: nothing was sent, and nothing is wrong."""


class Unavailable(DeliveryError):
    """Nothing was posted, and a later try may succeed; the platform's own waiting time, if it named one.

    `alone`: only this post has to wait, such as for its picture; nothing is wrong with channel or account. `throttled`:
    the whole account is too fast, not this post. `spares` names an act that the platform lets pass all the
    same, such as "delete" where a budget of posts is spent. `accepted`: it is under way and may come out at any time,
    such as what lies under review, so that nothing may take its place; a later try only asks what became of it.
    """

    def __init__(
        self,
        channel: str,
        why: str,
        *,
        retry_after: timedelta | None = None,
        throttled: bool = False,
        spares: str = "",
        alone: bool = False,
        accepted: bool = False,
    ) -> None:
        self.retry_after, self.throttled, self.spares, self.alone = retry_after, throttled, spares, alone
        self.accepted = accepted
        super().__init__(channel, why)


class Uncertain(DeliveryError):
    """The request may have been carried out, and the platform gives no way to know."""


class LedgerError(CrierError):
    """The ledger could not record or tell; nothing may be sent that cannot be recorded."""


class AlreadyRunning(CrierError):
    """A second daemon was started on a queue that has one."""
