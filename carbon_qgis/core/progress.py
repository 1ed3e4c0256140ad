"""Progress and cancellation, seen from the core.

QGIS's feedback, a terminal bar and a test double all satisfy `Progress`.
"""

from typing import Optional, Protocol, Tuple, runtime_checkable

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


def check_cancelled(progress: Progress) -> None:
    """Raise `Cancelled` if the user asked to stop."""
    if progress.cancelled():
        raise Cancelled()
