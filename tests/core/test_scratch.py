"""Folders for a moment, and what is left of those of dead processes."""

import os
import time

import pytest

from carbon_qgis.core import file_lock, scratch
from carbon_qgis.core.scratch import scratch_folder, sweep


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    monkeypatch.setattr(scratch.tempfile, "tempdir", str(tmp_path))
    return tmp_path


def left(root, name, age, lock=True):
    folder = root / name
    folder.mkdir()
    (folder / "model.cbm").write_bytes(b"half")
    if lock:
        (folder / "lock").write_bytes(b"")
    os.utime(folder, (time.time() - age,) * 2)
    return folder


def test_it_is_gone_afterwards(root):
    with scratch_folder() as folder:
        assert os.path.dirname(folder) == str(root)
        with open(os.path.join(folder, "a"), "wb") as stream:
            stream.write(b"a")
    assert os.listdir(root) == []
    with pytest.raises(KeyError):
        with scratch_folder():
            raise KeyError
    assert os.listdir(root) == []


def test_only_ours_only_dead_ones_and_only_settled_ones_are_swept(root):
    dead = left(root, "carbon-scratch-abcd_123", 60)
    young = left(root, "carbon-scratch-abcd_124", 1)
    foreign = [left(root, "carbon-other", 10**6), left(root, "carbon-scratch-abcd_126", 10**6, lock=False)]
    living = left(root, "carbon-scratch-abcd_125", 2 * 3600)
    with open(living / "lock", "r+b") as stream:
        assert file_lock.try_lock(stream)
        sweep()
    assert not dead.exists()
    assert young.exists() and living.exists() and all(folder.exists() for folder in foreign)


def test_a_link_is_nothing_that_a_run_makes(root):
    """Anybody may put one into the system's folder: neither it nor what it leads to is touched."""
    lock = left(root, "carbon-scratch-abcd_127", 60, lock=False)
    (root / "elsewhere").write_bytes(b"")
    (lock / "lock").symlink_to(root / "elsewhere")
    os.utime(lock, (1, 1))
    (root / "carbon-scratch-abcd_128").symlink_to(left(root, "mine", 60))
    sweep()
    assert (lock / "model.cbm").exists() and (root / "mine" / "model.cbm").exists()
