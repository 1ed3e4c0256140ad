"""casanpp as a user meets it."""

import json
import os

import numpy as np
import pytest
import rasterio
from qgis.core import QgsProcessingException, QgsRasterLayer

from tests.algorithms.workshop import table_rows
from tests.core.casa_rasters import Casa, dates, example, read, season, write

TABLE = "code,name,eps_max,ndvi_low,ndvi_high,sr_low,sr_high\n1,Grass,0.542,0.023,0.634,1.05,4.46\n"


class Desk(Casa):
    """Inputs by the names of the parameters, and runs as a user."""

    def given(self, arrays, codes, names=(), table=TABLE, **more):
        """Parameters of a run."""
        paths = self.rasters(arrays, names)
        found = {name.upper(): paths[name] for name in paths}
        (self.folder / "classes.csv").write_text(table, encoding="utf-8")
        found.update(VEGETATION=self.vegetation(codes), PARAMETERS=str(self.folder / "classes.csv"))
        return {**found, **more}

    def path(self, name):
        """Path of an output."""
        (self.folder / "out").mkdir(exist_ok=True)
        return str(self.folder / "out" / name)


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


@pytest.fixture
def refusal(run_algorithm, desk):
    """The message with which it refuses; nothing is written."""

    def run(parameters):
        parameters = {**parameters, "NPP": desk.path("npp.tif")}
        with pytest.raises(QgsProcessingException) as caught:
            run_algorithm("casanpp", parameters)
        assert os.listdir(desk.folder / "out") == []
        return str(caught.value)

    return run


def test_the_example_and_everything_that_is_written(run_algorithm, desk):
    made = {"NPP": "npp.tif", "NPP_MONTHLY": "months.tif", "APAR": "apar.tif", "EPSILON": "eps.tif", "NEP": "nep.tif",
            "WATER_STRESS": "w.tif", "NEP_MONTHLY": "nep_months.tif", "TOTALS": "totals.csv", "MONTHLY_TABLE": "m.csv",
            "CLASSES_TABLE": "classes.csv", "PARAMETERS_USED": "used.csv", "REPORT": "report.html"}  # fmt: skip
    made = {name: desk.path(file) for name, file in made.items()}
    found = run_algorithm("casanpp", {**desk.given(example(), [[1, 1]], dates(2010)), **made})
    assert read(made["NPP_MONTHLY"])[6, 0, 0] == pytest.approx(80.0711, abs=5e-5)
    annual = read(made["NPP"])[0, 0, 0]
    assert found["NPP_MEAN"] == pytest.approx(annual) and found["NPP_TG"] == pytest.approx(2e-6 * annual)
    assert found["NEP_TG"] == pytest.approx(2e-6 * read(made["NEP"])[0, 0, 0])
    assert float(table_rows(made["MONTHLY_TABLE"])[6]["NPP_g_C_m2_month"]) == pytest.approx(80.0711, abs=5e-5)
    (row,) = table_rows(made["CLASSES_TABLE"])
    assert (row["year"], row["class"], row["cells"]) == ("2010", "Grass", "2")
    assert table_rows(made["PARAMETERS_USED"])[0]["eps_max_g_C_MJ"] == "0.542"
    assert table_rows(made["TOTALS"])[0]["year"] == "2010"
    with open(made["REPORT"], encoding="utf-8") as stream:
        page = stream.read()
    assert "In 2010 the vegetation of 2 km² takes up" in page and "carbon:casanpp" in page
    with open(made["NPP"] + ".run.json", encoding="utf-8") as stream:
        record = json.load(stream)
    assert record["algorithm"] == "carbon:casanpp" and len(record["inputs"]) == 6
    layer = QgsRasterLayer(made["NPP"])
    layer.loadDefaultStyle()
    assert layer.renderer().type() == "singlebandpseudocolor"


def test_defaults_make_npp_and_no_nep(run_algorithm, desk):
    given = desk.given(season(), np.ones((3, 4)))
    found = run_algorithm("casanpp", {**given, "NPP": "TEMPORARY_OUTPUT"})
    assert found["NPP_MEAN"] > 0 and "NEP_TG" not in found and "NEP" not in found


def test_the_shipped_table_and_the_original_constant(run_algorithm, desk, feedback):
    given = desk.given(season(), np.full((3, 4), 10))
    given["PARAMETERS"] = None
    usual = run_algorithm("casanpp", {**given, "NPP": "TEMPORARY_OUTPUT"})["NPP_MEAN"]
    assert any("10 Grassland" in warning for warning in feedback.warnings)
    original = run_algorithm("casanpp", {**given, "CONSTANT": "original", "NPP": "TEMPORARY_OUTPUT"})["NPP_MEAN"]
    assert original / usual == pytest.approx(1.1814 / 1.184, rel=1e-9)


def test_units_are_chosen_by_words(run_algorithm, desk):
    arrays = season()
    usual = run_algorithm("casanpp", {**desk.given(arrays, np.ones((3, 4))), "NPP": "TEMPORARY_OUTPUT"})["NPP_MEAN"]
    stored = dict(arrays, temperature=arrays["temperature"] + 273.15, precipitation=arrays["precipitation"] * 10)
    stored["NDVI"] = np.rint(arrays["NDVI"] * 1e4).astype(np.int16)
    given = desk.given(stored, np.ones((3, 4)), NDVI_SCALE=0.0001, TEMPERATURE_UNIT="kelvin")
    found = run_algorithm("casanpp", {**given, "PRECIPITATION_UNIT": "mm_tenths_month", "NPP": "TEMPORARY_OUTPUT"})
    assert found["NPP_MEAN"] == pytest.approx(usual, rel=1e-3)


def test_two_runs_are_chained_by_the_water_stress(run_algorithm, desk):
    arrays = season(years=2)
    parts = [{name: values[part] for name, values in arrays.items()} for part in (slice(0, 12), slice(12, 24))]
    first, both = desk.path("w.tif"), desk.path("both.tif")
    run_algorithm("casanpp", {**desk.given(parts[0], np.ones((3, 4)), dates(2010)), "WATER_STRESS": first})
    given = desk.given(parts[1], np.ones((3, 4)), dates(2011), PREVIOUS_WATER_STRESS=first)
    run_algorithm("casanpp", {**given, "NPP": desk.path("second.tif")})
    run_algorithm("casanpp", {**desk.given(arrays, np.ones((3, 4)), dates(2010, 2011)), "NPP": both})
    np.testing.assert_allclose(read(both)[1], read(desk.path("second.tif"))[0], rtol=1e-6)
    with rasterio.open(both) as dataset:
        assert dataset.descriptions == ("NPP 2010", "NPP 2011")


def test_refusals_name_the_parameter(refusal, desk):
    ones = np.ones((3, 4))
    arrays = season()
    scaled = dict(arrays, NDVI=np.rint(arrays["NDVI"] * 1e4).astype(np.int16))
    assert "set the NDVI scale (NDVI_SCALE) to 0.0001" in refusal(desk.given(scaled, ones))
    warm = dict(arrays, temperature=arrays["temperature"] + np.float32(273.15))
    assert "set TEMPERATURE_UNIT to 'kelvin'" in refusal(desk.given(warm, ones))
    assert "does not list: 8 (12 cells)" in refusal(desk.given(arrays, 8 * ones))
    assert "2 bands are of 2010-01" in refusal(desk.given(arrays, ones, dates(2010)[:11] + ["2010-01"]))
    assert "(LOW_PERCENTILE) is not below" in refusal(desk.given(arrays, ones, LOW_PERCENTILE=96))
    assert "(NDVI_SCALE) must be above 0" in refusal(desk.given(arrays, ones, NDVI_SCALE=0))
    assert "has no column 'eps_max'" in refusal(desk.given(arrays, ones, table="code,eps\n1,0.5\n"))
    given = desk.given(arrays, ones)
    assert "is given as NDVI and as radiation" in refusal({**given, "RADIATION": given["NDVI"]})
    stress = write(desk.folder / "w.tif", np.full((3, 4), 7, np.float32))
    assert "it lies between 0.5 and 1" in refusal(desk.given(arrays, ones, PREVIOUS_WATER_STRESS=stress))


def test_cancel_leaves_nothing(run_algorithm, desk, make_feedback):
    given = {**desk.given(season((300, 300)), np.ones((300, 300))), "NPP": desk.path("npp.tif")}
    with pytest.raises(QgsProcessingException, match="Cancelled"):
        run_algorithm("casanpp", given, feedback=make_feedback(cancel_at=10.0))
    assert os.listdir(desk.folder / "out") == []
