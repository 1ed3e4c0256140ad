"""Elasticity and downscaling through QGIS: a run each, the refusals, and what the outputs say."""

import json

import numpy as np
import pytest
import rasterio
from qgis.core import QgsProcessingException

from tests.core.helpers import make_raster, read_raster

WGS84 = "EPSG:4326"


def fine_raster(folder, name, values, unit=""):
    return make_raster(folder / name, np.asarray(values, "float32"), crs=WGS84,
                       transform=(0.05, 0, 118.0, 0, -0.05, 34.0), units=(unit,))  # fmt: skip


def coarse_raster(folder, name, values, unit=""):
    return make_raster(folder / name, np.asarray(values, "float32"), crs=WGS84,
                       transform=(0.25, 0, 118.0, 0, -0.25, 34.0), units=(unit,))  # fmt: skip


def test_downscale_by_idw(tmp_path, run_algorithm, feedback):
    coarse = coarse_raster(tmp_path, "PRE_ssp126_2030.tif", [[100.0, 200.0], [300.0, 400.0]], "mm/yr")
    made = run_algorithm("downscale", {
        "COARSE": coarse, "REFERENCE": fine_raster(tmp_path, "r.tif", np.ones((10, 10))), "YEAR": 2030,
        "SCENARIO": "SSP126", "DRIVER": str(tmp_path / "PRE.tif"), "TABLE": str(tmp_path / "t.csv"),
        "REPORT": str(tmp_path / "r.html"),
    })  # fmt: skip
    values = read_raster(made["DRIVER"])
    assert values[2, 2] == 100.0 and values[7, 7] == 400.0 and values.shape == (10, 10)
    with rasterio.open(made["DRIVER"]) as dataset:
        assert dataset.descriptions == ("PRE",) and dataset.units == ("mm/yr",)
        tags = dataset.tags()
        assert tags["CARBON_YEAR"] == "2030" and tags["CARBON_SCENARIO"] == "SSP126"
    assert made["COARSE_MEAN"] == pytest.approx(250.0, rel=1e-3) and made["CELLS"] == 100
    assert made["DIFFERENCE"] == pytest.approx(made["FINE_MEAN"] - made["COARSE_MEAN"])
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "Inverse distance weighting" in page and "great-circle" in page
    record = json.loads((tmp_path / "PRE.tif.run.json").read_text("utf-8"))
    assert record["parameters"]["SCENARIO"] == "SSP126"
    assert "PRE: mean 250" in feedback.text


def test_downscale_by_a_change_on_a_baseline_takes_its_grid(tmp_path, run_algorithm):
    made = run_algorithm("downscale", {
        "COARSE": coarse_raster(tmp_path, "f.tif", np.full((2, 2), 18.0), "degC"), "METHOD": "delta",
        "COARSE_BASELINE": [coarse_raster(tmp_path, "b.tif", np.full((2, 2), 16.5), "degC")],
        "FINE_BASELINE": fine_raster(tmp_path, "fine.tif", np.full((10, 10), 14.0), "degC"),
        "DRIVER": str(tmp_path / "TEM.tif"), "REPORT": str(tmp_path / "r.html"),
    })  # fmt: skip
    assert np.unique(read_raster(made["DRIVER"])).tolist() == [15.5]
    assert "What was done to the fine baseline" in (tmp_path / "r.html").read_text("utf-8")


def test_downscale_says_what_a_method_needs(tmp_path, run_algorithm):
    coarse = coarse_raster(tmp_path, "c.tif", np.ones((2, 2)))
    with pytest.raises(QgsProcessingException, match=r"Reference raster \(REFERENCE\) is empty: its grid"):
        run_algorithm("downscale", {"COARSE": coarse, "DRIVER": str(tmp_path / "o.tif")})
    with pytest.raises(QgsProcessingException, match=r"Coarse baseline \(COARSE_BASELINE\) is empty: the method"):
        run_algorithm("downscale", {"COARSE": coarse, "METHOD": "delta", "DRIVER": str(tmp_path / "o.tif")})
