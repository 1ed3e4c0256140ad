"""Report page of the density series from records (Xinjiang paper, 2.1.3)."""

from typing import List

import numpy as np

from ..density_series import DensitySeriesResult
from ..units import KG_M2
from . import style
from .page import Page
from .series_figures import PoolLine, density_by_year

REFERENCES = ("Cochran, W. G. (1977). Sampling techniques, 3rd ed. Wiley, New York.",)


def density_series_page(result: DensitySeriesResult) -> Page:
    """The page of one run of `density_series`."""
    page = Page("Carbon density series", "{}, {} to {}".format(result.source, *result.years))
    page.lead(
        "{} records give the mean carbon density of {} pool{} in {} to {}.".format(
            style.number(result.records), len(result.pools), "" if len(result.pools) == 1 else "s", *result.years
        )
    )
    page.lead(
        "Each mean is that of the records of its year. If the records of two years come from other places, the means "
        "differ without any change over time; the standard error does not show this."
    )
    page.key_figure("Records used", result.records)
    page.key_figure("Pools", len(result.pools))
    for pool in result.pools:
        rows = result.of_pool(pool)
        mean = sum(row["mean_kg_c_m2"] for row in rows) / len(rows)
        page.key_figure("Mean of the years, {}".format(pool), mean, KG_M2)
    page.notes(result.notes)
    page.section("Density by year")
    caption = "Bars: one standard error of the mean. The axes do not start at 0."
    page.figure(density_by_year(_lines(result), KG_M2), "Mean carbon density by pool and year", caption, slug="series")
    page.table(result.series)
    weights = (
        "weighted by the weight of each record; the standard error is √(n/(n − 1) · Σw²(x − mean)²)/Σw"
        if result.weighted
        else "with equal weights; the standard error is s/√n"
    )
    page.method(
        "Every value is converted to kg C/m² by its own unit. The mean of a pool and year is the mean of its records, "
        "{}. It is not given for a single record.".format(weights),
        REFERENCES,
    )
    return page


def _lines(result: DensitySeriesResult) -> List[PoolLine]:
    lines = []
    for pool in result.pools:
        rows = result.of_pool(pool)
        errors = [np.nan if row["se_kg_c_m2"] is None else row["se_kg_c_m2"] for row in rows]
        years = [row["year"] for row in rows]
        lines.append(PoolLine(pool, years, [row["mean_kg_c_m2"] for row in rows], errors))
    return lines
