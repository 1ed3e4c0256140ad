"""How much of the machine runs may use, as the user set it: environment variables, settings of QGIS, defaults."""

from dataclasses import dataclass, field
from typing import Any, Dict, Mapping, Optional, Tuple

from .errors import InputError

#: Names of the environment variables; the settings of QGIS have the same.
MEMORY, THREADS, DEVICE = "CARBON_MEMORY_MB", "CARBON_THREADS", "CARBON_DEVICE"
NAMES = (MEMORY, THREADS, DEVICE)

DEVICES = ("auto", "cpu", "cuda")
DEFAULTS: Dict[str, Any] = {MEMORY: 96, THREADS: 0, DEVICE: "auto"}
#: Least and most memory in MB (2^20 bytes): below, blocks shrink to single tiles; above, it is no budget.
MEMORY_RANGE = (16, 2**20)
MOST_THREADS = 1024

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
    sources : where each of `NAMES` comes from.
    """

    memory_mb: int = DEFAULTS[MEMORY]
    threads: Optional[int] = None
    device: str = DEFAULTS[DEVICE]
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
    return RunLimits(values[MEMORY], values[THREADS] or None, values[DEVICE], sources)


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
    least, most = MEMORY_RANGE if name == MEMORY else (0, MOST_THREADS)
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
    if number is None or not least <= number <= most:
        wanted = "a whole number {} from {:,} to {:,}".format("of MB" if name == MEMORY else "of threads", least, most)
        raise InputError(_refusal(name, text, source, wanted + (" (0: as QGIS)" if name == THREADS else "")))
    return number


def _pick(name: str, settings: Mapping[str, Any], environment: Mapping[str, str]) -> Tuple[Any, str]:
    if environment.get(name, "").strip():
        return environment[name], ENVIRONMENT
    if settings.get(name) is not None:
        return settings[name], SETTINGS
    return DEFAULTS[name], DEFAULT


def _refusal(name: str, text: str, source: str, wanted: str) -> str:
    if source == ENVIRONMENT:
        return "The environment variable {} is '{}'. Give {}, or unset it.".format(name, text, wanted)
    title = {MEMORY: "memory budget", THREADS: "number of threads", DEVICE: "device"}[name]
    return "The {} of Carbon is '{}'. Give {} ({}).".format(title, text, wanted, _WHERE)
