"""The sample project: layers styled and grouped, chains stored and set to the sample; as a file without a project."""

import os
import zipfile
from pathlib import Path

import pytest
from processing.modeler.EditModelAction import EditModelAction
from qgis.core import (
    QgsApplication,
    QgsColorRampShader,
    QgsPalettedRasterRenderer,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProject,
    QgsRasterBandStats,
    QgsRasterLayer,
    QgsSingleBandPseudoColorRenderer,
)

from carbon_qgis.algorithms.start._sample import CHAIN_INPUTS, regions
from carbon_qgis.provider import MODEL_FOLDER, PACKAGE_FOLDER, model_paths

SAMPLE = Path(PACKAGE_FOLDER) / "sample"
COUNT = sum(len(region.layers) for region in regions())


@pytest.fixture
def project(context):
    """The open project, empty, with QGIS's provider of project models."""
    found = QgsProject.instance()
    found.clear()
    context.setProject(found)
    yield found
    found.clear()


@pytest.fixture
def project_models(project):
    found = QgsApplication.processingRegistry().providerById("project")
    assert found is not None and found.project is project
    return found


def named(project, title):
    (layer,) = project.mapLayersByName(title)
    return layer


def defaults(model):
    return {definition.name(): definition.defaultValue() for definition in model.parameterDefinitions()}


def test_every_file_of_the_sample_has_its_place():
    listed = {(region.folder, layer.file) for region in regions() for layer in region.layers}
    there = {
        (path.parent.name, path.name) for path in SAMPLE.glob("*/*") if path.suffix in (".tif", ".vrt", ".csv")
    }
    assert listed == there


def test_units_are_those_of_the_bands_and_ramps_hold_most_of_the_values():
    for region in regions():
        for entry in region.layers:
            if not entry.is_raster() or entry.classes:
                continue
            layer = QgsRasterLayer(str(SAMPLE / region.folder / entry.file), entry.title, "gdal")
            from osgeo import gdal

            assert gdal.Open(layer.source()).GetRasterBand(1).GetUnitType() == entry.unit, entry.file
            stats = layer.dataProvider().bandStatistics(1, QgsRasterBandStats.Stats.All)
            assert entry.low < stats.mean - 0.5 * stats.stdDev and stats.mean + 0.5 * stats.stdDev < entry.high
            assert stats.minimumValue - stats.stdDev <= entry.low < entry.high <= stats.maximumValue + stats.stdDev


def test_the_classes_of_the_land_cover_of_africa_are_all_named():
    (entry,) = [layer for region in regions() for layer in region.layers if layer.file == "LULC.tif"]
    assert [code for code, _, _ in entry.classes] == list(range(1, 23))
    assert len({name for _, name, _ in entry.classes}) == 22


def test_layers_are_grouped_styled_and_named(run_algorithm, project):
    results = run_algorithm("loadsampleproject", {})
    assert results["LAYERS"] == COUNT == len(project.mapLayers())
    assert all(layer.isValid() for layer in project.mapLayers().values())
    groups = [group.name() for group in project.layerTreeRoot().findGroups()]
    assert groups == [region.title for region in regions()]
    landcover = named(project, "Land cover 1985").renderer()
    assert isinstance(landcover, QgsPalettedRasterRenderer)
    assert [entry.label for entry in landcover.classes()] == ["Forest", "Built", "Other"]
    first, second = (named(project, f"Soil carbon density {year} (t C/ha)").renderer() for year in (1990, 2010))
    assert isinstance(first, QgsSingleBandPseudoColorRenderer)
    ramps = [renderer.shader().rasterShaderFunction() for renderer in (first, second)]
    assert isinstance(ramps[0], QgsColorRampShader)
    values = [[item.value for item in ramp.colorRampItemList()] for ramp in ramps]
    assert values[0] == values[1], "one quantity, one scale"
    assert ramps[0].colorRampItemList()[-1].label == "220 t C/ha"


def test_only_the_first_layer_is_drawn_and_the_map_starts_there(run_algorithm, project):
    run_algorithm("loadsampleproject", {})
    shown = [layer.name() for layer in project.layerTreeRoot().checkedLayers()]
    assert shown == ["Land cover 1999"]
    assert project.crs().authid() == "EPSG:26986"
    assert project.viewSettings().defaultViewExtent().intersects(named(project, "Land cover 1999").extent())


def test_tables_open_with_numbers(run_algorithm, project):
    run_algorithm("loadsampleproject", {"DATA": "plum_island"})
    pools = named(project, "Carbon pools by class (t C/ha, illustrative)")
    assert pools.featureCount() == 3 and pools.fields().field("c_above").isNumeric()
    assert sum(row["c_above"] for row in pools.getFeatures()) == 99


def test_sources_and_terms_are_in_the_metadata(run_algorithm, project):
    run_algorithm("loadsampleproject", {"DATA": "africa20km", "CHAINS": False})
    assert "CC BY-SA 4.0" in named(project, "PRE").metadata().rights()[0]


def test_chains_are_models_of_the_project_that_can_be_edited(run_algorithm, project, project_models):
    results = run_algorithm("loadsampleproject", {})
    assert results["MODELS"] == len(model_paths()) == len(project_models.algorithms())
    action = EditModelAction()
    for model in project_models.algorithms():
        action.setData(model, None)
        assert action.isEnabled(), model.name()
        assert model.canExecute()[0]


def test_help_of_a_stored_chain_opens_the_page_of_the_shipped_one(run_algorithm, project, project_models, provider):
    run_algorithm("loadsampleproject", {})
    pages = {model.helpUrl() for model in project_models.algorithms()}
    assert pages == {provider.algorithm(os.path.basename(path)[: -len(".model3")]).helpUrl() for path in model_paths()}
    assert "" not in pages


def test_inputs_of_the_chains_are_the_sample(run_algorithm, project, project_models):
    run_algorithm("loadsampleproject", {})
    values = defaults(project_models.algorithm("Land cover → stock → CAR → drivers"))
    assert values["LANDCOVER_START"] == str(SAMPLE / "plum_island" / "landcover_1985.tif")
    assert [os.path.basename(path) for path in values["DRIVERS"]] == [
        "elevation.tif", "slope.tif", "distance_built_1985.tif",
    ]  # fmt: skip
    coupled = defaults(project_models.algorithm("Coupled carbon density"))
    assert coupled["YEAR"] == 2010 and coupled["DRIVERS_TARGET"][1].endswith("TEM_2020.vrt")


def test_a_chain_whose_data_are_not_loaded_has_no_defaults(run_algorithm, project, project_models):
    run_algorithm("loadsampleproject", {"DATA": "plum_island"})
    assert defaults(project_models.algorithm("Coupled carbon density"))["DENSITY"] is None


def test_every_named_input_exists_and_every_file_too(provider):
    for name, (folder, values) in CHAIN_INPUTS.items():
        model = provider.algorithm(name)
        needed = {
            definition.name() for definition in model.parameterDefinitions()
            if not definition.isDestination() and definition.defaultValue() is None
            and not definition.flags() & definition.Flag.FlagOptional
        }  # fmt: skip
        assert needed <= set(values) <= {definition.name() for definition in model.parameterDefinitions()}
        for value in values.values():
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, str) and item.startswith("@"):
                    assert (SAMPLE / folder / item[1:]).exists(), item


def test_a_stored_chain_runs_as_it_opens(run_algorithm, project, project_models, context, feedback, tmp_path):
    """What a user gets who presses Run: the dialog passes the defaults; only the outputs are chosen here."""
    run_algorithm("loadsampleproject", {"DATA": "plum_island"})
    model = project_models.algorithm("Land cover → stock → CAR → drivers").create()
    parameters = {name: value for name, value in defaults(model).items() if value is not None}
    made = {}
    for definition in model.destinationParameterDefinitions():
        if not definition.flags() & definition.Flag.FlagOptional:
            suffix = {"rasterDestination": ".tif", "sink": ".csv"}[definition.type()]
            made[definition.name()] = str(tmp_path / "output {}{}".format(len(made), suffix))
    parameters.update(made)
    assert model.checkParameterValues(parameters, context) == (True, "")
    results, fine = model.run(parameters, context, feedback, {}, False)
    assert fine, feedback.text
    assert len(made) == 4 and all(os.path.exists(path) for path in made.values())
    assert {name: results[name] for name in made} == made


def test_results_of_a_stored_chain_are_called_by_their_titles(run_algorithm, project, project_models, provider):
    """A temporary layer takes the name of the model's output: 'RATE' would be in the layer tree."""
    run_algorithm("loadsampleproject", {})
    for model in project_models.algorithms():
        titles = [one.description() for one in model.destinationParameterDefinitions()]
        assert [one.name().split(":", 1)[1] for one in model.destinationParameterDefinitions()] == titles
        assert not any(title.isupper() for title in titles)
    shipped = {len(provider.algorithm(os.path.basename(path)[:-7]).destinationParameterDefinitions())
               for path in model_paths()}  # fmt: skip
    assert {len(model.destinationParameterDefinitions()) for model in project_models.algorithms()} == shipped


def test_run_again_it_adds_nothing_and_says_so(run_algorithm, project, project_models, feedback):
    run_algorithm("loadsampleproject", {})
    again = run_algorithm("loadsampleproject", {})
    assert (again["LAYERS"], again["MODELS"]) == (0, 0)
    assert len(project.mapLayers()) == COUNT
    assert "are in the project already" in feedback.text and "a model 'Coupled carbon density' already" in feedback.text


def test_a_project_that_has_layers_keeps_its_crs(run_algorithm, project):
    run_algorithm("loadsampleproject", {"DATA": "africa20km"})
    before = project.crs()
    run_algorithm("loadsampleproject", {"DATA": "plum_island"})
    assert project.crs() == before and len(project.mapLayers()) == COUNT


def test_without_a_project_it_writes_one(run_algorithm, context, tmp_path):
    file, folder = tmp_path / "sample.qgz", tmp_path / "data"
    results = run_algorithm("loadsampleproject", {"PROJECT": str(file), "FOLDER": str(folder)})
    assert results["PROJECT"] == str(file) and results["LAYERS"] == COUNT
    assert zipfile.ZipFile(file).namelist()[0] == "sample.qgs"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "sample.qgz"]
    found = QgsProject.instance()
    try:
        assert found.read(str(file)) and found.title() == "Carbon sample"
        layers = list(found.mapLayers().values())
        assert len(layers) == COUNT and all(layer.isValid() for layer in layers)
        assert all(str(folder) in layer.source() for layer in layers)
        models = QgsApplication.processingRegistry().providerById("project")
        assert len(models.algorithms()) == len(model_paths())
    finally:
        found.clear()


def test_the_project_file_finds_its_copy_after_both_have_moved(run_algorithm, tmp_path):
    (tmp_path / "a").mkdir()
    run_algorithm(
        "loadsampleproject",
        {"PROJECT": str(tmp_path / "a" / "s.qgz"), "FOLDER": str(tmp_path / "a" / "data"), "DATA": "plum_island"},
    )
    os.rename(tmp_path / "a", tmp_path / "b")
    found = QgsProject()
    assert found.read(str(tmp_path / "b" / "s.qgz"))
    assert all(layer.isValid() for layer in found.mapLayers().values())


def test_a_copy_keeps_what_is_there(run_algorithm, tmp_path):
    own = tmp_path / "data" / "plum_island" / "pools.csv"
    own.parent.mkdir(parents=True)
    own.write_text("lucode,c_above\n1,2\n", encoding="utf-8")
    parameters = {"PROJECT": str(tmp_path / "s.qgs"), "FOLDER": str(tmp_path / "data"), "DATA": "plum_island"}
    run_algorithm("loadsampleproject", parameters)
    assert own.read_text(encoding="utf-8").endswith("1,2\n")
    assert (own.parent / "SOURCE.txt").read_bytes() == (SAMPLE / "plum_island" / "SOURCE.txt").read_bytes()


def test_without_a_project_and_a_file_it_says_what_to_give(run_algorithm):
    with pytest.raises(QgsProcessingException, match="no open project .* --PROJECT=sample.qgz"):
        run_algorithm("loadsampleproject", {})


def test_a_file_that_is_no_project_is_refused(run_algorithm, tmp_path):
    with pytest.raises(QgsProcessingException, match="must end in .qgz or .qgs"):
        run_algorithm("loadsampleproject", {"PROJECT": str(tmp_path / "sample.zip")})


def test_a_file_to_write_leaves_the_open_project_alone(run_algorithm, project, tmp_path):
    run_algorithm("loadsampleproject", {"PROJECT": str(tmp_path / "s.qgz"), "DATA": "plum_island"})
    assert not project.mapLayers() and not project.layerTreeRoot().findGroups()


def test_it_runs_in_the_main_thread(provider):
    assert provider.algorithm("loadsampleproject").flags() & QgsProcessingAlgorithm.Flag.FlagNoThreading


def test_no_algorithm_is_called_deprecated(provider):
    """qgis_process warns of every algorithm that has one of the two flags that make up FlagDeprecated."""
    deprecated = QgsProcessingAlgorithm.Flag.FlagDeprecated
    assert [algorithm.id() for algorithm in provider.algorithms() if algorithm.flags() & deprecated] == []


def test_the_models_it_stores_are_the_shipped_ones():
    from carbon_qgis.algorithms.start import loadsampleproject

    assert loadsampleproject.MODEL_FOLDER == MODEL_FOLDER
    assert QgsProcessingContext().project() is None


def test_both_years_of_the_coupled_chain_have_the_same_drivers(run_algorithm, project, project_models):
    """Levels and densities are matched by name: a title that is no driver's name would stop the chain."""
    from carbon_qgis.core.stack import driver_name

    run_algorithm("loadsampleproject", {"DATA": "africa20km"})
    titles = {os.path.normpath(layer.source()): layer.name() for layer in project.mapLayers().values()}
    values = defaults(project_models.algorithm("Coupled carbon density"))
    names = [[driver_name(titles[path]) for path in values[which]] for which in ("DRIVERS", "DRIVERS_TARGET")]
    assert names[0] == names[1] == ["PRE", "TEM", "TEMN", "TEMSD", "NDVI", "NDVISD", "DEM", "SLOPE", "TWI", "LULC"]


def test_the_driver_table_names_the_drivers_of_its_chain(run_algorithm, project, project_models):
    import csv

    run_algorithm("loadsampleproject", {"DATA": "africa20km"})
    values = defaults(project_models.algorithm("I-RF scenarios"))
    drivers = {os.path.splitext(os.path.basename(path))[0] for path in values["DRIVERS"]}
    with open(values["DRIVER_TABLE"], encoding="utf-8") as stream:
        assert {row["variable"] for row in csv.DictReader(stream)} == drivers
