"""One thread of linear algebra per block: blocks run side by side already, and threads of threads only wait."""

from contextlib import contextmanager
from typing import Iterator


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Limit numpy's linear algebra to one thread inside the context, where `threadpoolctl` is installed.

    It comes with scikit-learn. Without it results are the same and about a third of the processor's time is lost.
    """
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        yield
        return
    with threadpool_limits(limits=1, user_api="blas"):
        yield
