"""What a run reads beside the files that it was given: none of it may be overwritten."""

import numpy as np
import pytest

from carbon_qgis.core.errors import OutputError
from carbon_qgis.core.files_behind import behind_layer, behind_raster, of_ensemble
from carbon_qgis.core.foreign_files import holds_nul
from carbon_qgis.core.outputs import OutputSet
from tests.core.helpers import make_raster

_VRT = (
    '<VRTDataset rasterXSize="3" rasterYSize="2"><VRTRasterBand dataType="Float32" band="1"><SimpleSource>'
    '<SourceFilename relativeToVRT="1">{}</SourceFilename><SourceBand>1</SourceBand></SimpleSource></VRTRasterBand>'
    "</VRTDataset>"
)


@pytest.fixture
def nested(tmp_path):
    """outer.vrt of inner.vrt of a.tif, which has overviews."""
    make_raster(tmp_path / "a.tif", np.ones((2, 3), np.float32))
    (tmp_path / "a.tif.aux.xml").write_text("<PAMDataset></PAMDataset>")
    (tmp_path / "inner.vrt").write_text(_VRT.format("a.tif"))
    (tmp_path / "outer.vrt").write_text(_VRT.format("inner.vrt"))
    return tmp_path


def names(paths, folder):
    return {path[len(str(folder)) + 1 :] for path in paths}


def test_sources_of_a_vrt_and_theirs(nested):
    assert names(behind_raster(str(nested / "outer.vrt")), nested) == {
        "outer.vrt", "inner.vrt", "a.tif", "a.tif.aux.xml"
    }  # fmt: skip
    assert names(behind_raster(str(nested / "a.tif")), nested) == {"a.tif", "a.tif.aux.xml"}


def test_a_vrt_of_itself_ends(tmp_path):
    (tmp_path / "x.vrt").write_text(_VRT.format("x.vrt"))
    assert names(behind_raster(str(tmp_path / "x.vrt")), tmp_path) <= {"x.vrt"}


@pytest.mark.parametrize("name", ["no.tif", "text.tif"])
def test_what_cannot_be_opened_has_nothing_behind_it(tmp_path, name):
    (tmp_path / "text.tif").write_text("no raster")
    assert behind_raster(str(tmp_path / name)) == []


def test_parts_of_a_layer(tmp_path):
    for name in ("a.shp", "a.dbf", "a.SHX", "a.tif", "ab.dbf", "t.csv", "t.tif", "t.csvt"):
        (tmp_path / name).write_text("")
    assert names(behind_layer(str(tmp_path / "a.shp") + "|layername=a"), tmp_path) == {"a.dbf", "a.SHX"}
    assert names(behind_layer(str(tmp_path / "t.csv")), tmp_path) == {"t.csvt"}
    assert behind_layer(str(tmp_path / "a.gpkg")) == []


def test_rasters_and_list_of_an_ensemble(tmp_path):
    for name in ("C1_2020.tif", "ensemble.json", "C1_2020.qml"):
        (tmp_path / name).write_text("")
    assert names(of_ensemble(str(tmp_path)), tmp_path) == {"C1_2020.tif", "ensemble.json"}
    assert of_ensemble(str(tmp_path / "no")) == []


@pytest.mark.parametrize("first", ["claim", "read"])
def test_no_output_takes_the_place_of_what_is_read(nested, first):
    before = (nested / "a.tif").read_bytes()
    with pytest.raises(OutputError, match="a.tif' is also an input of this run"):
        with OutputSet([str(nested / "outer.vrt")]) as outputs:
            if first == "claim":
                outputs.claim(str(nested / "a.tif"))
                outputs.reads(behind_raster(str(nested / "outer.vrt")))
            else:
                outputs.reads(behind_raster(str(nested / "outer.vrt")))
                outputs.text(str(nested / "a.tif"), "x")
    assert (nested / "a.tif").read_bytes() == before


def test_a_nul_in_a_table_of_text_is_found_and_in_others_not_looked_for(tmp_path):
    for name, content in (("a.csv", b"x" * (1 << 20) + b"\x00"), ("b.csv", b"x"), ("c.gpkg", b"\x00")):
        (tmp_path / name).write_bytes(content)
    assert [holds_nul(str(tmp_path / name) + "|layername=a") for name in ("a.csv", "b.csv", "c.gpkg")] == [
        True, False, False
    ]  # fmt: skip
    assert not holds_nul(str(tmp_path / "no.csv"))
