"""The sections of the help: what an editor wants to do, and the verbs for it in the order in which they are told."""

from collections.abc import Iterable, Mapping

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "see": ("queue", "next", "story", "preview", "status", "today", "why", "log"),
    "decide": (
        "approve", "reject", "hold", "release", "cancel", "schedule", "embargo", "now", "skip", "add", "order", "undo",
    ),
    "write": ("post", "link", "edit", "picture", "digest"),
    "pin": ("pin", "unpin"),
    "follow": ("correct", "withdraw", "settle", "retry", "unseen", "seen"),
    "run": ("channels", "pause", "resume", "sources", "look", "flood", "check", "panic"),
    "readers": ("ask", "decline", "contact"),
    "desk": ("people", "invite", "remove", "language", "id", "help"),
}  # fmt: skip
"""What stands nowhere here is one of the readers' verbs."""


def sectioned(verbs: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """These verbs by section; sections without any are left out."""
    mine = list(verbs)
    known = {verb for names in SECTIONS.values() for verb in names}
    found = {section: [verb for verb in names if verb in mine] for section, names in SECTIONS.items()}
    found["readers"] += [verb for verb in mine if verb not in known]
    return {section: tuple(names) for section, names in found.items() if names}
