"""Elasticity and downscaling through QGIS: a run each, the refusals, and what the outputs say."""

import json

import numpy as np
import pytest
import rasterio
from qgis.core import QgsProcessingException

from tests.core.elasticity_region import KM, write_region
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


@pytest.fixture(scope="module")
def region(tmp_path_factory):
    """Drivers, runs and tables of a region with known elasticities."""
    folder = tmp_path_factory.mktemp("region")
    write_region(folder)
    return folder


def test_elasticity_of_an_ensemble(region, tmp_path, run_algorithm, feedback):
    made = run_algorithm("elasticity", {
        "TOTALS": str(region / "totals.csv"), "DRIVER_TABLE": str(region / "drivers.csv"),
        "ENSEMBLE": str(region / "runs"), "METHOD": "log", "MAPS": str(tmp_path / "maps"), "REASONS": True,
        "TABLE": str(tmp_path / "t.csv"), "CELLS_TABLE": str(tmp_path / "c.csv"), "REPORT": str(tmp_path / "r.html"),
    })  # fmt: skip
    assert made["FOUND"] == 7 and made["WITHOUT"] == 1
    assert "PVS AGPP 2030: +0.25 (log)" in feedback.text
    assert "CDS TEM 2045: none, the driver changes too little" in feedback.text
    np.testing.assert_allclose(read_raster(tmp_path / "maps" / "elasticity_AGPP_AGPP_2045.tif")[1:], 0.25, rtol=1e-4)
    assert len(list((tmp_path / "maps").glob("*.tif"))) == 16 and len(list((tmp_path / "maps").glob("*.qml"))) == 16
    assert (tmp_path / "maps" / "reason_climate_TEM_2045.tif.run.json").exists()
    header, first = (tmp_path / "t.csv").read_text("utf-8").splitlines()[:2]
    assert header.startswith("set,group,variable,unit,year") and first.startswith('"CDS","climate","PRE","mm/yr",2030')
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "Elasticity of the cells" in page and "TEM 2045" in page and "move together" in page


def test_elasticity_without_rasters_and_for_other_pathways(region, tmp_path, run_algorithm):
    made = run_algorithm("elasticity", {
        "TOTALS": str(region / "totals.csv"), "DRIVER_TABLE": str(region / "drivers.csv"), "YEARS": "2030",
        "BASE": "SSP245", "OTHER": "SSP585", "COMMON": "SSP126", "METHOD": "log", "REPORT": str(tmp_path / "r.html"),
        "TABLE": str(tmp_path / "t.csv"),
    })  # fmt: skip
    assert made["FOUND"] == 4 and "ELASTICITY" not in made
    line = next(line for line in (tmp_path / "t.csv").read_text("utf-8").splitlines() if '"AGPP"' in line)
    assert "C1A2P1" in line and float(line.split(",")[18]) == pytest.approx(0.25, rel=1e-4)


def test_elasticity_of_a_pair(tmp_path, run_algorithm):
    def raster(name, value, unit):
        return make_raster(tmp_path / name, np.full((3, 3), value, "float32"), transform=KM, units=(unit,))

    made = run_algorithm("elasticity", {
        "DENSITY_BASE": raster("c0.tif", 117.0, "t C/ha"), "DENSITY_OTHER": raster("c1.tif", 101.0, "t C/ha"),
        "DRIVER_BASE": raster("x0.tif", 17.5, ""), "DRIVER_OTHER": raster("x1.tif", 18.19, ""), "DRIVER_UNIT": "degC",
        "ELASTICITY": str(tmp_path / "e.tif"), "REASON": str(tmp_path / "why.tif"), "REPORT": str(tmp_path / "r.html"),
    })  # fmt: skip
    assert made["FIRST"] == pytest.approx(-19.8, abs=0.05)
    np.testing.assert_allclose(read_raster(made["ELASTICITY"]), made["FIRST"], rtol=1e-5)
    with rasterio.open(made["ELASTICITY"]) as dataset:
        assert dataset.units == ("%/degC",)
    assert np.unique(read_raster(made["REASON"])).tolist() == [0]


def test_elasticity_wants_one_kind_of_input_and_all_of_it(region, tmp_path, run_algorithm):
    totals, drivers = {"TOTALS": str(region / "totals.csv")}, {"DRIVER_TABLE": str(region / "drivers.csv")}
    density = {"DENSITY_BASE": str(region / "runs" / "C1A2P2_2030.tif")}
    with pytest.raises(QgsProcessingException, match="Give either an ensemble or a pair of rasters"):
        run_algorithm("elasticity", {**totals, **density})
    with pytest.raises(QgsProcessingException, match=r"driver table \(DRIVER_TABLE\) missing. Give the totals"):
        run_algorithm("elasticity", totals)
    with pytest.raises(QgsProcessingException, match=r"\(DENSITY_OTHER\), .*\(DRIVER_OTHER\) missing"):
        run_algorithm("elasticity", density)
    with pytest.raises(QgsProcessingException, match="An elasticity of each cell needs the rasters of the runs"):
        run_algorithm("elasticity", {**totals, **drivers, "MAPS": str(tmp_path / "maps")})
