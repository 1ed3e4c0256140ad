"""Archives are looked into in small steps, and what GDAL would read otherwise is refused."""

import tracemalloc
import zipfile

import pytest

from carbon_qgis.core.errors import InputError
from carbon_qgis.core.foreign_files import require_harmless

_TIFF = b"II*\x00" + bytes(4000)
_REMOTE = b'<Metadata domain="OVERVIEWS"><MDI key="OVERVIEW_FILE">/vsicurl/http://x/o.tif</MDI></Metadata></PAMDataset>'


def archive(path, members, method=zipfile.ZIP_DEFLATED):
    """A zip of name → (beginning, bytes of blanks behind it, end)."""
    with zipfile.ZipFile(path, "w", method) as made:
        for name, (begin, blanks, end) in members.items():
            with made.open(name, "w", force_zip64=True) as stream:
                stream.write(begin)
                for _ in range(blanks >> 20):
                    stream.write(b" " * (1 << 20))
                stream.write(end)
    return "/vsizip/{}/x.tif".format(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_members_packed_in_another_way_are_not_unpacked(tmp_path, method):
    """A few hundred bytes would take hundreds of megabytes at once."""
    name = archive(tmp_path / "b.zip", {"x.tif": (_TIFF, 200 << 20, b"")}, method)
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match="packed in a way"):
            require_harmless(name)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name, blanks, most, refused", [
    ("x.tif", 300, 4, None), ("x.tif.aux.xml", 300, 48, "too long"), ("x.tif.aux.xml", 28, 48, "other files"),
])  # fmt: skip
def test_members_are_unpacked_in_small_steps(tmp_path, name, blanks, most, refused):
    begin = _TIFF if name == "x.tif" else b"<PAMDataset>"
    members = {"x.tif": (_TIFF, 0, b""), name: (begin, blanks << 20, b"" if name == "x.tif" else _REMOTE)}
    path = archive(tmp_path / "b.zip", members)
    tracemalloc.start()
    try:
        if refused:
            with pytest.raises(InputError, match=refused):
                require_harmless(path)
        else:
            require_harmless(path)
        assert tracemalloc.get_traced_memory()[1] < most << 20
    finally:
        tracemalloc.stop()


def test_the_last_of_many_members_is_looked_at(tmp_path):
    members = {"{}.txt".format(number): (b"x", 0, b"") for number in range(20_000)}
    path = archive(tmp_path / "b.zip", {**members, "x.tif": (b"<PAMDataset/>", 0, b"")})
    with pytest.raises(InputError, match="too many to look into"):
        require_harmless(path)


def _two_lists_in_one(data, end):
    """The second list stands in the remark of the first."""
    other = data[end:]
    return data[:-2] + len(other).to_bytes(2, "little") + other


def _mark_of_a_large_one(data, end):
    """A list of large archives without one."""
    return data[:end] + b"PK\x06\x07" + bytes(16) + data[end:]


@pytest.mark.parametrize("forged", [_two_lists_in_one, _mark_of_a_large_one])
def test_a_list_in_place_of_another_is_refused(tmp_path, forged):
    path = archive(tmp_path / "b.zip", {"x.tif": (_TIFF, 0, b"")})
    data = (tmp_path / "b.zip").read_bytes()
    (tmp_path / "b.zip").write_bytes(forged(data, data.rfind(b"PK\x05\x06")))
    with pytest.raises(InputError, match="two lists"):
        require_harmless(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_plain_archive_passes(tmp_path, method):
    members = {"x.tif": (_TIFF, 1 << 20, b""), "x.tif.aux.xml": (b"<PAMDataset/>", 0, b""), "a.txt": (b"<a>", 0, b"")}
    require_harmless(archive(tmp_path / "b.zip", members, method))


@pytest.mark.parametrize("member", ["x.tif.AUX.XML", "x.tif.OVR", "x.tif.aux"])
def test_what_lies_beside_a_member_is_looked_at(tmp_path, member):
    text = b"<PAMDataset>" + _REMOTE if "XML" in member else b"x<TileMap version='1'>"
    with pytest.raises(InputError, match="leads to"):
        require_harmless(archive(tmp_path / "b.zip", {"x.tif": (_TIFF, 0, b""), member: (text, 0, b"")}))


def test_a_part_of_a_file_in_an_archive_is_refused(tmp_path):
    archive(tmp_path / "b.zip", {"x.tif": (_TIFF, 0, b"")})
    with pytest.raises(InputError, match="in an archive"):
        require_harmless("GTIFF_DIR:1:/vsizip/{}/x.tif".format(tmp_path / "b.zip"))
