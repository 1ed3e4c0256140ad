"""Polygons that cross themselves, under the check of geometries that the desktop has switched on."""

import ast
import csv
import json
import os

import numpy as np
import pytest
import rasterio
from affine import Affine
from qgis.core import (
    QgsFeature,
    QgsFeatureRequest,
    QgsGeometry,
    QgsProcessingAlgorithm,
    QgsProcessingException,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingFeedback,
    QgsProcessingParameterFeatureSource,
    QgsProject,
    QgsVectorLayer,
)

from carbon_qgis.provider import PACKAGE_FOLDER

TEMPORARY = "TEMPORARY_OUTPUT"
#: Two triangles that meet in a point, as one line that crosses itself: 4 km wide, 4 km high.
BOWTIE = "POLYGON((500000 3996000, 504000 4000000, 504000 3996000, 500000 4000000, 500000 3996000))"
#: The west half and the middle half of the same square: where both lie, they are not a hole.
OVERLAPPING = (
    "MULTIPOLYGON(((500000 3996000, 502000 3996000, 502000 4000000, 500000 4000000, 500000 3996000)),"
    "((501000 3996000, 503000 3996000, 503000 4000000, 501000 4000000, 501000 3996000)))"
)
SQUARE = "POLYGON((500000 3996000, 504000 3996000, 504000 4000000, 500000 4000000, 500000 3996000))"
LINE = "POLYGON((500000 3996000, 501000 3997000, 500000 3996000))"


@pytest.fixture(params=["GeometryAbortOnInvalid", "GeometrySkipInvalid", "GeometryNoCheck"])
def checking(request, context):
    """A context with each of the settings of the desktop: the result does not hang on it."""
    check = QgsFeatureRequest.InvalidGeometryCheck
    context.setInvalidGeometryCheck(getattr(check, request.param))
    return context


@pytest.fixture
def desktop(context):
    """A context with the desktop's own setting: stop at an invalid geometry."""
    context.setInvalidGeometryCheck(QgsFeatureRequest.InvalidGeometryCheck.GeometryAbortOnInvalid)
    return context


@pytest.fixture
def density(tmp_path):
    """16 cells of 1 km2, 100 t C/km2 each."""
    path = str(tmp_path / "density.tif")
    transform = Affine(1000, 0, 500000, 0, -1000, 4000000)
    with rasterio.open(
        path, "w", driver="GTiff", height=4, width=4, count=1, dtype="float32", crs="EPSG:32650", transform=transform
    ) as dataset:
        dataset.write(np.full((4, 4), 100, "float32"), 1)
        dataset.set_band_unit(1, "t C/km2")
    return path


@pytest.fixture
def out(tmp_path):
    made = tmp_path / "out"
    made.mkdir()
    return made


def layer(*shapes, kind="MultiPolygon"):
    """A layer 'regions' of these shapes, with the fields region (a letter each), carbon and climate."""
    fields = "&field=region:string&field=carbon:double&field=climate:string"
    made = QgsVectorLayer(kind + "?crs=EPSG:32650" + fields, "regions", "memory")
    for number, shape in enumerate(shapes):
        feature = QgsFeature(made.fields())
        feature.setGeometry(QgsGeometry.fromWkt(shape))
        feature.setAttributes(["abcdefgh"[number % 8], float(number % 2), "wet" if number % 2 else "dry"])
        made.dataProvider().addFeature(feature)
    return made


@pytest.mark.parametrize("shape, cells", [(BOWTIE, 8), (OVERLAPPING, 12)])
def test_an_invalid_mask_is_repaired_and_told(run_algorithm, checking, feedback, density, out, shape, cells):
    for name in ("first.csv", "second.csv"):  # the second run finds nothing in its way
        given = {"SOIL": density, "MASK": layer(shape), "TOTAL": TEMPORARY, "TABLE": str(out / name)}
        found = run_algorithm("densitystock", given, context=checking)
        assert found["STOCK_TG"] == pytest.approx(cells * 1e-4)
    assert sorted(os.listdir(out)) == ["first.csv", "first.csv.run.json", "second.csv", "second.csv.run.json"]
    told = "The layer 'regions': 1 of 1 polygons were not valid"
    assert feedback.text.count(told) == 2
    with open(str(out / "first.csv.run.json"), encoding="utf-8") as stream:
        assert any(told in note for note in json.load(stream)["notes"])


def test_invalid_zones_are_repaired(run_algorithm, desktop, density, out):
    cover = str(out.parent / "cover.tif")
    with rasterio.open(density) as source:
        profile = dict(source.profile, dtype="uint8")
    with rasterio.open(cover, "w", **profile) as dataset:
        dataset.write(np.ones((4, 4), "uint8"), 1)
        dataset.update_tags(CARBON_YEAR="2000")
    table = str(out / "t.csv")
    run_algorithm("stockbyecosystem", {
        "DENSITIES": [density], "ECOSYSTEMS": [cover], "ZONES": layer(SQUARE, BOWTIE), "ZONE_FIELD": "region",
        "TABLE": table,
    }, context=desktop)  # fmt: skip
    with open(table, encoding="utf-8", newline="") as stream:
        cells = {row["zone"]: row["cells"] for row in csv.DictReader(stream)}
    assert cells == {"a": "8", "b": "8"}  # where zones overlap the later one counts
    assert sorted(os.listdir(out)) == ["t.csv", "t.csv.run.json"]


def test_what_cannot_be_repaired_is_refused_by_name(run_algorithm, desktop, density, out):
    given = {"SOIL": density, "MASK": layer(SQUARE, LINE), "TOTAL": TEMPORARY, "TABLE": str(out / "t.csv")}
    with pytest.raises(QgsProcessingException) as caught:
        run_algorithm("densitystock", given, context=desktop)
    assert "The layer 'regions': the polygon of the feature 2 is not valid and cannot be repaired" in str(caught.value)
    assert os.listdir(out) == []
    run_algorithm("densitystock", dict(given, MASK=layer(SQUARE)), context=desktop)
    assert sorted(os.listdir(out)) == ["t.csv", "t.csv.run.json"]


def test_fields_are_read_whatever_the_geometry_is(run_algorithm, desktop, feedback, out):
    shapes = [BOWTIE, LINE, SQUARE, OVERLAPPING] * 5
    made = layer(*shapes)
    nowhere = QgsFeature(made.fields())
    nowhere.setAttributes(["a", 0.0, "dry"])
    made.dataProvider().addFeature(nowhere)
    given = {
        "INPUT": made, "Y_FIELD": "carbon", "X_FIELDS": ["climate"], "CATEGORICAL": "climate",
        "FACTORS": str(out / "q.csv"),
    }  # fmt: skip
    found = run_algorithm("geodetector", given, context=desktop)
    assert found["BEST_Q"] == pytest.approx(1) and found["CELLS"] == len(shapes) + 1
    assert "not valid" not in feedback.text


def test_samples_are_read_whatever_the_geometry_is(desktop):
    from carbon_qgis.algorithms.density._samples import read_columns

    class Reader(QgsProcessingAlgorithm):
        def initAlgorithm(self, configuration=None):
            self.addParameter(QgsProcessingParameterFeatureSource("INPUT"))

        def createInstance(self):
            return Reader()

        def name(self):
            return "reader"

        def displayName(self):
            return "Reader"

        def processAlgorithm(self, parameters, context, feedback):
            return {"found": read_columns(self.parameterAsSource(parameters, "INPUT", context), ["carbon"])}

    algorithm = Reader()
    algorithm.initAlgorithm()
    found, fine = algorithm.run({"INPUT": layer(BOWTIE, LINE)}, desktop, QgsProcessingFeedback(), {}, False)
    assert fine and found["found"] == {"carbon": [0.0, 1.0]}


def test_a_check_set_on_the_layer_itself_does_not_stop_the_run_either(run_algorithm, context, density, out):
    made = layer(BOWTIE)
    project = QgsProject()
    project.addMapLayer(made)
    context.setProject(project)
    source = QgsProcessingFeatureSourceDefinition(
        made.id(), False, -1, QgsProcessingFeatureSourceDefinition.Flag.FlagOverrideDefaultGeometryCheck,
        QgsFeatureRequest.InvalidGeometryCheck.GeometryAbortOnInvalid,
    )  # fmt: skip
    given = {"SOIL": density, "MASK": source, "TOTAL": TEMPORARY, "TABLE": str(out / "t.csv")}
    assert run_algorithm("densitystock", given, context=context)["STOCK_TG"] == pytest.approx(8e-4)


def test_every_reading_of_features_skips_the_check_of_qgis():
    """The rule, read from the sources: `getFeatures` of a source always gets UNCHECKED."""
    calls = []
    for folder, _, files in os.walk(PACKAGE_FOLDER):
        for file in files:
            if file.endswith(".py"):
                path = os.path.join(folder, file)
                with open(path, encoding="utf-8") as stream:
                    tree = ast.parse(stream.read())
                for node in ast.walk(tree):
                    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("getFeatures", "getFeature"):
                        calls.append((os.path.relpath(path, PACKAGE_FOLDER), node.lineno, node.args))
    assert len(calls) >= 2
    for path, line, arguments in calls:
        assert len(arguments) == 2 and getattr(arguments[1], "id", "") == "UNCHECKED", "{}:{}".format(path, line)
