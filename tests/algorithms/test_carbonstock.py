"""carbon:carbonstock as a user meets it: numbers, outputs, and what each refusal says."""

import json
import os

import numpy as np
import pytest
import rasterio
from qgis.core import QgsProcessingException, QgsRasterLayer, QgsVectorLayer
from rasterio.transform import from_origin

POOLS = "lucode,lulc_name,c_above,c_below,c_soil,c_dead\n1,forest,80,20,90,5\n2,built,5,1,40,0\n3,other,10,5,100,1\n"
FIRST = np.array([[1, 1, 2, 3], [1, 2, 2, 255], [3, 3, 1, 1]], np.uint8)
SECOND = np.array([[1, 2, 2, 3], [1, 2, 2, 1], [3, 1, 255, 1]], np.uint8)


@pytest.fixture
def land(tmp_path):
    """Writes a land-cover raster of 1 ha cells and returns its path."""

    def write(name, codes=FIRST, nodata=255, crs="EPSG:32650", dtype=None):
        path = str(tmp_path / name)
        codes = np.asarray(codes)
        with rasterio.open(
            path,
            "w",
            driver="GTiff",
            width=codes.shape[1],
            height=codes.shape[0],
            count=1,
            dtype=dtype or codes.dtype,
            crs=crs,
            transform=from_origin(500000, 4000000, 100, 100),
            nodata=nodata,
        ) as dataset:
            dataset.write(codes, 1)
        return path

    return write


@pytest.fixture
def pools(tmp_path):
    """Writes a pool table and returns its path."""

    def write(text=POOLS, encoding="utf-8"):
        path = tmp_path / "pools.csv"
        path.write_bytes(text.encode(encoding))
        return str(path)

    return write


@pytest.fixture
def refusal(run_algorithm):
    """The message with which carbonstock refuses."""

    def run(**parameters):
        with pytest.raises(QgsProcessingException) as caught:
            run_algorithm("carbonstock", parameters)
        return str(caught.value)

    return run


def test_one_date(run_algorithm, land, pools, tmp_path):
    total, table = str(tmp_path / "total.tif"), str(tmp_path / "t.csv")
    found = run_algorithm(
        "carbonstock", {"LANDCOVER": land("a.tif"), "POOLS": pools(), "YEAR": 2000, "TOTAL": total, "TABLE": table}
    )
    # 5 cells of forest, 3 built, 3 other, 1 ha each
    assert found["STOCK_TG"] == pytest.approx((5 * 195 + 3 * 46 + 3 * 116) / 1e6, rel=1e-12)
    assert found["CELLS"] == 11 and found["AREA_KM2"] == pytest.approx(0.11)
    with rasterio.open(total) as dataset:
        assert dataset.units == ("t C/ha",) and dataset.tags()["CARBON_YEAR"] == "2000"
        assert dataset.tags()["CARBON_POOL"] == "total"
        stored = dataset.read(1, masked=True)
    assert stored.mask.sum() == 1 and stored[0, 0] == 195 and stored[1, 1] == 46
    layer = QgsVectorLayer(table)
    assert layer.featureCount() == 3
    first = next(layer.getFeatures())
    assert first["class"] == "forest" and float(first["total_t_C"]) == pytest.approx(975)
    with open(total + ".run.json", encoding="utf-8") as stream:
        record = json.load(stream)
    assert record["algorithm"] == "carbon:carbonstock" and len(record["inputs"]) == 2
    assert os.path.exists(str(tmp_path / "total.qml"))


def test_two_dates_value_and_report(run_algorithm, land, pools, tmp_path, feedback):
    change, report = str(tmp_path / "change.tif"), str(tmp_path / "r.html")
    found = run_algorithm("carbonstock", {
        "LANDCOVER": land("a.tif"), "LANDCOVER_ALT": land("b.tif", SECOND), "POOLS": pools(), "YEAR": 2016,
        "YEAR_ALT": 2030,
        "PRICE": 43, "DISCOUNT": -7.1, "PRICE_CHANGE": 2.8, "CHANGE": change, "TRANSITIONS": "memory:",
        "REPORT": report,
        "FIGURES": str(tmp_path / "figures"),
    })  # fmt: skip
    valid = (FIRST != 255) & (SECOND != 255)
    density = np.zeros(256)
    density[[1, 2, 3]] = 195, 46, 116
    expected = (density[SECOND] - density[FIRST])[valid].sum()
    assert found["CHANGE_TG"] == pytest.approx(expected / 1e6, rel=1e-12)
    assert found["CHANGE_VALUE"] == pytest.approx(expected * 90.13919, rel=1e-6)
    assert any("Nodata differs" in warning for warning in feedback.warnings)
    with rasterio.open(change) as dataset:
        stored = dataset.read(1, masked=True)
    assert (stored.mask == ~valid).all()
    with open(report, encoding="utf-8") as stream:
        page = stream.read()
    assert "forest" in page and "t C/ha" in page and "Run record" in page
    assert {"transitions.png", "transitions.svg"} <= set(os.listdir(str(tmp_path / "figures")))


def test_output_is_styled(run_algorithm, land, pools, tmp_path):
    change = str(tmp_path / "change.tif")
    run_algorithm(
        "carbonstock",
        {"LANDCOVER": land("a.tif"), "LANDCOVER_ALT": land("b.tif", SECOND), "POOLS": pools(), "CHANGE": change},
    )
    layer = QgsRasterLayer(change)  # owns the renderer
    renderer = layer.renderer()
    assert renderer.type() == "singlebandpseudocolor"
    assert renderer.classificationMin() == -renderer.classificationMax()


def test_a_change_of_minus_one_is_data(run_algorithm, land, pools, tmp_path):
    change = str(tmp_path / "change.tif")
    text = "lucode,c_above\n1,10\n2,9\n"
    codes = np.ones((2, 2), np.uint8)
    run_algorithm("carbonstock", {
        "LANDCOVER": land("a.tif", codes), "LANDCOVER_ALT": land("b.tif", codes * 2), "POOLS": pools(text),
        "CHANGE": change,
    })  # fmt: skip
    with rasterio.open(change) as dataset:
        assert (dataset.read(1, masked=True) == -1).all()


def test_optional_second_date_may_be_empty_in_a_chain(run_algorithm, land, pools, tmp_path, feedback):
    total, second = str(tmp_path / "total.tif"), str(tmp_path / "second.tif")
    found = run_algorithm("carbonstock", {
        "LANDCOVER": land("a.tif"), "LANDCOVER_ALT": None, "POOLS": pools(), "TOTAL": total, "TOTAL_ALT": second,
    })  # fmt: skip
    assert "TOTAL_ALT" not in found and not os.path.exists(second)
    assert any("no second land cover" in line for line in feedback.infos)


def test_what_was_not_made_is_not_loaded(land, pools, tmp_path, context, feedback):
    from qgis.core import QgsApplication, QgsProcessingContext, QgsProject

    second = str(tmp_path / "second.tif")
    details = QgsProcessingContext.LayerDetails("second", QgsProject(), "TOTAL_ALT")
    context.addLayerToLoadOnCompletion(second, details)
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("carbon:carbonstock")
    found, ok = algorithm.run({"LANDCOVER": land("a.tif"), "POOLS": pools(), "TOTAL_ALT": second}, context, feedback)
    assert ok and "TOTAL_ALT" not in found
    assert second not in context.layersToLoadOnCompletion()


def test_missing_codes_are_all_listed_with_counts(refusal, land, pools, tmp_path):
    codes = FIRST.copy()
    codes[0, 0], codes[0, 1], codes[2, 0] = 7, 7, 9
    total = str(tmp_path / "total.tif")
    with open(total, "wb") as stream:
        stream.write(b"older result")
    message = refusal(LANDCOVER=land("a.tif", codes), POOLS=pools(), TOTAL=total)
    assert "7 (2 cells)" in message and "9 (1 cell)" in message
    with open(total, "rb") as stream:
        assert stream.read() == b"older result"
    assert not [name for name in os.listdir(str(tmp_path)) if "carbon-part" in name]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("lucode,c_above\n1,10\n2,x\n3,1\n", ["line 3", "c_above", "'x'"]),
        ("code,c_above\n1,10\n", ["lucode"]),
        ("lucode,c_above\n1,10\n1,11\n2,3\n3,1\n", ["1", "line"]),
        ("lucode,c_above\n1,-10\n2,3\n3,1\n", ["negative"]),
    ],
)
def test_a_bad_pool_table_is_refused(refusal, land, pools, text, expected, tmp_path):
    message = refusal(LANDCOVER=land("a.tif"), POOLS=pools(text), TOTAL=str(tmp_path / "t.tif"))
    for part in expected:
        assert part in message
    assert not os.path.exists(str(tmp_path / "t.tif"))


@pytest.mark.parametrize(
    "text, encoding",
    [
        (POOLS, "utf-8-sig"),
        (POOLS.replace(",", ";"), "utf-8"),
        (POOLS.replace(",", "\t"), "utf-8"),
        (POOLS.replace("forest", "\u68ee\u6797"), "gb18030"),
        (
            "lucode;lulc_name;c_above;c_below;c_soil;c_dead\n1;f;80,0;20,0;90,0;5,0\n2;b;5,0;1,0;40,0;0\n3;o;10,0;5,0;100,0;1,0\n",
            "utf-8",
        ),
    ],
)
def test_tables_of_all_kinds_are_read(run_algorithm, land, pools, text, encoding, tmp_path):
    found = run_algorithm(
        "carbonstock", {"LANDCOVER": land("a.tif"), "POOLS": pools(text, encoding), "TOTAL": str(tmp_path / "t.tif")}
    )
    assert found["STOCK_TG"] == pytest.approx(1461e-6, rel=1e-12)


def test_nodata_that_is_a_class_is_refused(refusal, land, pools, tmp_path):
    message = refusal(LANDCOVER=land("a.tif", nodata=3), POOLS=pools(), TOTAL=str(tmp_path / "t.tif"))
    assert "nodata value 3" in message and "other" in message


def test_a_raster_without_crs_is_refused(refusal, land, pools, tmp_path):
    message = refusal(LANDCOVER=land("a.tif", crs=None), POOLS=pools(), TOTAL=str(tmp_path / "t.tif"))
    assert "coordinate reference system" in message


def test_no_valid_cell_is_refused(refusal, land, pools, tmp_path):
    message = refusal(
        LANDCOVER=land("a.tif", np.full((3, 3), 255, np.uint8)), POOLS=pools(), TOTAL=str(tmp_path / "t.tif")
    )
    assert "No valid cell" in message


def test_output_over_input_is_refused(refusal, land, pools):
    path = land("a.tif")
    with open(path, "rb") as stream:
        before = stream.read()
    message = refusal(LANDCOVER=path, POOLS=pools(), TOTAL=path)
    assert "also an input" in message
    with open(path, "rb") as stream:
        assert stream.read() == before


def test_missing_output_folder_is_refused(refusal, land, pools, tmp_path):
    message = refusal(LANDCOVER=land("a.tif"), POOLS=pools(), TOTAL=str(tmp_path / "no" / "such" / "t.tif"))
    assert "does not exist" in message


def test_years_in_the_wrong_order_are_refused(refusal, land, pools, tmp_path):
    message = refusal(
        LANDCOVER=land("a.tif"), LANDCOVER_ALT=land("b.tif", SECOND), YEAR=2010, YEAR_ALT=2000, POOLS=pools(),
        TOTAL=str(tmp_path / "t.tif"),
    )  # fmt: skip
    assert "2010 and 2000" in message


def test_cancel_leaves_nothing(run_algorithm, make_feedback, land, pools, tmp_path):
    total = str(tmp_path / "total.tif")
    with pytest.raises(QgsProcessingException, match="Cancelled"):
        stopped = make_feedback(cancel_at=0)
        run_algorithm("carbonstock", {"LANDCOVER": land("a.tif"), "POOLS": pools(), "TOTAL": total}, feedback=stopped)
    assert sorted(name for name in os.listdir(str(tmp_path)) if not name.endswith(".aux.xml")) == ["a.tif", "pools.csv"]


def test_processing_run_works(land, pools, tmp_path):
    import processing

    found = processing.run(
        "carbon:carbonstock", {"LANDCOVER": land("a.tif"), "POOLS": pools(), "TOTAL": str(tmp_path / "t.tif")}
    )
    assert found["CELLS"] == 11


def test_a_table_in_another_unit(run_algorithm, feedback, land, pools, tmp_path):
    text = "lucode,c_above,c_soil\n1,8,9\n2,0.5,4\n3,1,10\n"  # kg C/m2
    given = {"LANDCOVER": land("a.tif"), "POOLS": pools(text)}
    found = run_algorithm("carbonstock", dict(given, POOLS_UNIT="kg C/m2"))
    assert found["STOCK_TG"] == pytest.approx((5 * 170 + 3 * 45 + 3 * 110) / 1e6, rel=1e-12)
    assert not any("Are the values" in warning for warning in feedback.warnings)
    assert run_algorithm("carbonstock", given)["STOCK_TG"] == pytest.approx(found["STOCK_TG"] / 10)
    assert any("Are the values in kg C/m2? Then choose that unit." in warning for warning in feedback.warnings)


def test_implausible_densities_are_in_the_log(run_algorithm, feedback, land, pools):
    run_algorithm("carbonstock", {"LANDCOVER": land("a.tif"), "POOLS": pools(POOLS.replace("80,20", "800,20"))})
    assert any("class 1 'forest', c_above: Above and below together are 820" in told for told in feedback.warnings)
