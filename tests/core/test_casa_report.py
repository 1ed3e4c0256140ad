"""The page of CASA: it says what the result holds, in units, with a figure for each question."""

import re

import numpy as np
import pytest

from carbon_qgis.core.casa_parameters import read_parameters
from carbon_qgis.core.errors import RasterError
from carbon_qgis.core.report.casa_report import casa_page, month_curves
from tests.core.casa_rasters import GRASS, Casa, dates, parameters, season

ROWS = ((1,) + GRASS, (2, 0.9) + GRASS[1:], (3, 0.0) + (None,) * 4)
CODES = np.array([[1, 1, 2, 2], [1, 2, 3, 3], [255, 1, 1, 3]])


def titles(html):
    """Titles of the figures, in order."""
    return re.findall(r'<img [^>]*alt="([^"]*)"', html)


def plain(html):
    return re.sub(r"<[^>]+>", " ", html)


def test_one_year_without_a_date(tmp_path):
    casa = Casa(tmp_path)
    result, _ = casa.run(casa.rasters(season()), casa.vegetation(CODES), parameters(*ROWS), ("NPP",))
    html = casa_page(result).html()
    text = plain(html)
    assert "In this year the vegetation of 11 km² takes up" in text and "NPP is a flux" in text
    assert "g C/m²/yr" in text and "Tg C/yr" in text and "k = 1.184" in text and "classes.csv" in text
    assert "Jun, Jul and" in text or "May, Jun and Jul" in text
    assert titles(html) == [
        "Map of NPP", "Distribution of NPP", "Monthly NPP, mean of the region", "NPP of each month",
        "What limits growth: light taken up (FPAR) and water stress, mean of the region", "Vegetation classes",
        "Mean NPP by vegetation class", "Monthly NPP by vegetation class",
    ]  # fmt: skip
    assert "Net ecosystem productivity" not in text


@pytest.mark.parametrize("years", [2, 10])
def test_several_years_with_nep(tmp_path, years):
    casa = Casa(tmp_path)
    rasters = casa.rasters(season(years=years), dates(*range(2001, 2001 + years)))
    result, _ = casa.run(rasters, casa.vegetation(np.full((3, 4), 10)), read_parameters(), ("NPP", "NEP"))
    html = casa_page(result).html()
    text = plain(html)
    assert "On the mean of {} years".format(years) in text and "2001 to {}".format(2000 + years) in text
    assert "the table that ships (ε_max of Zhu et al. 2006 for China)" in text
    assert "Pei, Z." in text and "where the soil is poor NEP is too low" in text
    assert {
        "NPP of each year", "NPP by year", "Net ecosystem productivity, mean of the years",
        "NPP, respiration and NEP by month, mean of the region",
    } <= set(titles(html))  # fmt: skip
    assert ("mean of 10 years" in text) == (years == 10)


def test_month_curves_draw_every_series_and_refuse_nothing_to_draw():
    figure = month_curves({"a": range(12), "b": [1.0, None] + [2.0] * 10}, "g C/m2/month", "NPP")
    lines = [line for ax in figure.axes for line in ax.get_lines() if len(line.get_xdata()) == 12]
    assert [line.get_ydata()[0] for line in lines] == [0, 1.0]
    assert "no valid cells" in [text.get_text() for ax in month_curves({}, "1", "x").axes for text in ax.texts]


def test_an_empty_region_never_reaches_the_page(tmp_path):
    casa = Casa(tmp_path)
    arrays = season()
    arrays["temperature"][:] = np.nan
    with pytest.raises(RasterError, match="No valid cell is left in the vegetation map and the monthly"):
        casa.run(casa.rasters(arrays), casa.vegetation(CODES), parameters(*ROWS))
