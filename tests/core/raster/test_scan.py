"""The codes that occur in a raster."""

import numpy as np
import pytest

from carbon_qgis.core.errors import RasterError
from carbon_qgis.core.raster import scan
from carbon_qgis.core.raster.scan import present_codes
from carbon_qgis.core.raster.settings import EngineSettings
from tests.core.helpers import box_layer, make_raster

DATA = np.array([[3, 3, 7], [0, 250, 7], [7, 3, 0]])
MASK = box_layer(500_000, 4_000_000 - 60, 500_060, 4_000_000)  # the upper left 2 x 2 cells


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint16", "int32", "float32"])
def test_codes_with_counts_ascending(tmp_path, dtype):
    path = make_raster(tmp_path / "a.tif", DATA.astype(dtype))
    assert list(present_codes(path).items()) == [(0, 2), (3, 3), (7, 3), (250, 1)]
    assert present_codes(path, mask=MASK) == {0: 1, 3: 2, 250: 1}
    path = make_raster(tmp_path / "b.tif", DATA.astype(dtype), nodata=0)
    assert present_codes(path) == {3: 3, 7: 3, 250: 1}
    assert present_codes(path, mask=MASK) == {3: 2, 250: 1}


def test_another_band_and_small_blocks(tmp_path):
    data = np.random.default_rng(0).integers(-5, 6, (2, 600, 700)).astype(np.int16)
    path = make_raster(tmp_path / "a.tif", data)
    codes, counts = np.unique(data[1], return_counts=True)
    assert present_codes(path, 2, settings=EngineSettings(1, 2)) == dict(zip(codes.tolist(), counts.tolist()))


def test_measurements_are_no_codes(tmp_path, monkeypatch):
    with pytest.raises(RasterError, match=r"class codes must be whole numbers"):
        present_codes(make_raster(tmp_path / "a.tif", np.array([[1.5, 2]], np.float32)))
    monkeypatch.setattr(scan, "MAX_CLASSES", 3)
    with pytest.raises(RasterError, match=r"a.tif' has more than 3 different values: this is not a raster of classes"):
        present_codes(make_raster(tmp_path / "a.tif", DATA.astype(np.int16)))
