"""What a member of a zip unpacks to, against what it declares."""

import io
import tracemalloc
import zipfile

import pytest

from carbon_qgis.core.foreign_archives import check_archive
from carbon_qgis.core.foreign_contents import named_in
from carbon_qgis.core.foreign_found import Suspect
from carbon_qgis.core.zip_members import holds_more


def packed(content, method=zipfile.ZIP_DEFLATED, front=b""):
    stream = io.BytesIO(front)
    stream.seek(0, 2)
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("first.xml", b"x" * 100)
        archive.writestr("a.xml", content)
    with zipfile.ZipFile(stream) as archive:
        return stream, archive.getinfo("a.xml")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("content", [b"", b"a", bytes(1 << 14), bytes(300_001), bytes(range(256)) * 1000])
@pytest.mark.parametrize("front", [b"", b"something in front"])
def test_true_and_false_sizes(method, content, front):
    stream, entry = packed(content, method, front)
    assert not holds_more(stream, entry)
    if content:
        entry.file_size -= 1
        assert holds_more(stream, entry)
        entry.file_size = 0
        assert holds_more(stream, entry)


def test_damage():
    stream, entry = packed(bytes(range(256)) * 1000)
    stream.seek(entry.header_offset + 30 + len("a.xml"))
    stream.write(b"\x07")  # a kind of block that there is not
    with pytest.raises(zipfile.BadZipFile, match="'a.xml' is damaged"):
        holds_more(stream, entry)
    entry.header_offset = 1 << 40
    with pytest.raises(zipfile.BadZipFile, match="'a.xml' is damaged"):
        holds_more(stream, entry)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_archives_that_no_size_bounds_are_not_even_looked_into(tmp_path, method):
    """The first bytes of a member would bring all of it into the memory."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("a.tif", bytes(30 << 20))
    tracemalloc.start()
    with pytest.raises(Suspect, match="'a.tif' in it is packed in a way .number [0-9]+. that is not read here"):
        check_archive(str(path), "")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 1 << 20


def test_an_archive_of_more_members_than_any_table_has(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(20_001):
            archive.writestr(str(number), b"")
    with pytest.raises(Suspect, match="it holds 20,001 files, too many to look into"):
        list(named_in(str(path), True))
