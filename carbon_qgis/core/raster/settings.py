"""How much of the machine a run may use, and how rasters are compressed."""

from contextlib import contextmanager
from dataclasses import dataclass
from typing import Iterator, Optional

from ..cores import default_threads
from .message_letters import pass_over_unreadable_messages

#: GDAL's own block cache during a run; its default is 5 % of all memory, most of what a run would hold.
GDAL_CACHE_BYTES = 32 * 2**20

COMPRESSIONS = ("auto", "zstd", "deflate", "lzw", "none")


@dataclass(frozen=True)
class EngineSettings:
    """Limits of one run.

    Parameters
    ----------
    memory_mb : memory for blocks in flight, in MiB (GDAL's cache and Python itself come on top).
    threads : worker threads; None is one per core, at most 8.
    compression : one of `COMPRESSIONS`; 'auto' is ZSTD where GDAL has it, else DEFLATE.
    scheduler : address of a Dask scheduler whose workers compute the blocks; empty for threads of this machine. Memory
        and threads decide on the size of blocks there too, so that results are the same.
    """

    memory_mb: int = 96
    threads: Optional[int] = None
    compression: str = "auto"
    scheduler: str = ""

    def worker_count(self) -> int:
        """Threads that compute blocks."""
        if self.threads:
            return max(1, int(self.threads))
        return default_threads()


@contextmanager
def gdal_environment() -> Iterator[None]:
    """GDAL as every run needs it: bounded cache, no directory listing per open."""
    import rasterio

    pass_over_unreadable_messages()
    with rasterio.Env(
        GDAL_CACHEMAX=GDAL_CACHE_BYTES,
        GDAL_DISABLE_READDIR_ON_OPEN="TRUE",
        CHECK_DISK_FREE_SPACE="NO",
    ):
        yield
