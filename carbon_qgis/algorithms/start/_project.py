"""Filling a project with the sample: styled layers in groups, and the chains as models of the project.

All of it belongs to the main thread.
"""

import io
import os
import zipfile
from typing import Any, Dict, List, Sequence, Tuple

from qgis.core import (
    QgsApplication,
    QgsLayerTreeGroup,
    QgsMapLayer,
    QgsProcessingModelAlgorithm,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsReferencedRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QTimer, QUrl
from qgis.PyQt.QtXml import QDomDocument
from qgis.utils import iface

from ...core.errors import OutputError
from ...core.outputs import writing
from .. import styles
from ..chain_texts import read_chain
from ..help_pages import help_url
from ..parameters import tr
from ._sample import CHAIN_INPUTS, Region, SampleLayer


def add_regions(project: QgsProject, regions: Sequence[Region], root: str) -> Tuple[int, List[str]]:
    """Add the layers of `regions`, which lie in folders of `root`. Layers that the project has already are left alone.

    Returns
    -------
    Number of layers added, and notes.
    """
    added, notes = 0, []
    first = None if project.mapLayers() else regions[0].layers[0]
    known = {_source(layer) for layer in project.mapLayers().values()}
    for number, region in enumerate(regions):
        wanted = [layer for layer in region.layers if _place(root, region, layer) not in known]
        if len(wanted) < len(region.layers):
            notes.append(
                tr("{count} layers of '{title}' are in the project already; they were left as they are.").format(
                    count=len(region.layers) - len(wanted), title=region.title
                )
            )
        if not wanted:
            continue
        layers = [_layer(root, region, entry) for entry in wanted]
        project.addMapLayers(layers, False)
        group = project.layerTreeRoot().findGroup(region.title) or project.layerTreeRoot().insertGroup(
            number, region.title
        )
        _arrange(group, layers, shown=number == 0)
        added += len(layers)
        if wanted[0] is first:
            _start_at(project, layers[0])
    return added, notes


def _start_at(project: QgsProject, layer: QgsMapLayer) -> None:
    """Let the map of a project that was empty begin with this layer, in its CRS."""
    project.setCrs(layer.crs())
    project.viewSettings().setDefaultViewExtent(QgsReferencedRectangle(layer.extent(), layer.crs()))
    if iface is None or project is not QgsProject.instance():
        return
    extent = QgsRectangle(layer.extent())
    extent.scale(1.05)
    bridge, canvas = iface.layerTreeCanvasBridge(), iface.mapCanvas()
    # QGIS zooms to all layers once the first ones are there, here from America to Africa.
    automatic = bridge.autoSetupOnFirstLayer()
    bridge.setAutoSetupOnFirstLayer(False)

    def arrive():
        bridge.setAutoSetupOnFirstLayer(automatic)
        canvas.setExtent(extent)
        canvas.refresh()

    QTimer.singleShot(0, arrive)


def add_chains(project: QgsProject, models: Sequence[str], root: str, folders: Sequence[str], provider=None):
    """Store the models of these paths in `project`, their inputs set to the sample where it has them.

    Parameters
    ----------
    root : folder that holds the regions' folders.
    folders : regions that are in the project; a chain of another region is stored with empty inputs.
    provider : provider of the project's models, by default QGIS's own for the open project.

    Returns
    -------
    Number of chains stored, and notes.
    """
    provider = provider or QgsApplication.processingRegistry().providerById("project")
    if provider is None or not hasattr(provider, "add_model"):
        return 0, [tr("The chains were not stored: QGIS's plugin Processing, which keeps models in projects, is off.")]
    stored, notes = 0, []
    for path in models:
        model = QgsProcessingModelAlgorithm()
        if not read_chain(model, path):
            notes.append(tr("The model '{path}' cannot be read. Install the plugin again.").format(path=path))
            continue
        if model.name() in provider.model_definitions:
            notes.append(tr("The project has a model '{}' already; it was left as it is.").format(model.name()))
            continue
        chain = os.path.splitext(os.path.basename(path))[0]
        # A model of a project has no page of its own: its button 'Help' opens that of the chain.
        model.setHelpContent(dict(model.helpContent(), HELP_URL=help_url(chain)))
        folder, values = CHAIN_INPUTS.get(chain, ("", {}))
        if folder in folders:
            _set_inputs(model, values, os.path.join(root, folder))
        _name_outputs(model)
        provider.add_model(model)
        stored += 1
    return stored, notes


def _name_outputs(model: QgsProcessingModelAlgorithm) -> None:
    """Name each output by its title: QGIS calls the layer of a temporary output by the name, which is 'RATE' otherwise.

    The ids of the shipped chain stay as they are; commands use those.
    """
    for child in model.childAlgorithms().values():
        named: Dict[str, Any] = {}
        for name, output in child.modelOutputs().items():
            title = output.description() or name
            title = "{} ({})".format(title, name) if title in named else title
            output.setName(title)
            named[title] = output
        child.setModelOutputs(named)
        model.setChildAlgorithm(child)
    model.updateDestinationParameters()


def project_models(project: QgsProject):
    """A provider of the models of a project that is not the open one; keep it until the project is written."""
    from processing.modeler.ProjectProvider import ProjectProvider

    return ProjectProvider(project)


def write_project(project: QgsProject, temporary: str, final: str) -> None:
    """Write a project file that will be renamed from `temporary` to `final`, in the same folder.

    Raises
    ------
    OutputError
        If QGIS cannot write it.
    """
    if not project.write(temporary):
        reason = project.error().strip(" .") or "no reason given"
        raise OutputError("The project '{}' cannot be written: {}.".format(final, reason))
    if final.lower().endswith(".qgz"):
        with open(temporary, "rb") as stream:
            content = _renamed(stream.read(), os.path.splitext(os.path.basename(final))[0])
        with writing(final), open(temporary, "wb") as stream:
            stream.write(content)


def _renamed(archive: bytes, stem: str) -> bytes:
    """A .qgz whose project inside is called `stem`: QGIS names it after the temporary file."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            suffix = item.filename.rpartition(".")[2]
            new.writestr("{}.{}".format(stem, suffix) if suffix in ("qgs", "qgd") else item.filename, old.read(item))
    return made.getvalue()


def _layer(root: str, region: Region, entry: SampleLayer) -> QgsMapLayer:
    path = _place(root, region, entry)
    if entry.is_raster():
        layer: QgsMapLayer = QgsRasterLayer(path, entry.title, "gdal")
    else:
        url = QUrl.fromLocalFile(path).toString() + "?type=csv&detectTypes=yes&geomType=none"
        layer = QgsVectorLayer(url, entry.title, "delimitedtext")
    if not layer.isValid():
        raise OutputError("The sample file '{}' cannot be opened. Install the plugin again.".format(path))
    about = layer.metadata()
    about.setTitle(entry.title)
    about.setAbstract("{} {}".format(region.title + ".", entry.note).strip())
    about.setRights([region.rights])
    layer.setMetadata(about)
    if entry.is_raster():
        _style(layer, entry)
    return layer


def _style(layer: QgsRasterLayer, entry: SampleLayer) -> None:
    if entry.classes:
        text = styles.classes(entry.classes)
    else:
        text = styles.sequential(entry.low, entry.high, entry.unit)
    document = QDomDocument()
    document.setContent(text)
    fine, message = layer.importNamedStyle(document)
    if not fine:
        raise OutputError("The style of the sample layer '{}' cannot be used: {}.".format(entry.title, message))


def _arrange(group: QgsLayerTreeGroup, layers: Sequence[QgsMapLayer], shown: bool) -> None:
    """Put the layers into the group; only the first is drawn, and only its legend is open."""
    for number, layer in enumerate(layers):
        node = group.addLayer(layer)
        node.setItemVisibilityChecked(number == 0)
        node.setExpanded(number == 0 and shown)
    group.setItemVisibilityChecked(shown)
    group.setExpanded(shown)


def _set_inputs(model: QgsProcessingModelAlgorithm, values: Dict[str, Any], folder: str) -> None:
    """Make the sample the defaults of the model, so that it runs as it opens."""
    for name, value in values.items():
        model.parameterDefinition(name).setDefaultValue(_resolved(value, folder))


def _resolved(value: Any, folder: str) -> Any:
    if isinstance(value, list):
        return [_resolved(item, folder) for item in value]
    return os.path.join(folder, value[1:]) if isinstance(value, str) and value.startswith("@") else value


def _place(root: str, region: Region, entry: SampleLayer) -> str:
    return os.path.join(root, region.folder, entry.file)


def _source(layer: QgsMapLayer) -> str:
    """Path of a layer's file."""
    source = layer.source().split("|", 1)[0]
    if source.startswith("file:"):
        source = QUrl(source.split("?", 1)[0]).toLocalFile()
    return os.path.normpath(source) if source else ""
