"""Densities that are unlikely on this planet: warned about, never altered (METHODS, 1)."""

from typing import List, Mapping, Optional, Tuple

#: t C/ha above which a warning is given.
LIVING_LIMIT = 600.0
SOIL_LIMIT = 2000.0


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
    notes = []
    negative = dict(negative)
    for pool, (low, high) in ranges.items():
        if low < 0:
            count = " in {:,} cells".format(negative[pool]) if negative.get(pool) else ""
            notes.append("Pool '{}' is negative{} (down to {:.4g} t C/ha). Check its nodata value.".format(pool, count, low))
        if low == high == 0:
            notes.append("Pool '{}' is zero everywhere.".format(pool))
        if pool == "soil" and high > SOIL_LIMIT:
            notes.append(
                "Soil carbon reaches {:.4g} t C/ha, above {:g}: is the unit right?".format(high, SOIL_LIMIT)
            )
    if living_max is not None and living_max > LIVING_LIMIT:
        notes.append(
            "Above- and below-ground carbon together reach {:.4g} t C/ha, above {:g}: is the unit right, and is it "
            "carbon rather than dry matter?".format(living_max, LIVING_LIMIT)
        )
    return notes
