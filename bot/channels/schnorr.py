"""BIP-340 signatures over secp256k1, in plain Python: a few milliseconds each, which is often enough for posts.

Source: BIP-340 with its test vectors. No library of it has wheels for every Python that we run on. Plain integers take
a time that depends on the key: sign where nobody measures that, as a daemon does that signs some posts an hour.
"""

import hashlib

_P = 2**256 - 2**32 - 977
_N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_G = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)

Point = tuple[int, int]


class Key:
    """A private key. Raises ValueError where the 32 bytes are none."""

    def __init__(self, secret: bytes) -> None:
        number = int.from_bytes(secret)
        if len(secret) != 32 or not 0 < number < _N:
            raise ValueError("no key of secp256k1")
        point = _public(number)
        self.public = point[0].to_bytes(32)
        self._number = number if point[1] % 2 == 0 else _N - number

    def __repr__(self) -> str:
        return "Key(***)"

    def sign(self, message: bytes) -> bytes:
        """64 bytes; the same message has the same signature, and nothing of the nonce is left to chance."""
        masked = self._number ^ int.from_bytes(_hashed("BIP0340/aux", bytes(32)))
        nonce = int.from_bytes(_hashed("BIP0340/nonce", masked.to_bytes(32) + self.public + message)) % _N
        point = _public(nonce)
        nonce = nonce if point[1] % 2 == 0 else _N - nonce
        front = point[0].to_bytes(32)
        return front + ((nonce + _challenge(front, self.public, message) * self._number) % _N).to_bytes(32)


def _challenge(front: bytes, public: bytes, message: bytes) -> int:
    return int.from_bytes(_hashed("BIP0340/challenge", front + public + message)) % _N


def _hashed(tag: str, said: bytes) -> bytes:
    named = hashlib.sha256(tag.encode()).digest()
    return hashlib.sha256(named + named + said).digest()


def _sum(one: Point | None, other: Point | None) -> Point | None:
    if one is None or other is None:
        return one or other
    if one[0] == other[0] and one[1] != other[1]:
        return None
    if one == other:
        slope = 3 * one[0] ** 2 * pow(2 * one[1], -1, _P) % _P
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, _P) % _P
    x = (slope**2 - one[0] - other[0]) % _P
    return x, (slope * (one[0] - x) - one[1]) % _P


def _times(point: Point, number: int) -> Point | None:
    """The point added up as often."""
    total: Point | None = None
    doubled: Point | None = point
    while number:
        if number & 1:
            total = _sum(total, doubled)
        doubled, number = _sum(doubled, doubled), number >> 1
    return total


def _public(number: int) -> Point:
    if (point := _times(_G, number)) is None:
        raise ValueError("a number that leads to no point")
    return point
