"""Dead organic matter: the derived share, given, tabled and fitted coefficients, refusals, the page."""

import html
import re

import numpy as np
import pytest
import rasterio
from rasterio.crs import CRS
from scipy.optimize import nnls

from carbon_qgis.core.dead_organic import dead_organic_matter
from carbon_qgis.core.dead_organic_coefficients import DERIVED, given_coefficients, read_coefficients
from carbon_qgis.core.dead_organic_fit import nonnegative_least_squares
from carbon_qgis.core.density_input import density_raster
from carbon_qgis.core.errors import Cancelled, InputError, RasterError, TableError
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.raster.polygons import PolygonLayer
from carbon_qgis.core.raster.settings import EngineSettings
from carbon_qgis.core.report.dead_organic_report import dead_organic_page
from carbon_qgis.core.text_tables import TextTable
from tests.core.helpers import UTM, Cancelling, box, make_raster, polygon_wkb, read_raster

KM = (1000.0, 0.0, 500_000.0, 0.0, -1000.0, 4_000_000.0)
POOLS = ("above", "below", "soil")


def density(folder, name, values, unit="t C/ha", **options):
    path = make_raster(folder / (name + ".tif"), np.asarray(values, dtype="float32"), transform=KM, nodata=-9999)
    return density_raster(path, unit, **options)


def classes(folder, values, dtype="uint8", nodata=255):
    return make_raster(folder / "classes.tif", np.asarray(values, dtype=dtype), transform=KM, nodata=nodata)


def run(folder, pools, **options):
    made = str(folder / "dead.tif")
    with OutputSet([pool.path for pool in pools.values()]) as outputs:
        return dead_organic_matter(pools, outputs, {"DEAD": made}, **options), made


def three(folder, above=((10.0, 20.0),), below=((5.0, 5.0),), soil=((100.0, 50.0),)):
    return {name: density(folder, name, values) for name, values in zip(POOLS, (above, below, soil))}


def test_the_derived_default_is_3_percent_of_the_total(tmp_path):
    result, made = run(tmp_path, three(tmp_path))
    np.testing.assert_allclose(read_raster(made), [[115 * 0.03 / 0.97, 75 * 0.03 / 0.97]], rtol=1e-6)
    assert result.share == pytest.approx(0.03, rel=1e-12) and result.source == "derived"
    assert result.stock == pytest.approx(190 * 100 * DERIVED) and result.area_km2 == 2
    assert result.mean_density == pytest.approx(95 * DERIVED)
    rows = {row["pool"]: row for row in result.pools.as_dicts()}
    assert rows["dead"]["share_percent"] == pytest.approx(3)
    assert rows["soil"]["dead_Tg_C"] == pytest.approx(0.015 * DERIVED)
    with rasterio.open(made) as dataset:
        assert dataset.units == ("t C/ha",) and dataset.tags()["CARBON_POOL"] == "dead"


def test_given_coefficients_and_units(tmp_path):
    pools = {"above": density(tmp_path, "a", [[1.0, 2.0]], "kg C/m2", year=2010),
             "below": density(tmp_path, "b", [[500, 500]], "t C/km2")}  # fmt: skip
    result, made = run(tmp_path, pools, coefficients={"above": 0.1, "below": 0.2, "soil": 0})
    np.testing.assert_allclose(read_raster(made), [[1 + 1, 2 + 1]], rtol=1e-6)
    assert result.source == "given" and result.year == 2010
    assert result.coefficients.as_dicts()[0]["above"] == 0.1
    assert sum(row["dead_Tg_C"] or 0 for row in result.pools.as_dicts()) == pytest.approx(result.stock / 1e6)


def table(*lines, header=("code", "above", "below", "soil", "name")):
    return read_coefficients(TextTable.from_rows("coefficients", header, lines))


def test_coefficients_by_class(tmp_path):
    pools = three(tmp_path, [[10, 10, 10, 10]], [[20, 20, 20, 20]], [[100, 100, 100, -9999]])
    landcover = classes(tmp_path, [[1, 2, 255, 1]])
    rows = [1, 0.1, 0, 0, "Forest"], [2, 0, 0.5, 0.01, "Grass"], [9, 1, 1, 1, "None"]
    result, made = run(tmp_path, pools, landcover=landcover, table=table(*rows))
    np.testing.assert_allclose(read_raster(made), [[1, 11, np.nan, np.nan]], rtol=1e-6)
    rows = result.coefficients.as_dicts()
    assert [(row["code"], row["class"], row["stock_Tg_C"]) for row in rows] == [
        (1, "Forest", pytest.approx(1e-4)), (2, "Grass", pytest.approx(11e-4))]  # fmt: skip
    assert result.source == "table" and any("1 cells have densities but no class" in n for n in result.notes)


@pytest.mark.parametrize("dtype", ["uint8", "int32"])
def test_classes_that_the_table_lacks_are_all_listed(tmp_path, dtype):
    landcover = classes(tmp_path, [[1, 7]], dtype, 255)
    with pytest.raises(TableError, match=r"coefficients does not list: 7 \(1 cell\). Add a row"):
        run(tmp_path, three(tmp_path), landcover=landcover, table=table([1, 0.1, 0, 0, ""]))
    assert not (tmp_path / "dead.tif").exists()


def fields(shape=(300, 260), seed=2):
    generator = np.random.default_rng(seed)
    above = generator.gamma(2, 30, shape)
    return [above, 0.2 * above + generator.gamma(2, 2, shape), generator.gamma(3, 40, shape)]


def test_a_fit_finds_the_coefficients_again(tmp_path):
    values = fields()
    truth = 0.12 * values[0] + 0.05 * values[1] + 0.004 * values[2]
    pools = dict(zip(POOLS, (density(tmp_path, name, each) for name, each in zip(POOLS, values))))
    reference = density(tmp_path, "truth", np.where(np.arange(260) < 200, truth, -9999))
    result, made = run(tmp_path, pools, reference=reference, settings=EngineSettings(memory_mb=1, threads=3))
    (row,) = result.coefficients.as_dicts()
    assert [row[name] for name in POOLS] == pytest.approx([0.12, 0.05, 0.004], rel=1e-4)
    np.testing.assert_allclose(read_raster(made), truth, rtol=1e-4)
    assert row["cells_fitted"] == 300 * 200 and result.source == "fitted"
    assert result.metrics.label == "fit" and result.metrics.r_squared > 0.99999 and result.metrics.n == 300 * 200


def test_a_fit_agrees_with_scipy_and_never_goes_below_0(tmp_path):
    values = fields((120, 100))
    generator = np.random.default_rng(8)
    truth = np.maximum(0.1 * values[0] - 0.05 * values[2] + 20 + generator.normal(0, 5, values[0].shape), 0)
    pools = dict(zip(POOLS, (density(tmp_path, name, each) for name, each in zip(POOLS, values))))
    result, _ = run(tmp_path, pools, reference=density(tmp_path, "truth", truth))
    columns = np.stack([each.astype("float32").ravel() for each in values], 1).astype(float)
    expected, _ = nnls(columns, truth.astype("float32").ravel().astype(float))
    found = [result.coefficients.as_dicts()[0][name] for name in POOLS]
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-9) and min(found) >= 0 and min(expected) == 0


def test_nonnegative_least_squares_against_scipy():
    generator = np.random.default_rng(0)
    for _ in range(200):
        columns, target = generator.normal(size=(30, 3)), generator.normal(size=30)
        found = nonnegative_least_squares(columns.T @ columns, columns.T @ target)
        assert found == pytest.approx(nnls(columns, target)[0], abs=1e-9)
    assert nonnegative_least_squares(np.zeros((2, 2)), np.zeros(2)).tolist() == [0, 0]
    column = np.arange(1.0, 9)
    twin = np.stack([column, 2 * column], 1)
    shared = nonnegative_least_squares(twin.T @ twin, twin.T @ (4 * column))
    assert twin @ shared == pytest.approx(4 * column) and (shared >= 0).all()


def test_a_fit_by_class_and_small_classes_take_the_fit_of_all(tmp_path):
    values = fields((60, 100))
    codes = np.where(np.arange(100) < 50, 1, 2) * np.ones((60, 1), int)
    codes[0, :5] = 3
    share = np.where(codes == 1, 0.2, 0.05)
    truth = share * values[0]
    pools = dict(zip(POOLS, (density(tmp_path, name, each) for name, each in zip(POOLS, values))))
    result, _ = run(tmp_path, pools, reference=density(tmp_path, "truth", truth), landcover=classes(tmp_path, codes))
    rows = {row["code"]: row for row in result.coefficients.as_dicts()}
    assert rows[1]["above"] == pytest.approx(0.2, rel=1e-4) and rows[2]["above"] == pytest.approx(0.05, rel=1e-4)
    assert 0.05 < rows[3]["above"] < 0.2 and rows[3]["cells_fitted"] is None
    assert any("fewer than 30 cells take the coefficients fitted to all cells: 3 (5)" in n for n in result.notes)
    assert result.source == "fitted by class"


@pytest.mark.parametrize("settings", [EngineSettings(memory_mb=1, threads=1), EngineSettings(memory_mb=1, threads=4)])
def test_blocks_and_threads_change_no_cell(tmp_path, settings):
    values = fields((600, 500))
    pools = dict(zip(POOLS, (density(tmp_path, name, each) for name, each in zip(POOLS, values))))
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    whole, first = run(tmp_path / "a", pools, settings=EngineSettings(threads=1))
    parts, second = run(tmp_path / "b", pools, settings=settings)
    assert read_raster(first).tobytes() == read_raster(second).tobytes()
    assert parts.stock == pytest.approx(whole.stock, rel=1e-12)


def test_mask_limits_the_cells(tmp_path):
    mask = PolygonLayer((polygon_wkb(box(500000, 3999000, 501000, 4000000)),), CRS.from_string(UTM).to_wkt())
    result, made = run(tmp_path, three(tmp_path), mask=mask)
    assert result.cells == 1 and np.isnan(read_raster(made)).tolist() == [[False, True]]


def test_suspicious_inputs_are_said(tmp_path):
    pools = three(tmp_path, soil=[[-5.0, 3000.0]])
    notes = " ".join(run(tmp_path, pools)[0].notes)
    assert "Pool 'soil' is negative in 1 cells" in notes and "above 2000" in notes


def refused(error, text, *arguments, **options):
    with pytest.raises(error) as caught:
        run(*arguments, **options)
    assert text in str(caught.value), str(caught.value)


def test_refusals(tmp_path):
    pools = three(tmp_path)
    two = {name: pools[name] for name in ("above", "below")}
    text = "no raster of the pool 'soil', whose coefficient is 0.03093 by default (0.03/0.97 of all three pools)"
    refused(InputError, text, tmp_path, two)
    refused(InputError, "must be 0 or more; got -0.1", tmp_path, pools, coefficients={"above": -0.1})
    refused(InputError, "none is given", tmp_path, {})
    refused(InputError, "'dead' is none of them", tmp_path, {"dead": pools["above"]})
    refused(InputError, "has no use without a table", tmp_path, pools, landcover="x.tif")
    refused(InputError, "give the land cover with these classes", tmp_path, pools, table=table([1, 1, 1, 1, ""]))
    refused(InputError, "Leave one of them empty", tmp_path, pools, landcover="x", table=table([1, 1, 1, 1, ""]),
            reference=pools["soil"])  # fmt: skip
    landcover = classes(tmp_path, [[1, 1]])
    refused(InputError, "gives the pool 'soil' the coefficient 1 in class 1", tmp_path, two, landcover=landcover,
            table=table([1, 0, 0, 1, ""]))  # fmt: skip
    years = {"above": density(tmp_path, "x", [[1, 2]], year=2000), "below": density(tmp_path, "y", [[1, 2]], year=2010)}
    refused(InputError, "different years (2000, 2010)", tmp_path, years, coefficients={"soil": 0})
    empty = density(tmp_path, "empty", [[-9999, -9999]])
    refused(RasterError, "No valid cell is left in all pools and the reference", tmp_path, pools, reference=empty)


def test_tables_are_checked():
    with pytest.raises(TableError, match="no column with coefficients. It needs at least one of above, below, soil"):
        table([1, 2], header=("code", "litter"))
    with pytest.raises(TableError, match="row 1, column 'above': '-1' is no coefficient"):
        table([1, -1], header=("code", "above"))
    with pytest.raises(TableError, match="code 1 is already in row 1"):
        table([1, 0.1], [1, 0.2], header=("code", "above"))
    found = table([4, 0.1], header=("lucode", "c_above"))
    assert found.coefficients == {4: (0.1, 0.0, 0.0)} and len(found.notes) == 2 and found.names == {4: "4"}
    assert given_coefficients(("above",), {"above": 0.2, "below": 0, "soil": 0}) == {"above": 0.2}


@pytest.mark.parametrize("share", [0.0, 0.3, 0.8])
def test_cancel_leaves_nothing(tmp_path, share):
    values = fields((600, 500))
    pools = dict(zip(POOLS, (density(tmp_path, name, each) for name, each in zip(POOLS, values))))
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(Cancelled):
        run(out, pools, reference=pools["above"], progress=Cancelling(share),
            settings=EngineSettings(memory_mb=1, threads=2))  # fmt: skip
    assert list(out.iterdir()) == []


def seen(page):
    document = re.sub(r'src="data:[^"]*"', "", page.html())
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", document)))


def test_page_says_where_the_coefficients_are_from(tmp_path):
    text = seen(dead_organic_page(run(tmp_path, three(tmp_path))[0]))
    assert "The paper states no coefficients" in text and "3.0% of the stock" in text
    fitted = seen(dead_organic_page(run(tmp_path, three(tmp_path), reference=density(tmp_path, "t", [[1, 2]]))[0]))
    assert "were fitted to the reference raster." in fitted and "these are figures of fit" in fitted
    assert "R2" in fitted
