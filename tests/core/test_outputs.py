"""All files of a run appear together or not at all."""

import os
import subprocess
import sys

import pytest

from carbon_qgis.core import outputs as module
from carbon_qgis.core.errors import OutputError
from carbon_qgis.core.outputs import OutputSet, writing


def put(outputs, final, content=b"new"):
    temporary = outputs.path(str(final))
    with open(temporary, "wb") as stream:
        stream.write(content)
    return temporary


def dead_process():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_nothing_shows_before_commit_and_all_after(tmp_path):
    (tmp_path / "a.tif").write_bytes(b"old")
    outputs = OutputSet()
    temporary = put(outputs, tmp_path / "a.tif")
    outputs.text(str(tmp_path / "a.json"), "{}é")
    assert (tmp_path / "a.tif").read_bytes() == b"old" and not (tmp_path / "a.json").exists()
    assert os.path.dirname(temporary) == str(tmp_path) and temporary.endswith(".tif")
    assert outputs.finals() == [str(tmp_path / "a.tif"), str(tmp_path / "a.json")]
    outputs.commit()
    assert (tmp_path / "a.tif").read_bytes() == b"new"
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == "{}é"
    assert sorted(os.listdir(tmp_path)) == ["a.json", "a.tif"]


def test_sidecars_are_renamed_last(tmp_path, monkeypatch):
    renamed = []
    replace = os.replace
    monkeypatch.setattr(module.os, "replace", lambda a, b: (renamed.append(os.path.basename(b)), replace(a, b)))
    with OutputSet() as outputs:
        outputs.text(str(tmp_path / "a.json"), "{}")
        put(outputs, tmp_path / "b.tif")
        outputs.bytes(str(tmp_path / "c.png"), b"x")
        put(outputs, tmp_path / "d.tif")
    assert renamed == ["b.tif", "d.tif", "a.json", "c.png"]


def test_abort_leaves_the_old_files_and_no_trace(tmp_path):
    (tmp_path / "a.tif").write_bytes(b"old")
    with pytest.raises(KeyError):
        with OutputSet() as outputs:
            temporary = put(outputs, tmp_path / "a.tif")
            for suffix in module.COMPANIONS:
                open(temporary + suffix, "wb").close()
            outputs.text(str(tmp_path / "a.json"), "{}")
            outputs.folder(str(tmp_path / "figures" / "deep"))
            raise KeyError
    assert (tmp_path / "a.tif").read_bytes() == b"old"
    assert sorted(os.listdir(tmp_path)) == ["a.tif"]
    outputs.abort()  # twice does no harm


def test_a_folder_is_made_kept_and_removed_if_empty(tmp_path):
    outputs = OutputSet()
    outputs.folder(str(tmp_path / "new"))
    outputs.abort()
    assert not (tmp_path / "new").exists()
    (tmp_path / "old").mkdir()
    outputs.folder(str(tmp_path / "old"))
    outputs.abort()
    assert (tmp_path / "old").is_dir()
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="file' cannot be written"):
        outputs.folder(str(tmp_path / "file"))


def test_companions_of_a_replaced_raster_go_and_new_ones_come_along(tmp_path):
    for suffix in ("", ".aux.xml", ".msk", ".ovr"):
        (tmp_path / ("a.tif" + suffix)).write_bytes(b"old")
    (tmp_path / "a.qml").write_bytes(b"style")
    with OutputSet() as outputs:
        temporary = put(outputs, tmp_path / "a.tif")
        with open(temporary + ".aux.xml", "wb") as stream:
            stream.write(b"new")
    assert sorted(os.listdir(tmp_path)) == ["a.qml", "a.tif", "a.tif.aux.xml"]
    assert (tmp_path / "a.tif.aux.xml").read_bytes() == b"new"


def test_an_output_that_is_an_input_is_refused_however_it_is_spelled(tmp_path, monkeypatch):
    (tmp_path / "in.tif").write_bytes(b"input")
    (tmp_path / "sub").mkdir()
    os.symlink(tmp_path / "in.tif", tmp_path / "link.tif")
    os.symlink(tmp_path, tmp_path / "sub" / "up")
    monkeypatch.chdir(tmp_path)
    outputs = OutputSet([str(tmp_path / "in.tif"), "", None])
    for path in (str(tmp_path / "in.tif"), "in.tif", "./sub/../in.tif", "link.tif", "sub/up/in.tif"):
        with pytest.raises(OutputError, match=r"is also an input of this run. Choose another file name"):
            outputs.path(path)
    relative = OutputSet(["link.tif"])
    with pytest.raises(OutputError, match="is also an input"):
        relative.text(str(tmp_path / "in.tif"), "x")
    assert (tmp_path / "in.tif").read_bytes() == b"input"


def test_two_outputs_of_one_name_are_refused(tmp_path):
    (tmp_path / "sub").mkdir()
    os.symlink(tmp_path, tmp_path / "sub" / "up")
    outputs = OutputSet()
    outputs.path(str(tmp_path / "a.tif"))
    for again in (tmp_path / "a.tif", tmp_path / "sub" / ".." / "a.tif", tmp_path / "sub" / "up" / "a.tif"):
        with pytest.raises(OutputError, match=r"Two outputs of this run go to '.*a.tif'"):
            outputs.path(str(again))
    with pytest.raises(OutputError, match="Two outputs"):
        outputs.text(str(tmp_path / "a.tif"), "x")


def test_missing_folders_and_folders_as_outputs(tmp_path):
    with pytest.raises(OutputError, match=r"folder '.*gone' does not exist. Create it or choose another"):
        OutputSet().path(str(tmp_path / "gone" / "a.tif"))
    with pytest.raises(OutputError, match=r"is a folder. Give a file name"):
        OutputSet().path(str(tmp_path))
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"folder '.*file' does not exist"):
        OutputSet().path(str(tmp_path / "file" / "a.tif"))


@pytest.fixture
def read_only_disk(tmp_path):
    """A file system without write access: modes of files do not stop root."""
    folder = tmp_path / "read-only"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "ro,size=1m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        pytest.skip("a file system can only be mounted by root: " + made.stderr.strip())
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_read_only_folder(read_only_disk):
    with pytest.raises(OutputError, match=r"a.tif' cannot be written: the folder is read-only or the file is open in"):
        OutputSet().path(str(read_only_disk / "a.tif"))


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() == 0, reason="modes of files do not stop root")
def test_a_folder_without_permission(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="the folder is read-only"):
        OutputSet().path(str(tmp_path / "a.tif"))
    tmp_path.chmod(0o700)


def test_a_file_that_another_program_holds_is_told_before_work_starts(tmp_path, monkeypatch):
    """As on Windows, where opening it for writing fails."""
    import builtins

    (tmp_path / "a.tif").write_bytes(b"old")
    plain = builtins.open

    def locked(path, mode="r", *more, **named):
        if str(path).endswith(os.sep + "a.tif") and "a" in mode:
            raise PermissionError(13, "Permission denied")
        return plain(path, mode, *more, **named)

    monkeypatch.setattr(builtins, "open", locked)
    with pytest.raises(OutputError, match="the file is open in another program. Close it"):
        OutputSet().path(str(tmp_path / "a.tif"))


def test_a_file_that_gets_locked_during_the_run_stops_every_rename(tmp_path, monkeypatch):
    for name in ("a.tif", "b.tif"):
        (tmp_path / name).write_bytes(b"old")
    outputs = OutputSet()
    put(outputs, tmp_path / "a.tif")
    put(outputs, tmp_path / "b.tif")
    check = module._require_writable

    def locked(final):
        if final.endswith("b.tif"):
            raise OutputError("'{}' is open elsewhere.".format(final))
        check(final)

    monkeypatch.setattr(module, "_require_writable", locked)
    with pytest.raises(OutputError, match="b.tif' is open elsewhere"):
        outputs.commit()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.tif": b"old", "b.tif": b"old"}


def test_a_rename_that_fails_leaves_no_temporaries(tmp_path, monkeypatch):
    outputs = OutputSet()
    put(outputs, tmp_path / "a.tif")
    put(outputs, tmp_path / "b.tif")
    replace = os.replace

    def fail_second(source, target):
        if target.endswith("b.tif"):
            raise OSError(5, "Input/output error")
        replace(source, target)

    monkeypatch.setattr(module.os, "replace", fail_second)
    with pytest.raises(OutputError, match="b.tif' cannot be written: Input/output error"):
        with outputs:
            pass
    assert os.listdir(tmp_path) == ["a.tif"]


def test_leftovers_of_dead_processes_go_those_of_living_ones_stay(tmp_path):
    dead, alive = dead_process(), os.getpid()
    names = {
        ".a.tif.carbon-part-{}-0123abcd.tif".format(dead): False,
        ".a.tif.carbon-part-{}-0123abcd.tif.aux.xml".format(dead): False,
        ".a.tif.carbon-part-{}-0123abcd.tif".format(alive): True,
        ".b.tif.carbon-part-{}-0123abcd.tif".format(dead): True,
        ".a.tif.carbon-part-{}-0123abcd.tif.bak.tif".format(dead): True,
        "a.tif.carbon-part-{}-0123abcd.tif".format(dead): True,
    }
    for name in names:
        (tmp_path / name).write_bytes(b"")
    OutputSet().path(str(tmp_path / "a.tif"))
    assert {name: (tmp_path / name).exists() for name in names} == names


@pytest.mark.parametrize(
    "name", ["碳储量 2020 – été.tif", "a" * 250 + ".tif", "碳" * 83 + ".tif", "no suffix", ".hidden", "a.b.c.tif"]
)
def test_long_and_foreign_names(tmp_path, name):
    with OutputSet() as outputs:
        put(outputs, tmp_path / name)
    assert os.listdir(tmp_path) == [name]


def test_a_name_too_long_for_the_disk_is_told_before_work_starts(tmp_path):
    with pytest.raises(OutputError, match="cannot be written: File name too long"):
        OutputSet().path(str(tmp_path / ("a" * 260 + ".tif")))
    assert os.listdir(tmp_path) == []


def test_reserving_does_not_touch_the_old_file(tmp_path):
    (tmp_path / "a.tif").write_bytes(b"old")
    os.utime(tmp_path / "a.tif", (1, 1))
    outputs = OutputSet()
    outputs.path(str(tmp_path / "a.tif"))
    assert (tmp_path / "a.tif").stat().st_mtime == 1
    outputs.abort()
    assert (tmp_path / "a.tif").read_bytes() == b"old"


def test_a_full_disk_when_writing_a_sidecar(tmp_path):
    with pytest.raises(OutputError, match="The disk is full: 'x.json' could not be written"):
        with writing("x.json"):
            raise OSError(28, "No space left on device")
