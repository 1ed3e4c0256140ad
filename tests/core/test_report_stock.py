"""Pages of CAR, stock from densities and stock by ecosystem: they say what the results hold, and what they do not."""

import html
import re

import numpy as np
import pytest
import rasterio
from affine import Affine

from carbon_qgis.core.accumulation import accumulation_rate
from carbon_qgis.core.class_names import class_names_tag
from carbon_qgis.core.density_input import density_raster
from carbon_qgis.core.density_stock import density_stock
from carbon_qgis.core.ecosystem_stock import stock_by_ecosystem
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.report.accumulation_report import accumulation_page, rate_histogram
from carbon_qgis.core.report.density_stock_report import density_stock_page
from carbon_qgis.core.report.ecosystem_stock_report import (
    MOST_PANELS,
    ecosystem_panels,
    ecosystem_stock_page,
    unique_names,
)

KM = Affine(1000, 0, 500000, 0, -1000, 4000000)


def write(path, values, dtype="float32", unit="", nodata=None, **tags):
    values = np.atleast_2d(np.asarray(values, dtype=dtype))
    profile = {"driver": "GTiff", "height": values.shape[0], "width": values.shape[1], "count": 1, "dtype": dtype}
    with rasterio.open(str(path), "w", crs="EPSG:32650", transform=KM, nodata=nodata, **profile) as dataset:
        dataset.write(values, 1)
        dataset.set_band_unit(1, unit)
        dataset.update_tags(**{name: str(value) for name, value in tags.items()})
    return str(path)


def density(folder, year, values, **tags):
    path = folder / "c{}{}.tif".format(year, tags.get("CARBON_POOL", ""))
    return density_raster(write(path, values, unit="t C/km2", CARBON_YEAR=year, **tags))


#: The paradox of Table 2.
T1, T2 = [[1, 1, 1], [2, 2, 2]], [[1, 1, 2], [2, 2, 1]]
C1, C2 = [[10, 10, 10], [50, 50, 50]], [[11, 11, 40], [52, 52, 12]]


def accumulation(folder, first=C1, last=C2, maps=True, **options):
    names = class_names_tag({1: "Grass & <herbs>", 2: "Water"})
    ecosystems = [write(folder / "t{}.tif".format(i), t, "uint8", **names) for i, t in enumerate((T1, T2)) if maps]
    pair = [density(folder, 2000, first), density(folder, 2001, last)]
    with OutputSet() as outputs:
        return accumulation_rate(pair, outputs, {}, ecosystems=ecosystems, **options)


def text(page):
    """What a reader sees, without pictures."""
    document = re.sub(r'src="data:[^"]*"', "", page.html())
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", document)))


def slugs(page):
    files = page.save_figures(dpi=40)
    assert all(content for content in files.values())
    return [name[:-4] for name in files if name.endswith(".png")]


def test_car_page_tells_both_readings_and_the_identity(tmp_path):
    page = accumulation_page(accumulation(tmp_path))
    seen = text(page)
    assert "Between 2000 and 2001 the carbon stock of 6 km² changes by −2.00 × 10⁻⁶ Tg C" in seen
    assert "loses 0.3333 t C per year" in seen
    assert "not a measured flux" in seen and "no uncertainty is computed" in seen
    assert "stock change = persistent + gained − lost" in seen
    water = r"Water \(stock change −6.00 × 10⁻⁶ Tg C, mean rate \+11.33 t C/km²/yr"
    assert re.search("differ in sign for: .*" + water, seen)
    assert "Grass & <herbs>" in seen and "<herbs>" not in page.html()
    assert slugs(page) == ["rate", "rate-histogram", "stock-by-year", "stock-change-by-ecosystem",
                           "mean-rate-by-ecosystem"]  # fmt: skip


def test_maps_by_ecosystem_only_on_request(tmp_path):
    result = accumulation(tmp_path)
    assert slugs(accumulation_page(result, True))[-3:] == [
        "density-by-ecosystem-2000", "density-by-ecosystem-2001", "rate-by-ecosystem"]  # fmt: skip
    without = accumulation_page(accumulation(tmp_path, maps=False), True)
    assert slugs(without) == ["rate", "rate-histogram", "stock-by-year"]
    assert "By ecosystem" not in text(without)


def test_car_page_counts_stable_cells_in_words(tmp_path):
    seen = text(accumulation_page(accumulation(tmp_path, deadband=3.0)))
    assert "Stable area 4 km²" in seen
    assert "Stable cells, with a rate within ±3 t C/km²/yr, are not drawn: 66.7%." in seen


def test_car_page_where_nothing_changes(tmp_path):
    page = accumulation_page(accumulation(tmp_path, C1, C1), True)
    assert "on average nothing is gained or lost" in text(page) and "Every cell is stable." in text(page)
    assert "rate-histogram" not in slugs(page)


@pytest.mark.parametrize("deadband", [0.0, 0.001, 7.0, 80.0])
def test_rate_histogram_has_0_and_the_deadband_among_its_edges(deadband):
    values = np.random.default_rng(2).normal(20, 60, 5000)
    values = values[np.abs(values) > deadband]
    edges, counts, drawn = rate_histogram(values, deadband)
    assert np.ptp(np.diff(edges)) < 1e-6 * np.diff(edges).max()
    assert np.abs(edges).min() < 1e-9
    assert drawn == (deadband if deadband > 0.01 else 0.0)
    assert np.abs(edges - drawn).min() < 1e-9 and len(counts) == len(edges) - 1 <= 240
    assert 0.99 < counts.sum() / values.size <= 1


def test_rate_histogram_of_one_cell_loses_nothing():
    edges, counts, _ = rate_histogram(np.array([3.3]), 0.0)
    assert counts.sum() == 1 and edges[0] == 0 and edges[-1] >= 3.3


def test_notes_are_on_every_page(tmp_path):
    result = accumulation(tmp_path)
    result.notes.append("A remark that must be read.")
    assert "A remark that must be read." in text(accumulation_page(result))


def test_density_stock_page(tmp_path):
    pools = {
        "soil": density(tmp_path, 2010, [[4000, 6000, np.nan]], CARBON_POOL="soil"),
        "above": density(tmp_path, 2010, [[1000, 1000, 1000]], CARBON_POOL="above"),
    }
    with OutputSet() as outputs:
        page = density_stock_page(density_stock(pools, outputs, {}))
    seen = text(page)
    assert "(above, soil) hold 0.012 Tg C on 2 km²: 60 t C/ha on average" in seen
    assert "below and dead are not given" in seen
    assert "0.044 Tg CO₂e" in seen
    assert "Nodata differs between the pools: 1 cells are valid in some pools only" in seen
    assert slugs(page) == ["stock-by-pool", "total-density", "density-histogram"]


def test_density_stock_page_of_one_value_and_of_a_negative_stock(tmp_path):
    for value in (0.0, -5.0, 3.0):
        with OutputSet() as outputs:
            result = density_stock({"dead": density(tmp_path, 2000, [[value, value]])}, outputs, {})
        assert len(slugs(density_stock_page(result))) == 3


def ecosystem_stock(folder, years=(2000, 2010), pools=(None,), **options):
    series = []
    for year in years:
        for pool in pools:
            tags = {"CARBON_POOL": pool} if pool else {}
            series.append(density(folder, year, np.array(C1) * (year - 1990), **tags))
    path = write(folder / "e.tif", T1, "uint8", **class_names_tag({1: "Grass", 2: "Water"}))
    return stock_by_ecosystem(series, [path], **options)


def test_ecosystem_page_with_years(tmp_path):
    page = ecosystem_stock_page(ecosystem_stock(tmp_path), True)
    seen = text(page)
    assert "hold 0.0036 Tg C in 2010; 'Water' holds the most, 0.003 Tg C (83.3%)" in seen
    assert "Change 0.0018 Tg C" in seen and "its own extent" in seen
    assert slugs(page) == ["ecosystems", "stock-by-year", "stock-by-ecosystem", "density-by-ecosystem-2000",
                           "density-by-ecosystem-2010"]  # fmt: skip


def test_ecosystem_page_with_one_date_pools_and_zones(tmp_path):
    import struct

    from carbon_qgis.core.raster.polygons import PolygonLayer

    ring = (500000, 3998000, 503000, 3998000, 503000, 4000000, 500000, 4000000, 500000, 3998000)
    polygon = struct.pack("<BIII10d", 1, 3, 1, 5, *ring)
    zones = PolygonLayer((polygon,), rasterio.crs.CRS.from_epsg(32650).to_wkt(), ("County",))
    result = ecosystem_stock(tmp_path, (2000,), ("above", "soil"), zones=zones)
    page = ecosystem_stock_page(result)
    assert slugs(page) == ["ecosystems", "stock-by-ecosystem", "stock-by-pool", "stock-by-zone"]
    assert "County" in text(page) and "outside the zones" in text(page)


def test_ecosystem_page_without_a_year(tmp_path):
    undated = density_raster(write(tmp_path / "x.tif", C1, unit="t C/km2"))
    result = stock_by_ecosystem([undated], [write(tmp_path / "e.tif", T1, "uint8")])
    page = ecosystem_stock_page(result, True)
    assert "No year given" in text(page) and "None" not in text(page)


def test_panels_keep_the_largest_ecosystems():
    codes = np.repeat(np.arange(20.0), np.arange(1, 21))[np.newaxis]
    panels, cut = ecosystem_panels(np.ones_like(codes), codes, {code: str(code) for code in range(25)})
    assert [name for name, _ in panels] == [str(code) for code in range(20 - MOST_PANELS, 20)]
    assert cut == "The 12 largest of 20 ecosystems are drawn."
    assert np.nansum(panels[-1][1]) == 20


def test_names_that_repeat_get_their_code():
    assert unique_names({1: "Forest", 2: "Forest", 3: "Water"}) == {1: "Forest (1)", 2: "Forest (2)", 3: "Water"}
