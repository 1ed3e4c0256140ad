"""docs/walkthrough-landcover.md tells how to build the main chain: that model gives the numbers of the page."""

import re
import sys

import pytest

from tests.algorithms.workshop import table_rows


@pytest.fixture(scope="module")
def chain_module(repository, provider):
    sys.path.insert(0, str(repository / "scripts"))
    try:
        import chain
    finally:
        sys.path.remove(str(repository / "scripts"))
    return chain


@pytest.fixture
def model(chain_module):
    """The steps of the page: no years, and results that may be skipped, as the Modeler's dialog makes them."""
    from qgis.core import QgsProcessing, QgsProcessingParameterFile, QgsProcessingParameterMultipleLayers

    made = chain_module.Chain("Mine", "Mine", {})
    source, step = chain_module.INPUT, chain_module.CHILD
    made.input(chain_module.raster("START", "Land cover at the start"), 0, 0, "")
    made.input(chain_module.raster("MIDDLE", "Land cover in between", optional=True), 0, 0, "")
    made.input(chain_module.raster("END", "Land cover at the end"), 0, 0, "")
    made.input(QgsProcessingParameterFile("POOLS", "Carbon pools"), 0, 0, "")
    kind = QgsProcessing.SourceType.TypeRaster
    made.input(QgsProcessingParameterMultipleLayers("DRIVERS", "Drivers", layerType=kind), 0, 0, "")
    stock = {"LANDCOVER": source("START"), "POOLS": source("POOLS")}
    made.step(
        "stock", "carbonstock", "Stock, start and end", 0, 0, dict(stock, LANDCOVER_ALT=source("END")),
        [("TOTAL", "Density at the start", ""), ("TOTAL_ALT", "Density at the end", ""), ("TABLE", "Stock", "")],
    )  # fmt: skip
    made.step("middle", "carbonstock", "Stock in between", 0, 0, dict(stock, LANDCOVER_ALT=source("MIDDLE")))
    made.step(
        "car", "carbonaccumulation", "Carbon accumulation rate", 0, 0,
        {
            "DENSITIES": [step("stock", "TOTAL"), step("stock", "TOTAL_ALT"), step("middle", "TOTAL_ALT")],
            "ECOSYSTEMS_START": source("START"), "ECOSYSTEMS_END": source("END"),
        },
        [("RATE", "Rate", ""), ("TABLE", "Rates by interval", "")],
    )  # fmt: skip
    made.step(
        "stack", "driverstack", "Driver stack", 0, 0, {"DRIVERS": source("DRIVERS"), "REFERENCE": source("START")}
    )
    made.step(
        "drivers", "geodetector", "Geodetector", 0, 0,
        {"TARGET": step("car", "RATE"), "STACK": step("stack", "STACK"), "ECOSYSTEMS": source("END")},
        [("FACTORS", "q of each driver", "")],
    )  # fmt: skip
    return made.model


@pytest.mark.parametrize("middle", [True, False])
def test_the_model_gives_the_numbers_of_the_page(model, middle, repository, context, feedback, tmp_path):
    data = repository / "carbon_qgis" / "sample" / "plum_island"
    parameters = {
        "START": str(data / "landcover_1985.tif"), "END": str(data / "landcover_1999.tif"),
        "POOLS": str(data / "pools.csv"),
        "DRIVERS": [str(data / name) for name in ("elevation.tif", "slope.tif", "distance_built_1985.tif")],
        "stock:Density at the start": str(tmp_path / "start.tif"),
        "stock:Density at the end": str(tmp_path / "end.tif"),
        "stock:Stock": str(tmp_path / "stock.csv"), "car:Rate": str(tmp_path / "rate.tif"),
        "car:Rates by interval": str(tmp_path / "rates.csv"), "drivers:q of each driver": str(tmp_path / "q.csv"),
    }  # fmt: skip
    if middle:
        parameters["MIDDLE"] = str(data / "landcover_1991.tif")
    _, ok = model.run(parameters, context, feedback)
    assert ok, feedback.text
    page = re.sub(r"<!--.*?-->", "", (repository / "docs" / "walkthrough-landcover.md").read_text(encoding="utf-8"))
    rates = table_rows(tmp_path / "rates.csv")
    assert [row["from_year"] for row in rates] == (["1985", "1991"] if middle else ["1985"])
    assert "{:.3f} Tg C in 1985".format(float(rates[0]["stock_from_Tg_C"])) in page
    assert "{:.3f} in 1999".format(float(rates[-1]["stock_to_Tg_C"])) in page
    if middle:
        for row in rates:
            mean = "{:.2f}".format(float(row["mean_rate_t_C_km2_yr"])).replace("-", "−")
            assert "| {} | {} | {} |".format(row["from_year"], row["to_year"], mean) in page
    for row in table_rows(tmp_path / "q.csv"):
        name = row["factor"].replace("_", " ")
        assert "| {} | {} | {:.4f} |".format(row["ecosystem"], name, float(row["q"])) in page
