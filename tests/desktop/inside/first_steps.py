"""The first steps of a new user: the sample into the project, and a chain of the project in the Modeler."""

from processing.modeler.ModelerDialog import ModelerDialog
from qgis.core import QgsApplication
from qgis.PyQt.QtWidgets import QApplication, QGraphicsView, QMenu
from running import layers
from toolbox import find, open_toolbox


def load(desktop, picture=None):
    """Run 'Load sample project' from its dialog as it opens; the layers and the models of the project."""
    dialog = desktop.open_algorithm("carbon:loadsampleproject")
    end = desktop.run(dialog)
    dialog.close()
    desktop.wait_for(lambda: not desktop.iface.mapCanvas().isDrawing(), "the map")
    if picture:
        desktop.screenshot(picture)
    provider = QgsApplication.processingRegistry().providerById("project")
    return {
        "ok": end["ok"],
        "results": end["results"],
        "layers": layers(),
        "models": sorted(model.displayName() for model in provider.algorithms()),
    }


def edit(desktop, title, picture=None):
    """Right-click a model of the project in the toolbox and take 'Edit Model…': steps on the canvas and problems."""
    toolbox = open_toolbox(desktop)
    desktop.type(toolbox.searchBox, title)
    tree, index = toolbox.algorithmTree, find(toolbox, "Project models", title)
    tree.scrollTo(index)
    desktop.settle()
    where = tree.visualRect(index).center()

    def choose(menu):
        texts = [action.text() for action in menu.actions()]
        action = next((one for one in menu.actions() if one.text().startswith("Edit Model")), None)
        if action is None or not action.isEnabled():
            raise RuntimeError("The menu has no 'Edit Model' that is enabled: {}".format(texts))
        desktop.click(menu, menu.actionGeometry(action).center())

    desktop.with_window(lambda: desktop.click(tree.viewport(), where, button=3), QMenu, choose)
    (modeler,) = desktop.wait_for(lambda: _modelers(), "the Modeler")
    desktop.settle()
    if picture:
        modeler.resize(1390, 880)
        desktop.screenshot(picture, modeler)
    found = {
        "title": modeler.windowTitle(),
        "steps": len(modeler.model().childAlgorithms()),
        "items": max(len(view.scene().items()) for view in modeler.findChildren(QGraphicsView) if view.scene()),
        "valid": _validity(modeler.model()),
    }
    modeler.close()
    return found


def _modelers():
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, ModelerDialog) and one.isVisible()]


def _validity(model):
    fine, problems = model.validate()
    return list(problems) if not fine else []
