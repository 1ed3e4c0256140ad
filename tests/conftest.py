"""What tests of every kind share: the packaged plugin, and a QGIS without a screen and without the user's profile."""
import os
import socket
import subprocess
import threading
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def repository() -> Path:
    """The top of the source tree."""
    return REPOSITORY


@pytest.fixture(scope="session")
def plugin_zip(tmp_path_factory) -> Path:
    """The ZIP that scripts/package builds, made once per session outside the source tree."""
    folder = tmp_path_factory.mktemp("package")
    done = subprocess.run(
        [str(REPOSITORY / "scripts" / "package"), str(folder)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    assert done.returncode == 0, f"scripts/package failed:\n{done.stderr}"
    return Path(done.stdout.strip().splitlines()[-1])


@pytest.fixture(scope="session")
def plugin_folder(plugin_zip, tmp_path_factory) -> Path:
    """A folder for QGIS_PLUGINPATH: it holds carbon_qgis/ exactly as a user's QGIS unpacks it."""
    folder = tmp_path_factory.mktemp("plugins")
    with zipfile.ZipFile(plugin_zip) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="session")
def qgis_environment(plugin_folder, tmp_path_factory) -> dict:
    """Environment of a QGIS subprocess: the packaged plugin, no screen, a home of its own."""
    home = tmp_path_factory.mktemp("home")
    kept = {
        name: value for name, value in os.environ.items()
        if not name.startswith(("XDG_", "QGIS_", "PYTHON")) and name not in ("DISPLAY", "WAYLAND_DISPLAY")
    }
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700)
    return {
        **kept,
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(runtime),
        "QT_QPA_PLATFORM": "offscreen",
        "QGIS_PLUGINPATH": str(plugin_folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
    }


@pytest.fixture(scope="session")
def models_environment(qgis_environment) -> dict:
    """The same with the model packages (torch, catboost ...) of the environment that runs the tests."""
    import sysconfig

    return {**qgis_environment, "PYTHONPATH": sysconfig.get_paths()["purelib"]}

@pytest.fixture
def listener():
    """A server on the loopback interface: its port, and who called (a process with a network of its own cannot)."""
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(16)
    server.settimeout(0.2)
    callers, stop = [], threading.Event()

    def accept():
        while not stop.is_set():
            try:
                callers.append(server.accept()[1])
            except OSError:
                continue

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    yield server.getsockname()[1], callers
    stop.set()
    thread.join()
    server.close()
