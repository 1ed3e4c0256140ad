"""The Processing toolbox, seen through its tree as it stands on the screen."""

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtWidgets import QDockWidget


def open_toolbox(desktop):
    """Show the toolbox by its menu."""
    toolbox = desktop.iface.mainWindow().findChild(QDockWidget, "ProcessingToolbox")
    if not toolbox.isVisible():
        desktop.menu("Processing", "Toolbox")
        desktop.wait_for(toolbox.isVisible, "the toolbox")
    return toolbox


def shown(desktop, picture=None):
    """What stands below 'Carbon': [group, [[title, icon], ...]] in the order of the screen; None without a provider."""
    toolbox = open_toolbox(desktop)
    carbon = _carbon(toolbox)
    if carbon is None:
        return None
    toolbox.algorithmTree.expand(carbon)
    toolbox.algorithmTree.scrollTo(carbon, toolbox.algorithmTree.ScrollHint.PositionAtTop)
    if picture:
        desktop.screenshot(picture)
    return [
        [group.data(), [[one.data(), _icon(one)] for one in _children(group)]] for group in _children(carbon)
    ]  # fmt: skip


def search(desktop, words):
    """Type each word into the search box; {word: titles of ours that are left}."""
    toolbox, found = open_toolbox(desktop), {}
    for word in words:
        desktop.type(toolbox.searchBox, word)
        carbon = _carbon(toolbox)
        groups = _children(carbon) if carbon is not None else []
        found[word] = [one.data() for group in groups for one in _children(group)]
    return found


def open_by_double_click(desktop, title):
    """Search for an algorithm, double-click on it, close its dialog again; the dialog's title."""
    from processing.gui.AlgorithmDialog import AlgorithmDialog

    toolbox = open_toolbox(desktop)
    desktop.type(toolbox.searchBox, title)
    tree, index = toolbox.algorithmTree, find(toolbox, "Carbon", title)
    tree.scrollTo(index)
    desktop.settle()
    where = tree.visualRect(index).center()
    return desktop.with_window(
        lambda: desktop.click(tree.viewport(), where, double=True), AlgorithmDialog, lambda dialog: dialog.windowTitle()
    )


def all_dialogs(desktop):
    """Open the dialog of every algorithm of ours; those whose Run button is not there."""
    broken = []
    for algorithm in QgsApplication.processingRegistry().providerById("carbon").algorithms():
        dialog = desktop.open_algorithm(algorithm.id())
        if not dialog.runButton().isVisible() or dialog.mainWidget() is None:
            broken.append(algorithm.id())
        dialog.close()
        dialog.deleteLater()
        desktop.settle()
    return broken


def find(toolbox, provider, title):
    """The place of an algorithm in the tree, by the titles on the screen."""
    below = _below(_provider(toolbox, provider))
    return next(one for one in below if one.data() == title)


def _provider(toolbox, title):
    model = toolbox.algorithmTree.model()
    rows = [model.index(row, 0) for row in range(model.rowCount())]
    return next((one for one in rows if one.data() == title), None)


def _carbon(toolbox):
    return _provider(toolbox, "Carbon")


def _below(index):
    for one in _children(index):
        yield one
        yield from _below(one)


def _children(index):
    model = index.model()
    return [model.index(row, 0, index) for row in range(model.rowCount(index))]


def _icon(index):
    """The pixels of the icon at the size of the toolbox, as text that can be compared; None where there is none."""
    icon = index.data(Qt.ItemDataRole.DecorationRole)
    if icon is None or icon.isNull():
        return None
    picture = icon.pixmap(QSize(16, 16)).toImage()
    return " ".join(
        "{:08x}".format(picture.pixel(x, y)) for y in range(picture.height()) for x in range(picture.width())
    )
