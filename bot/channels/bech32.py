"""Bech32, in which Nostr writes keys and notes for people: nsec1…, npub1…, note1…."""

from collections.abc import Iterable

_SIGNS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_STEPS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def written(prefix: str, value: bytes) -> str:
    """The value with its prefix and six signs that prove it."""
    fives = _regrouped(value, 8, 5, pad=True)
    proof = _proof([*_spread(prefix), *fives, *[0] * 6]) ^ 1
    fives += [proof >> 5 * (5 - place) & 31 for place in range(6)]
    return f"{prefix}1{''.join(_SIGNS[five] for five in fives)}"


def read(prefix: str, text: str) -> bytes | None:
    """The value; None where the text is none, is mistyped, or has another prefix."""
    text = text.strip().lower()
    head, _, rest = text.rpartition("1")
    if head != prefix or len(rest) < 6 or not set(rest) <= set(_SIGNS):
        return None
    fives = [_SIGNS.index(sign) for sign in rest]
    return bytes(_regrouped(fives[:-6], 5, 8, pad=False)) if _proof([*_spread(head), *fives]) == 1 else None


def _spread(prefix: str) -> list[int]:
    return [*(ord(sign) >> 5 for sign in prefix), 0, *(ord(sign) & 31 for sign in prefix)]


def _proof(fives: Iterable[int]) -> int:
    """BIP 173's polynomial."""
    check = 1
    for five in fives:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ five
        for place, step in enumerate(_STEPS):
            check ^= step if top >> place & 1 else 0
    return check


def _regrouped(groups: Iterable[int], wide: int, into: int, *, pad: bool) -> list[int]:
    held, bits, out = 0, 0, list[int]()
    for group in groups:
        held, bits = held << wide | group, bits + wide
        while bits >= into:
            bits -= into
            out.append(held >> bits & (1 << into) - 1)
        held &= (1 << bits) - 1
    if pad and bits:
        out.append(held << into - bits & (1 << into) - 1)
    return out
