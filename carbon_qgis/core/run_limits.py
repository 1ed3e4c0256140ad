"""How much of the machine runs may use, as the user set it: environment variables, settings of QGIS, defaults."""

import re
from dataclasses import dataclass, field
from typing import Any, Dict, Mapping, Optional, Tuple

from .errors import InputError

#: Names of the environment variables; the settings of QGIS have the same.
MEMORY, THREADS, DEVICE = "CARBON_MEMORY_MB", "CARBON_THREADS", "CARBON_DEVICE"
SCHEDULER = "CARBON_DASK_SCHEDULER"
NAMES = (MEMORY, THREADS, DEVICE, SCHEDULER)

DEVICES = ("auto", "cpu", "cuda")
DEFAULTS: Dict[str, Any] = {MEMORY: 96, THREADS: 0, DEVICE: "auto", SCHEDULER: ""}
#: Least and most memory in MB (2^20 bytes): below, blocks shrink to single tiles; above, it is no budget.
MEMORY_RANGE = (16, 2**20)
MOST_THREADS = 1024
#: Where a Dask scheduler listens: host name, IPv4 or [IPv6] address, and port.
_SCHEDULER = re.compile(r"(?:(tcp|tls)://)?((?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5})", re.ASCII)

ENVIRONMENT, SETTINGS, DEFAULT = "environment variable", "settings of QGIS", "default"
_WHERE = "Settings > Options > Processing > Providers > Carbon"


@dataclass(frozen=True)
class RunLimits:
    """What runs may use.

    Parameters
    ----------
    memory_mb : memory for blocks of rasters in flight, MB (2^20 bytes).
    threads : worker threads; None leaves it to QGIS.
    device : 'auto', 'cpu' or 'cuda', for networks.
    scheduler : address of a Dask scheduler, 'tcp://host:8786'; empty for this machine alone.
    sources : where each of `NAMES` comes from.
    """

    memory_mb: int = DEFAULTS[MEMORY]
    threads: Optional[int] = None
    device: str = DEFAULTS[DEVICE]
    scheduler: str = DEFAULTS[SCHEDULER]
    sources: Mapping[str, str] = field(default_factory=dict)


def run_limits(settings: Mapping[str, Any], environment: Mapping[str, str]) -> RunLimits:
    """The limits in force: an environment variable goes before the setting of QGIS, that before the default.

    Parameters
    ----------
    settings : values by `NAMES` as QGIS keeps them; those missing or None are not set.
    environment : as `os.environ`; an empty variable is not set.

    Raises
    ------
    InputError
        If a value that is in force cannot be used; it names the value, its place, and what is possible.
    """
    values, sources = {}, {}
    for name in NAMES:
        value, source = _pick(name, settings, environment)
        values[name] = checked(name, value, source)
        sources[name] = source
    return RunLimits(values[MEMORY], values[THREADS] or None, values[DEVICE], values[SCHEDULER], sources)


def checked(name: str, value: Any, source: str = SETTINGS) -> Any:
    """`value` of the limit `name` as a number or word.

    Raises
    ------
    InputError
        If it is not one that the limit can have.
    """
    text = str(value).strip()
    if name == DEVICE:
        if text.lower() in DEVICES:
            return text.lower()
        raise InputError(_refusal(name, text, source, "one of: {}".format(", ".join(DEVICES))))
    if name == SCHEDULER:
        return _address(text, source)
    least, most = MEMORY_RANGE if name == MEMORY else (0, MOST_THREADS)
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
    if number is None or not least <= number <= most:
        wanted = "a whole number {} from {:,} to {:,}".format("of MB" if name == MEMORY else "of threads", least, most)
        raise InputError(_refusal(name, text, source, wanted + (" (0: as QGIS)" if name == THREADS else "")))
    return number


def _address(text: str, source: str) -> str:
    found = _SCHEDULER.fullmatch(text)
    if not text:
        return ""
    if found is None or not 0 < int(found.group(2).rsplit(":", 1)[1]) < 65536:
        wanted = "host and port of a scheduler such as tcp://192.168.1.5:8786 (tls:// where it encrypts)"
        raise InputError(_refusal(SCHEDULER, text, source, wanted))
    return "{}://{}".format(found.group(1) or "tcp", found.group(2))


def _pick(name: str, settings: Mapping[str, Any], environment: Mapping[str, str]) -> Tuple[Any, str]:
    if environment.get(name, "").strip():
        return environment[name], ENVIRONMENT
    if settings.get(name) is not None:
        return settings[name], SETTINGS
    return DEFAULTS[name], DEFAULT


def _refusal(name: str, text: str, source: str, wanted: str) -> str:
    if source == ENVIRONMENT:
        return "The environment variable {} is '{}'. Give {}, or unset it.".format(name, text, wanted)
    titles = {
        MEMORY: "memory budget", THREADS: "number of threads", DEVICE: "device", SCHEDULER: "Dask scheduler address",
    }  # fmt: skip
    return "The {} of Carbon is '{}'. Give {} ({}).".format(titles[name], text, wanted, _WHERE)
