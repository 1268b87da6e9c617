"""The Link header of an answer (RFC 8288): what it points to, by relation."""

import re
from collections import defaultdict
from collections.abc import Mapping
from urllib.parse import urljoin

_LINK = re.compile(r"<(?P<target>[^>]*)>(?P<rest>(?:\"[^\"]*\"|[^,<\"])*)")
_RELATION = re.compile(r";\s*rel\s*=\s*(?:\"(?P<quoted>[^\"]*)\"|(?P<bare>[^\s;,\"]+))", re.IGNORECASE)


def linked(header: str | None, base: str) -> Mapping[str, tuple[str, ...]]:
    """Relation in lower case → addresses, made whole against `base`, in order."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for link in _LINK.finditer(header or ""):
        relation = _RELATION.search(link["rest"])
        for name in ((relation["quoted"] or relation["bare"] or "") if relation else "").lower().split():
            try:
                found[name].append(urljoin(base, link["target"].strip()))
            except ValueError:
                continue
    return {name: tuple(targets) for name, targets in found.items()}
