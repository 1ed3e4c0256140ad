"""What lies beside a raster: names in capitals too, without a look at the whole folder."""

import os

import pytest

from carbon_qgis.core.companions import companions_of
from carbon_qgis.core.outputs import OutputSet


def test_what_gdal_opens_along_with_a_raster_is_found(tmp_path, monkeypatch):
    kept = ["x.tif.AUX.XML", "x.tif.MSK", "x.tif.msk", "x.tif.OVR", "x.aux", "x.tif.AUX"]
    for name in [*kept, "x.tif", "y.tif.ovr", "x.tif.ovr.txt", "x.ovr"]:
        (tmp_path / name).write_text("")
    monkeypatch.setattr(os, "listdir", None), monkeypatch.setattr(os, "scandir", None)
    assert sorted(companions_of(str(tmp_path / "x.tif"))) == sorted(str(tmp_path / name) for name in kept)


@pytest.mark.parametrize("own", [(), (".ovr",), (".aux.xml", ".msk")])
def test_a_new_raster_has_no_companion_of_the_old_one(tmp_path, own):
    final = tmp_path / "x.tif"
    for suffix in ("", ".ovr", ".OVR", ".MSK", ".AUX.XML", ".aux.xml"):
        (tmp_path / ("x.tif" + suffix)).write_text("old")
    (tmp_path / "other.tif.OVR").write_text("old")
    with OutputSet() as outputs:
        temporary = outputs.path(str(final))
        for suffix in ("", *own):
            with open(temporary + suffix, "w") as stream:
                stream.write("new")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "other.tif.OVR": "old", **{"x.tif" + suffix: "new" for suffix in ("", *own)},
    }  # fmt: skip
