"""The chain carbon:casacomparison on a window of Africa with synthetic months: Table 3 from one driver set."""

import numpy as np
import pytest
import rasterio
from rasterio.windows import Window

from tests.headless.headless_helpers import rows

WINDOW = Window(150, 190, 90, 80)  # the Congo basin and what surrounds it
MONTHS = np.arange(12)


@pytest.fixture(scope="module")
def region(repository, tmp_path_factory):
    """Folder with monthly stacks, land cover, reference and tables; seasons are synthetic, annual means are real."""
    sample, folder = repository / "carbon_qgis" / "sample" / "africa20km", tmp_path_factory.mktemp("region")

    def read(name):
        with rasterio.open(sample / (name + ".tif")) as source:
            values = source.read(1, window=WINDOW, masked=True).astype("f4").filled(np.nan)
            return values, source.window_transform(WINDOW), source.crs

    def write(name, bands, unit, **tags):
        bands = np.atleast_3d(bands.T).T if bands.ndim == 2 else bands
        _, transform, crs = read("TEM")
        profile = dict(driver="GTiff", width=WINDOW.width, height=WINDOW.height, count=len(bands), dtype="float32",
                       nodata=-9999, crs=crs, transform=transform)  # fmt: skip
        with rasterio.open(folder / (name + ".tif"), "w", **profile) as made:
            made.write(np.nan_to_num(bands, nan=-9999).astype("f4"))
            for band in range(1, len(bands) + 1):
                made.set_band_unit(band, unit)
                made.set_band_description(band, "{}_2010_{:02d}".format(name, band) if len(bands) > 1 else name)
            made.update_tags(**tags)

    season = np.cos(2 * np.pi * MONTHS / 12)[:, None, None]
    ndvi, tem, pre = (read(name)[0] for name in ("NDVI", "TEM", "PRE"))
    write("NDVI", np.clip(ndvi * (1.3 + 0.3 * season), 0.02, 0.9), "1")
    write("TEM", tem * 0.8 + 3 * season, "degC")
    write("PRE", np.clip(pre / 12 * (1 + 0.8 * season), 0, None), "mm")
    north = np.linspace(-40, 40, ndvi.shape[0])[None, :, None]
    write("SOL", 560 + 60 * season + north + 0 * ndvi, "MJ/m2/month")
    for name in ("DEM", "TWI"):
        write(name, read(name)[0], "m" if name == "DEM" else "1")
    soil, cover = read("soil_density_2010")[0], read("LULC")[0]
    write("reference", soil, "t C/ha", CARBON_POOL="soil", CARBON_YEAR="2010")
    write("landcover", cover, "")
    codes = [int(code) for code in np.unique(cover[np.isfinite(cover)])]
    (folder / "casa.csv").write_text(
        "code,eps_max\n" + "".join("{},0.542\n".format(code) for code in codes), encoding="utf-8"
    )
    means = {code: float(np.nanmean(soil[cover == code])) for code in codes}
    (folder / "pools.csv").write_text(
        "lucode,c_soil\n" + "".join("{},{:.4f}\n".format(code, means[code]) for code in codes), encoding="utf-8"
    )
    return folder


def test_table_3(qgis_process_models, region, tmp_path):
    code, text = qgis_process_models(
        "run", "carbon:casacomparison", *("--{0}={1}".format(n, region / (n + ".tif")) for n in ("NDVI", "TEM", "PRE")),
        f"--SOL={region / 'SOL.tif'}", f"--LANDCOVER={region / 'landcover.tif'}",
        f"--PARAMETERS={region / 'casa.csv'}", f"--POOLS={region / 'pools.csv'}",
        f"--DRIVERS={region / 'DEM.tif'}", f"--DRIVERS={region / 'TWI.tif'}",
        f"--REFERENCE={region / 'reference.tif'}", "--YEAR=2010", "--SAMPLES=1500",
        f"--stack:STACK={tmp_path / 'stack.tif'}", f"--casa:NPP={tmp_path / 'npp.tif'}",
        f"--invest:INVEST={tmp_path / 'invest.tif'}", f"--samples:SAMPLES_TABLE={tmp_path / 'samples.csv'}",
        f"--levels:LEVEL_MODEL={tmp_path / 'levels.carbonmodel'}",
        f"--density:DENSITY_MODEL={tmp_path / 'density.carbonmodel'}",
        f"--coupled:COUPLED={tmp_path / 'coupled.tif'}", f"--compare:COMPARISON={tmp_path / 'table3.csv'}",
        f"--compare:COMPARISON_REPORT={tmp_path / 'report.html'}",
    )  # fmt: skip
    assert code == 0, text
    found = {row["estimate"]: row for row in rows(tmp_path / "table3.csv")}
    assert set(found) == {"npp", "invest", "coupled", "reference"}
    invest, coupled, npp = found["invest"], found["coupled"], found["npp"]
    # A class mean has the total of what it was averaged over; the coupled model sees differences within classes.
    assert float(coupled["R2"]) > float(invest["R2"]) + 0.1
    assert abs(float(invest["total_bias_percent"])) < 1
    assert npp["kind"] == "pattern only" and npp["RMSE_t_C_ha"] == "" and npp["r"] != ""
    with rasterio.open(tmp_path / "invest.tif") as one, rasterio.open(region / "reference.tif") as two:
        a, b = one.read(1, masked=True), two.read(1, masked=True)
        with rasterio.open(tmp_path / "coupled.tif") as three, rasterio.open(tmp_path / "npp.tif") as four:
            valid = ~(a.mask | b.mask | three.read(1, masked=True).mask | four.read(1, masked=True).mask)
            assert four.units == ("g C/m2/yr",) and four.read(1, masked=True).min() >= 0
    assert int(invest["n"]) == valid.sum()
    assert float(invest["R2"]) == pytest.approx(
        1 - ((a[valid] - b[valid]) ** 2).sum() / ((b[valid] - b[valid].mean()) ** 2).sum(), abs=1e-3
    )
    with rasterio.open(tmp_path / "stack.tif") as stack:
        assert len(set(stack.descriptions)) == 6
    assert "pattern" in (tmp_path / "report.html").read_text(encoding="utf-8")
