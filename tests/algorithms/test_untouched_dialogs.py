"""An untouched dialog trains the preset whose accuracy the documentation states, and nothing else."""

from dataclasses import replace

import pytest
from qgis.core import QgsApplication

from carbon_qgis.algorithms.inputs import Inputs
from carbon_qgis.core.forest_options import preset_options
from carbon_qgis.core.level_density_options import density_options
from carbon_qgis.core.levels import level_options


@pytest.fixture
def options_of(context, tmp_path):
    """The options that a dialog gives: all values as they were, but for files and `changes`."""
    (tmp_path / "samples.csv").write_text("density [t C/ha],NDVI [1]\n1,2\n")
    (tmp_path / "levels.carbonmodel").write_text("")

    def options(name, **changes):
        algorithm = QgsApplication.processingRegistry().createAlgorithmById("carbon:" + name)
        files = {"SAMPLES": str(tmp_path / "samples.csv"), "MODEL": str(tmp_path / "made.carbonmodel")}
        if name == "traindensity":
            files["LEVELS"] = str(tmp_path / "levels.carbonmodel")
        return algorithm._options(Inputs(algorithm, {**files, **changes}, context))

    return options


def boost(found):
    """Without the number of threads, which is the machine's and changes no model."""
    return replace(found, threads=None)


@pytest.mark.parametrize("preset", ["robust", "published"])
def test_density_within_levels(options_of, preset):
    found = options_of("traindensity", PRESET=preset)
    threadless = replace(found, boost=boost(found.boost), few_boost=boost(found.few_boost))
    assert threadless == density_options(preset, 42) == density_options(preset)
    assert (found.boost.iterations, found.few_boost.iterations) == (300, 200)
    more, fewer = options_of("traindensity", TREES=900), options_of("traindensity", TREES=50)
    assert (more.boost.iterations, more.few_boost.iterations) == (900, 200)
    assert (fewer.boost.iterations, fewer.few_boost.iterations) == (50, 50)


@pytest.mark.parametrize("preset", ["robust", "published"])
def test_levels(options_of, preset):
    found = options_of("trainlevels", PRESET=preset)
    assert replace(found, boost=boost(found.boost)) == level_options(preset)


@pytest.mark.parametrize("preset", ["robust", "published"])
def test_forest(options_of, preset):
    found = options_of("trainforest", PRESET=preset)
    assert replace(found, threads=2) == preset_options(preset)


def test_the_chains_leave_the_presets_alone():
    """A number stored in a chain would go on being used after the preset has changed."""
    for name in ("coupledcarbon", "casacomparison", "irfscenarios"):
        model = QgsApplication.processingRegistry().createAlgorithmById("carbon:" + name)
        for child in model.childAlgorithms().values():
            if child.algorithmId() in ("carbon:traindensity", "carbon:trainlevels", "carbon:trainforest"):
                for parameter in ("TREES", "ITERATIONS", "DEPTH", "LEARNING_RATE"):
                    sources = child.parameterSources().get(parameter, [])
                    assert [source.staticValue() for source in sources] in ([], [None]), (name, parameter)
