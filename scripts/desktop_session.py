#!/usr/bin/env python3
"""The real QGIS desktop without a screen: Xvfb, qgis.bin, the packaged plugin, a home of its own.

One script in one QGIS, which is what taking pictures needs::

    from desktop_session import run_in_desktop

    result = run_in_desktop("take_pictures.py", timeout=120, arguments={"folder": "docs/pictures"})
    result.check()          # raises DesktopError with all that went wrong
    result.value            # what the script's function main returned (anything that JSON can hold)

and from the command line::

    .venv/bin/python scripts/desktop_session.py take_pictures.py [--function main] [--arguments JSON] [--timeout 120]

Several calls in one QGIS (starting it takes some seconds)::

    with DesktopSession() as desktop:
        first = desktop.call("cases.py", "open_the_toolbox")
        second = desktop.call("cases.py", "run_it", {"algorithm": "carbon:carbonstock"})

A script is a Python file with functions that take `desktop`, the hands and eyes of `desktop_inside.Desktop`
(click, type, wait_for, screenshot, open_algorithm ...), and the given arguments as keywords::

    def main(desktop, folder):
        dialog = desktop.open_algorithm("carbon:carbonstock", {"LULC": "/data/landcover.tif"})
        desktop.screenshot(folder + "/dialog.png", dialog)

It runs in QGIS's main thread once the window stands; `qgis.utils.iface` and `processing` can be imported. Whatever
QGIS tells meanwhile comes back in `DesktopResult`: Python errors that would open the error dialog or bar, message boxes
(they are noted and closed, so that none blocks), critical log entries, the traceback of the script, and what a crash
printed. Temporary outputs of algorithms are gone with the session.

Nothing is left behind: Xvfb and QGIS end with the session, also when this process is killed. The user's profile is
never touched, nor is any display in use: Xvfb takes the next free number.
"""

import argparse
import ctypes
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional

PROGRAMS = {"Xvfb": "xvfb", "qgis.bin": "qgis", "xdotool": "xdotool"}
SCRIPTS = os.path.dirname(os.path.abspath(__file__))
#: QGIS runs the first before it loads a plugin, the second once its window stands.
STARTUP = "import sys\nsys.path.insert(0, {!r})\nimport desktop_inside\ndesktop_inside.listen()\n".format(SCRIPTS)
SERVE = "import desktop_inside\ndesktop_inside.serve()\n"
#: No tips, no news, no look for updates, no warning about another version's project; both plugins switched on.
SETTINGS = """[PythonPlugins]
MetaSearch=false
carbon_qgis=true
db_manager=false
grassprovider=false
otbprovider=false
processing=true
sagaprovider=false

[locale]
overrideFlag=true
userLocale={locale}

[qgis]
checkVersion=false
checkOnStart=false
askToSaveMemoryLayers=false
showTips302=false
showTips=false
warnOldProjectVersion=false
symbolsListGroupsIndex=0

[app]
plugin_installer/checkOnStart=false

[core]
NewsFeed\\httpsfeedqgisorg\\disabled=true

[app/plugin_repositories]
QGIS%20Official%20Plugin%20Repository/enabled=false
"""


class DesktopError(Exception):
    """QGIS could not be started or used, or told something that it should not have."""


@dataclass
class DesktopResult:
    """What came back from one call, with everything that QGIS told while it ran."""

    value: Any = None
    script_error: Optional[str] = None
    python_errors: List[str] = field(default_factory=list)
    message_boxes: List[str] = field(default_factory=list)
    message_bar: List[str] = field(default_factory=list)
    critical: List[str] = field(default_factory=list)
    exit_code: Optional[int] = None
    stdout: str = ""
    stderr: str = ""

    def problems(self) -> List[str]:
        """All that should not have happened, each with its kind; empty after a good run."""
        found = ["the script failed:\n" + self.script_error] if self.script_error else []
        if self.exit_code not in (None, 0):
            found.append("QGIS ended with code {}; its last words:\n{}".format(self.exit_code, self.stderr[-3000:]))
        for kind, texts in (
            ("Python error", self.python_errors),
            ("message box", self.message_boxes),
            ("critical log entry", self.critical),
        ):
            found += ["{}: {}".format(kind, text) for text in texts]
        return found

    def check(self) -> "DesktopResult":
        """Itself, if nothing went wrong.

        Raises
        ------
        DesktopError
            With every problem.
        """
        found = self.problems()
        if found:
            raise DesktopError("\n\n".join(found))
        return self


def run_in_desktop(
    script_path: str, timeout: float = 300, env: Optional[Mapping[str, str]] = None, function: str = "main",
    arguments: Optional[Mapping[str, Any]] = None, **session: Any,
) -> DesktopResult:  # fmt: skip
    """Start QGIS, call `function` of the script with `arguments`, close QGIS again.

    Parameters
    ----------
    script_path : str
        A Python file with functions that take `desktop` first.
    timeout : float
        Seconds that the call may take; QGIS's start has its own limit.
    env : mapping, optional
        Further environment variables for QGIS.
    session : dict
        Further arguments of `DesktopSession`: plugin_folder, locale, size, settings.

    Returns
    -------
    DesktopResult
        With QGIS's exit code; `check()` raises if anything went wrong.
    """
    with DesktopSession(env=env, **session) as desktop:
        result = desktop.call(script_path, function, arguments, timeout)
        desktop.close()
    result.exit_code, result.stdout, result.stderr = desktop.exit_code, desktop.stdout(), desktop.stderr()
    result.python_errors += desktop.startup.python_errors
    result.critical += desktop.startup.critical
    return result


class DesktopSession:
    """One QGIS window on a screen of its own, to which calls are sent.

    Parameters
    ----------
    plugin_folder : str, optional
        Folder that holds `carbon_qgis/` as it is installed; by default scripts/package makes one.
    env : mapping, optional
        Further environment variables for QGIS.
    locale : str
        Language of QGIS.
    size : str
        Screen, WIDTHxHEIGHT.
    settings : str
        Further text of the profile's QGIS3.ini.
    qgis : str
        The program that is started.
    """

    def __init__(
        self, plugin_folder: Optional[str] = None, env: Optional[Mapping[str, str]] = None, locale: str = "en_US",
        size: str = "1400x900", settings: str = "", start_seconds: float = 180, qgis: str = "qgis.bin",
    ):  # fmt: skip
        self.exit_code: Optional[int] = None
        self.startup = DesktopResult()
        self.folder = tempfile.mkdtemp(prefix="carbon-desktop-")
        self.home = os.path.join(self.folder, "home")
        self._options = (plugin_folder, dict(env or {}), locale, size, settings, start_seconds, qgis)
        self._xvfb: Optional[subprocess.Popen] = None
        self._qgis: Optional[subprocess.Popen] = None
        self._send = self._receive = None
        self._texts = ("", "")

    def __enter__(self) -> "DesktopSession":
        try:
            self._start(*self._options)
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *_error: Any) -> None:
        self.kill()

    def call(
        self, script_path: str, function: str = "main", arguments: Optional[Mapping[str, Any]] = None,
        timeout: float = 300,
    ) -> DesktopResult:  # fmt: skip
        """Call one function of a script inside QGIS.

        Raises
        ------
        DesktopError
            If QGIS ended or did not answer in time; it is gone then.
        """
        request = {
            "script": os.path.abspath(script_path),
            "function": function,
            "arguments": dict(arguments or {}),
            "timeout": timeout,
        }
        self._send.write(json.dumps(request) + "\n")
        self._send.flush()
        return self._answer(timeout, "{} of {}".format(function, script_path))

    def close(self, timeout: float = 60) -> int:
        """Close QGIS as Project > Exit does; its exit code. A window that stays open is a DesktopError."""
        if self.exit_code is None:
            self._send.write('{"quit": true}\n')
            self._send.flush()
            try:
                self.exit_code = self._qgis.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
                raise DesktopError("QGIS did not close within {:g} s.".format(timeout)) from None
        return self.exit_code

    def kill(self) -> None:
        """End everything that the session started and remove its folder."""
        for process in (self._qgis, self._xvfb):
            if process is not None:
                _end(process)
        if self._qgis is not None and self.exit_code is None:
            self.exit_code = self._qgis.returncode
        self._texts = (self.stdout(), self.stderr())
        for stream in (self._send, self._receive):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    continue  # QGIS had gone before it read all; nothing is left to be told
        self._send = self._receive = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def stdout(self) -> str:
        """What QGIS printed."""
        return self._printed("stdout", 0)

    def stderr(self) -> str:
        """What QGIS and its libraries complained."""
        return self._printed("stderr", 1)

    def _printed(self, name: str, number: int) -> str:
        path = Path(self.folder, name)
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else self._texts[number]

    def _start(self, plugin_folder, env, locale, size, settings, start_seconds, qgis) -> None:
        require_programs(qgis)
        plugin_folder = plugin_folder or package(os.path.join(self.folder, "plugin"))
        self._write_profile(locale, settings)
        display = self._start_screen(size)
        there, here = os.pipe(), os.pipe()
        environment = dict(clean_environment(), **{
            "HOME": self.home, "XDG_RUNTIME_DIR": os.path.join(self.folder, "runtime"), "DISPLAY": display,
            "QGIS_PLUGINPATH": str(plugin_folder), "PYTHONPATH": sysconfig.get_paths()["purelib"],
            "QT_QPA_PLATFORM": "xcb",
            "PYTHONDONTWRITEBYTECODE": "1", "PYTHONNOUSERSITE": "1", "LC_ALL": "C.UTF-8", "TMPDIR": self.folder,
            "CARBON_DESKTOP_PIPES": "{},{}".format(there[0], here[1]), **env,
        })  # fmt: skip
        command = [qgis, "--noversioncheck", "--nologo", "--profiles-path", self.home, "--code"]
        streams = [open(os.path.join(self.folder, name), "wb") for name in ("stdout", "stderr")]
        self._qgis = subprocess.Popen(
            command + [os.path.join(self.folder, "serve.py")], env=environment, stdin=subprocess.DEVNULL,
            stdout=streams[0], stderr=streams[1], pass_fds=(there[0], here[1]), start_new_session=True,
            preexec_fn=_end_with_parent, cwd=self.folder,
        )  # fmt: skip
        for stream in streams:
            stream.close()
        os.close(there[0])
        os.close(here[1])
        self._send, self._receive = os.fdopen(there[1], "w"), os.fdopen(here[0], "rb", buffering=0)
        self.startup = self._answer(start_seconds, "the start of QGIS")
        if self.startup.script_error:
            raise DesktopError("QGIS started, but not as wanted:\n" + self.startup.script_error)

    def _ask_where(self) -> None:
        """Let a QGIS that hangs print where its Python stands."""
        if self._qgis.poll() is None:
            self._qgis.send_signal(signal.SIGUSR1)
            time.sleep(1)

    def _write_profile(self, locale: str, settings: str) -> None:
        profile = Path(self.home, "profiles", "default")
        Path(profile, "QGIS").mkdir(parents=True)
        for name in ("QGIS3", "QGIS4"):
            text = SETTINGS.format(locale=locale) + settings
            Path(profile, "QGIS", name + ".ini").write_text(text, encoding="utf-8")
            shared = Path(self.home, ".local", "share", "QGIS", name)
            shared.mkdir(parents=True)
            Path(shared, "startup.py").write_text(STARTUP, encoding="utf-8")
        Path(self.folder, "serve.py").write_text(SERVE, encoding="utf-8")
        Path(self.folder, "runtime").mkdir(mode=0o700)

    def _start_screen(self, size: str) -> str:
        read, write = os.pipe()
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", size + "x24", "-nolisten", "tcp", "-noreset"]
        with open(os.path.join(self.folder, "xvfb"), "wb") as log:
            self._xvfb = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=(write,),
                start_new_session=True, preexec_fn=_end_with_parent,
            )  # fmt: skip
        os.close(write)
        with os.fdopen(read) as stream:
            number = stream.readline().strip()
        if not number:
            raise DesktopError("Xvfb did not start:\n" + Path(self.folder, "xvfb").read_text(errors="replace"))
        return ":" + number

    def _answer(self, seconds: float, what: str) -> DesktopResult:
        line, deadline = b"", time.monotonic() + seconds + 10  # inside, the limit strikes first, with a traceback
        with selectors.DefaultSelector() as selector:
            selector.register(self._receive, selectors.EVENT_READ)
            while not line.endswith(b"\n"):
                ready = selector.select(max(0.0, deadline - time.monotonic()))
                part = os.read(self._receive.fileno(), 1 << 16) if ready else b""
                if not part:
                    how = "ended" if ready else "did not answer within {:g} s".format(seconds)
                    self._ask_where()
                    self.kill()
                    told = _told_by_crash(self.stdout() + self.stderr())
                    raise DesktopError("QGIS {} during {}: exit code {}.\n{}".format(how, what, self.exit_code, told))
                line += part
        return DesktopResult(**json.loads(line.decode("utf-8")))


def require_programs(qgis: str = "qgis.bin") -> None:
    """Raise a DesktopError that names the programs that are missing, and how they are installed."""
    packages = dict(PROGRAMS, **{qgis: "qgis"})
    if qgis != "qgis.bin":
        del packages["qgis.bin"]
    missing = [name for name in packages if shutil.which(name) is None]
    if missing:
        raise DesktopError(
            "The desktop cannot be started: {} not found. scripts/setup installs the Debian package{}: {}.".format(
                ", ".join(missing), "s" if len(missing) > 1 else "", " ".join(packages[name] for name in missing)
            )
        )


def clean_environment() -> Dict[str, str]:
    """This process's environment without what would lead QGIS to another profile, screen or Python."""
    return {
        name: value for name, value in os.environ.items()
        if not name.startswith(("XDG_", "QGIS_", "PYTHON", "QT_")) and name not in ("DISPLAY", "WAYLAND_DISPLAY")
    }  # fmt: skip


def package(folder: str) -> str:
    """Unpack the ZIP of scripts/package under `folder`, as QGIS's plugin manager does; the folder itself."""
    command = [os.path.join(SCRIPTS, "package"), folder]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    if done.returncode:
        raise DesktopError("scripts/package failed:\n" + done.stderr)
    with zipfile.ZipFile(done.stdout.strip().splitlines()[-1]) as archive:
        archive.extractall(folder)
    return folder


def _told_by_crash(text: str) -> str:
    """The calls of the crashed thread, from what QGIS prints of all threads; otherwise the end of the text."""
    calls = text[text.find("<signal handler called>") :].splitlines() if "<signal handler called>" in text else []
    calls = [line[:160] for line in calls if line.startswith("#")]
    return "\n".join(calls[:40]) if calls else text[-3000:]


def _end_with_parent() -> None:
    """In the child: be killed when the parent dies, however that happens."""
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _end(process: subprocess.Popen) -> None:
    """End a process with all that it started; politely, then for good."""
    for how, patience in ((signal.SIGTERM, 5), (signal.SIGKILL, 30)):
        if process.poll() is not None and how is signal.SIGTERM:
            how = signal.SIGKILL  # the leader is gone; whatever it started may remain
        try:
            os.killpg(process.pid, how)
        except ProcessLookupError:
            break
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Run a Python script inside the QGIS desktop without a screen.")
    parser.add_argument("script", help="Python file with a function that takes `desktop`")
    parser.add_argument("--function", default="main", help="which one (default: main)")
    parser.add_argument("--arguments", default="{}", help="its further arguments as JSON")
    parser.add_argument("--timeout", type=float, default=300, help="seconds (default: 300)")
    parser.add_argument("--locale", default="en_US", help="language of QGIS (default: en_US)")
    parser.add_argument("--size", default="1400x900", help="screen (default: 1400x900)")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # through the cleaning up
    try:
        result = run_in_desktop(
            given.script, given.timeout, None, given.function, json.loads(given.arguments),
            locale=given.locale, size=given.size,
        )  # fmt: skip
    except DesktopError as error:
        print("desktop_session: {}".format(error), file=sys.stderr)
        return 1
    sys.stdout.write(result.stdout)
    if result.value is not None:
        print(json.dumps(result.value, ensure_ascii=False, indent=2))
    for problem in result.problems():
        print("desktop_session: {}".format(problem), file=sys.stderr)
    return 1 if result.problems() else 0


if __name__ == "__main__":
    sys.exit(main())
