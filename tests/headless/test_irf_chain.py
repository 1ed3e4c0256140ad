"""The chain carbon:irfscenarios on a window of the sample: InVEST, forest, runs, charts, elasticity."""

import pytest
import rasterio
from rasterio.windows import Window

from tests.headless.headless_helpers import rows

WINDOW = Window(150, 190, 90, 80)
DRIVERS = ("PRE", "TEM", "NDVI", "DEM", "TWI")
TABLE = """variable,scenario,year,path,scale,offset,unit
DEM,*,*,DEM.tif,1,0,m
TWI,*,*,TWI.tif,1,0,1
{rows}
"""


@pytest.fixture(scope="module")
def region(repository, tmp_path_factory):
    """A folder with drivers of the window, land cover, pools, and a driver table of three made-up pathways."""
    sample, folder = repository / "carbon_qgis" / "sample" / "africa20km", tmp_path_factory.mktemp("irf")
    for name in DRIVERS + ("LULC",):
        with rasterio.open(sample / (name + ".tif")) as source:
            profile = dict(source.profile, width=WINDOW.width, height=WINDOW.height)
            profile["transform"] = source.window_transform(WINDOW)
            with rasterio.open(folder / (name + ".tif"), "w", **profile) as made:
                made.write(source.read(window=WINDOW))
                made.set_band_unit(1, source.units[0] or "")
                made.update_tags(**{key: value for key, value in source.tags().items() if key.startswith("CARBON")})
    lines = []
    for pathway, warming in (("SSP126", 0.5), ("SSP245", 1.0), ("SSP585", 2.0)):
        for year, share in ((2030, 0.4), (2060, 1.0)):
            lines.append("TEM,{},{},TEM.tif,1,{:g},degC".format(pathway, year, warming * share))
            lines.append("PRE,{},{},PRE.tif,{:g},0,mm/yr".format(pathway, year, 1 - 0.04 * warming * share))
            lines.append("NDVI,{},{},NDVI.tif,{:g},0,1".format(pathway, year, 1 - 0.02 * warming * share))
    (folder / "drivers.csv").write_text(TABLE.format(rows="\n".join(lines)), encoding="utf-8")
    (folder / "pools.csv").write_text((sample / "pools.csv").read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def run_chain(qgis_process_models, region, folder):
    return qgis_process_models(
        "run", "carbon:irfscenarios", f"--LANDCOVER={region / 'LULC.tif'}", "--YEAR=2010",
        f"--POOLS={region / 'pools.csv'}", *(f"--DRIVERS={region / (name + '.tif')}" for name in DRIVERS),
        f"--DRIVER_TABLE={region / 'drivers.csv'}", "--GROUPS=climate: TEM; AGPP: NDVI; population: PRE",
        "--PATHWAYS=SSP126, SSP245, SSP585", "--SAMPLES=1200",
        f"--invest:INVEST={folder / 'invest.tif'}", f"--stack:STACK={folder / 'stack.tif'}",
        f"--samples:SAMPLES_TABLE={folder / 'samples.csv'}", f"--forest:FOREST={folder / 'forest.carbonmodel'}",
        f"--predict:PREDICTED={folder / 'predicted.tif'}", f"--compare:COMPARISON={folder / 'comparison.csv'}",
        f"--runs:ENSEMBLE={folder / 'ensemble'}", f"--runs:TOTALS={folder / 'totals.csv'}",
        f"--charts:CHARTS_REPORT={folder / 'charts.html'}",
        f"--elasticity:ELASTICITY={folder / 'elasticity.csv'}",
    )  # fmt: skip


def test_21_runs_two_years_and_their_elasticity(qgis_process_models, region, tmp_path):
    code, text = run_chain(qgis_process_models, region, tmp_path)
    assert code == 0, text
    totals = rows(tmp_path / "totals.csv")
    assert len(totals) == 42 and len({row["run"] for row in totals}) == 21
    assert len(list((tmp_path / "ensemble").glob("C?A?P?_20?0.tif"))) == 42
    one = next(row for row in totals if row["run"] == "C5A5P5" and row["year"] == "2060")
    with rasterio.open(tmp_path / "ensemble" / "C5A5P5_2060.tif") as made:
        values = made.read(1, masked=True).astype(float)
        hectares = abs(made.transform.a * made.transform.e) / 1e4
        assert made.units == ("t C/ha",)
    assert float(one["total_t_C"]) == pytest.approx(float(values.sum()) * hectares, rel=1e-5)
    (forest,) = [row for row in rows(tmp_path / "comparison.csv") if row["label"] == "fit"]
    assert float(forest["R2"]) > 0.4
    found = rows(tmp_path / "elasticity.csv")
    assert {row["set"] for row in found} == {"CDS", "PVS", "PPS"} and {row["year"] for row in found} == {"2030", "2060"}
    climate = next(row for row in found if row["set"] == "CDS" and row["year"] == "2060")
    totals_of = {row["run"]: float(row["total_t_C"]) for row in totals if row["year"] == "2060"}
    change = totals_of["C5A2P2"] / totals_of["C1A2P2"] - 1
    assert float(climate["elasticity"]) == pytest.approx(100 * change / (2.0 - 0.5), rel=1e-3)
    assert climate["elasticity_unit"] == "%/degC"
    assert "<img" in (tmp_path / "charts.html").read_text(encoding="utf-8")
