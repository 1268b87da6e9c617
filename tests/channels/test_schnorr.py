"""BIP-340 as its first test vector has it, and what is no signature."""

import pytest

from bot.channels.schnorr import Key
from tests.fakes.schnorr import proves

PUBLIC = bytes.fromhex("f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9")
SIGNATURE = bytes.fromhex(
    "e907831f80848d1069a5371b402410364bdf1c5f8307b0084c55f1ce2dca8215"
    "25f66a4a85ea8b71e482a74f382d2ce5ebeee8fdb2172f477df4900d310536c0"
)
MESSAGE = bytes(32)


def test_the_first_vector_of_bip_340_is_signed_as_there() -> None:
    key = Key((3).to_bytes(32))
    assert (key.public, key.sign(MESSAGE)) == (PUBLIC, SIGNATURE)
    assert proves(PUBLIC, MESSAGE, SIGNATURE)


@pytest.mark.parametrize(
    ("public", "message", "signature"),
    [
        (PUBLIC, b"\x01" * 32, SIGNATURE),
        (PUBLIC, MESSAGE, SIGNATURE[:-1] + b"\x00"),
        (PUBLIC, MESSAGE, SIGNATURE[:63]),
        (b"\xff" * 32, MESSAGE, SIGNATURE),
        (PUBLIC, MESSAGE, SIGNATURE[:32] + b"\xff" * 32),
    ],
)
def test_what_was_changed_on_its_way_proves_nothing(public: bytes, message: bytes, signature: bytes) -> None:
    assert not proves(public, message, signature)


@pytest.mark.parametrize("secret", [b"", bytes(32), b"\xff" * 32, b"\x01" * 31])
def test_what_is_no_key_is_refused(secret: bytes) -> None:
    with pytest.raises(ValueError, match="no key"):
        Key(secret)
