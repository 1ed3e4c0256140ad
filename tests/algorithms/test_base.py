"""The base class, end to end with an algorithm of its own: values in, files and tables out, and every way to fail."""

import gc
import json
import os
import re
import threading

import numpy as np
import pytest
from qgis.core import (
    QgsApplication,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingUtils,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)

from carbon_qgis.algorithms.base import Group
from carbon_qgis.algorithms.inputs import Inputs
from carbon_qgis.core.errors import InputError
from tests.algorithms.sample_algorithm import Sample, seen, write_raster


@pytest.fixture(autouse=True)
def forget(context):
    """Layers kept past the end of QGIS crash the interpreter, and pytest keeps the last test's fixtures that long."""
    yield
    seen.clear()
    gc.collect()  # a caught error keeps the frames, and with them the layers, of its run
    context.temporaryLayerStore().removeAllMapLayers()


@pytest.fixture
def density(tmp_path):
    return write_raster(tmp_path / "in" / "density.tif")


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "out"
    path.mkdir()
    return path


@pytest.fixture
def go(context, make_feedback):
    """Run the sample as the desktop does: check, prepare, process; what it returned and what it said."""

    def run(parameters, context=context, feedback=None):
        feedback = feedback or make_feedback()
        algorithm = Sample().create()
        accepted, message = algorithm.checkParameterValues(parameters, context)
        if not accepted:
            raise QgsProcessingException(message)
        assert algorithm.prepare(parameters, context, feedback), feedback.text
        return algorithm.runPrepared(parameters, context, feedback), context, feedback

    return run


@pytest.fixture
def refused(go):
    """The message with which the sample refuses."""

    def run(parameters, **options):
        with pytest.raises(QgsProcessingException) as caught:
            go(parameters, **options)
        return str(caught.value)

    return run


def test_outputs_table_style_record_and_numbers(density, folder, go):
    total, table, report = str(folder / "total.tif"), str(folder / "t.csv"), str(folder / "r.html")
    found, _, feedback = go({"DENSITY": density, "TOTAL": total, "TABLE": table, "REPORT": report, "SEED": 3})
    size = os.path.getsize(density)
    assert found == {"TOTAL": total, "TABLE": table, "REPORT": report, "SIZE": float(size)}
    assert sorted(os.listdir(folder)) == sorted(
        ["total.tif", "total.qml", "total.tif.run.json", "t.csv", "t.csv.run.json", "r.html", "r.html.run.json"]
    )
    with open(table, encoding="utf-8", newline="") as stream:
        assert stream.read() == 'class,cells,density_t_ha\n"forest",1099511627776,1.25\n"water",0,\n"bare",3,\n'
    with open(total + ".run.json", encoding="utf-8") as stream:
        record = json.load(stream)
    assert record["algorithm"] == "carbon:sample"
    assert record["parameters"]["DENSITY"] == density and record["seed"] == 7
    assert record["inputs"][0]["bytes"] == size and record["inputs"][0]["hash_of"] == "whole file"
    assert record["outputs"] == [total, table, report]
    assert {"python", "numpy", "gdal", "qgis", "carbon"} <= set(record["versions"])
    assert record["notes"] == ["12 cells were left out.", "The copy has one band."]
    assert feedback.warnings == ["12 cells were left out."]
    facts = ["The copy has one band.", "The copy is complete."]
    assert feedback.infos == ["Step {}".format(step) for step in range(1, 11)] + facts
    assert feedback.fractions == sorted(feedback.fractions) and feedback.fractions[-1] == 100.0


def test_the_style_of_a_run_is_what_qgis_shows(density, folder, go):
    total = str(folder / "total.tif")
    go({"DENSITY": density, "TOTAL": total})
    layer = QgsRasterLayer(total, "total")
    assert layer.loadNamedStyle(str(folder / "total.qml"))[1]
    renderer = layer.renderer()
    assert renderer.type() == "singlebandpseudocolor"
    assert (renderer.classificationMin(), renderer.classificationMax()) == (0.0, 12.0)
    items = renderer.shader().rasterShaderFunction().colorRampItemList()
    assert [item.value for item in items] == pytest.approx(np.linspace(0, 12, 9))
    assert items[-1].label == "12.0 t C/ha"


@pytest.mark.parametrize("name", ["t.gpkg", "t.geojson", "t.xlsx", "t.ods", "t.csv"])
def test_table_files_hold_the_table_under_their_own_name(density, folder, name, go):
    table = str(folder / name)
    go({"DENSITY": density, "TOTAL": str(folder / "total.tif"), "TABLE": table})
    layer = QgsVectorLayer(table, "t", "ogr")
    rows = [feature.attributes()[-3:] for feature in layer.getFeatures()]
    assert [row[0] for row in rows] == ["forest", "water", "bare"]
    assert [int(row[1]) for row in rows] == [2**40, 0, 3]
    assert float(rows[0][2]) == 1.25
    if name.endswith("gpkg"):
        assert QgsVectorLayer(table + "|layername=t", "t", "ogr").isValid()
        kinds = [field.typeName() for field in layer.fields()][-3:]
        assert kinds == ["String", "Integer64", "Real"]


def test_a_table_in_memory_and_in_a_database(density, folder, go):
    base = {"DENSITY": density, "TOTAL": str(folder / "total.tif")}
    found, context, _ = go(dict(base, TABLE=QgsProcessing.TEMPORARY_OUTPUT))
    layer = QgsProcessingUtils.mapLayerFromString(found["TABLE"], context)
    assert [feature["cells"] for feature in layer.getFeatures()] == [2**40, 0, 3]
    database = "ogr:dbname='{}' table=\"counts\"".format(folder / "all.gpkg")
    found, _, _ = go(dict(base, TABLE=database))
    assert QgsVectorLayer(str(folder / "all.gpkg") + "|layername=counts", "t", "ogr").featureCount() == 3


def test_values_reach_the_algorithm_as_plain_values(density, folder, tmp_path, go):
    pools = tmp_path / "pools.csv"
    pools.write_text("lucode\n1\n", encoding="utf-8")
    drivers = [write_raster(tmp_path / "in" / name) for name in ("NDVI.tif", "PRE.tif")]
    go(
        {
            "DENSITY": QgsRasterLayer(density, "any title"),
            "STACK": drivers,
            "POOLS": str(pools),
            "UNIT": "t C/ha",
            "FRACTION": 0.0,
            "NAMES": "  NDVI;PRE ",
            "GRADES": ["1", "2", "", "", "7", "4"],
            "COMPRESSION": "lzw",
            "TOTAL": str(folder / "total.tif"),
        }
    )
    p = seen["p"]
    assert p.path("DENSITY") == density
    assert [tuple(item) for item in p.rasters("STACK")] == [(drivers[0], "NDVI"), (drivers[1], "PRE")]
    assert p.path("POOLS") == str(pools)
    assert p.choice("UNIT") == "t C/ha"
    assert p.number("FRACTION") == 0.0 and p.given("FRACTION")
    assert p.integer("YEAR") is None and not p.given("YEAR")
    assert p.integer("CLASSES") == 5
    assert p.boolean("TREND") is False
    assert p.text("NAMES") == "NDVI;PRE"
    assert p.matrix("GRADES") == [["1", "2"], ["7", "4"]]
    assert p.features("MASK") is None and p.polygons("ZONES") is None
    assert p.destination("CHANGE") is None and p.destination("TABLE") is None
    assert p.settings().compression == "lzw"
    assert p.source_paths() == [density, drivers[0], drivers[1], str(pools)]


def test_a_matrix_has_whole_rows(density, folder, refused, go):
    given = {"DENSITY": density, "TOTAL": str(folder / "t.tif")}
    message = refused(dict(given, GRADES=["1", "2", "7"]))
    assert message == (
        "Grades (GRADES): the last row has 1 of 2 values. Every row has the columns code, grade; leave a cell empty "
        "rather than out."
    )
    for cells, rows in (([""], []), (["1", "2", ""], [["1", "2"]]), ([["1", "2"], ["7", ""]], [["1", "2"], ["7", ""]])):
        go(dict(given, GRADES=cells))
        assert seen["p"].matrix("GRADES") == rows


def test_rasters_are_named_by_their_file_or_by_the_layer_that_is_open(density, context, tmp_path):
    dotted, loaded = (write_raster(tmp_path / "in" / name) for name in ("bio_1.0.tif", "bio_2.0.tif"))
    layer = QgsRasterLayer(loaded, "Warmth")
    context.temporaryLayerStore().addMapLayer(layer)
    p = Inputs(Sample().create(), {"DENSITY": density, "STACK": [dotted, loaded, layer.id()]}, context)
    assert [tuple(item) for item in p.rasters("STACK")] == [(dotted, "bio_1.0"), (loaded, "Warmth"), (loaded, "Warmth")]


def test_a_layer_may_be_called_like_a_name_of_gdal(density, context, folder):
    context.temporaryLayerStore().addMapLayer(QgsRasterLayer(density, "soil:2010"))
    parameters = {"DENSITY": "soil:2010", "STACK": ["soil:2010"], "TOTAL": str(folder / "total.tif")}
    assert Sample().create().checkParameterValues(parameters, context) == (True, "")
    assert Inputs(Sample().create(), parameters, context).path("DENSITY") == density


def test_a_raster_file_may_be_open_as_another_kind_of_layer(density, context):
    """As NetCDF files are as meshes; here a layer of points that is found by the same text."""
    context.temporaryLayerStore().addMapLayer(QgsVectorLayer("Point?crs=EPSG:4326", density, "memory"))
    assert QgsProcessingUtils.mapLayerFromString(density, context, False) is not None
    assert Inputs(Sample().create(), {"DENSITY": density}, context).path("DENSITY") == density


def test_the_check_makes_no_layers_of_raster_files(density, context, folder, tmp_path):
    parameters = {"DENSITY": density, "STACK": [density], "TOTAL": str(folder / "total.tif")}
    assert Sample().create().checkParameterValues(parameters, context) == (True, "")
    assert context.temporaryLayerStore().count() == 0
    assert not Sample().create().checkParameterValues({**parameters, "DENSITY": None}, context)[0]
    assert not Sample().create().checkParameterValues({**parameters, "CLASSES": "many"}, context)[0]
    assert context.temporaryLayerStore().count() == 0


def test_null_entries_of_a_stack_are_passed_over(density, context):
    p = Inputs(Sample().create(), {"DENSITY": density, "STACK": [None, density, ""]}, context)
    assert p.paths("STACK") == [density]


def test_an_empty_optional_number_is_none_and_not_zero(density, folder, go):
    go({"DENSITY": density, "TOTAL": str(folder / "a.tif"), "FRACTION": None, "YEAR": None})
    assert seen["p"].number("FRACTION") is None and seen["p"].integer("YEAR") is None


@pytest.mark.parametrize("name, value, cause", [
    ("CLASSES", "abc", "Classes (CLASSES): 'abc' is not a number to compute with. Write digits"),
    ("CLASSES", "1,5", "'1,5' is not a number"), ("FRACTION", "0,5", "'0,5' is not a number"),
    ("CLASSES", "0x10", "'0x10' is not a number"), ("CLASSES", "\u0661\u0662", "is not a number"),
    ("FRACTION", [1, 2], "'[1, 2]' is not a number"), ("FRACTION", float("nan"), "nan is not a number to compute with"),
    ("FRACTION", "inf", "inf is not a number to compute with"), ("CLASSES", 2.5, "2.5 is no whole number"),
    ("CLASSES", 1, "1 is too small; the least is 2."),
    ("CLASSES", 10**30, "1e+30 is too large; the most is 2,147,483,647."),
])  # fmt: skip
def test_what_is_no_number_is_refused_and_not_taken_for_the_default(density, folder, refused, name, value, cause):
    """QGIS would take the default or 0, without a word."""
    given = {"DENSITY": density, "TOTAL": str(folder / "t.tif"), name: value}
    assert cause in refused(given)
    # As a model hands it to a step: nobody checks it before.
    with pytest.raises(InputError, match=re.escape(cause)):
        Inputs(Sample().create(), given, QgsProcessingContext())


@pytest.mark.parametrize("value, number", [("7", 7), (" 7 ", 7), ("7.0", 7), ("1e2", 100), (7.0, 7), ("+7", 7)])
def test_numbers_may_be_written_in_several_ways(density, folder, go, value, number):
    go({"DENSITY": density, "TOTAL": str(folder / "a.tif"), "CLASSES": value})
    assert seen["p"].integer("CLASSES") == number


def test_polygons_cross_as_wkb_without_z_and_with_their_crs(density, folder, go):
    layer = QgsVectorLayer(
        "PolygonZ?crs=EPSG:32650&field=name:string&field=code:integer", "counties", "memory"
    )
    from qgis.core import QgsFeature, QgsGeometry

    for wkt, values in (
        ("POLYGONZ((0 0 5, 2 0 5, 2 2 5, 0 0 5))", ["north", 1]),
        (None, ["nowhere", 2]),
        ("POLYGONZ((5 5 5, 7 5 5, 7 7 5, 5 5 5))", [None, None]),
    ):
        feature = QgsFeature(layer.fields())
        feature.setAttributes(values)
        if wkt:
            feature.setGeometry(QgsGeometry.fromWkt(wkt))
        layer.dataProvider().addFeature(feature)
    context = QgsProcessingContext()
    project = QgsProject()
    project.addMapLayer(layer)
    context.setProject(project)
    go(
        {"DENSITY": density, "TOTAL": str(folder / "a.tif"), "ZONES": layer.id(), "ZONE_FIELD": "name"},
        context=context,
    )
    p = seen["p"]
    data = p.features("ZONES")
    assert data.fields == ("name", "code") and data.rows == (("north", 1), (None, None)) and data.skipped == 1
    assert int.from_bytes(data.wkb[0][1:5], "little") == 3 and len(data.wkb[0]) == 1 + 4 + 4 + 4 + 4 * 16
    assert "UTM zone 50N" in data.crs_wkt
    zones = p.polygons("ZONES", p.field("ZONE_FIELD"))
    assert zones.names == ("north", "") and zones.wkb == data.wkb
    with pytest.raises(InputError, match="no field 'area'. Its fields are: name, code"):
        p.features("ZONES", ["area"])


FAILURES = {
    "carbon": "Band 1 of 'x.tif' holds no valid cell. Choose another raster.",
    "disk": "A file could not be read or written: [Errno 28] No space left on device. Nothing was written.",
    "memory": "There is not enough memory for this run. Close other programs, or use a smaller area or fewer rasters "
    "at once. Nothing was written.",
    "bug": "An unexpected error occurred in 'Sample step': KeyError: 'absent key'. Nothing was written. The details "
    "are in the log of QGIS (View > Panels > Log Messages, tab Carbon); please report them.",
}


@pytest.mark.parametrize("kind", sorted(FAILURES))
def test_a_failure_is_one_plain_message_and_leaves_the_old_file(density, folder, kind, refused):
    total = folder / "total.tif"
    total.write_bytes(b"old")
    assert refused({"DENSITY": density, "TOTAL": str(total), "FAIL": kind}) == FAILURES[kind]
    assert os.listdir(folder) == ["total.tif"] and total.read_bytes() == b"old"


def test_the_traceback_of_a_bug_goes_to_the_log(density, folder, refused):
    lines = []

    def keep(message, tab, level):
        lines.append((tab, message))

    log = QgsApplication.messageLog()
    log.messageReceived.connect(keep)
    try:
        refused({"DENSITY": density, "TOTAL": str(folder / "total.tif"), "FAIL": "bug"})
    finally:
        log.messageReceived.disconnect(keep)
    traces = [message for tab, message in lines if tab == "Carbon"]
    assert len(traces) == 1 and "Traceback" in traces[0] and "absent key" in traces[0]


def test_cancel_is_an_error_and_leaves_nothing(density, folder, refused, make_feedback):
    feedback = make_feedback(cancel_at=30)
    message = refused({"DENSITY": density, "TOTAL": str(folder / "total.tif")}, feedback=feedback)
    assert message == "Cancelled. Nothing was written; earlier outputs are unchanged."
    assert 30 <= max(feedback.fractions) < 40
    assert os.listdir(folder) == []


def test_a_run_in_a_worker_thread_as_on_the_desktop(density, folder):
    from qgis.core import QgsProcessingAlgRunnerTask
    from qgis.PyQt.QtCore import QEventLoop, QTimer

    project = QgsProject()
    context = QgsProcessingContext()
    context.setProject(project)
    total = QgsProcessingOutputLayerDefinition(str(folder / "total.tif"), project)
    table = QgsProcessingOutputLayerDefinition("memory:", project)
    algorithm, ends = Sample().create(), []
    feedback = QgsProcessingFeedback(False)
    given = {"DENSITY": density, "TOTAL": total, "TABLE": table}
    task = QgsProcessingAlgRunnerTask(algorithm, given, context, feedback)
    loop = QEventLoop()
    task.executed.connect(lambda successful, found: (ends.append((successful, found)), loop.quit()))
    QTimer.singleShot(60000, loop.quit)  # a hang fails the test instead of stopping the suite
    QgsApplication.taskManager().addTask(task)
    loop.exec()
    assert ends and ends[0][0], feedback.textLog()
    assert seen["thread"] != threading.get_ident()
    assert ends[0][1]["TOTAL"] == str(folder / "total.tif")
    loaded = context.layersToLoadOnCompletion()
    assert {details.name for details in loaded.values()} == {"Total", "Table"}
    assert context.layerToLoadOnCompletionDetails(str(folder / "total.tif")).postProcessor() is not None
    layer = QgsProcessingUtils.mapLayerFromString(ends[0][1]["TABLE"], context)
    assert layer.featureCount() == 3
    context.temporaryLayerStore().removeAllMapLayers()


def test_check_refuses_before_the_run_and_again_in_it(density, folder, make_feedback):
    given = {"DENSITY": density, "CLASSES": 13, "TOTAL": str(folder / "t.tif")}
    expected = "13 classes are not possible. Give another number."
    context = QgsProcessingContext()
    assert Sample().create().checkParameterValues(given, context) == (False, expected)
    feedback = make_feedback()
    algorithm = Sample().create()
    with pytest.raises(QgsProcessingException, match="13 classes"):
        algorithm.prepareAlgorithm(given, context, feedback)


def test_output_equal_to_input_is_refused(density, refused):
    before = open(density, "rb").read()
    message = refused({"DENSITY": density, "TOTAL": density})
    assert "is also an input of this run" in message
    assert open(density, "rb").read() == before


def test_rasters_that_are_not_there_or_not_rasters_are_named(density, folder, tmp_path, refused):
    total = str(folder / "t.tif")
    message = refused({"DENSITY": str(tmp_path / "no.tif"), "TOTAL": total})
    assert message == "Density (DENSITY): there is no raster file or layer '{}'.".format(tmp_path / "no.tif")
    fake = tmp_path / "fake.tif"
    fake.write_text("not a raster", encoding="utf-8")
    assert "'{}' cannot be read as a raster".format(fake) in refused({"DENSITY": str(fake), "TOTAL": total})
    message = refused({"DENSITY": density, "STACK": [density, str(fake)], "TOTAL": total})
    assert message.startswith("Drivers (STACK): '{}' cannot".format(fake))
    message = refused({"DENSITY": density, "POOLS": str(tmp_path / "no.csv"), "TOTAL": total})
    assert "no.csv" in message


def test_a_layer_whose_file_was_deleted_is_named(density, folder, refused):
    layer = QgsRasterLayer(density, "old density")
    os.remove(density)
    message = refused({"DENSITY": layer, "TOTAL": str(folder / "t.tif")})
    assert message == "Density (DENSITY): the file '{}' of the layer 'old density' is gone.".format(density)


def test_a_raster_that_gdal_does_not_read_is_refused(folder, refused):
    layer = QgsRasterLayer("type=xyz&url=file:///tmp/{z}/{x}/{y}.png", "tiles", "wms")
    assert layer.isValid()
    message = refused({"DENSITY": layer, "TOTAL": str(folder / "t.tif")})
    assert "the layer 'tiles' comes from the provider 'wms'" in message


def test_a_missing_package_is_named_with_its_command(density, folder, monkeypatch, refused, make_feedback):
    monkeypatch.setattr(Sample, "REQUIRES", ("numpy", "catboost_absent"))
    message = refused({"DENSITY": density, "TOTAL": str(folder / "t.tif")})
    assert message.startswith("Sample step needs the Python package 'catboost_absent', which is not installed")
    assert "then restart QGIS. Run: " in message and message.endswith(" catboost_absent")
    able, reason = Sample().create().canExecute()
    assert not able and reason == message
    with pytest.raises(QgsProcessingException, match="catboost_absent"):
        Sample().create().prepareAlgorithm({"DENSITY": density}, QgsProcessingContext(), make_feedback())


def test_layers_to_load_are_named_grouped_and_styled(density, folder, go, make_feedback):
    project = QgsProject()
    context = QgsProcessingContext()
    context.setProject(project)
    total = QgsProcessingOutputLayerDefinition(str(folder / "total.tif"), project)
    table = QgsProcessingOutputLayerDefinition(str(folder / "t.gpkg"), project)
    go({"DENSITY": density, "TOTAL": total, "TABLE": table}, context=context)
    loaded = context.layersToLoadOnCompletion()
    assert set(loaded) == {str(folder / "total.tif"), str(folder / "t.gpkg")}
    details = context.layerToLoadOnCompletionDetails(str(folder / "total.tif"))
    assert details.name == "Total"
    if hasattr(details, "groupName"):
        assert details.groupName == "Carbon - Sample step"
    layer = QgsRasterLayer(str(folder / "total.tif"), "total")
    details.postProcessor().postProcessLayer(layer, context, make_feedback())
    assert layer.renderer().type() == "singlebandpseudocolor"


def test_every_parameter_has_help_and_ids_are_plain():
    algorithm = Sample().create()
    for definition in algorithm.parameterDefinitions():
        assert definition.help(), definition.name()
    assert algorithm.shortHelpString() == "Copies a raster. Used by the tests alone."
    assert algorithm.shortDescription() == "Copies a raster."
    titles = [group.title() for group in Group]
    assert titles == sorted(titles)
