"""How long to wait before the next try: full jitter between nothing and a limit that doubles (SYNC 5.12)."""

import random
from collections.abc import Callable

FIRST_SECONDS, MOST_SECONDS = 2.0, 300.0
Chance = Callable[[], float]
"""Gives a number from 0 up to 1."""


def wait_before(attempt: int, retry_after: float | None = None, chance: Chance = random.random) -> float:
    """Seconds before the try after `attempt` failed ones (from 1); never sooner than the central store asks for.

    A `retry_after` beyond the limit is obeyed as well, and jitter is added to it, so that forty laptops do not come
    back in the same second.
    """
    limit: float = min(MOST_SECONDS, FIRST_SECONDS * 2 ** min(attempt - 1, 16))
    jitter = limit * chance()
    return jitter if retry_after is None else max(retry_after, 0.0) + min(jitter, FIRST_SECONDS * attempt)
