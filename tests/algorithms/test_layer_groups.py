"""Where layers of a run arrive in a project, loaded by QGIS's own code: one named group, in the order of the outputs.

QGIS groups and sorts by itself from 3.32 on; before, the plugin's post-processor moves the layers.
"""

import itertools

import pytest
from qgis.core import (
    QgsApplication,
    QgsLayerTreeRegistryBridge,
    QgsProcessingContext,
    QgsProcessingModelAlgorithm,
    QgsProcessingOutputLayerDefinition,
)
from qgis.PyQt.QtCore import QCoreApplication

SAMPLE = "carbon_qgis/sample/plum_island"


@pytest.fixture
def load(project, repository, tmp_path, make_feedback):
    """``load("carbonstock", {...}, ["TOTAL", ...])`` runs and loads; the groups as {name: names of their layers}."""
    from processing.gui.Postprocessing import handleAlgorithmResults

    number = itertools.count()  # a file that is in the project already is not loaded again

    def run(name, parameters, outputs):
        algorithm = name
        if isinstance(name, str):
            algorithm = QgsApplication.processingRegistry().createAlgorithmById("carbon:" + name)
        context, feedback = QgsProcessingContext(), make_feedback()
        context.setProject(project)
        for output in outputs:
            ending = ".csv" if "TABLE" in output else ".tif"
            destination = str(tmp_path / "{}_{}{}".format(output.replace(":", "_"), next(number), ending))
            parameters[output] = QgsProcessingOutputLayerDefinition(destination, project)
        results, fine = algorithm.run(parameters, context, feedback, {}, False)
        assert fine, feedback.text
        assert handleAlgorithmResults(algorithm, context, feedback, parameters=parameters), feedback.text
        assert feedback.errors == []
        QCoreApplication.processEvents()  # QGIS 3.32 and later put layers into the tree after their post-processors
        root = project.layerTreeRoot()
        assert [node.name() for node in root.findLayers() if node.parent() == root] == []
        return {group.name(): [node.name() for node in group.findLayers()] for group in root.findGroups()}

    return run


def landcover(repository, year):
    return str(repository / SAMPLE / "landcover_{}.tif".format(year))


def insert_into(group, project):
    """New layers go on top of a group, as in the desktop when the current layer lies in it."""
    point = QgsLayerTreeRegistryBridge.InsertionPoint(group, 0)
    project.layerTreeRegistryBridge().setLayerInsertionPoint(point)


@pytest.mark.parametrize("inside", [False, True], ids=["beside", "inside"])
def test_layers_of_a_run_lie_in_one_group_in_the_order_of_the_outputs(load, project, repository, inside):
    inputs = {
        "LANDCOVER": landcover(repository, 1985), "YEAR": 1985, "LANDCOVER_ALT": landcover(repository, 1999),
        "YEAR_ALT": 1999, "POOLS": str(repository / SAMPLE / "pools.csv"),
    }  # fmt: skip
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("carbon:carbonstock")
    titles = {item.name(): item.description() for item in algorithm.destinationParameterDefinitions()}
    wanted = [name for name in titles if name in ("TOTAL", "TOTAL_ALT", "CHANGE", "TABLE")]
    assert len(wanted) == 4
    if inside:
        insert_into(project.layerTreeRoot().insertGroup(0, "Carbon - " + algorithm.displayName()), project)
    groups = load("carbonstock", inputs, wanted)
    assert groups == {"Carbon - " + algorithm.displayName(): [titles[name] for name in wanted]}
    # Styled on arrival, with the ramp that was written beside the raster.
    for layer in project.mapLayers().values():
        if layer.name() == titles["TOTAL"]:
            assert layer.renderer().type() == "singlebandpseudocolor"


def test_a_layer_of_a_second_run_lies_above_that_of_the_first(load, project, repository):
    inputs = {"POOLS": str(repository / SAMPLE / "pools.csv")}
    load("carbonstock", {**inputs, "LANDCOVER": landcover(repository, 1985), "YEAR": 1985}, ["TOTAL"])
    (first,) = project.mapLayers()
    groups = load("carbonstock", {**inputs, "LANDCOVER": landcover(repository, 1999), "YEAR": 1999}, ["TOTAL", "TABLE"])
    ((_, names),) = groups.items()
    rasters = [node.layerId() for node in project.layerTreeRoot().findLayers() if node.name() == names[0]]
    assert len(names) == 3 and len(rasters) == 2 and rasters[1] == first


def test_a_table_in_memory_comes_with_its_titles_and_without_complaints(project, repository, make_feedback):
    """QGIS 3.40 warns of every title and description that the fields of such a table are given."""
    from processing.gui.Postprocessing import handleAlgorithmResults

    algorithm = QgsApplication.processingRegistry().createAlgorithmById("carbon:carbonstock")
    context, feedback = QgsProcessingContext(), make_feedback()
    context.setProject(project)
    parameters = {
        "LANDCOVER": landcover(repository, 1985), "YEAR": 1985, "POOLS": str(repository / SAMPLE / "pools.csv"),
        "TABLE": QgsProcessingOutputLayerDefinition("TEMPORARY_OUTPUT", project),
    }  # fmt: skip
    results, fine = algorithm.run(parameters, context, feedback, {}, False)
    assert fine and handleAlgorithmResults(algorithm, context, feedback, parameters=parameters), feedback.text
    assert feedback.warnings == [] and feedback.errors == []
    (layer,) = project.mapLayers().values()
    assert layer.dataProvider().name() == "memory" and layer.featureCount() > 0
    assert layer.attributeAlias(layer.fields().indexOf("area_km2")) == "area (km2)"


def plum_island(repository):
    """Inputs of the main chain."""
    return {
        "LANDCOVER_START": landcover(repository, 1985), "YEAR_START": 1985,
        "LANDCOVER_END": landcover(repository, 1999), "YEAR_END": 1999,
        "POOLS": str(repository / SAMPLE / "pools.csv"),
        "DRIVERS": [str(repository / SAMPLE / name) for name in ("elevation.tif", "slope.tif")],
    }  # fmt: skip


#: Outputs of the main chain from the top of the layer tree: results above what they were made from.
FROM_THE_TOP = ["car:RATE", "car:SINK_SOURCE", "stock:TOTAL_START", "stock:TOTAL_END", "stack:STACK"]


def test_layers_of_a_chain_lie_in_the_group_of_the_chain_the_main_result_on_top(load, project, repository):
    """Not in those of its steps; the driver stack, which only serves the last step, is not shown."""
    groups = load("landcovertodrivers", plum_island(repository), sorted(FROM_THE_TOP, reverse=True))
    chain = QgsApplication.processingRegistry().createAlgorithmById("carbon:landcovertodrivers")
    ((name, layers),) = groups.items()
    assert name == "Carbon - " + chain.displayName()
    titles = {item.name(): item.description() for item in chain.destinationParameterDefinitions()}
    assert layers == [titles[output] for output in FROM_THE_TOP]
    QCoreApplication.processEvents()
    shown = {node.name(): node.itemVisibilityChecked() for node in project.layerTreeRoot().findLayers()}
    assert [name for name, ticked in shown.items() if not ticked] == [titles["stack:STACK"]]


def test_layers_of_a_model_of_the_project_are_grouped_and_sorted_as_well(load, repository):
    """It is a plain model of QGIS: none of the plugin's own code runs but that of the steps."""
    model = QgsProcessingModelAlgorithm()
    assert model.fromFile(str(repository / "carbon_qgis" / "modeler" / "landcovertodrivers.model3"))
    groups = load(model, plum_island(repository), sorted(FROM_THE_TOP))
    assert groups == {"Carbon - " + model.displayName(): [output.split(":")[1] for output in FROM_THE_TOP]}


def test_a_driver_stack_by_itself_is_shown(load, project, repository):
    drivers = [str(repository / SAMPLE / name) for name in ("elevation.tif", "slope.tif")]
    groups = load("driverstack", {"DRIVERS": drivers}, ["STACK"])
    QCoreApplication.processEvents()
    assert list(groups) == ["Carbon - Driver stack"]
    assert all(node.itemVisibilityChecked() for node in project.layerTreeRoot().findLayers())
