"""Whether a BIP-340 signature holds: what a relay computes, written without the code that signs.

Follows: BIP-340, "Verification". Points are held as in its text, affine, None for the one at infinity.
"""

import hashlib

FIELD = 2**256 - 2**32 - 977
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_GX = 0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798

Point = tuple[int, int] | None


def proves(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is this key's, for this message."""
    key, base = _lifted(int.from_bytes(public)), _lifted(_GX)
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    if len(signature) != 64 or key is None or r >= FIELD or s >= ORDER:
        return False
    tag = hashlib.sha256(b"BIP0340/challenge").digest()
    e = int.from_bytes(hashlib.sha256(tag + tag + signature[:32] + public + message).digest()) % ORDER
    found = _plus(_many(base, s), _many(key, ORDER - e))
    return found is not None and found[1] % 2 == 0 and found[0] == r


def _lifted(x: int) -> Point:
    """The point of that x whose y is even."""
    square = (x**3 + 7) % FIELD
    y = pow(square, (FIELD + 1) // 4, FIELD)
    if x >= FIELD or y * y % FIELD != square:
        return None
    return x, y if y % 2 == 0 else FIELD - y


def _plus(a: Point, b: Point) -> Point:
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % FIELD == 0:
        return None
    rise, run = (3 * a[0] * a[0], 2 * a[1]) if a == b else (b[1] - a[1], b[0] - a[0])
    slope = rise * pow(run, -1, FIELD) % FIELD
    x = (slope * slope - a[0] - b[0]) % FIELD
    return x, (slope * (a[0] - x) - a[1]) % FIELD


def _many(point: Point, times: int) -> Point:
    """The highest binary digit first."""
    total: Point = None
    for digit in f"{times:b}":
        total = _plus(total, total)
        total = _plus(total, point) if digit == "1" else total
    return total
