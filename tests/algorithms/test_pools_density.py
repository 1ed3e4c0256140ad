"""deadorganicmatter and assemblepools as a user meets them."""

import json
import os

import numpy as np
import pytest
import rasterio
from affine import Affine
from qgis.core import QgsApplication, QgsProcessingException, QgsRasterLayer

from tests.algorithms.workshop import table_rows

KM = Affine(1000, 0, 500000, 0, -1000, 4000000)


@pytest.fixture
def raster(tmp_path):
    """Writes a raster of 1 km cells and returns its path."""

    def write(name, values, unit="t C/ha", pool=None, year=None, dtype="float32", nodata=None):
        path = str(tmp_path / name)
        values = np.atleast_2d(np.asarray(values, dtype=dtype))
        profile = {"driver": "GTiff", "height": values.shape[0], "width": values.shape[1], "count": 1, "dtype": dtype}
        with rasterio.open(path, "w", crs="EPSG:32650", transform=KM, nodata=nodata, **profile) as dataset:
            dataset.write(values, 1)
            dataset.set_band_unit(1, unit)
            tags = {"CARBON_POOL": pool, "CARBON_YEAR": year}
            dataset.update_tags(**{name: str(value) for name, value in tags.items() if value is not None})
        return path

    return write


def read(path):
    with rasterio.open(path) as dataset:
        return dataset.read(1, masked=True).astype(float).filled(np.nan)


@pytest.fixture
def pools(raster):
    """Parameters of three pools."""
    return {"ABOVE": raster("a.tif", [[10, 20]], year=2010), "BELOW": raster("b.tif", [[5, 5]], year=2010),
            "SOIL": raster("s.tif", [[10, 5]], "kg C/m2", year=2010)}  # fmt: skip


def test_dead_organic_matter_by_default_is_3_percent(run_algorithm, pools, tmp_path):
    made = {name: str(tmp_path / name) for name in ("dead.tif", "t.csv", "p.csv", "r.html")}
    found = run_algorithm("deadorganicmatter", {
        **pools, "DEAD": made["dead.tif"], "TABLE": made["t.csv"], "POOL_TABLE": made["p.csv"],
        "REPORT": made["r.html"]})  # fmt: skip
    assert found["SHARE_PERCENT"] == pytest.approx(3) and found["DEAD_TG"] == pytest.approx(190e-4 * 0.03 / 0.97)
    np.testing.assert_allclose(read(made["dead.tif"]), [[115 * 0.03 / 0.97, 75 * 0.03 / 0.97]], rtol=1e-6)
    with rasterio.open(made["dead.tif"]) as dataset:
        tags = dataset.tags()
        assert (tags["CARBON_POOL"], tags["CARBON_YEAR"], dataset.units) == ("dead", "2010", ("t C/ha",))
    assert [row["pool"] for row in table_rows(made["p.csv"])] == ["above", "below", "soil", "dead"]
    assert float(table_rows(made["t.csv"])[0]["soil"]) == pytest.approx(0.03 / 0.97)
    assert "The paper states no coefficients" in open(made["r.html"], encoding="utf-8").read()


def test_dead_organic_matter_by_class_and_fitted(run_algorithm, refusal, raster, pools, tmp_path):
    landcover = raster("lc.tif", [[1, 2]], "", dtype="uint8")
    table = tmp_path / "c.csv"
    table.write_text("lucode;above;soil\n1;0,1;0\n2;0;0,01\n", encoding="utf-8")
    dead = str(tmp_path / "dead.tif")
    run_algorithm("deadorganicmatter", {**pools, "LANDCOVER": landcover, "COEFFICIENTS": str(table), "DEAD": dead})
    np.testing.assert_allclose(read(dead), [[1.0, 0.5]], rtol=1e-6)
    reference = raster("ref.tif", [[1.0, 2.0]])
    run_algorithm("deadorganicmatter", {**pools, "REFERENCE": reference, "DEAD": dead})
    np.testing.assert_allclose(read(dead), [[1.0, 2.0]], rtol=1e-5)
    with open(dead + ".run.json", encoding="utf-8") as stream:
        assert '"label": "fit"' in json.dumps(json.load(stream))
    both = refusal("deadorganicmatter", **pools, LANDCOVER=landcover, COEFFICIENTS=str(table), REFERENCE=reference,
                   DEAD=dead)  # fmt: skip
    assert "Leave one of them empty" in both
    table.write_text("lucode,above\n1,0.1\n", encoding="utf-8")
    missing = refusal("deadorganicmatter", **pools, LANDCOVER=landcover, COEFFICIENTS=str(table), DEAD=dead)
    assert "'lc.tif' has class codes that c.csv does not list: 2 (1 cell). Add a row for each." in missing


def test_dead_organic_matter_refusals(refusal, pools):
    out = {"DEAD": "TEMPORARY_OUTPUT"}
    assert "at least one pool: ABOVE, BELOW, SOIL" in refusal("deadorganicmatter", **out)
    two = {name: pools[name] for name in ("ABOVE", "BELOW")}
    assert "no raster of the pool 'soil'" in refusal("deadorganicmatter", **two, **out)
    assert "without a table" in refusal("deadorganicmatter", **pools, LANDCOVER=pools["SOIL"], **out)


def test_dead_organic_matter_leaves_a_pool_out(run_algorithm, pools):
    given = {"ABOVE": pools["ABOVE"], "COEFFICIENT_ABOVE": 0.1, "COEFFICIENT_BELOW": 0, "COEFFICIENT_SOIL": 0}
    found = run_algorithm("deadorganicmatter", {**given, "DEAD": "TEMPORARY_OUTPUT"})
    assert found["MEAN_DENSITY"] == pytest.approx(1.5)


@pytest.fixture
def two_years(raster):
    """Soil and above ground in 2000 and 2010; the file names lie about the years."""
    return [raster("above_1900.tif", [[12, 22]], pool="above", year=2010),
            raster("soil_2050.tif", [[5, 6]], "kg C/m2", pool="soil", year=2000),
            raster("x.tif", [[10, 20]], pool="above", year=2000),
            raster("y.tif", [[5000, 6000]], "t C/km2", pool="soil", year=2010)]  # fmt: skip


def test_assemble_pools_writes_everything(run_algorithm, two_years, tmp_path, feedback):
    made = {name: str(tmp_path / name) for name in ("last.tif", "first.tif", "t.csv", "r.html", "totals", "figures")}
    found = run_algorithm("assemblepools", {
        "DENSITIES": two_years, "TOTAL": made["last.tif"], "TOTAL_FIRST": made["first.tif"], "FOLDER": made["totals"],
        "TABLE": made["t.csv"], "REPORT": made["r.html"], "FIGURES": made["figures"]})  # fmt: skip
    assert found["TOTAL_TG"] == pytest.approx(144e-4) and found["CHANGE_TG"] == pytest.approx(4e-4)
    assert found["MEAN_DENSITY"] == pytest.approx(72) and found["FOLDER"] == made["totals"]
    np.testing.assert_allclose(read(made["first.tif"]), [[60, 80]])
    np.testing.assert_allclose(read(made["last.tif"]), [[62, 82]])
    kinds = ("tif", "qml", "tif.run.json")
    names = {"total_density_{}.{}".format(year, kind) for year in (2000, 2010) for kind in kinds}
    assert set(os.listdir(made["totals"])) == names
    for year, values in ((2000, [[60, 80]]), (2010, [[62, 82]])):
        path = os.path.join(made["totals"], "total_density_{}.tif".format(year))
        np.testing.assert_allclose(read(path), values)
        assert rasterio.open(path).tags()["CARBON_YEAR"] == str(year)
    table = table_rows(made["t.csv"])
    assert [(row["year"], row["pool"]) for row in table] == [
        (year, pool) for year in ("2000", "2010") for pool in ("above", "soil", "total")]  # fmt: skip
    assert "pool-shares.png" in os.listdir(made["figures"]) and os.path.exists(made["r.html"])
    assert "2000: there is no raster of 'below' and 'dead'" in feedback.text
    layer = QgsRasterLayer(made["last.tif"])
    layer.loadDefaultStyle()
    assert layer.renderer().type() == "singlebandpseudocolor"


def test_assembled_pools_go_on_to_car(run_algorithm, two_years, tmp_path):
    totals = [str(tmp_path / name) for name in ("last.tif", "first.tif")]
    run_algorithm("assemblepools", {"DENSITIES": two_years, "TOTAL": totals[0], "TOTAL_FIRST": totals[1]})
    found = run_algorithm("carbonaccumulation", {"DENSITIES": totals, "RATE": "TEMPORARY_OUTPUT"})
    assert found["MEAN_RATE"] == pytest.approx(20.0)


def test_assemble_pools_with_a_table(run_algorithm, refusal, raster, tmp_path):
    paths = [raster("a.tif", [[1, 1]]), raster("b.tif", [[2, 2]])]
    assert "has no tag CARBON_POOL" in refusal("assemblepools", DENSITIES=paths)
    table = tmp_path / "dates.csv"
    table.write_text("raster,year,pool\nb,2010,soil\na.tif,2010,above\n", encoding="utf-8")
    out = str(tmp_path / "t.csv")
    run_algorithm("assemblepools", {"DENSITIES": paths, "DATES": str(table), "TABLE": out})
    assert [(row["year"], row["pool"]) for row in table_rows(out)][:2] == [("2010", "above"), ("2010", "soil")]
    table.write_text("raster,year,pool\nb,2010,soil\na.tif,2010,soil\n", encoding="utf-8")
    assert "are both the pool 'soil' of 2010" in refusal("assemblepools", DENSITIES=paths, DATES=str(table))


def test_assemble_pools_of_one_year_has_no_first(run_algorithm, raster, tmp_path, feedback):
    first = str(tmp_path / "first.tif")
    found = run_algorithm("assemblepools", {
        "DENSITIES": [raster("a.tif", [[1, 1]], pool="soil", year=2010)], "TOTAL": "TEMPORARY_OUTPUT",
        "TOTAL_FIRST": first})  # fmt: skip
    assert "TOTAL_FIRST" not in found and "CHANGE_TG" not in found and not os.path.exists(first)
    assert "There is one year only" in feedback.text


def test_assemble_pools_passes_over_empty_entries_of_a_model(two_years, context, feedback):
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("carbon:assemblepools")
    found, fine = algorithm.run({"DENSITIES": [two_years[0], None, ""]}, context, feedback, {}, False)
    assert fine and found["TOTAL_TG"] == pytest.approx(34e-4)


def test_assemble_pools_cancelled_leaves_nothing(run_algorithm, raster, make_feedback, tmp_path):
    big = np.random.default_rng(0).random((1200, 1200))
    paths = [raster("{}.tif".format(year), big, pool="soil", year=year) for year in (2000, 2010)]
    folder = tmp_path / "totals"
    given = {"DENSITIES": paths, "FOLDER": str(folder)}
    with pytest.raises(QgsProcessingException, match="Cancelled"):
        run_algorithm("assemblepools", given, feedback=make_feedback(cancel_at=30))
    assert not folder.exists()
