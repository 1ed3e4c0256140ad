"""The page of Processing in QGIS's options, as the wrench of the toolbox opens it."""

from processing.core.ProcessingConfig import ProcessingConfig
from processing.gui.ConfigDialog import ConfigOptionsPage
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QAbstractSpinBox, QComboBox, QDialog, QDialogButtonBox, QLineEdit, QTreeView


def listed(desktop, picture=None):
    """Titles and values below Providers > Carbon, and how often that group is there."""

    def look(dialog):
        groups = _groups(_page(dialog))
        if picture:
            _unfold(dialog, groups[0])
            desktop.screenshot(picture)
        return [[[title.text(), value.text()] for title, value in _rows(group)] for group in groups]

    return desktop.with_window(lambda: _open(desktop), QDialog, look)


def change(desktop, values, button="Ok"):
    """Double-click on values, type others, click OK: what the settings and the profile hold then."""

    def act(dialog):
        tree = _tree(dialog)
        (group,) = _groups(_page(dialog))
        _unfold(dialog, group)
        for title, value in _rows(group):
            if title.text() in values:
                _set(desktop, tree, value.index(), values[title.text()])
        box = dialog.findChild(QDialogButtonBox)
        desktop.click(box.button(getattr(QDialogButtonBox.StandardButton, button)))

    desktop.with_window(lambda: _open(desktop), QDialog, act)
    desktop.settle()
    return {
        one.description: [ProcessingConfig.getSetting(name), _stored(name)]
        for name, one in ProcessingConfig.settings.items() if one.group == "Carbon"
    }  # fmt: skip


def _open(desktop):
    desktop.iface.showOptionsDialog(desktop.iface.mainWindow(), "processingOptions")


def _stored(name):
    from qgis.core import QgsSettings

    return QgsSettings().value("Processing/Configuration/" + name)


def _page(dialog):
    return dialog.findChild(ConfigOptionsPage).config_widget


def _tree(dialog) -> QTreeView:
    return _page(dialog).tree


def _groups(page):
    root = page.model.invisibleRootItem()
    providers = next(root.child(row) for row in range(root.rowCount()) if root.child(row).text() == "Providers")
    groups = [providers.child(row) for row in range(providers.rowCount())]
    return [group for group in groups if group.text() == "Carbon"]


def _unfold(dialog, group):
    """Open the branch of the group alone: QGIS needs minutes to unfold the menus of all algorithms."""
    for item in (group.parent(), group):
        _tree(dialog).expand(item.index())


def _rows(group):
    return [(group.child(row, 0), group.child(row, 1)) for row in range(group.rowCount())]


def _set(desktop, tree, index, value):
    tree.scrollTo(index)
    desktop.settle()
    desktop.click(tree.viewport(), tree.visualRect(index).center(), double=True)
    editor = desktop.wait_for(lambda: _editor(tree), "the editor of the value")
    if isinstance(editor, QComboBox):
        editor.setCurrentText(value)
    else:
        field = editor.findChild(QLineEdit) if isinstance(editor, QAbstractSpinBox) else editor
        field.selectAll()
        field.insert(value)
    desktop.press(editor, Qt.Key.Key_Return)


def _editor(tree):
    kinds = (QComboBox, QAbstractSpinBox, QLineEdit)
    found = [one for kind in kinds for one in tree.viewport().findChildren(kind) if one.isVisible()]
    return found[0] if found else None
