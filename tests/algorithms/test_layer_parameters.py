"""Parameters that take layers: what they accept, do not open, and write into the history; also those of chains."""

import os

import numpy as np
import pytest
from qgis.core import (
    Qgis,
    QgsApplication,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingModelAlgorithm,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingParameterDefinition,
    QgsProperty,
    QgsRasterLayer,
    QgsVectorLayer,
)

from carbon_qgis.algorithms import layer_parameters
from carbon_qgis.algorithms import parameters as declare
from carbon_qgis.algorithms.raster_files import raster_file
from carbon_qgis.provider import model_paths
from tests.core.helpers import make_raster

OWN = {
    "raster": layer_parameters.RasterParameter,
    "multilayer": layer_parameters.RastersParameter,
    "source": layer_parameters.FeaturesParameter,
}
#: A virtual raster of one cell, which reads a server.
CALLS = (
    '<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Byte" band="1"><SimpleSource>'
    "<SourceFilename>/vsicurl/http://127.0.0.1:9/x.tif</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>"
)


@pytest.fixture
def no_layers(monkeypatch):
    """An error where QGIS would be asked to open something."""

    def opened(text, context, allow=True, *more):
        assert not allow, "QGIS was asked to open {}".format(text)

    monkeypatch.setattr(layer_parameters.QgsProcessingUtils, "mapLayerFromString", opened)


def test_every_parameter_that_takes_layers_is_of_the_plugin(provider):
    """Also those of the chains: what QGIS makes of a model file are its own."""
    provider.refreshAlgorithms()
    assert {"landcovertodrivers", "casacomparison"} <= {algorithm.name() for algorithm in provider.algorithms()}
    for algorithm in provider.algorithms():
        for made in (algorithm, algorithm.create()):
            for definition in made.parameterDefinitions():
                assert definition.type() != "vector"
                if definition.type() in OWN:
                    assert type(definition) is OWN[definition.type()], (algorithm.name(), definition.name())


@pytest.mark.parametrize("path", model_paths(), ids=os.path.basename)
def test_a_chain_declares_what_its_file_says(provider, path):
    """In the same order, with the same texts, defaults and outputs, as QGIS reads the file."""
    read = QgsProcessingModelAlgorithm()
    assert read.fromFile(path)
    chain = provider.algorithm(os.path.splitext(os.path.basename(path))[0])

    def described(definition):
        said = definition.toVariantMap()
        said.pop("help", None), said.get("metadata", {}).clear()
        return said

    assert [described(item) for item in chain.parameterDefinitions()] == [
        described(item) for item in read.parameterDefinitions()
    ]
    assert all(item.help() for item in chain.parameterDefinitions() if item.type() in OWN)
    assert [(item.name(), item.type(), item.description()) for item in chain.outputDefinitions()] == [
        (item.name(), item.type(), item.description()) for item in read.outputDefinitions()
    ]
    needed = QgsProcessingParameterDefinition.Flag.FlagOptional
    assert [item.flags() & needed for item in chain.parameterDefinitions()] == [
        item.flags() & needed for item in read.parameterDefinitions()
    ]


@pytest.fixture
def path(tmp_path):
    """A raster, alone in its folder."""
    (tmp_path / "rasters").mkdir()
    return make_raster(tmp_path / "rasters" / "a.tif", np.ones((3, 3), "uint8"))


@pytest.fixture
def one():
    return declare.raster("A", "Some raster", "What it is for.")


@pytest.fixture
def several():
    return declare.rasters("B", "Some rasters", "What they are for.", minimum=2)


def test_rasters_given_as_files_are_taken_without_layers(one, several, context, path, no_layers):
    assert one.checkValueIsAcceptable(path, context) and several.checkValueIsAcceptable([path, path], context)
    assert one.checkValueIsAcceptable(QgsProperty.fromValue(path), context)
    assert not several.checkValueIsAcceptable([path], context), "two are needed"
    assert sorted(os.listdir(os.path.dirname(path))) == ["a.tif"]


def test_a_forged_file_is_not_opened(one, several, context, tmp_path, path, no_layers):
    (tmp_path / "x.vrt").write_text(CALLS, encoding="utf-8")
    forged = str(tmp_path / "x.vrt")
    assert not one.checkValueIsAcceptable(forged, context)
    assert not several.checkValueIsAcceptable([path, forged], context)
    assert one.checkValueIsAcceptable(forged), "without a context only the kind of a value is looked at"


def test_layers_and_their_names_are_taken(one, several, context, path):
    layer = QgsRasterLayer(path, "my layer")
    context.temporaryLayerStore().addMapLayer(layer)
    assert one.checkValueIsAcceptable(layer, context) and one.checkValueIsAcceptable("my layer", context)
    assert several.checkValueIsAcceptable([layer, layer.id()], context)
    assert not one.checkValueIsAcceptable("no layer", context) and not one.checkValueIsAcceptable(None, context)
    assert not several.checkValueIsAcceptable([layer, "no layer"], context)


def test_what_may_be_left_empty(context):
    assert declare.raster("A", "Some raster", "Help for it.", optional=True).checkValueIsAcceptable(None, context)
    assert declare.rasters("A", "Some rasters", "Help for it.", optional=True).checkValueIsAcceptable([], context)
    assert declare.polygons("A", "Polygons", "Help for it.").checkValueIsAcceptable("", context)


@pytest.fixture
def forged_vector(tmp_path):
    """A virtual layer that reads a server."""
    text = '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/vsicurl/http://127.0.0.1:9/x.csv</SrcDataSource>'
    (tmp_path / "x.vrt").write_text(text + "</OGRVRTLayer></OGRVRTDataSource>", encoding="utf-8")
    return str(tmp_path / "x.vrt")


def test_a_forged_vector_is_not_opened(context, tmp_path, forged_vector):
    (tmp_path / "good.geojson").write_text('{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}')
    parameter = declare.polygons("A", "Polygons", "Help for it.")
    assert not parameter.checkValueIsAcceptable(forged_vector, context)
    assert parameter.checkValueIsAcceptable(str(tmp_path / "good.geojson"), context)


def test_an_error_of_the_look_is_logged(one, context, path, monkeypatch):
    """QGIS, which asks, would crash on one."""

    def broken(*_):
        raise RuntimeError("broken")

    logged = []
    QgsApplication.messageLog().messageReceived.connect(lambda text, tab, level: logged.append((text, tab, level)))
    monkeypatch.setattr(layer_parameters, "require_harmless_raster", broken)
    assert not one.checkValueIsAcceptable(path, context)
    text, tab, level = logged[0]
    assert "RuntimeError: broken" in text and tab == "Carbon" and level == Qgis.MessageLevel.Critical


def test_values_are_written_without_layers(one, several, context, path, no_layers):
    """Into commands and the history, as QGIS writes them: open layers by their source."""
    layer = QgsRasterLayer(path, "my layer")
    context.temporaryLayerStore().addMapLayer(layer)
    assert one.valueAsPythonString("/no/x.tif", context) == "'/no/x.tif'"
    assert several.valueAsPythonString(["/no/x.tif", "/no/y's.tif"], context) == "['/no/x.tif',\"/no/y's.tif\"]"
    assert several.valueAsPythonString([layer], context) == "['{}']".format(path)
    assert several.valueAsPythonString("/no/x.tif", context) == "['/no/x.tif']"
    assert [parameter.valueAsPythonString(None, context) for parameter in (one, several)] == ["None", "None"]
    assert one.valueAsPythonString(QgsProperty.fromExpression("1"), context) == "QgsProperty.fromExpression('1')"
    if hasattr(QgsProcessingParameterDefinition, "valueAsJsonObject"):  # QGIS 3.24 and later
        assert one.valueAsString("/no/x.tif", context) == ("/no/x.tif", True)
        for value in (["/no/x.tif"], ["/no/x.tif", "/no/y.tif"]):
            assert several.valueAsStringList(value, context) == (value, True)
            assert several.valueAsJsonObject(value, context) == value
        assert several.valueAsStringList("/no/x.tif", context) == (["/no/x.tif"], True)


def test_open_layers_are_written_by_their_source(one, several, context, path):
    context.temporaryLayerStore().addMapLayer(QgsRasterLayer(path, "my layer"))
    quoted = "'{}'".format(path)
    assert one.valueAsPythonString("my layer", context) == quoted
    assert several.valueAsPythonString(["my layer", "x.tif"], context) == "[{},'x.tif']".format(quoted)


def test_forged_vectors_are_written_without_layers(context, tmp_path, forged_vector, monkeypatch):
    parameter = declare.polygons("A", "Polygons", "Help for it.")
    chosen = QgsProcessingFeatureSourceDefinition(forged_vector, True)
    monkeypatch.setattr(layer_parameters, "QgsProcessingParameterFeatureSource", None)  # QGIS is not asked
    for value in (forged_vector, chosen):
        assert parameter.valueAsPythonString(value, context) == "'{}'".format(forged_vector)


def test_a_choice_of_features_is_written(context):
    chosen = QgsProcessingFeatureSourceDefinition("x.gpkg", True)
    text = declare.polygons("A", "Polygons", "Help for it.").valueAsPythonString(chosen, context)
    assert text.startswith("QgsProcessingFeatureSourceDefinition('x.gpkg', selectedFeaturesOnly=True")


def wrapped(path):
    """A file, in the other ways in which a script may name it."""
    return [
        "ogr://" + path, QgsProperty.fromExpression("'{}'".format(path)), QgsProperty.fromValue(path),
        QgsProcessingFeatureSourceDefinition(path),
        QgsProcessingFeatureSourceDefinition(QgsProperty.fromExpression("'{}'".format(path))),
        QgsProcessingOutputLayerDefinition(path),
    ]  # fmt: skip


def test_a_forged_vector_is_found_however_it_is_named(context, tmp_path, forged_vector):
    (tmp_path / "a|b.vrt").write_bytes((tmp_path / "x.vrt").read_bytes())
    parameter = declare.polygons("A", "Polygons", "Help for it.")
    for value in [*wrapped(forged_vector), str(tmp_path / "a|b.vrt"), forged_vector + "|layername=x"]:
        assert not parameter.checkValueIsAcceptable(value, context), value


def test_a_forged_raster_is_found_however_it_is_named(one, several, context, path, tmp_path, no_layers):
    for name in ("x.vrt", "a|b.vrt"):
        (tmp_path / name).write_text(CALLS, encoding="utf-8")
    plain = str(tmp_path / "x.vrt")
    ways = ["gdal://" + plain, plain + "|option:A=B", str(tmp_path / "a|b.vrt"), QgsProperty.fromValue(plain)]
    for value in ways:
        assert not one.checkValueIsAcceptable(value, context), value
        assert not several.checkValueIsAcceptable([path, value], context), value
    assert not one.checkValueIsAcceptable(QgsProperty.fromExpression("'{}'".format(plain)), context)


def test_a_good_raster_is_taken_however_it_is_named(one, context, path, no_layers):
    os.rename(path, path[:-5] + "a|b.tif")
    for value in (path[:-5] + "a|b.tif", "gdal://" + path[:-5] + "a|b.tif", path[:-5] + "a|b.tif|option:NUM_THREADS=2"):
        assert one.checkValueIsAcceptable(value, context), value
        assert raster_file(value, context) == path[:-5] + "a|b.tif"
    assert os.listdir(os.path.dirname(path)) == ["a|b.tif"]


def test_what_is_odd_ends_in_an_answer(one, several, context):
    """QGIS, which asks, would crash on an error of Python."""

    class Odd(str):
        def __str__(self):
            raise RuntimeError("odd")

    deep = ["x.tif"]
    for _ in range(900):
        deep = [deep]
    polygons = declare.polygons("A", "Polygons", "Help for it.")
    for parameter in (one, several, polygons):
        for value in (deep, [Odd("x")], Odd("x"), [None, ""], {"a": 1}, 1.5, b"x.tif"):
            assert parameter.checkValueIsAcceptable(value, context) in (True, False)
            assert isinstance(parameter.valueAsPythonString(value, context), str)


def test_a_choice_of_features_of_a_file_is_written(context, tmp_path):
    (tmp_path / "good.geojson").write_text('{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}')
    parameter = declare.polygons("A", "Polygons", "Help for it.")
    chosen = QgsProcessingFeatureSourceDefinition(str(tmp_path / "good.geojson"), False, 3)
    assert "good.geojson', selectedFeaturesOnly=False, featureLimit=3" in parameter.valueAsPythonString(chosen, context)
    property = QgsProperty.fromExpression("'x.gpkg'")
    assert parameter.valueAsPythonString(property, context).startswith('QgsProperty.fromExpression("')


def test_a_table_that_is_open_is_written_with_its_provider(context, tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    layer = QgsVectorLayer((tmp_path / "t.csv").as_uri() + "?type=csv", "my table", "delimitedtext")
    context.temporaryLayerStore().addMapLayer(layer)
    parameter = declare.features("A", "Records", "Help for it.")
    assert parameter.valueAsPythonString("my table", context).startswith("'delimitedtext://file://")


def test_a_run_that_nobody_checked_is_refused_all_the_same(context, feedback, path, tmp_path):
    """A batch of QGIS 3.22 asks no algorithm for its check."""
    (tmp_path / "x.vrt").write_text(CALLS, encoding="utf-8")
    parameters = {
        "LANDCOVER_START": str(tmp_path / "x.vrt"), "YEAR_START": 1990, "LANDCOVER_END": path, "YEAR_END": 2000,
        "POOLS": str(tmp_path / "pools.csv"), "DRIVERS": [path],
    }  # fmt: skip
    (tmp_path / "pools.csv").write_text("lucode,c_above\n1,2\n")
    chain = QgsApplication.processingRegistry().createAlgorithmById("carbon:landcovertodrivers")
    assert chain.run(parameters, context, feedback, {}, False) == ({}, False)
    assert "x.vrt' leads to the network" in feedback.errors.pop()
    single = QgsApplication.processingRegistry().createAlgorithmById("carbon:classifydriver")
    for value in (str(tmp_path / "x.vrt"), tmp_path / "x.vrt"):
        parameters = {"RASTER": value, "CLASSIFIED": "TEMPORARY_OUTPUT"}
        assert single.run(parameters, context, feedback, {}, False) == ({}, False)
        assert "x.vrt' leads to the network" in feedback.errors.pop()
