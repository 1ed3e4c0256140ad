"""The real QGIS desktop for the tests: one window for all, tidied up before each."""

import os
import sys

import pytest

INSIDE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "inside")


@pytest.fixture(scope="session")
def desktop_session(repository):
    """The module scripts/desktop_session.py."""
    sys.path.insert(0, str(repository / "scripts"))
    try:
        import desktop_session
    finally:
        sys.path.remove(str(repository / "scripts"))
    return desktop_session


class Window:
    """One QGIS for all tests; another one after a crash, so that one test does not take the others away."""

    def __init__(self, start):
        self._start, self._session = start, None

    def session(self):
        if self._session is None or self._session.exit_code is not None:
            self._session = self._start().__enter__()
            self._session.startup.check()
        return self._session

    def end(self):
        if self._session is not None:
            self._session.kill()

    def close(self):
        """Close it as a person does; its exit code, and None if the last test took it away."""
        if self._session is None or self._session.exit_code is not None:
            return None
        code = self._session.close()
        self._session.kill()  # the screen and the folder
        return code


@pytest.fixture(scope="session")
def window(desktop_session, plugin_folder):
    """The window. In the end QGIS has to close by itself, with exit code 0."""
    found = Window(lambda: desktop_session.DesktopSession(str(plugin_folder)))
    try:
        yield found
        assert found.close() in (0, None), "QGIS crashed when it was closed"
    finally:
        found.end()


@pytest.fixture
def inside(window):
    """Calls a function of tests/desktop/inside/FILE.py in QGIS; the whole `DesktopResult`."""

    def call(file, function, **arguments):
        return window.session().call(os.path.join(INSIDE, file + ".py"), function, arguments, timeout=240)

    call("tidy", "tidy").check()
    return call


@pytest.fixture
def desktop(inside):
    """The same for what must go well: the value alone, and anything that QGIS complains about is a failure."""
    return lambda file, function, **arguments: inside(file, function, **arguments).check().value


@pytest.fixture(scope="session")
def sample(repository):
    """Folder of the sample data."""
    return repository / "carbon_qgis" / "sample"
