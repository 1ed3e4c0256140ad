"""Densities that are unlikely on this planet: warned about, never altered."""

from typing import Iterator, List, Mapping, Optional, Tuple

from .results import Remark

#: Share of the cells that may be lost where rasters differ: coast lines do. More is worth a look.
LOSS_LIMIT = 0.01
#: t C/ha above which a warning is given.
LIVING_LIMIT = 600.0
SOIL_LIMIT = 2000.0
_SERIES_LIMITS = {
    "soil": SOIL_LIMIT, "above": LIVING_LIMIT, "below": LIVING_LIMIT, "total": LIVING_LIMIT + SOIL_LIMIT,
}


def density_notes(
    ranges: Mapping[str, Tuple[float, float]], living_max: Optional[float] = None, negative: Mapping[str, int] = ()
) -> List[str]:
    """Warnings for a set of pools.

    Parameters
    ----------
    ranges : smallest and largest density by pool, t C/ha.
    living_max : largest above + below density of a cell, t C/ha.
    negative : cells below zero by pool.
    """
    notes: List[str] = []
    cells = dict(negative)
    for pool, limits in ranges.items():
        limit = SOIL_LIMIT if pool == "soil" else None
        notes += _range_notes("Pool '{}'".format(pool), limit, limits, cells.get(pool, 0))
    if living_max is not None and living_max > LIVING_LIMIT:
        notes.append(
            "Above- and below-ground carbon together reach {:.4g} t C/ha, above {:g}: is the unit right, and is it "
            "carbon rather than dry matter?".format(living_max, LIVING_LIMIT)
        )
    return notes


def series_notes(
    ranges: Mapping[Optional[int], Tuple[float, float]], pool: Optional[str], negative: Mapping[Optional[int], int] = ()
) -> List[str]:
    """Warnings for one pool (or the total) at several dates.

    Parameters
    ----------
    ranges : smallest and largest density by year, t C/ha.
    negative : cells below zero by year.
    """
    notes: List[str] = []
    cells = dict(negative)
    name = "{} density".format(pool or "carbon").capitalize()
    for year, limits in ranges.items():
        subject = name + (" of {}".format(year) if year is not None else "")
        notes += _range_notes(subject, _SERIES_LIMITS.get(pool or ""), limits, cells.get(year, 0))
    return notes


def loss_note(text: str, lost: int, kept: int) -> str:
    """`text` on cells that are valid in some inputs only: a remark if they are few, else a warning."""
    return Remark(text) if lost <= LOSS_LIMIT * (lost + kept) else text


def _range_notes(
    subject: str, limit: Optional[float], limits: Tuple[float, float], negative: int
) -> Iterator[str]:
    low, high = limits
    if low < 0:
        count = " in {:,} cells".format(negative) if negative else ""
        yield "{} is negative{} (down to {:.4g} t C/ha). Check its nodata value.".format(subject, count, low)
    if low == high == 0:
        yield "{} is zero everywhere.".format(subject)
    if limit is not None and high > limit:
        yield "{} reaches {:.4g} t C/ha, above {:g}: is the unit right?".format(subject, high, limit)
