"""carbon:compareestimates in QGIS: names, outputs, messages."""

import numpy as np
import pytest
import rasterio
from qgis.core import QgsProcessingException
from rasterio.transform import from_origin


@pytest.fixture
def raster(tmp_path):
    def make(name, values, unit="t C/ha"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        profile = dict(driver="GTiff", width=20, height=20, count=1, dtype="float32", crs="EPSG:32650",
                       transform=from_origin(500000, 4e6, 100, 100))  # fmt: skip
        with rasterio.open(path, "w", **profile) as made:
            made.write(values.astype("f4"), 1)
            made.set_band_unit(1, unit)
            made.set_band_description(1, "{} carbon".format(name.split("/")[0]))
        return str(path)

    return make


def test_table_report_and_difference_maps(run_algorithm, raster, tmp_path):
    rng = np.random.default_rng(1)
    truth = rng.uniform(10, 90, (20, 20))
    results = run_algorithm("compareestimates", {
        "ESTIMATES": [raster("one/DENSITY.tif", truth + 5), raster("two/DENSITY.tif", truth * 2),
                      raster("npp.tif", truth, "g C/m2/yr")],
        "REFERENCE": raster("truth.tif", truth), "LABEL": "held-out",
        "FOLDER": str(tmp_path / "out"), "TABLE": str(tmp_path / "t.csv"), "PAIRS": str(tmp_path / "p.csv"),
        "REPORT": str(tmp_path / "r.html"),
    })  # fmt: skip
    assert results["CELLS"] == 400 and results["BEST_R2"] == pytest.approx(1 - 25 / truth.var(), abs=1e-3)
    text = (tmp_path / "t.csv").read_text(encoding="utf-8")
    assert "one carbon" in text and "two carbon" in text and "pattern only" in text
    names = sorted(path.name for path in (tmp_path / "out").iterdir() if path.suffix == ".tif")
    assert names == ["difference_one_carbon.tif", "difference_two_carbon.tif"]
    assert (tmp_path / "out" / "difference_one_carbon.qml").exists()
    assert "held-out" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_a_reference_that_is_the_same_everywhere_has_no_r2(run_algorithm, raster, tmp_path, feedback):
    rng = np.random.default_rng(1)
    results = run_algorithm("compareestimates", {
        "ESTIMATES": [raster("one.tif", 90 + 20 * rng.random((20, 20)))], "TABLE": str(tmp_path / "t.csv"),
        "REFERENCE": raster("truth.tif", np.full((20, 20), 100.0)), "LABEL": "fit", "FOLDER": str(tmp_path / "out"),
        "REPORT": str(tmp_path / "r.html"), "FIGURES": str(tmp_path / "figures"),
    })  # fmt: skip
    assert results["CELLS"] == 400 and results.get("BEST_R2") is None
    assert "one: R2 -, RMSE" in feedback.text and (tmp_path / "r.html").stat().st_size > 1000
    assert (tmp_path / "out" / "difference_one.tif").exists()


def test_one_estimate_alone_is_refused(run_algorithm, raster):
    with pytest.raises(QgsProcessingException, match="at least two estimates"):
        run_algorithm("compareestimates", {"ESTIMATES": [raster("a.tif", np.ones((20, 20)))]})
