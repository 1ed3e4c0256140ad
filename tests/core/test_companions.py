"""What lies beside a raster: names in capitals too, without a look at the whole folder."""

import os

import pytest

from carbon_qgis.core.companions import companions_of
from carbon_qgis.core.errors import InputError
from carbon_qgis.core.foreign_files import require_harmless
from carbon_qgis.core.outputs import OutputSet


def test_what_gdal_opens_along_with_a_raster_is_found(tmp_path, monkeypatch):
    kept = ["x.tif.AUX.XML", "x.tif.MSK", "x.tif.msk", "x.tif.OVR", "x.aux", "x.tif.AUX"]
    for name in [*kept, "x.tif", "y.tif.ovr", "x.tif.ovr.txt", "x.ovr"]:
        (tmp_path / name).write_text("")
    monkeypatch.setattr(os, "listdir", None), monkeypatch.setattr(os, "scandir", None)
    assert sorted(companions_of(str(tmp_path / "x.tif"))) == sorted(str(tmp_path / name) for name in kept)


def test_what_lies_beside_and_in_the_folder_of_a_grid_is_found(tmp_path):
    (tmp_path / "grid").mkdir()
    kept = ["grid.aux.xml", "grid.OVR", "grid/.aux.xml", "grid/hdr.adf.aux.xml"]
    for name in [*kept, "grid/hdr.adf", "grid/sta.adf", "other.aux.xml"]:
        (tmp_path / name).write_text("")
    beside = {str(tmp_path / name) for name in kept}
    for name in ("grid", "grid/"):
        assert set(companions_of(str(tmp_path / "x")[:-1] + name)) == beside - {str(tmp_path / "grid/hdr.adf.aux.xml")}
    assert set(companions_of(str(tmp_path / "grid" / "hdr.adf"))) == beside


def test_a_grid_that_names_a_server_is_refused(tmp_path):
    (tmp_path / "grid").mkdir()
    (tmp_path / "grid" / "hdr.adf").write_bytes(b"GRID1.2\0" + bytes(300))
    text = '<PAMDataset><Metadata domain="OVERVIEWS"><MDI key="OVERVIEW_FILE">/vsicurl/http://a/o.tif</MDI></Metadata>'
    (tmp_path / "grid.aux.xml").write_text(text + "</PAMDataset>")
    for name in ("grid", "grid/", "grid/hdr.adf"):
        with pytest.raises(InputError, match="leads to the network"):
            require_harmless(str(tmp_path / "x")[:-1] + name)


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
