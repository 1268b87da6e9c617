"""A promise in seconds, kept by the best of a few tries: one slow moment of a busy machine breaks none."""

from collections.abc import Awaitable, Callable


async def keeps(promise: float, attempt: Callable[[], Awaitable[float]], tries: int = 5) -> None:
    """Try until an attempt took (seconds) less than was promised."""
    took: list[float] = []
    while not took or took[-1] >= promise:
        assert len(took) < tries, f"never within {promise} s: {took}"
        took.append(await attempt())
