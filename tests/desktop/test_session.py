"""The desktop session itself: it notices what goes wrong, says what is missing, and leaves nothing behind."""

import os
import select
import subprocess

import pytest


@pytest.mark.parametrize(
    "fault, words",
    [
        ("python_error", "Python error: "),
        ("python_error", "ZeroDivisionError: division by zero"),
        ("message_box", "message box: Beware: of the box"),
        ("critical", "critical log entry: Carbon: something broke"),
        ("in_vain", "TimeoutError: waited in vain for Godot"),
        ("hidden", "cannot be clicked: it is not visible"),
    ],
)
def test_what_goes_wrong_is_noticed(inside, desktop_session, fault, words):
    with pytest.raises(desktop_session.DesktopError) as failure:
        inside("faults", fault).check()
    assert words in str(failure.value)


def test_an_expected_box_is_answered(desktop):
    assert desktop("faults", "answered_box") is True


def test_missing_programs_are_named_with_their_packages(desktop_session, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(desktop_session.DesktopError) as failure:
        desktop_session.run_in_desktop("any.py")
    assert str(failure.value) == (
        "The desktop cannot be started: Xvfb, qgis.bin, xdotool not found. "
        "scripts/setup installs the Debian packages: xvfb qgis xdotool."
    )


def test_a_qgis_that_ends_at_once_is_told_and_leaves_nothing(desktop_session, plugin_folder, tmp_path):
    dying = tmp_path / "dying"
    dying.write_text("#!/bin/sh\necho 'no display today' >&2\nexit 7\n", encoding="utf-8")
    dying.chmod(0o755)
    session = desktop_session.DesktopSession(str(plugin_folder), qgis=str(dying))
    with pytest.raises(desktop_session.DesktopError) as failure:
        session.__enter__()
    assert "QGIS ended during the start of QGIS: exit code 7." in str(failure.value)
    assert "no display today" in str(failure.value)
    assert not os.path.exists(session.folder)
    assert session._xvfb.returncode is not None


def test_a_killed_session_takes_its_screen_along(repository, tmp_path):
    """The screen ends with the process that asked for it, even where that could not clean up."""
    script = (
        "import os, sys; sys.path.insert(0, 'scripts'); import desktop_session as d; s = d.DesktopSession();"
        "display = s._start_screen('640x480'); print(s._xvfb.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    environment = dict(os.environ, TMPDIR=str(tmp_path))
    done = subprocess.run(
        [os.path.join(repository, ".venv", "bin", "python"), "-c", script],
        cwd=repository,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert done.returncode == -9
    assert _has_ended(int(done.stdout))


def _has_ended(process):
    """Whether a process ends within half a minute."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], 30)[0])
    finally:
        os.close(handle)
