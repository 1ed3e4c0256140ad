"""Processor cores that this process may use."""

import os

#: More threads than this gain nothing that their memory would be worth.
MOST_THREADS = 8


def available_cores() -> int:
    """Cores that this process may run on, at least 1: fewer than the machine has in a container or under `taskset`."""
    if hasattr(os, "sched_getaffinity"):  # Linux
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


def default_threads() -> int:
    """Threads of a run that names no number: one per core, at most `MOST_THREADS`."""
    return min(MOST_THREADS, available_cores())
