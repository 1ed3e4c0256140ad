"""What the user meets after a run: grouped, titled, styled layers, reports of a batch, the same bytes again."""

import json
import os

import pytest
from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingMultiStepFeedback,
    QgsProject,
    QgsRasterLayer,
    QgsSettings,
    QgsVectorLayer,
)

from carbon_qgis.algorithms import loading, publish
from carbon_qgis.algorithms.base import FeedbackProgress
from carbon_qgis.algorithms.help_panel import help_for_panel
from carbon_qgis.core.progress import RemainingTime
from carbon_qgis.core.results import Column, Table

SAMPLE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(publish.__file__))), "sample", "plum_island")
GROUP = "Carbon - Step"


def node_names(group):
    return [child.name() for child in group.children()]


@pytest.fixture
def arrive(project, feedback):
    """Adds a layer the way QGIS 3.22 does, at the current place of the tree, and lets it arrive."""
    context = QgsProcessingContext()
    context.setProject(project)

    def arrived(name, order, group=GROUP, inside=None, **looks):
        layer = QgsVectorLayer("None?field=a:double", name, "memory")
        project.addMapLayer(layer, False)
        (inside or project.layerTreeRoot()).insertLayer(0, layer)
        loading.Arrival(group, order, **looks).postProcessLayer(layer, context, feedback)
        return layer

    return arrived


def test_layers_of_a_run_stand_in_one_group_in_the_order_of_the_outputs(project, arrive):
    for name, order in (("change", 2), ("table", 9), ("total", 0), ("second", 1)):
        arrive(name, order)
    root = project.layerTreeRoot()
    assert node_names(root) == [GROUP]
    assert node_names(root.children()[0]) == ["total", "second", "change", "table"]
    assert len(project.mapLayers()) == 4, "moving a node must not take its layer out of the project"


def test_a_layer_that_lands_in_the_group_of_another_run_is_taken_out_of_it(project, arrive):
    arrive("total", 0)
    first = project.layerTreeRoot().findGroup(GROUP)
    arrive("rate", 0, group="Carbon - Rate", inside=first)
    arrive("sinks", 1, group="Carbon - Rate", inside=first)
    root = project.layerTreeRoot()
    assert node_names(root) == ["Carbon - Rate", GROUP]
    assert node_names(root.children()[0]) == ["rate", "sinks"] and node_names(first) == ["total"]


def test_a_second_run_comes_above_the_first_in_its_group(project, arrive):
    for run in ("1", "2"):
        arrive("total " + run, 0)
        arrive("table " + run, 5)
    group = project.layerTreeRoot().findGroup(GROUP)
    assert node_names(group) == ["total 2", "total 1", "table 2", "table 1"]


def test_the_group_that_the_user_chose_for_results_holds_ours(project, arrive):
    settings = QgsSettings()
    project.layerTreeRoot().addGroup("My results")
    settings.setValue(loading._RESULTS_GROUP, "My results")
    try:
        arrive("total", 0)
    finally:
        settings.remove(loading._RESULTS_GROUP)
    assert node_names(project.layerTreeRoot()) == ["My results"]
    assert node_names(project.layerTreeRoot().children()[0]) == [GROUP]


def test_without_a_group_the_tree_is_left_alone(project, arrive):
    arrive("total", 0, group="")
    assert node_names(project.layerTreeRoot()) == ["total"]


def test_columns_get_titles_with_units_widths_and_digits(project):
    table = Table(
        "t",
        (
            Column("class", "text"), Column("stock_Tg_C", "number", "stock, Tg C"), Column("p", "number"),
            Column("cells", "integer"), Column("rate_t_C_km2_yr", "number"),
        ),
        [["a class with quite a long name", 14.6687409, 1e-120, 7, None], ["b", 0.5, 0.04, 8, -123.456789]],
    )  # fmt: skip
    kinds = {"text": "string", "number": "double", "integer": "integer"}
    fields = "&".join("field={}:{}".format(column.name, kinds[column.kind]) for column in table.columns)
    layer = QgsVectorLayer("None?" + fields, "t", "memory")
    loading._dress_columns(layer, loading.looks_of(table))
    assert [layer.attributeDisplayName(i) for i in range(5)] == [
        "class", "stock (Tg C)", "p", "cells", "rate (t C/km2/yr)",
    ]  # fmt: skip
    setups = [layer.editorWidgetSetup(i) for i in range(5)]
    assert setups[1].type() == "Range" and setups[1].config()["Precision"] == 4
    assert setups[4].config()["Precision"] == 3
    assert setups[2].config() == {}, "1e-120 would be shown as 0"
    assert setups[0].config() == {} and setups[3].config() == {}
    widths = [column.width for column in layer.attributeTableConfig().columns()][:5]
    assert widths[0] > widths[1] > 0 and min(widths) >= loading._NARROW


@pytest.mark.parametrize(
    "values, first, last, middle",
    [([1, 2, 3, 4, 50], "#440154", "#fde725", None), ([-4, -1, 2, 3, 8], "#543005", "#003c30", 0.0)],
)
def test_points_are_coloured_and_their_legend_has_the_unit(values, first, last, middle):
    from qgis.core import QgsFeature

    layer = QgsVectorLayer("Point?field=density [t C/ha]:double", "p", "memory")
    for value in values:
        feature = QgsFeature(layer.fields())
        feature.setAttributes([float(value)])
        assert layer.dataProvider().addFeatures([feature])[0]
    loading._colour_points(layer, "density [t C/ha]")
    ranges = layer.renderer().ranges()
    assert ranges[0].symbol().color().name() == first and ranges[-1].symbol().color().name() == last
    assert all(entry.label().endswith(" t C/ha") for entry in ranges)
    assert ranges[0].lowerValue() <= min(values) and ranges[-1].upperValue() >= max(values)
    if middle is not None:
        assert ranges[0].lowerValue() + ranges[-1].upperValue() == pytest.approx(middle, abs=4.1)


def test_a_crs_that_a_finished_thread_left_empty_is_made_again(monkeypatch):
    wkt = QgsCoordinateReferenceSystem.fromEpsgId(32650).toWkt()
    made, cleared = [], []

    class Empty:
        def isValid(self):
            return True

        def toWkt(self):
            return ""

    class Systems(QgsCoordinateReferenceSystem):
        @staticmethod
        def fromWkt(text):
            made.append(text)
            return QgsCoordinateReferenceSystem.fromWkt(text) if cleared else Empty()

        @staticmethod
        def invalidateCache(*arguments):
            cleared.append(True)

    monkeypatch.setattr(publish, "QgsCoordinateReferenceSystem", Systems)
    assert publish.Places(0, 1, wkt).crs().authid() == "EPSG:32650"
    assert made == [wkt, wkt] and cleared == [True]


def stock_parameters(folder, **more):
    return {
        "LANDCOVER": os.path.join(SAMPLE, "landcover_1985.tif"), "YEAR": 1985,
        "LANDCOVER_ALT": os.path.join(SAMPLE, "landcover_1999.tif"), "YEAR_ALT": 1999,
        "POOLS": os.path.join(SAMPLE, "pools.csv"), "TOTAL": str(folder / "total.tif"),
        "TABLE": str(folder / "table.csv"), "REPORT": str(folder / "report.html"), **more,
    }  # fmt: skip


def test_a_run_that_is_repeated_writes_the_same_bytes(tmp_path, run_algorithm):
    """As the history does it: the same values in other words, such as 7 for 7.0 and None for an empty text."""
    contents = []
    for words in ({"DISCOUNT": 7, "MASK": None, "CHANGE": None}, {"DISCOUNT": 7.0, "MASK": "", "CHANGE": ""}):
        run_algorithm("carbonstock", stock_parameters(tmp_path, **words))
        contents.append({path.name: path.read_bytes() for path in tmp_path.iterdir()})
    first, second = contents
    assert set(first) == set(second)
    differing = {name for name in first if first[name] != second[name]}
    assert differing <= {"total.tif.run.json", "table.csv.run.json", "report.html.run.json"}
    records = [json.loads(content["total.tif.run.json"]) for content in contents]
    clock = {"start", "wall_s", "cpu_s", "peak_memory_mb"}
    assert clock <= set(records[0])
    left = [{name: value for name, value in record.items() if name not in clock} for record in records]
    assert left[0] == left[1]
    assert b"peak_memory_mb" not in first["report.html"] and b"landcover_1985.tif" in first["report.html"]


def test_a_layer_of_the_project_is_recorded_by_its_source(tmp_path, run_algorithm):
    path = os.path.join(SAMPLE, "landcover_1985.tif")
    project, layer = QgsProject(), QgsRasterLayer(path, "land")
    project.addMapLayer(layer)
    context = QgsProcessingContext()
    context.setProject(project)
    run_algorithm("carbonstock", stock_parameters(tmp_path, LANDCOVER=layer.id()), context=context)
    record = json.loads((tmp_path / "total.tif.run.json").read_text("utf-8"))
    assert record["parameters"]["LANDCOVER"] == path


@pytest.fixture
def batch(monkeypatch):
    """The feedback of QGIS 3.22's batch dialog, and the list of the Results Viewer."""
    from processing.core.ProcessingResults import resultsList

    shown = []
    monkeypatch.setattr(resultsList, "addResult", lambda **entry: shown.append(entry))
    place = {"__module__": "processing.gui.BatchAlgorithmDialog"}
    kind = type("BatchFeedback", (QgsProcessingMultiStepFeedback,), place)
    parent = QgsProcessingFeedback(False)
    return kind(2, parent), shown, parent


def test_the_reports_of_a_batch_are_listed_and_do_not_reach_the_dialog(tmp_path, batch, context):
    feedback, shown, _ = batch
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("carbon:carbonstock")
    found, fine = algorithm.run(stock_parameters(tmp_path), context, feedback)
    assert fine and "REPORT" not in found and found["TOTAL"] == str(tmp_path / "total.tif")
    assert [entry["result"] for entry in shown] == [str(tmp_path / "report.html")]
    assert shown[0]["name"] == "Report: Carbon stock by land-cover class (InVEST) [report.html]"
    assert set(shown[0]) == {"icon", "name", "timestamp", "result"}
    assert (tmp_path / "report.html").exists()


def test_any_other_run_hands_its_report_to_qgis(tmp_path, run_algorithm):
    assert run_algorithm("carbonstock", stock_parameters(tmp_path))["REPORT"] == str(tmp_path / "report.html")


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_the_progress_text_tells_the_time_left(feedback):
    clock = Clock()
    progress = FeedbackProgress(feedback, RemainingTime(clock))
    progress.update(0.0, "Reading blocks")
    for second in range(1, 121):
        clock.now = float(second)
        progress.update(second / 120, "Reading blocks")
    said = feedback.infos
    assert said[0] == "Reading blocks" and said[1] == "Reading blocks - about 2 min left"
    assert "Reading blocks - about 30 s left" in said and said[-1] == "Reading blocks - about 10 s left"
    assert len(said) == len(set(said)) <= 9


def test_a_long_run_counts_hours_and_a_step_of_several_says_so(feedback):
    clock = Clock()
    several = QgsProcessingMultiStepFeedback(3, feedback)
    progress = FeedbackProgress(several, RemainingTime(clock))
    progress.update(0.0, "Training")
    clock.now = 1200.0
    progress.update(0.1)
    assert feedback.infos[-1] == "Training - about 3 h 0 min left in this step"


def test_a_short_run_says_nothing_of_time(feedback):
    clock = Clock()
    progress = FeedbackProgress(feedback, RemainingTime(clock))
    for tenth in range(11):
        clock.now = tenth * 0.4
        progress.update(tenth / 10, "Reading")
    assert feedback.infos == ["Reading"]


def test_the_help_in_the_desktop_says_what_goes_in_and_out(provider, monkeypatch):
    algorithm = provider.algorithm("carbonaccumulation")
    assert help_for_panel(algorithm, "A <rate>. Source: eq. 6.") == "A <rate>. Source: eq. 6."
    monkeypatch.setattr("carbon_qgis.algorithms.help_panel.QgsApplication.platform", lambda: "desktop")
    text = algorithm.shortHelpString()
    heads = ("What goes in", "Advanced parameters", "What comes out")
    order = [text.index("<h3>{}</h3>".format(head)) for head in heads]
    assert order == sorted(order)
    for definition in algorithm.parameterDefinitions():
        assert "<b>{}</b>".format(definition.description()) in text.replace("&lt;", "<").replace("&gt;", ">")
    assert "<p>Source: " in text and "<b>Numbers</b><br>" in text
    assert help_for_panel(algorithm, "A <rate>.").startswith("<p>A &lt;rate&gt;.</p>")


def test_models_and_driver_tables_leave_a_run_record(tmp_path, run_algorithm):
    for name in ("TEM_SSP126_2020", "TEM_SSP126_2030", "DEM"):
        with open(os.path.join(SAMPLE, "elevation.tif"), "rb") as stream:
            (tmp_path / (name + ".tif")).write_bytes(stream.read())
    table = str(tmp_path / "drivers.csv")
    run_algorithm("drivertable", {"FOLDER": str(tmp_path), "DRIVER_TABLE": table})
    record = json.loads((tmp_path / "drivers.csv.run.json").read_text("utf-8"))
    assert record["algorithm"] == "carbon:drivertable" and record["outputs"] == [table]
