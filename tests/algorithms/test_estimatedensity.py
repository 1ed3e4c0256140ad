"""estimatedensity as a user meets it: outputs, tags, styles and numbers, and every refusal by its text."""

from dataclasses import replace

import numpy as np
import pytest
import rasterio
from qgis.core import QgsFeature, QgsProcessingException, QgsProcessingFeatureSourceDefinition, QgsVectorLayer

from carbon_qgis.core.coupled import CHECKSUM, fit_coupled, levels_checksum
from carbon_qgis.core.coupled_reliability import fit_reliability
from carbon_qgis.core.level_density_model import density_model_bytes
from carbon_qgis.core.level_density_options import density_options
from carbon_qgis.core.levels import level_bundle, level_options
from carbon_qgis.core.samples import Driver, make_samples
from carbon_qgis.core.spatial_blocks import block_ids
from tests.algorithms.workshop import Workshop, content, legend, polygon, read, record, table_rows
from tests.synthetic_region import DRIVERS, NAMES, synthetic_region

SIDE = 60
LEVELS = level_options("robust", iterations=25, depth=3, learning_rate=0.3, threads=1)
DENSITY = density_options("robust", form="catboost")
DENSITY = replace(DENSITY, boost=replace(DENSITY.boost, iterations=25, depth=3, learning_rate=0.3, threads=1))
FORECAST = (
    "year,pool,source,density_kg_c_m2,low95_kg_c_m2,low80_kg_c_m2,high80_kg_c_m2,high95_kg_c_m2,order\n"
    '2010,soil,observed,9.0,,,,,"(1,1,1)"\n'
    '2020,soil,forecast,10.8,8.1,9.0,12.6,13.5,"(1,1,1)"\n'
    '2010,above,observed,2.0,,,,,"(1,1,1)"\n'
)


@pytest.fixture(scope="module")
def region():
    return synthetic_region(SIDE, SIDE, seed=5)


@pytest.fixture(scope="module")
def models(region, tmp_path_factory):
    """Bundles: a level model, its density model with reliability data, and one without."""
    folder = tmp_path_factory.mktemp("models")
    row, column = np.divmod(np.arange(SIDE * SIDE), SIDE)
    drivers = [Driver(name, "" if classes else unit, classes) for name, unit, classes in DRIVERS]
    samples = make_samples(
        drivers, region.features(), region.observed.ravel(), "t C/ha", "soil", 2010, block=block_ids(column, -row, 10)
    ).take(np.random.default_rng(0).choice(SIDE * SIDE, 900, replace=False))

    def fit(picked, progress=None):
        return fit_coupled(picked, levels=LEVELS, density=DENSITY)

    model = fit(samples)
    paths = {name: folder / (name + ".carbonmodel") for name in ("levels", "density", "bare")}
    paths["levels"].write_bytes(level_bundle(model.levels))
    extra = {CHECKSUM: levels_checksum(str(paths["levels"]))}
    files = fit_reliability(samples, model, fit, k=3).files()
    paths["density"].write_bytes(density_model_bytes(model.density, files, extra))
    paths["bare"].write_bytes(density_model_bytes(model.density, {}, extra))
    return {name: str(path) for name, path in paths.items()}, model


@pytest.fixture
def shop(tmp_path, run_algorithm):
    return Workshop(tmp_path, run_algorithm)


def stack_of(shop, region, name="stack.tif", order=NAMES, year="2020", **changes):
    """A driver stack with units and flags; its path."""
    values = {**region.drivers, **changes}
    path = shop.raster(name, [values[driver] for driver in order], names=order, nodata=-9999, CARBON_YEAR=year)
    kinds = {driver: (unit, classes) for driver, unit, classes in DRIVERS}
    with rasterio.open(path, "r+") as dataset:
        for band, driver in enumerate(order, 1):
            unit, classes = kinds[driver]
            dataset.set_band_unit(band, "" if classes else unit)
            if classes:
                dataset.update_tags(band, CARBON_CATEGORICAL="1")
    return path


@pytest.fixture
def given(shop, region, models):
    paths, _ = models
    stack = stack_of(shop, region)
    return {"STACK": stack, "LEVEL_MODEL": paths["levels"], "DENSITY_MODEL": paths["density"],
            "DENSITY": shop.path("density.tif")}  # fmt: skip


def expected(region, models, **options):
    return models[1].predict(region.features(), **options).reshape(SIDE, SIDE)


def test_every_output_from_a_forecast_table(shop, region, models, given):
    names = ("DENSITY_LOW", "DENSITY_HIGH", "LEVELS", "APPLICABILITY", "DISSIMILARITY", "MODEL_LOW", "MODEL_HIGH")
    given.update({name: shop.path(name.lower() + ".tif") for name in names})
    given.update(FORECAST=shop.table("forecast.csv", FORECAST), TABLE=shop.path("ratio.csv"),
                 OUTSIDE=shop.path("outside.csv"), REPORT=shop.path("report.html"))  # fmt: skip
    out = shop.run("estimatedensity", given)
    np.testing.assert_allclose(read(out["DENSITY"]), expected(region, models, ratio=1.2), rtol=1e-5)
    np.testing.assert_allclose(read(out["DENSITY_LOW"]), expected(region, models, ratio=0.9), rtol=1e-5)
    np.testing.assert_allclose(read(out["DENSITY_HIGH"]), expected(region, models, ratio=1.5), rtol=1e-5)
    assert out["RATIO_ASKED"] == pytest.approx(1.2) and out["RATIO_DELIVERED"] == pytest.approx(1.2)
    assert out["STOCK_TG"] == pytest.approx(read(out["DENSITY"]).sum() / 1e6, rel=1e-5)
    assert set(np.unique(read(out["LEVELS"]))) <= {1.0, 2.0, 3.0} and out["INSIDE_PERCENT"] > 80
    assert (read(out["MODEL_LOW"]) <= read(out["DENSITY"])).all() and (read(out["MODEL_HIGH"]) > 0).all()
    kind, labels = legend(out["LEVELS"])
    assert kind == "paletted" and labels[1].startswith("low (up to ")
    assert legend(out["APPLICABILITY"])[1] == {0: "Outside", 1: "Inside"}
    ratio = table_rows(out["TABLE"])
    assert [row["estimate"] for row in ratio] == ["mid", "low", "high"]
    assert float(ratio[0]["mean_of_table"]) == pytest.approx(108.0)
    assert {row["driver"] for row in table_rows(out["OUTSIDE"])} == set(NAMES)
    text = content(out["REPORT"])
    assert "Ratio asked and delivered" in text and "area of applicability" in text and "90% interval" in text
    with rasterio.open(out["DENSITY"]) as dataset:
        assert dataset.units == ("t C/ha",) and dataset.tags()["CARBON_POOL"] == "soil"
        assert dataset.tags()["CARBON_YEAR"] == "2020"
    facts = record(out["DENSITY"])
    assert "scaled" in str(facts) and "blended" in str(facts)


def test_the_default_without_table_or_ratio_is_ratio_1(shop, region, models, given):
    out = shop.run("estimatedensity", given)
    np.testing.assert_allclose(read(out["DENSITY"]), expected(region, models), rtol=1e-5)
    assert out["RATIO_ASKED"] == 1.0


def test_published_forms_a_mask_and_bands_in_another_order(shop, region, models, given):
    given["STACK"] = stack_of(shop, region, "turned.tif", NAMES[::-1])
    given.update(RATIO=1.3, RESTORATION="published", BLENDING="hard", MASK=polygon(500000, 3997000, 503000, 4000000))
    out = shop.run("estimatedensity", given)
    whole = expected(region, models, ratio=1.3, restoration="published", blending="hard")
    whole[30:], whole[:, 30:] = np.nan, np.nan
    np.testing.assert_allclose(read(out["DENSITY"]), whole, rtol=1e-5)
    assert 1 < out["RATIO_DELIVERED"] < 1.3


def test_a_table_layer_feeds_the_ratio(shop, given):
    layer = QgsVectorLayer(
        "None?field=year:integer&field=pool:string&field=density_kg_c_m2:double", "means", "memory"
    )  # fmt: skip
    for values in ([2010, "soil", 8.0], [2020, "soil", 10.0]):
        feature = QgsFeature(layer.fields())
        feature.setAttributes(values)
        layer.dataProvider().addFeature(feature)
    out = shop.run("estimatedensity", {**given, "FORECAST": layer})
    assert out["RATIO_ASKED"] == pytest.approx(1.25)
    given["FORECAST"] = QgsProcessingFeatureSourceDefinition(shop.table("forecast.csv", FORECAST), False)
    assert shop.run("estimatedensity", given)["RATIO_ASKED"] == pytest.approx(1.2)


def test_mean_matching_by_a_number_and_the_legacy_scaling(shop, region, given):
    given.update(POOL_MEAN=8.0, RESTORATION="meanmatched", SCALING="fresh")
    out = shop.run("estimatedensity", given)
    assert out["MEAN_DENSITY"] == pytest.approx(80.0, rel=1e-6)
    warm = stack_of(shop, region, "warm.tif", TEM=region.drivers["TEM"] + 2)
    again = shop.run("estimatedensity", {**given, "STACK": warm, "DENSITY": shop.path("warm.tif")})
    np.testing.assert_allclose(read(again["DENSITY"]), read(out["DENSITY"]), rtol=1e-3)


def test_refusals_by_their_text(shop, region, models, given):
    paths, _ = models
    table = shop.table("forecast.csv", FORECAST)
    lacking = stack_of(shop, region, "six.tif", NAMES[:6])
    undated = stack_of(shop, region, "undated.tif", year="")
    cases = (
        ({"FORECAST": table, "RATIO": 1.2}, "(FORECAST) or Ratio to the base year (RATIO), not both"),
        ({"RATIO": 0.0}, "Ratio to the base year (RATIO): it must be above 0; 1 is the base year"),
        ({"STACK": lacking}, "lacks the drivers 'PD', 'GLC' that the model was trained with"),
        ({"FORECAST": table, "YEAR": 2060}, "has no row of 2060 for the pool 'soil'"),
        ({"FORECAST": table, "STACK": undated}, "The year of the map is not known"),
        ({"RESTORATION": "meanmatched"}, "'meanmatched' needs the pool mean of the year"),
        ({"DENSITY_MODEL": paths["levels"]}, "is a model of density levels, not a model of density within levels"),
        ({"DENSITY_MODEL": paths["bare"], "APPLICABILITY": shop.path("a.tif")}, "holds no training points"),
        ({"DENSITY_MODEL": paths["bare"], "MODEL_LOW": shop.path("l.tif")}, "holds no held-out residuals"),
        ({"DENSITY_LOW": shop.path("low.tif"), "RATIO": 1.2}, "a single ratio has no interval"),
        ({"EARLIER": [given["STACK"]]}, "The density model reads one year; 2 driver stacks are given"),
    )
    for changes, message in cases:
        assert message in shop.refusal("estimatedensity", {**given, **changes}), message


def test_a_damaged_model_is_refused(shop, models, given, tmp_path):
    broken = tmp_path / "broken.carbonmodel"
    with open(models[0]["density"], "rb") as stream:
        broken.write_bytes(stream.read()[:-300])
    message = shop.refusal("estimatedensity", {**given, "DENSITY_MODEL": str(broken)})
    assert "broken.carbonmodel" in message and "Traceback" not in message


def test_a_cancel_leaves_nothing_behind(shop, given, make_feedback):
    feedback = make_feedback(cancel_at=0)
    with pytest.raises(QgsProcessingException, match="Cancelled"):
        shop.run("estimatedensity", given, feedback=feedback)
    assert list(shop.out.iterdir()) == []


