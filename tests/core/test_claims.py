"""Who is writing where: one run is refused, a dead one does not count and its traces go."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import types

import pytest

from carbon_qgis.core import claims as module
from carbon_qgis.core import file_lock
from carbon_qgis.core.claims import GATE, RUN, WHOLE_FOLDER, Claims, claimed_folder
from carbon_qgis.core.errors import InputError, OutputError
from carbon_qgis.core.outputs import OutputSet, recover

#: A run in a process of its own; {} is what it does before it waits to be killed.
PROGRAM = """
import sys, time
from carbon_qgis.core import outputs as module
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.claims import claimed_folder
outputs, folder = OutputSet(), sys.argv[1]
def put(name):
    with open(outputs.path(folder + "/" + name), "wb") as stream:
        stream.write(b"new")
{}
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other(tmp_path):
    """Starts another process that writes to the folder; all are killed at the end."""
    started = []

    def start(doing):
        program = PROGRAM.format(doing)
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            cwd=os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))),
        )  # fmt: skip
        started.append(process)
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in started:
        killed(process)


def killed(process):
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def put(outputs, path, content=b"new"):
    with open(outputs.path(str(path)), "wb") as stream:
        stream.write(content)


def next_run(path):
    """A run that writes nothing in the end."""
    outputs = OutputSet()
    outputs.claim(str(path))
    outputs.abort()


def files(folder):
    return sorted(os.listdir(folder))


def test_the_same_output_twice_in_one_process(tmp_path):
    first, second = OutputSet(), OutputSet()
    put(first, tmp_path / "a.tif")
    with pytest.raises(OutputError) as caught:
        second.path(str(tmp_path / "a.tif"))
    assert str(caught.value) == (
        "'{}' is being written by another run of this QGIS. Wait until it has ended, or choose another file name. "
        "Nothing was changed.".format(tmp_path / "a.tif")
    )
    put(second, tmp_path / "b.tif", b"other")
    first.commit()
    put(second, tmp_path / "a.tif", b"later")
    second.commit()
    assert files(tmp_path) == ["a.tif", "b.tif"] and (tmp_path / "a.tif").read_bytes() == b"later"


def test_a_refused_run_leaves_no_trace_and_keeps_nothing(tmp_path):
    first, second = OutputSet(), OutputSet()
    first.claim(str(tmp_path / "a.tif"))
    with pytest.raises(OutputError):
        second.claim(str(tmp_path / "a.tif"))
    first.abort()
    assert files(tmp_path) == []


def test_a_set_that_nobody_finishes_gives_its_names_back(tmp_path):
    outputs = OutputSet()
    outputs.claim(str(tmp_path / "a.tif"))
    del outputs
    with OutputSet() as second:
        put(second, tmp_path / "a.tif")
    assert files(tmp_path) == ["a.tif"]


def test_another_process_is_refused_while_it_lives_and_not_after(tmp_path, other):
    process = other("put('a.tif')")
    with pytest.raises(OutputError) as caught:
        OutputSet().path(str(tmp_path / "a.tif"))
    since = r"another run \(process {} on this computer, since 20\d\d-\d\d-\d\d \d\d:\d\d\)".format(process.pid)
    assert re.search(since, str(caught.value))
    with OutputSet() as outputs:
        put(outputs, tmp_path / "b.tif")
    killed(process)
    with OutputSet() as outputs:
        put(outputs, tmp_path / "a.tif")
    assert files(tmp_path) == ["a.tif", "b.tif"]


def test_what_a_dead_run_left_goes_with_the_next_run_whatever_that_writes(tmp_path, other):
    (tmp_path / "a.tif").write_bytes(b"old")
    (tmp_path / ".hidden").write_bytes(b"not ours")
    process = other("put('a.tif'); put('c' * 200 + '.tif'); outputs.text(folder + '/a.json', '{}')")
    assert len(files(tmp_path)) == 7
    killed(process)
    next_run(tmp_path / "z.tif")
    assert files(tmp_path) == [".hidden", "a.tif"] and (tmp_path / "a.tif").read_bytes() == b"old"


TORN = """
import os
plain = os.replace
def torn(source, target):
    if target.endswith({stop!r}):
        print("ready", flush=True)
        sys.stdin.read()
    plain(source, target)
module.os.replace = torn
put("a.tif"); put("b.tif"); outputs.text(folder + "/a.json", "new")
outputs.commit()
"""


@pytest.mark.parametrize("stop", ["a.tif", "b.tif", "a.json"])
def test_renames_that_were_cut_off_are_finished(tmp_path, other, stop):
    for name in ("a.tif", "b.tif", "a.json"):
        (tmp_path / name).write_bytes(b"old")
    process = other(TORN.format(stop=stop))
    assert (tmp_path / stop).read_bytes() == b"old"
    killed(process)
    with OutputSet() as outputs:
        put(outputs, tmp_path / "z.tif")
    assert files(tmp_path) == ["a.json", "a.tif", "b.tif", "z.tif"]
    assert {(tmp_path / name).read_bytes() for name in ("a.tif", "b.tif", "a.json")} == {b"new"}


def test_renames_are_not_finished_over_what_somebody_else_wrote_since(tmp_path, other):
    for name in ("a.tif", "b.tif", "a.json"):
        (tmp_path / name).write_bytes(b"old")
    killed(other(TORN.format(stop="b.tif")))
    (tmp_path / "b.tif").write_bytes(b"mended by hand")
    next_run(tmp_path / "z.tif")
    assert files(tmp_path) == ["a.json", "a.tif", "b.tif"]
    assert (tmp_path / "b.tif").read_bytes() == b"mended by hand" and (tmp_path / "a.json").read_bytes() == b"old"


def test_a_whole_folder(tmp_path, other):
    process = other("whole = claimed_folder(folder); whole.__enter__()")
    with pytest.raises(OutputError, match="choose another folder. Nothing was changed"):
        with claimed_folder(str(tmp_path)):
            pass
    with OutputSet() as outputs:  # single files in it are another matter
        put(outputs, tmp_path / "a.tif")
    killed(process)
    with claimed_folder(str(tmp_path)):
        assert len(files(tmp_path)) == 3
    assert files(tmp_path) == ["a.tif"]


def run_file(folder, token, *lines):
    (folder / (RUN + token)).write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_a_line_that_was_cut_off_and_an_empty_file_do_no_harm(tmp_path):
    (tmp_path / (RUN + "1-0123abcd")).write_bytes(b'{"pid": 1}\n{"claim": "a.tif"}\n{"renames": [["x')
    (tmp_path / (RUN + "1-0123abce")).write_bytes(b"")
    (tmp_path / (RUN + "1-0123abcf")).write_bytes(b"[1]\n\xff\xfe\n")
    next_run(tmp_path / "a.tif")
    assert files(tmp_path) == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the start of a process is told by Linux")
def test_where_the_disk_has_no_locks_a_living_process_of_this_machine_counts(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "try_lock", lambda stream: None)
    me = {"pid": os.getpid(), "host": module.socket.gethostname(), "born": module._born(os.getpid()), "since": "now"}
    part = ".a.tif.carbon-part-{}.tif"
    tokens = {"living": "7-00000001", "dead": "7-00000002", "reused": "7-00000003", "far": "7-00000004"}
    for token in tokens.values():
        (tmp_path / part.format(token)).write_bytes(b"")
    claim = {"claim": "a.tif"}
    run_file(tmp_path, tokens["living"], me, claim)
    with pytest.raises(OutputError, match=r"process {} on this computer, since now".format(os.getpid())):
        OutputSet().claim(str(tmp_path / "a.tif"))
    (tmp_path / (RUN + tokens["living"])).unlink()
    (tmp_path / part.format(tokens["living"])).unlink()
    run_file(tmp_path, tokens["dead"], {**me, "pid": 2**22 + 5}, claim)
    run_file(tmp_path, tokens["reused"], {**me, "born": "1"}, claim)
    # Nobody can tell whether it lives: it is neither minded nor touched.
    run_file(tmp_path, tokens["far"], {**me, "host": "elsewhere"}, claim)
    with OutputSet() as outputs:
        put(outputs, tmp_path / "a.tif")
    assert files(tmp_path) == [part.format(tokens["far"]), GATE, RUN + tokens["far"], "a.tif"]


def test_a_gate_that_stays_shut(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_PATIENCE", 0.05)
    with open(tmp_path / GATE, "wb") as stream:
        assert file_lock.try_lock(stream)
        with pytest.raises(OutputError, match="Another program has held '.*carbon-lock'.*choose another folder"):
            OutputSet().claim(str(tmp_path / "a.tif"))
    next_run(tmp_path / "a.tif")
    assert files(tmp_path) == []


def test_a_gate_of_another_user_is_locked_without_writing(tmp_path, monkeypatch):
    (tmp_path / GATE).write_bytes(b"")
    plain = os.open

    def guarded(path, flags, *more, **named):
        if str(path).endswith(GATE) and flags & os.O_RDWR:
            raise PermissionError(13, "Permission denied")
        return plain(path, flags, *more, **named)

    monkeypatch.setattr(os, "open", guarded)
    with OutputSet() as outputs:
        put(outputs, tmp_path / "a.tif")
    assert "a.tif" in files(tmp_path)


def test_notes_are_written_to_their_end():
    """A disk that becomes full takes a part first: half a list of renames would be none."""

    class Drops(io.BytesIO):
        def write(self, data):
            return super().write(data[:7])

    stream = Drops()
    module._append(stream, {"renames": [["a", "b", None]]})
    assert json.loads(stream.getvalue()) == {"renames": [["a", "b", None]]}


def test_a_link_is_not_followed_where_the_system_has_no_word_for_it(tmp_path, monkeypatch):
    monkeypatch.setattr(file_lock, "_WARY", 0)
    (tmp_path / GATE).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match="carbon-lock' is a link"):
        OutputSet().claim(str(tmp_path / "a.tif"))
    assert files(tmp_path) == [GATE]


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="this system opens links")
def test_a_link_that_comes_at_the_last_moment(tmp_path, monkeypatch):
    def gone(path):
        raise FileNotFoundError

    (tmp_path / GATE).symlink_to(tmp_path / "elsewhere")
    monkeypatch.setattr(os, "lstat", gone)
    with pytest.raises(OSError):
        file_lock.open_file(str(tmp_path / GATE), create=True)
    assert os.listdir(tmp_path) == [GATE]


def test_locks_on_windows_take_a_byte_behind_the_file(tmp_path, monkeypatch):
    """The calls only: the system itself is not at hand."""
    calls = []
    windows = types.ModuleType("msvcrt")
    windows.LK_NBLCK = 2
    windows.locking = lambda handle, mode, count: calls.append((os.lseek(handle, 0, os.SEEK_CUR), mode, count))
    monkeypatch.setitem(sys.modules, "msvcrt", windows)
    monkeypatch.setattr(os, "name", "nt")
    fresh = types.ModuleType("carbon_qgis.core.file_lock_windows")
    with open(file_lock.__file__, encoding="utf-8") as stream:
        exec(compile(stream.read(), file_lock.__file__, "exec"), fresh.__dict__)
    with open(tmp_path / "a", "w+b", buffering=0) as stream:
        stream.write(b"ab")
        assert fresh.try_lock(stream) is True and stream.tell() == 2
        windows.locking = lambda *_: (_ for _ in ()).throw(OSError(13, "Permission denied"))
        assert fresh.try_lock(stream) is False
    assert calls == [(1 << 30, 2, 1)]


def test_claims_end_with_a_signal(tmp_path, other):
    process = other("put('a.tif')")
    process.send_signal(signal.SIGTERM)
    process.wait()
    next_run(tmp_path / "a.tif")
    assert files(tmp_path) == []


def interrupted_at(monkeypatch, name, before):
    """The first rename to `name` is interrupted by Ctrl-C, just before or just after it."""
    plain, count = os.replace, []

    def replace(source, target):
        mine = target.endswith(name) and not count
        if mine:
            count.append(1)
            if before:
                raise KeyboardInterrupt
        plain(source, target)
        if mine:
            raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", replace)


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("name", ["a.tif", "b.tif", "c.json"])
def test_ctrl_c_between_the_renames_waits_for_the_last(tmp_path, monkeypatch, name, before):
    interrupted_at(monkeypatch, name, before)
    with pytest.raises(KeyboardInterrupt):
        with OutputSet() as outputs:
            put(outputs, tmp_path / "a.tif")
            put(outputs, tmp_path / "b.tif")
            outputs.text(str(tmp_path / "c.json"), "new")
    assert files(tmp_path) == ["a.tif", "b.tif", "c.json"]


def test_ctrl_c_before_the_renames_leaves_nothing(tmp_path, monkeypatch):
    def stop(self, renames):
        raise KeyboardInterrupt

    monkeypatch.setattr(Claims, "begin_renames", stop)
    with pytest.raises(KeyboardInterrupt):
        with OutputSet() as outputs:
            put(outputs, tmp_path / "a.tif")
    assert files(tmp_path) == []


def test_a_set_that_nobody_finishes_is_put_in_order_by_the_next_run(tmp_path):
    outputs = OutputSet()
    put(outputs, tmp_path / "a.tif")
    del outputs
    assert len(files(tmp_path)) == 3
    next_run(tmp_path / "b.tif")
    assert [name for name in files(tmp_path) if "part" in name] == []


def test_claims_alone(tmp_path):
    claims = Claims(recover)
    claims.take(str(tmp_path), "a")
    claims.take(str(tmp_path), "a")
    claims.take(str(tmp_path), WHOLE_FOLDER)
    assert len(files(tmp_path)) == 2
    claims.release()
    claims.release()
    assert files(tmp_path) == []


@pytest.mark.parametrize("how, word", [("longer", "changed"), ("touched", "changed"), ("gone", "moved or deleted")])
def test_an_input_that_changes_during_the_run_stops_it(tmp_path, how, word):
    source, final = tmp_path / "in.tif", tmp_path / "out.tif"
    source.write_bytes(b"in")
    final.write_bytes(b"old")
    outputs = OutputSet([str(source), "no file", ""])
    put(outputs, final)
    if how == "longer":
        source.write_bytes(b"inn")
    elif how == "touched":
        os.utime(source, (1, 1))
    else:
        source.unlink()
    with pytest.raises(InputError, match=r"in.tif' was {} during the run: .*Nothing was written".format(word)):
        outputs.commit()
    assert final.read_bytes() == b"old" and len(files(tmp_path)) == (1 if how == "gone" else 2)


def test_a_database_as_an_input_may_be_touched(tmp_path):
    """QGIS writes to a GeoPackage when it opens it."""
    source = tmp_path / "in.gpkg"
    source.write_bytes(b"in")
    with OutputSet([str(source)]) as outputs:
        put(outputs, tmp_path / "out.tif")
        os.utime(source, (1, 1))
    assert (tmp_path / "out.tif").exists()


def test_journals_of_a_replaced_database_go_with_it(tmp_path):
    for suffix in ("", "-wal", "-shm"):
        (tmp_path / ("a.gpkg" + suffix)).write_bytes(b"old")
    with OutputSet() as outputs:
        put(outputs, tmp_path / "a.gpkg")
    assert files(tmp_path) == ["a.gpkg"]
