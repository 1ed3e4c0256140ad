"""The chain carbon:coupledcarbon on the sample data, from tables and rasters to density, stock and sink capacity."""

import numpy as np
import pytest
import rasterio

from tests.headless.headless_helpers import rows

STATIC = ("PRE", "TEMN", "TEMSD", "NDVI", "NDVISD", "DEM", "SLOPE", "TWI", "LULC")
RESULTS = {
    "series": ("SERIES.csv",), "forecast": ("FORECAST.csv", "FORECAST_REPORT.html"), "stack": ("STACK.tif",),
    "stack_target": ("STACK_TARGET.tif",), "samples": ("SAMPLES_TABLE.csv",),
    "levels": ("LEVEL_MODEL.carbonmodel", "LEVELS_REPORT.html"),
    "density": ("DENSITY_MODEL.carbonmodel", "DENSITY_REPORT.html"), "estimate": ("ESTIMATE.tif",),
    "estimate_target": ("ESTIMATE_TARGET.tif", "TARGET_REPORT.html"), "accuracy": ("ACCURACY.csv",),
    "stock": ("STOCK_TABLE.csv",), "car": ("RATE.tif", "INTERVALS.csv", "RATE_REPORT.html"),
}  # fmt: skip


@pytest.fixture(scope="module")
def chain(qgis_process_models, repository, tmp_path_factory):
    """Folder of the results of one run, and what was printed."""
    sample, folder = repository / "carbon_qgis" / "sample" / "africa20km", tmp_path_factory.mktemp("coupled")
    drivers = [str(sample / (name + ".tif")) for name in STATIC]
    arguments = ["--DRIVERS=" + path for path in [*drivers, str(sample / "TEM.tif")]]
    arguments += ["--DRIVERS_TARGET=" + path for path in [*drivers, str(sample / "TEM_2020.vrt")]]
    for step, files in RESULTS.items():
        arguments += ["--{}:{}={}".format(step, file.split(".")[0], folder / file) for file in files]
    code, text = qgis_process_models(
        "run", "carbon:coupledcarbon", f"--RECORDS={sample / 'records.csv'}",
        f"--DENSITY={sample / 'soil_density_2010.tif'}", "--YEAR=2010", "--YEAR_TARGET=2020", "--SAMPLES=1500",
        *arguments,
    )  # fmt: skip
    assert code == 0, text
    return folder, text


def test_the_forecast_gives_the_ratio_that_the_map_delivers(chain):
    folder, _ = chain
    means = {int(row["year"]): float(row["density_kg_c_m2"]) for row in rows(folder / "FORECAST.csv")}
    assert min(means) == 2000 and max(means) == 2020
    with rasterio.open(folder / "ESTIMATE_TARGET.tif") as made:
        assert made.units == ("t C/ha",) and made.tags()["CARBON_YEAR"] == "2020"
        assert made.tags()["CARBON_POOL"] == "soil"
    ratio = means[2020] / means[2010]
    assert "Ratio asked {:.4g}, delivered {:.4g}".format(ratio, ratio) in chain[1]


def test_stock_and_rate_close(chain):
    folder, _ = chain
    with rasterio.open(folder / "ESTIMATE.tif") as first, rasterio.open(folder / "ESTIMATE_TARGET.tif") as last:
        one, two = first.read(1, masked=True), last.read(1, masked=True)
        area = abs(first.transform.a * first.transform.e) / 1e6  # km2; the grid has equal areas
    total = float(one.sum(dtype=np.float64)) * area * 100 / 1e6
    stock = [row for row in rows(folder / "STOCK_TABLE.csv") if row["year"] == "2010" and row["pool"] == "soil"]
    assert float(stock[0]["stock_Tg_C"]) == pytest.approx(total, rel=1e-4)
    (interval,) = rows(folder / "INTERVALS.csv")
    mean = float((two.astype(float) - one).mean()) * 100 / 10
    assert float(interval["mean_rate_t_C_km2_yr"]) == pytest.approx(mean, rel=1e-3)


def test_the_models_find_the_pattern_and_say_how_well_they_are_tested(chain):
    folder, text = chain
    (accuracy,) = rows(folder / "ACCURACY.csv")
    assert accuracy["label"] == "fit" and float(accuracy["R2"]) > 0.55
    assert "held-out" in (folder / "LEVELS_REPORT.html").read_text(encoding="utf-8")
    assert "Traceback" not in text
    for name in ("FORECAST_REPORT", "DENSITY_REPORT", "TARGET_REPORT", "RATE_REPORT"):
        assert "<img" in (folder / (name + ".html")).read_text(encoding="utf-8")
