"""What should never happen, done on purpose: the tests have to notice each of them."""

from qgis.core import Qgis, QgsMessageLog
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QInputDialog, QMessageBox


def python_error(desktop):
    """An error in a slot, which QGIS would show in a bar or a dialog."""
    QTimer.singleShot(0, lambda: 1 / 0)
    desktop.wait_for(lambda: desktop.told.python_errors, "the error")


def message_box(desktop):
    """A box that nobody expects; it must not block."""
    QMessageBox.warning(desktop.iface.mainWindow(), "Beware", "of the box")


def answered_box(desktop):
    """A box that is expected, and its button."""
    desktop.answer("Yes")
    buttons = QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No
    return QMessageBox.question(desktop.iface.mainWindow(), "Sure?", "Yes or no", buttons) == (
        QMessageBox.StandardButton.Yes
    )


def critical(desktop):
    """A critical entry in the log."""
    QgsMessageLog.logMessage("something broke", "Carbon", Qgis.MessageLevel.Critical)


def in_vain(desktop):
    """Wait for what does not come."""
    desktop.wait_for(lambda: False, "Godot", seconds=0.2)


def hidden(desktop):
    """Click a button that a dialog hides: a person could not."""
    dialog = QInputDialog(desktop.iface.mainWindow())
    desktop.click(dialog)
