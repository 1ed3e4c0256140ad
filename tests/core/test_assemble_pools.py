"""Pools of several years together: totals, shares, years and pools by tag and never by order, refusals, the page."""

import html
import re

import numpy as np
import pytest
import rasterio
from rasterio.crs import CRS

from carbon_qgis.core.assemble_pools import assemble_pools, pools_by_year, total_tg, with_pool
from carbon_qgis.core.dates import pools_by_raster, years_by_raster
from carbon_qgis.core.density_input import density_raster
from carbon_qgis.core.errors import Cancelled, GridError, InputError, TableError
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.raster.polygons import PolygonLayer
from carbon_qgis.core.raster.settings import EngineSettings
from carbon_qgis.core.report.assemble_pools_report import assemble_pools_page, picked
from carbon_qgis.core.report.pie import apart, pool_pies, share_text
from carbon_qgis.core.text_tables import TextTable
from tests.core.helpers import UTM, Cancelling, box, make_raster, polygon_wkb, read_raster

KM = (1000.0, 0.0, 500_000.0, 0.0, -1000.0, 4_000_000.0)


def density(folder, pool, year, values, unit="t C/ha", transform=KM):
    path = make_raster(folder / "{}{}.tif".format(pool, year), np.asarray(values, dtype="float32"),
                       transform=transform, nodata=-9999)  # fmt: skip
    with rasterio.open(path, "r+") as dataset:
        tags = {"CARBON_POOL": pool, "CARBON_YEAR": year}
        dataset.update_tags(**{name: str(value) for name, value in tags.items() if value is not None})
        dataset.set_band_unit(1, unit)
    return density_raster(path)


def two_years(folder):
    """A year of four pools in four units, and a year of the same in one."""
    first = [
        density(folder, "above", 2000, [[10, 20]]), density(folder, "below", 2000, [[0.5, 1.0]], "kg C/m2"),
        density(folder, "soil", 2000, [[5000, 6000]], "t C/km2"), density(folder, "dead", 2000, [[100, 200]], "g C/m2"),
    ]  # fmt: skip
    pools = zip(("above", "below", "soil", "dead"), ([[12, 22]], [[6, 11]], [[50, 60]], [[2, 3]]))
    return first + [density(folder, pool, 2010, values) for pool, values in pools]


def run(densities, totals=None, **options):
    with OutputSet([density.path for density in densities]) as outputs:
        return assemble_pools(densities, outputs, totals, **options)


def test_known_answer_of_two_years_and_mixed_units(tmp_path):
    made = {2000: [str(tmp_path / "t2000.tif")], 2010: [str(tmp_path / "t2010.tif"), str(tmp_path / "again.tif")]}
    result = run(two_years(tmp_path), made)
    np.testing.assert_allclose(read_raster(made[2000][0]), [[10 + 5 + 50 + 1, 20 + 10 + 60 + 2]], rtol=1e-6)
    np.testing.assert_allclose(read_raster(made[2010][0]), [[70, 96]], rtol=1e-6)
    assert read_raster(made[2010][1]).tobytes() == read_raster(made[2010][0]).tobytes()
    assert result.dates == (2000, 2010) and result.pools == ("above", "below", "soil", "dead")
    assert result.stocks("soil") == pytest.approx([110 * 100 / 1e6] * 2)
    assert [total_tg(each) for each in result.years] == pytest.approx([158e-4, 166e-4])
    rows = {(row["year"], row["pool"]): row for row in result.table.as_dicts()}
    assert len(rows) == 10
    assert rows[2010, "above"]["share_percent"] == pytest.approx(100 * 34 / 166)
    assert rows[2010, "above"]["mean_density_t_C_ha"] == pytest.approx(17)
    for year in (2000, 2010):
        shares = [rows[year, pool]["share_percent"] for pool in result.pools]
        assert sum(shares) == pytest.approx(100) and rows[year, "total"]["share_percent"] == 100
    with rasterio.open(made[2010][0]) as dataset:
        tags = dataset.tags()
        assert (tags["CARBON_YEAR"], tags["CARBON_POOL"], dataset.units[0]) == ("2010", "total", "t C/ha")
    assert result.notes == []


def test_the_order_of_the_list_changes_nothing(tmp_path):
    densities = two_years(tmp_path)
    first, again = run(densities), run(densities[::-1])
    assert first.table.rows == again.table.rows and first.grid == again.grid


def test_years_are_brought_onto_one_grid(tmp_path):
    fine = (500.0, 0.0, 500_000.0, 0.0, -500.0, 4_000_000.0)
    densities = [density(tmp_path, "soil", 2000, [[10, 20]]), density(tmp_path, "soil", 2010, [[20, 40, 60, 80]] * 2,
                 transform=fine)]  # fmt: skip
    made = {2010: [str(tmp_path / "t.tif")]}
    result = run(densities, made)
    np.testing.assert_allclose(read_raster(made[2010][0]), [[30, 70]])
    assert any("2010: 'soil2010.tif'" in note and "area-weighted averaging" in note for note in result.notes)


def test_missing_pools_and_other_areas_are_said(tmp_path):
    densities = [density(tmp_path, "soil", 2000, [[10, 20]]), density(tmp_path, "soil", 2010, [[10, -9999]]),
                 density(tmp_path, "above", 2010, [[1, 2]])]  # fmt: skip
    result = run(densities)
    notes = " ".join(result.notes)
    assert "2000: there is no raster of 'above' and 'below' and 'dead'" in notes
    assert "The years have different pools: their totals cannot be compared." in notes
    assert "The valid area differs between the years (1 to 2 km2)" in notes
    assert "2010: Nodata differs between the pools: 1 cells" in notes
    assert result.stocks("above") == [None, pytest.approx(1e-4)]


def test_pools_without_a_year_are_one_set(tmp_path):
    densities = [density(tmp_path, pool, None, [[1, 2]]) for pool in ("soil", "above")]
    result = run(densities)
    assert result.dates == (None,) and result.pools == ("above", "soil") and result.table.column("year") == [None] * 3
    assert "No year given" in seen(assemble_pools_page(result))


def test_blocks_and_threads_change_no_cell(tmp_path):
    generator = np.random.default_rng(3)
    densities = [density(tmp_path, pool, year, generator.gamma(2, 30, (600, 500)))
                 for pool in ("above", "soil") for year in (2000, 2010)]  # fmt: skip
    one, two = {2010: [str(tmp_path / "a.tif")]}, {2010: [str(tmp_path / "b.tif")]}
    whole = run(densities, one, settings=EngineSettings(threads=1))
    parts = run(densities, two, settings=EngineSettings(memory_mb=1, threads=3))
    assert read_raster(one[2010][0]).tobytes() == read_raster(two[2010][0]).tobytes()
    np.testing.assert_allclose(parts.table.column("stock_Tg_C"), whole.table.column("stock_Tg_C"), rtol=1e-12)


def test_mask_limits_the_cells(tmp_path):
    mask = PolygonLayer((polygon_wkb(box(500000, 3999000, 501000, 4000000)),), CRS.from_string(UTM).to_wkt())
    assert [each.cells for each in run(two_years(tmp_path), mask=mask).years] == [1, 1]


def refused(text, densities):
    with pytest.raises(InputError) as caught:
        run(densities)
    assert text in str(caught.value), str(caught.value)


def test_refusals(tmp_path):
    refused("Give at least one density raster", [])
    soil = density(tmp_path, "soil", 2000, [[1]])
    (tmp_path / "x").mkdir()
    refused("are both the pool 'soil' of 2000", [soil, density(tmp_path / "x", "soil", 2000, [[1]])])
    refused("is the total of all pools already", [soil, density(tmp_path, "total", 2000, [[1]])])
    refused("is of the pool 'litter', which is not known. Pools are: above, below, soil, dead",
            [soil, density(tmp_path, "litter", 2000, [[1]])])  # fmt: skip
    refused("has no tag CARBON_POOL", [soil, density(tmp_path, None, 2000, [[1]])])
    refused("The year of '", [soil, density(tmp_path, "above", None, [[1]])])
    far = density(tmp_path, "soil", 2010, [[1]], transform=(1000.0, 0.0, 9e6, 0.0, -1000.0, 4e6))
    with pytest.raises(GridError, match="soil2010.tif' and '.*soil2000.tif' do not overlap: the first covers x 9e"):
        run([soil, far])


def table(*rows, header=("raster", "year", "pool")):
    return TextTable.from_rows("dates", header, rows)


def test_a_table_gives_years_and_pools(tmp_path):
    rasters = [("/d/a.tif", "a"), ("/d/b.tif", "b")]
    given = table(["a", 2000, "Above"], ["b.tif", 2010, ""])
    assert pools_by_raster(given, rasters) == {"/d/a.tif": "above"}
    assert years_by_raster(given, rasters) == {"/d/a.tif": 2000, "/d/b.tif": 2010}
    assert pools_by_raster(table(["a", 2000], header=("raster", "year")), rasters) == {}
    with pytest.raises(TableError, match="is of the pool 'soil' here and 'above' in another row"):
        pools_by_raster(table(["a", 1, "above"], ["a.tif", 1, "soil"]), rasters)
    bare = density(tmp_path, None, None, [[1]])
    assert with_pool(bare, "soil").pool == "soil" and with_pool(bare, None).pool is None
    assert list(pools_by_year([with_pool(bare, "soil")])) == [None]


@pytest.mark.parametrize("share", [0.0, 0.4, 0.8])
def test_cancel_leaves_nothing(tmp_path, share):
    values = np.random.default_rng(0).random((600, 500))
    densities = [density(tmp_path, "soil", year, values) for year in (2000, 2010, 2020)]
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(Cancelled):
        run(densities, {year: [str(out / "{}.tif".format(year))] for year in (2000, 2010, 2020)},
            progress=Cancelling(share), settings=EngineSettings(memory_mb=1, threads=2))  # fmt: skip
    assert list(out.iterdir()) == []


# figures and page


def seen(page):
    document = re.sub(r'src="data:[^"]*"', "", page.html())
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", document)))


def test_page_of_two_years(tmp_path):
    page = assemble_pools_page(run(two_years(tmp_path)))
    text = seen(page)
    assert "In 2010 the pools together hold 0.0166 Tg C on 2 km²: soil 66.3 %, above 20.5 %" in text
    assert "no uncertainty is computed" in text and "Change +8 × 10⁻⁴ Tg C" in text or "+0.0008" in text
    names = [name[:-4] for name in page.save_figures(dpi=40) if name.endswith(".png")]
    assert names == ["total-density", "pool-shares", "stock-by-year", "density-above", "density-below", "density-soil",
                     "density-dead"]  # fmt: skip


def test_page_with_a_negative_pool_has_no_pie(tmp_path):
    page = assemble_pools_page(run([density(tmp_path, "soil", 2000, [[-3, 1]])]))
    assert "so that there are no shares to draw" in seen(page)


def test_pies():
    figure = pool_pies(["2000", "2010", "none"], {"above": [1, None, 0], "soil": [99, 5, 0]})
    texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert {"99 %", "1.0 %", "100 %", "no stock", "100 Tg C", "5 Tg C"} <= set(texts)
    wedges = [len(axes.patches) for axes in figure.axes if axes.get_label().startswith("pie")]
    assert wedges == [2, 1, 1]
    with pytest.raises(InputError, match="pool 'soil' in '2000' is -1"):
        pool_pies(["2000"], {"soil": [-1]})
    with pytest.raises(InputError, match="1 values of 'soil' for 2 names"):
        pool_pies(["2000", "2010"], {"soil": [1]})
    assert not pool_pies(["2000"], {"soil": [0]}).axes[0].patches
    assert [share_text(share) for share in (0.5, 0.034, 0.0002)] == ["50 %", "3.4 %", "<0.1 %"]


def test_labels_of_thin_slices_keep_their_distance():
    for angles in ([95.0, 88.0, 80.0], [88.0, 80.0, -264.0], [10.0], [], [200.0, 20.0], [89.0, -269.0]):
        places = apart(angles)
        assert len(places) == len(angles)
        ordered = sorted(place % 360 for place in places)
        gaps = [(b - a) % 360 for a, b in zip(ordered, ordered[1:] + ordered[:1])]
        assert len(places) < 2 or min(gaps) >= 30 - 1e-9
    assert [place % 360 for place in apart([200.0, 20.0])] == [200.0, 20.0]


def test_picked_keeps_first_and_last():
    assert picked(3, 9) == [0, 1, 2]
    assert picked(21, 9)[0] == 0 and picked(21, 9)[-1] == 20 and len(picked(21, 9)) == 9
