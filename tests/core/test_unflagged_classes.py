"""Integer rasters with few different values that nobody called categorical: what is warned of, and what is not."""

import numpy as np
import pytest

from carbon_qgis.core.driver_detection import Driver, detect_drivers
from carbon_qgis.core.driver_stack import DriverSource, driver_stack
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.raster.source import Band
from carbon_qgis.core.unflagged_classes import MOST, unflagged_note
from tests.core.helpers import make_raster

CODES = np.array([[11, 11, 22], [33, 33, 255]], np.uint8)
ADVICE = "If they are class codes, name it among the categorical drivers."


@pytest.fixture
def cover(tmp_path):
    return make_raster(tmp_path / "LC.tif", CODES, nodata=255)


def note(path, unit=""):
    return unflagged_note("LC", Band(path), unit)


def test_codes_are_named(cover):
    assert "'LC' holds whole numbers without a unit and few different ones (11, 22, 33)" in note(cover)
    assert note(cover).endswith(ADVICE)


def test_quantities_are_not_warned_of(tmp_path, cover):
    assert note(cover, "mm") is None
    assert note(make_raster(tmp_path / "f.tif", CODES.astype(np.float32), nodata=255)) is None
    many = np.arange(2 * MOST, dtype=np.int16).reshape(2, MOST)
    assert note(make_raster(tmp_path / "m.tif", many, nodata=-1)) is None
    assert note(make_raster(tmp_path / "one.tif", np.full((3, 3), 5, np.uint8), nodata=255)) is None


def test_a_large_raster_is_seen_in_its_corners_too(tmp_path):
    codes = np.full((900, 1000), 3, np.int16)
    codes[-1, -1] = 8
    assert "(3, 8)" in note(make_raster(tmp_path / "l.tif", codes, nodata=-1))


def test_stack_and_geodetector_tell_it_unless_the_driver_is_flagged(tmp_path, cover):
    def stack_notes(categorical):
        with OutputSet([cover]) as outputs:
            return driver_stack([DriverSource(cover, categorical=categorical)], outputs, {}).notes

    assert any(ADVICE in found for found in stack_notes(False))
    assert not any(ADVICE in found for found in stack_notes(True))
    y = make_raster(tmp_path / "y.tif", np.arange(36, dtype=np.float32).reshape(6, 6), nodata=-1)
    codes = make_raster(tmp_path / "soil.tif", np.tile(np.arange(12, dtype=np.uint8), 3).reshape(6, 6), nodata=255)
    for flagged in (False, True):
        found = detect_drivers(Band(y), [Driver("soil", Band(codes, categorical=flagged))])
        assert any("'soil'" in told and ADVICE in told for told in found.notes) is not flagged
