"""Several estimates on common ground: metrics against numpy, fluxes, nodata, grids, refusals."""

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from carbon_qgis.core.compare_estimates import BY_RESIDENCE, PATTERN, STOCK, compare_estimates, read_estimate
from carbon_qgis.core.errors import Cancelled, InputError, UnitError
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.raster.settings import EngineSettings
from carbon_qgis.core.report.compare_report import compare_page

SIDE = 40


@pytest.fixture
def raster(tmp_path):
    def make(name, values, unit="t C/ha", cell=100.0, **tags):
        path = str(tmp_path / (name + ".tif"))
        values = np.asarray(values, dtype="f4")
        profile = dict(driver="GTiff", width=values.shape[1], height=values.shape[0], count=1, dtype="float32",
                       nodata=-9999, crs="EPSG:32650", transform=from_origin(500000, 4e6, cell, cell))  # fmt: skip
        with rasterio.open(path, "w", **profile) as made:
            made.write(np.nan_to_num(values, nan=-9999), 1)
            made.set_band_unit(1, unit)
            made.update_tags(**{key.upper(): value for key, value in tags.items()})
        return path

    return make


def fields(seed=0):
    rng = np.random.default_rng(seed)
    truth = rng.gamma(3.0, 20.0, (SIDE, SIDE))
    return truth, truth * 1.1 + rng.normal(0, 5, truth.shape), 0.5 * truth + 20 + rng.normal(0, 15, truth.shape)


def compare(estimates, reference, folder, files=None, label="held-out", **options):
    with OutputSet([]) as outputs:
        return compare_estimates(estimates, reference, outputs, files or {}, label, **options)


def test_the_metrics_are_those_of_numpy(raster, tmp_path):
    truth, good, poor = (field.astype("f4").astype(float) for field in fields())
    paths = {"truth": raster("truth", truth), "poor": raster("poor", poor)}
    paths["good"] = raster("good", good / 10, "kg C/m2")
    estimates = [read_estimate(paths[name], name) for name in ("good", "poor")]
    target = str(tmp_path / "difference.tif")
    result = compare(estimates, read_estimate(paths["truth"], "truth"), tmp_path, {"poor": target})
    m, row = result.metrics["poor"], {row["estimate"]: row for row in result.table.as_dicts()}
    error = poor - truth
    assert m.r_squared == pytest.approx(1 - (error**2).sum() / ((truth - truth.mean()) ** 2).sum(), rel=1e-9)
    assert m.rmse == pytest.approx(np.sqrt((error**2).mean())) and m.bias == pytest.approx(error.mean())
    assert result.correlation["truth", "poor"] == pytest.approx(np.corrcoef(truth.ravel(), poor.ravel())[0, 1])
    assert row["poor"]["MAE_t_C_cell"] == pytest.approx(np.abs(error).mean())  # a cell is 1 ha
    assert row["good"]["total_Tg_C"] == pytest.approx(good.sum() / 1e6, rel=1e-6)
    assert row["good"]["total_bias_percent"] == pytest.approx(100 * (good.sum() / truth.sum() - 1), rel=1e-4)
    assert row["truth"]["label"] == "reference" and row["good"]["label"] == "held-out"
    assert row["good"]["R2"] > row["poor"]["R2"] and row["poor"]["kind"] == STOCK
    with rasterio.open(target) as made:
        np.testing.assert_allclose(made.read(1), error, atol=1e-4)
        assert made.units == ("t C/ha",)
    pair = {(p["first"], p["second"]): p for p in result.pairs.as_dicts()}["good", "poor"]
    assert pair["RMSD_t_C_ha"] == pytest.approx(np.sqrt(((poor - good) ** 2).mean()), rel=1e-5)


def test_all_are_judged_on_the_same_cells(raster, tmp_path):
    truth, good, poor = fields()
    good[0, :10], poor[5, 5], truth[9, 9] = np.nan, np.nan, np.nan
    estimates = [read_estimate(raster("good", good), "good"), read_estimate(raster("poor", poor), "poor")]
    result = compare(estimates, read_estimate(raster("truth", truth), "truth"), tmp_path)
    assert result.cells == SIDE * SIDE - 12
    assert {m.n for m in result.metrics.values()} == {SIDE * SIDE - 12}
    assert any("2 cells of 'good'" in note for note in result.notes)


def test_blocks_and_threads_change_nothing(raster, tmp_path):
    truth, good, _ = (np.tile(field, (9, 14)) for field in fields())
    one, two = read_estimate(raster("good", good), "good"), read_estimate(raster("truth", truth), "truth")
    first = compare([one], two, tmp_path, settings=EngineSettings(threads=1))
    second = compare([one], two, tmp_path, settings=EngineSettings(memory_mb=1, threads=3))
    assert first.metrics["good"].rmse == pytest.approx(second.metrics["good"].rmse, rel=1e-12)
    np.testing.assert_array_equal(first.scatters["good"], second.scatters["good"])


def test_a_flux_is_a_pattern_or_is_given_a_residence_time(raster, tmp_path):
    truth, good, _ = fields()
    npp = raster("npp", good * 10, "g C/m2/yr")
    reference = read_estimate(raster("truth", truth), "truth")
    pattern = read_estimate(npp, "CASA")
    assert pattern.kind == PATTERN
    result = compare([pattern], reference, tmp_path)
    (row,) = [row for row in result.table.as_dicts() if row["estimate"] == "CASA"]
    assert result.metrics["CASA"] is None and row["r"] > 0.9 and row["RMSE_t_C_ha"] is row["total_Tg_C"] is None
    assert any("only its pattern" in note for note in result.notes)
    timed = read_estimate(npp, "CASA", residence_years=10)
    result = compare([timed], reference, tmp_path)
    assert timed.kind == BY_RESIDENCE
    assert result.metrics["CASA"].bias == pytest.approx(float(np.mean(good - truth)), abs=1e-3)
    assert any("residence time of 10 years" in note for note in result.notes)
    html = compare_page(result).html()
    assert "10 years" in html and "held-out" in html


def test_without_a_reference_the_first_one_is_it(raster, tmp_path):
    truth, good, poor = fields()
    three = [read_estimate(raster(n, f), n) for n, f in (("a", truth), ("b", good), ("c", poor))]
    result = compare(three, None, tmp_path, label="fit")
    assert result.reference.name == "a" and sorted(result.metrics) == ["b", "c"]
    assert any("compared with the first, 'a'" in note for note in result.notes)
    assert len(result.pairs.rows) == 3


def test_the_coarsest_grid_is_the_common_one(raster, tmp_path):
    truth, good, _ = fields()
    coarse = truth.reshape(20, 2, 20, 2).mean(axis=(1, 3))
    result = compare([read_estimate(raster("good", good), "good")],
                     read_estimate(raster("coarse", coarse, cell=200.0), "coarse"), tmp_path)  # fmt: skip
    assert result.cells == 400
    mean = good.reshape(20, 2, 20, 2).mean(axis=(1, 3))
    assert result.metrics["good"].bias == pytest.approx(float((mean - coarse).mean()), abs=1e-3)


def test_years_and_pools_that_differ_are_said(raster, tmp_path):
    truth, good, _ = fields()
    one = read_estimate(raster("a", truth, carbon_year="2010", carbon_pool="soil"), "a")
    two = read_estimate(raster("b", good, carbon_year="2020", carbon_pool="above"), "b")
    notes = " ".join(compare([two], one, tmp_path).notes)
    assert "different years (2010, 2020)" in notes and "different pools (above, soil)" in notes


def test_refusals(raster, tmp_path):
    truth, good, _ = fields()
    a, b = read_estimate(raster("a", truth), "a"), read_estimate(raster("b", good), "b")
    flux = read_estimate(raster("f", good, "g C/m2/yr"), "f")
    for estimates, reference, message in (
        ([a], None, "at least two estimates"),
        ([a, read_estimate(b.path, "a")], None, "Two rasters are named 'a'"),
        ([a], read_estimate(a.path, "x"), "is given twice"),
        ([a], flux, "The reference 'f' is a flux"),
        ([], a, "at least one estimate"),
    ):
        with pytest.raises(InputError, match=message):
            compare(estimates, reference, tmp_path)
    with pytest.raises(InputError, match="it has no difference from a stock"):
        compare([flux], a, tmp_path, {"f": str(tmp_path / "d.tif")})
    with pytest.raises(UnitError, match="neither a carbon density .* nor a flux"):
        read_estimate(raster("bad", truth, "trees"), "bad")
    with pytest.raises(InputError, match="above 0 years"):
        read_estimate(flux.path, "f", residence_years=-1)
    with pytest.raises(InputError, match="label|fit"):
        compare([b], a, tmp_path, label="good")


def test_cancel(raster, tmp_path):
    truth, good, _ = fields()

    class Stop:
        def update(self, fraction, message=None):
            pass

        def cancelled(self):
            return True

    target = tmp_path / "d.tif"
    target.write_bytes(b"old")
    with pytest.raises(Cancelled):
        compare([read_estimate(raster("b", good), "b")], read_estimate(raster("a", truth), "a"), tmp_path,
                {"b": str(target)}, progress=Stop())  # fmt: skip
    assert target.read_bytes() == b"old"
