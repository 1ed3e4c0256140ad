"""Every stage gives on a cluster what it gives on threads: rasters byte for byte, numbers bit for bit."""

from dataclasses import fields, is_dataclass

import numpy as np
import pytest

from carbon_qgis.core.raster.settings import EngineSettings
from tests.cluster.cases import CASES, run_case

#: Small blocks, so that there are many: 16 MB over two threads.
LOCAL = EngineSettings(memory_mb=16, threads=2)
RASTERS = {
    "carbonstock": 3, "densitystock": 2, "carbonaccumulation": 2, "predictforest": 5, "estimatedensity": 5,
    "classifydriver": 1, "casanpp": 2,
}  # fmt: skip


def plain(value):
    """A result as nested lists of types, texts and bytes; destinations are left out."""
    if isinstance(value, np.ndarray):
        return [value.dtype.str, value.shape, value.tobytes() if value.dtype != object else value.tolist()]
    if is_dataclass(value):
        return [type(value).__name__, {field.name: plain(getattr(value, field.name)) for field in fields(value)}]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return value.hex()
    if hasattr(value, "__dict__"):
        return [type(value).__name__, plain(vars(value))]
    return repr(value)


@pytest.mark.parametrize("name", list(CASES))
def test_rasters_and_numbers_are_those_of_a_local_run(name, cluster, inputs, tmp_path):
    found = {}
    for place, settings in (("local", LOCAL), ("cluster", EngineSettings(16, 2, scheduler=cluster.address))):
        found[place] = plain(run_case(name, inputs, tmp_path / place, settings))
    assert found["local"] == found["cluster"]
    rasters = {path.name: path.read_bytes() for path in (tmp_path / "local").glob("*")}
    assert len(rasters) == RASTERS.get(name, 0)
    assert rasters == {path.name: path.read_bytes() for path in (tmp_path / "cluster").glob("*")}


def test_the_comparison_sees_one_changed_bit():
    one, two = np.zeros(3), np.zeros(3)
    two[1] = 5e-324
    assert plain({"a": [one, 1.0]}) != plain({"a": [two, 1.0]}) and plain(1.0) != plain(np.nextafter(1.0, 2.0))
