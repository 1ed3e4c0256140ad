"""What runs inside QGIS for desktop_session.py: it hears the calls, and has hands and eyes for the scripts.

The profile's startup.py calls `listen` before any plugin is loaded; `--code` calls `serve` once the window stands.
"""

import faulthandler
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from typing import Any, Callable, Dict, List, Mapping, Optional

from qgis.core import Qgis, QgsApplication, QgsProject
from qgis.gui import QgsMessageBarItem
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QEvent, QEventLoop, QObject, QPoint, QSocketNotifier, Qt, QTimer
from qgis.PyQt.QtGui import QInputMethodEvent
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QDialog, QDialogButtonBox, QErrorMessage, QMessageBox, QWidget

#: Milliseconds between two looks at a condition; events are handled meanwhile.
LOOK = 20


class Told:
    """What QGIS told since it was last asked."""

    def __init__(self):
        self.answers: List[str] = []
        self._boxes: List[QWidget] = []
        self.forget()

    def forget(self) -> None:
        self.python_errors: List[str] = []
        self.message_boxes: List[str] = []
        self.message_bar: List[str] = []
        self.critical: List[str] = []

    def taken(self) -> Dict[str, List[str]]:
        """All of it, and start anew."""
        names = ("python_errors", "message_boxes", "message_bar", "critical")
        found = {name: getattr(self, name) for name in names}
        self.forget()
        return found

    def python_error(self, kind, value, trace, message, *_others, **_more) -> None:
        """In place of `qgis.utils.showException`, which opens a dialog or a bar."""
        self.python_errors.append((message or "") + "".join(traceback.format_exception(kind, value, trace)))

    def log_entry(self, text: str, tab: str, level: int) -> None:
        if level == Qgis.MessageLevel.Critical:
            self.critical.append("{}: {}".format(tab, text))

    def bar_item(self, widget) -> None:
        item = sip.cast(widget, QgsMessageBarItem)
        self.message_bar.append("{}: {} {}".format(item.level(), item.title(), item.text()).strip())

    def look_for_boxes(self) -> None:
        """Note and close every message box: nobody is there to answer it."""
        for widget in QApplication.topLevelWidgets():
            if not widget.isVisible() or not isinstance(widget, (QMessageBox, QErrorMessage)):
                continue
            text = widget.windowTitle()
            if isinstance(widget, QMessageBox):
                text = "{}: {} {}".format(text, widget.text(), widget.informativeText()).strip()
            wanted = next((button for button in self.answers if button in _buttons(widget)), None)
            if wanted is None:
                self.message_boxes.append(text)
                widget.reject() if isinstance(widget, QDialog) else widget.close()
            else:
                self.answers.remove(wanted)
                _buttons(widget)[wanted].click()


def _buttons(box: QWidget) -> Dict[str, Any]:
    buttons = box.buttons() if isinstance(box, QMessageBox) else []
    return {button.text().replace("&", ""): button for button in buttons}


class Desktop:
    """Hands and eyes for a script: it acts on the real window with the pointer and keys of the X server."""

    def __init__(self, told: Told):
        self.told = told
        self._deadline = float("inf")

    @property
    def iface(self):
        """QGIS's interface."""
        import qgis.utils

        return qgis.utils.iface

    def wait_for(self, condition: Callable[[], Any], what: str, seconds: float = 60) -> Any:
        """Handle events until `condition()` is true; its value.

        Raises
        ------
        TimeoutError
            After `seconds`, or at the limit of the call, with `what` as what did not come.
        """
        end = min(time.monotonic() + seconds, self._deadline)
        while True:
            value = condition()
            if value:
                return value
            if time.monotonic() > end:
                raise TimeoutError("waited in vain for " + what)
            loop = QEventLoop()
            QTimer.singleShot(LOOK, loop.quit)
            loop.exec()

    def settle(self, rounds: int = 5) -> None:
        """Let everything that is due happen: layouts, paint events, deferred deletions."""
        for _ in range(rounds):
            loop = QEventLoop()
            QTimer.singleShot(0, loop.quit)
            loop.exec()
            QApplication.sendPostedEvents()

    def screenshot(self, path: str, widget: Optional[QWidget] = None) -> str:
        """A PNG of one window, or of the whole screen as a person would see it."""
        self.settle()
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        picture = QApplication.primaryScreen().grabWindow(0) if widget is None else widget.grab()
        if not picture.save(path):
            raise OSError("The picture cannot be written: " + path)
        return path

    def click(self, widget: QWidget, where: Optional[QPoint] = None, double: bool = False, button: int = 1) -> None:
        """Click where a person would, with the pointer of the X server; what is hidden or disabled is an error."""
        self.settle()
        point = widget.rect().center() if where is None else where
        if not widget.isVisible() or not widget.isEnabled():
            state = "disabled" if widget.isVisible() else "not visible"
            raise RuntimeError("{} cannot be clicked: it is {}".format(_named(widget), state))
        target = widget.mapToGlobal(point)
        self.wait_for(
            lambda: _is_within(QApplication.widgetAt(target), widget),
            "{} to be on top at {},{}; there is {}".format(
                _named(widget), target.x(), target.y(), _named(QApplication.widgetAt(target))
            ),
            10,
        )
        times = 2 if double else 1
        arrived = _Presses(QApplication.widgetAt(target))
        place = (str(target.x()), str(target.y()))
        _xdotool("mousemove", *place, "click", "--repeat", str(times), "--delay", "40", str(button))
        self.wait_for(
            lambda: arrived.count >= times and QApplication.mouseButtons() == Qt.MouseButton.NoButton,
            "the click on {} to arrive".format(_named(widget)),
            30,
        )
        arrived.stop()
        self.settle()

    def type(self, widget: QWidget, text: str) -> None:
        """Click into a text field, empty it and type."""
        self.click(widget)
        QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(widget, Qt.Key.Key_Delete)
        for character in text:
            if character.isascii():
                QTest.keyClicks(widget, character)
            else:  # as an input method does
                event = QInputMethodEvent()
                event.setCommitString(character)
                QApplication.sendEvent(widget, event)
        self.settle()

    def menu(self, *titles: str) -> None:
        """Click through the menus of the main window, e.g. menu("Processing", "Toolbox")."""
        bar = self.iface.mainWindow().menuBar()
        for title in titles:
            action = next((one for one in bar.actions() if one.text().replace("&", "").rstrip("…") == title), None)
            if action is None:
                shown = ", ".join(one.text().replace("&", "") for one in bar.actions())
                raise RuntimeError("There is no '{}' in the menu: {}".format(title, shown))
            self.wait_for(bar.isVisible, "the menu that holds " + title)
            self.click(bar, bar.actionGeometry(action).center())
            bar = action.menu()

    def with_window(self, open_it: Callable[[], Any], kind: type, act: Callable[[QWidget], Any]) -> Any:
        """Do what opens a modal window of class `kind`, and `act(window)` in it; what that returns.

        QGIS's own event loop of the window holds the script until it is closed: `act` closes it in the end, and a
        window that is still open then is closed.
        """
        outcome: List[Any] = []
        before = set(QApplication.topLevelWidgets())

        def look() -> None:
            window = next((one for one in self.visible(kind) if one not in before), None)
            if window is None:
                if not outcome and time.monotonic() < end:
                    QTimer.singleShot(LOOK, look)
                return
            try:
                outcome.append((act(window), None))
            except Exception as error:
                outcome.append((None, error))
            finally:
                if window.isVisible():
                    window.close()

        end = min(time.monotonic() + 60, self._deadline)
        QTimer.singleShot(LOOK, look)
        open_it()
        self.wait_for(lambda: outcome, "a window of class " + kind.__name__)
        value, error = outcome[0]
        if error is not None:
            raise error
        return value

    def run(self, dialog: QDialog, seconds: float = 300) -> Dict[str, Any]:
        """Click Run in the dialog of an algorithm and wait for the end: {"ok": ..., "results": ...}."""
        ends: List[Dict[str, Any]] = []
        dialog.algorithmFinished.connect(lambda ok, results: ends.append({"ok": ok, "results": dict(results)}))
        self.click(dialog.buttonBox().button(QDialogButtonBox.StandardButton.Ok))
        self.wait_for(lambda: ends or self.told.message_boxes, "the end of " + dialog.windowTitle(), seconds)
        if not ends:
            raise RuntimeError("The run did not start: " + self.told.message_boxes[-1])
        self.settle()
        return ends[0]

    def answer(self, button: str) -> None:
        """Click this button of the next message box that has it, instead of noting the box as unexpected."""
        self.told.answers.append(button)

    def press(self, widget: QWidget, key: Qt.Key) -> None:
        """Press one key in a widget."""
        QTest.keyClick(widget, key)
        self.settle()

    def visible(self, kind: type, **properties: Any) -> List[QWidget]:
        """Top-level windows of a class that are on the screen, e.g. visible(QDialog, windowTitle="Options")."""
        found = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, kind) and widget.isVisible()]
        return [one for one in found if all(getattr(one, name)() == value for name, value in properties.items())]

    def open_algorithm(self, algorithm: str, parameters: Optional[Mapping[str, Any]] = None) -> QDialog:
        """The dialog of an algorithm, as the toolbox opens it, with parameters filled in."""
        import processing

        dialog = processing.createAlgorithmDialog(algorithm, dict(parameters or {}))
        dialog.show()
        dialog.raise_()
        self.wait_for(dialog.isVisible, "the dialog of " + algorithm)
        self.settle()
        return dialog


class _Presses(QObject):
    """Counts the presses of the pointer that arrive at one widget.

    At one widget only: a filter of the whole application is handed objects that are just being made or ended in other
    threads, and PyQt crashes when it wraps those.
    """

    def __init__(self, widget: QWidget):
        super().__init__()
        self.count, self._widget = 0, widget
        widget.installEventFilter(self)

    def eventFilter(self, receiver, event) -> bool:
        self.count += event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)
        return False

    def stop(self) -> None:
        if not sip.isdeleted(self._widget):
            self._widget.removeEventFilter(self)


def _is_within(found: Optional[QWidget], widget: QWidget) -> bool:
    return found is not None and (found is widget or widget.isAncestorOf(found))


def _named(widget: Optional[QWidget]) -> str:
    if widget is None:
        return "nothing"
    text = widget.text() if callable(getattr(widget, "text", None)) else widget.windowTitle()
    return "{} '{}' ({})".format(type(widget).__name__, widget.objectName(), text)


def _xdotool(*arguments: str) -> None:
    done = subprocess.run(
        ["xdotool", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        raise RuntimeError("xdotool failed: " + done.stdout)


class Server:
    """Answers the calls that come through the pipe, one after the other."""

    def __init__(self, told: Told):
        self._told = told
        self._desktop = Desktop(told)
        read, write = (int(part) for part in os.environ["CARBON_DESKTOP_PIPES"].split(","))
        self._requests, self._answers = os.fdopen(read, "r"), os.fdopen(write, "w")
        self._notifier = QSocketNotifier(read, QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._hear)
        self._boxes = QTimer()
        self._boxes.timeout.connect(told.look_for_boxes)
        self._boxes.start(100)

    def answer(self, value: Any = None, script_error: Optional[str] = None) -> None:
        sys.stdout.flush()
        told = dict(self._told.taken(), value=value, script_error=script_error)
        self._answers.write(json.dumps(told, default=str) + "\n")
        self._answers.flush()

    def _hear(self, *_ignored) -> None:
        self._notifier.setEnabled(False)
        line = self._requests.readline()
        # Out of the notifier's slot first: a script runs event loops of its own.
        if line:
            QTimer.singleShot(0, lambda: self._obey(json.loads(line)))
        else:
            os._exit(3)  # whoever started QGIS is gone

    def _obey(self, request: Dict[str, Any]) -> None:
        if request.get("quit"):
            _quit()
            return
        value, error = None, None
        self._desktop._deadline = time.monotonic() + request["timeout"]
        try:
            script = _loaded(request["script"])
            value = getattr(script, request["function"])(self._desktop, **request["arguments"])
            self._desktop.settle()
            self._told.look_for_boxes()
        except Exception:
            error = traceback.format_exc()
        self._notifier.setEnabled(True)
        self.answer(value, error)


def _loaded(path: str):
    """The script as a module; files beside it can be imported."""
    folder = os.path.dirname(path)
    if folder not in sys.path:
        sys.path.append(folder)
    spec = importlib.util.spec_from_file_location(os.path.splitext(os.path.basename(path))[0], path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _quit() -> None:
    """Leave as Project > Exit does; an unsaved project would ask first."""
    import qgis.utils

    QgsProject.instance().clear()
    QgsProject.instance().setDirty(False)
    qgis.utils.iface.actionExit().trigger()


_TOLD: Optional[Told] = None
_SERVER: Optional[Server] = None


def listen() -> None:
    """Note from now on what QGIS tells."""
    global _TOLD
    import qgis.utils

    faulthandler.register(signal.SIGUSR1)  # the session asks where a script hangs
    _TOLD = Told()
    qgis.utils.showException = _TOLD.python_error
    QgsApplication.messageLog().messageReceived.connect(_TOLD.log_entry)


def serve() -> None:
    """Answer calls, as soon as QGIS handles events."""
    QTimer.singleShot(0, _begin)


def _begin() -> None:
    global _SERVER
    import qgis.utils

    qgis.utils.iface.messageBar().widgetAdded.connect(_TOLD.bar_item)
    # There is no window manager that could maximise it.
    qgis.utils.iface.mainWindow().setGeometry(QApplication.primaryScreen().geometry())
    _SERVER = Server(_TOLD)
    absent = [name for name in ("processing", "carbon_qgis") if name not in qgis.utils.active_plugins]
    _SERVER.answer(script_error="plugins that did not load: {}".format(", ".join(absent)) if absent else None)
