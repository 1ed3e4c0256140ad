"""Progress and cancellation, seen from the core.

QGIS's feedback, a terminal bar and a test double all satisfy `Progress`.
"""

import time
from typing import Any, Callable, List, Optional, Protocol, Tuple, runtime_checkable

from .errors import Cancelled


@runtime_checkable
class Progress(Protocol):
    """What a long step needs from whoever started it."""

    def update(self, fraction: float, message: Optional[str] = None) -> None:
        """Report the share of the work done (0–1) and, if given, what is being done now."""

    def cancelled(self) -> bool:
        """True once the user asked to stop."""


class Silent:
    """Reports to nobody and is never cancelled: for scripts and tests."""

    def update(self, fraction: float, message: Optional[str] = None) -> None:
        pass

    def cancelled(self) -> bool:
        return False


class Part:
    """A slice of a longer progress: 0–1 here is `span[0]`–`span[1]` there."""

    def __init__(self, parent: Progress, span: Tuple[float, float]):
        self._parent = parent
        self._low, self._high = span

    def update(self, fraction: float, message: Optional[str] = None) -> None:
        self._parent.update(self._low + (self._high - self._low) * fraction, message)

    def cancelled(self) -> bool:
        return self._parent.cancelled()


class Message(str):
    """A text for the progress with its values filled in: the toolbox looks the template up in its language.

    Texts without values need no such thing; they are looked up as they are.
    """

    template: str
    values: Tuple[Any, ...]

    def __new__(cls, template: str, *values: Any) -> "Message":
        made = super().__new__(cls, template.format(*values))
        made.template, made.values = template, values
        return made


def check_cancelled(progress: Progress) -> None:
    """Raise `Cancelled` if the user asked to stop."""
    if progress.cancelled():
        raise Cancelled()


class RemainingTime:
    """Time that a run still needs, judged by its pace so far; silent until that says something.

    The pace is that of the latter half of the time so far: packages are loaded slowly and blocks computed quickly.
    An estimate is given when its rounded value changes, and at most every `every` seconds, so that a reader can
    follow it.

    Parameters
    ----------
    clock : seconds of a clock that only goes forward.
    after, share : nothing is said before so many seconds, or below this share of the work.
    every : seconds between two estimates.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, after: float = 5.0, share: float = 0.03, every: float = 5.0
    ):
        self._clock, self._after, self._share, self._every = clock, after, share, every
        self._start = clock()
        self._seen: List[Tuple[float, float]] = [(0.0, 0.0)]  # seconds, share of the work
        self._last: Optional[int] = None
        self._told = -float("inf")

    def update(self, fraction: float) -> Optional[int]:
        """Seconds left, rounded, if there is something new to say; else None."""
        now = self._clock() - self._start
        self._remember(now, fraction)
        if now < self._after or not self._share <= fraction < 1 or now - self._told < self._every:
            return None
        then, done = self._half_way(now)
        if fraction <= done:
            return None  # nothing moved: no pace to go by
        left = rounded_seconds((1.0 - fraction) * (now - then) / (fraction - done))
        if left == self._last:
            return None
        self._last, self._told = left, now
        return left

    def _remember(self, now: float, fraction: float) -> None:
        last_time, last_fraction = self._seen[-1]
        if fraction > last_fraction and now - last_time >= 0.5:
            self._seen.append((now, fraction))
            if len(self._seen) > 400:
                self._seen = self._seen[::2]

    def _half_way(self, now: float) -> Tuple[float, float]:
        """The last moment in the first half of the time so far."""
        earlier = [seen for seen in self._seen if seen[0] <= now / 2]
        return earlier[-1] if earlier else self._seen[0]


def rounded_seconds(seconds: float) -> int:
    """`seconds` as coarse as an estimate is: tens below a minute, minutes below ten, then 5, 15 and 60 minutes."""
    for limit, step in ((55, 10), (570, 60), (3450, 300), (4 * 3600, 900)):
        if seconds <= limit:
            return max(step, int(seconds / step + 0.5) * step)
    return int(seconds / 3600 + 0.5) * 3600
