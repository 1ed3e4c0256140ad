"""Putting inputs together on one grid."""

import pickle

import numpy as np
import pytest

from carbon_qgis.core.errors import GridError, RasterError
from carbon_qgis.core.raster.inputs import align_inputs
from carbon_qgis.core.raster.settings import EngineSettings
from carbon_qgis.core.raster.source import Band
from tests.core.helpers import METRES_30, box_layer, make_grid, make_raster


@pytest.fixture
def first(tmp_path):
    return make_raster(tmp_path / "first.tif", np.ones((4, 5), np.uint8), nodata=0)


@pytest.fixture
def coarse(tmp_path):
    transform = (60,) + METRES_30[1:4] + (-60, 4e6)
    return make_raster(tmp_path / "coarse.tif", np.ones((2, 3), np.float32), transform=transform)


def test_the_first_band_gives_the_grid_unless_another_is_named(first, coarse):
    bands = {"a": Band(first), "b": Band(coarse)}
    assert align_inputs(bands).grid.shape == (4, 5)
    assert align_inputs(bands, coarse).grid.shape == (2, 3)
    assert align_inputs(bands, grid=make_grid(shape=(3, 3))).grid.shape == (3, 3)


def test_what_a_run_is_told(first, coarse):
    inputs = align_inputs({"a": Band(first), "b": Band(coarse), "c": Band(coarse)}, area_mode="auto")
    assert inputs.paths == [first, coarse]
    assert len(inputs.notes) == 1 and "bilinear" in inputs.notes[0], "a note is given once per file"
    assert inputs.areas.constant == 900 / 1e6 and align_inputs({"a": Band(first)}).areas is None
    assert list(inputs.spaces) == [] and list(align_inputs({"a": Band(first, 1, True)}).spaces) == ["a"]


def test_it_can_be_sent_to_another_process(first, coarse):
    mask = box_layer(*make_grid().bounds)
    bands = {"a": Band(first, 1, True), "b": Band(coarse)}
    inputs = align_inputs(bands, mask=mask, zones=mask, area_mode="ellipsoidal")
    again = pickle.loads(pickle.dumps(inputs))
    assert (again.grid, again.alignments, again.spaces) == (inputs.grid, inputs.alignments, inputs.spaces)
    masks = [one.mask.burn(one.grid, 0, 0, *one.grid.shape) for one in (again, inputs)]
    np.testing.assert_array_equal(*masks)
    assert masks[0].all()


def test_errors_name_the_file(first, tmp_path):
    far = make_raster(tmp_path / "far.tif", np.ones((4, 5), np.uint8), transform=(30, 0, 9e5, 0, -30, 4e6))
    with pytest.raises(GridError, match="far.tif' and .*first.tif' do not overlap"):
        align_inputs({"a": Band(first), "b": Band(far)})
    with pytest.raises(RasterError, match="gone.tif' does not exist"):
        align_inputs({"a": Band(first), "b": Band(str(tmp_path / "gone.tif"))})


def test_a_mask_beside_the_raster_is_refused(first):
    with pytest.raises(GridError, match="the mask layer does not overlap the raster"):
        align_inputs({"a": Band(first)}, mask=box_layer(0, 0, 10, 10))


def test_settings():
    assert EngineSettings(threads=3).worker_count() == 3
    assert 1 <= EngineSettings().worker_count() <= 8
    assert EngineSettings(threads=-2).worker_count() == 1
