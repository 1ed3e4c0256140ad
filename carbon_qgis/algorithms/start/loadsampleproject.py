"""The sample data in a project, with the chains ready to run."""

import os

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingParameterFileDestination,
    QgsProject,
)

from ...core.errors import InputError
from .. import parameters as declare
from ..base import PACKAGE_FOLDER, CarbonAlgorithm, Group
from ..publish import Outputs

BOTH = "both"
SAMPLE_FOLDER, MODEL_FOLDER = os.path.join(PACKAGE_FOLDER, "sample"), os.path.join(PACKAGE_FOLDER, "modeler")


class LoadSampleProject(CarbonAlgorithm):
    """Real data, styled and grouped, and the Modeler chains as models of the project."""

    ID, GROUP = "loadsampleproject", Group.START
    TAGS = ("sample", "example", "demo", "data", "project", "chain", "model", "start", "tutorial", "first steps")
    REQUIRES = ()

    DATA, CHAINS, FOLDER, PROJECT = "DATA", "CHAINS", "FOLDER", "PROJECT"

    def title(self):
        return self.tr("Load sample project")

    def help_text(self):
        return self.tr(
            "Puts the real sample data of the plugin into the open project, styled and in groups: land cover of three "
            "dates, elevation, slope and distance to built land of Plum Island (Massachusetts, 100 m), and soil carbon "
            "(t C/ha) with ten drivers of Africa (20 km). The chains of the plugin are stored in the project as models "
            "(Toolbox > Project models): their inputs are set to the sample, so they run as they open, and 'Edit "
            "Model' shows them in the Modeler. What is marked as illustrative is made up and must not be used for a "
            "study; the sources are in SOURCE.txt beside the data. Without an open project (qgis_process) give a "
            "project file to write."
        )

    def flags(self):
        # Not hidden from the Modeler: qgis_process would call it deprecated, which is that flag and another together.
        return super().flags() | QgsProcessingAlgorithm.Flag.FlagNoThreading

    def declare(self):
        from ._sample import AFRICA, PLUM_ISLAND

        tr = self.tr
        self.add(declare.choice(self.DATA, tr("Data"), tr(
            "Which sample: 'plum_island' for the chain from land cover to drivers, 'africa20km' for the coupled model, "
            "or 'both'."), (BOTH, PLUM_ISLAND, AFRICA)))
        self.add(declare.boolean(self.CHAINS, tr("Store the chains in the project"), tr(
            "The Modeler chains as models of the project, where they can be edited. A model of the same name that is "
            "there already is left as it is."), True))
        self.add(declare.folder_output(self.FOLDER, tr("Folder for a copy of the data"), tr(
            "If given, the data are copied there (2 MB) and the project uses the copy, which is yours to change; files "
            "that are there already are kept. If left empty, the project uses the files of the plugin, which go when "
            "it is uninstalled."), optional=True, by_default=False))
        project = QgsProcessingParameterFileDestination(
            self.PROJECT, tr("Project file"), fileFilter=tr("QGIS projects") + " (*.qgz *.qgs)", optional=True,
            createByDefault=False,
        )  # fmt: skip
        project.setHelp(tr(
            "If given, a new project is written to this file and the open one is not touched. If left empty, the "
            "open project gets the data."))  # fmt: skip
        self.add(project)
        self.add_number("LAYERS", tr("Layers added"))
        self.add_number("MODELS", tr("Chains stored"))

    def check(self, p):
        target = p.destination(self.PROJECT)
        if target and os.path.splitext(target)[1].lower() not in ("", ".qgz", ".qgs"):
            raise InputError("The project file '{}' must end in .qgz or .qgs.".format(target))

    def prepareAlgorithm(self, parameters, context, feedback):
        self._open_project = context.project()
        return super().prepareAlgorithm(parameters, context, feedback)

    def compute(self, p, progress, outputs):
        from . import _project
        from ._sample import regions

        target = p.destination(self.PROJECT)
        if target is None and self._open_project is None:
            raise InputError(
                "There is no open project to put the data into. Give a project file to write: "
                "--{}=sample.qgz".format(self.PROJECT)
            )
        wanted = p.choice(self.DATA)
        chosen = [region for region in regions() if wanted in (BOTH, region.folder)]
        root = SAMPLE_FOLDER
        if p.destination(self.FOLDER):
            root = _copy(chosen, p.destination(self.FOLDER), outputs)
        project = self._open_project if target is None else QgsProject()
        layers, notes = _project.add_regions(project, chosen, root)
        progress.update(0.7, self.tr("{} layers added").format(layers))
        chains = 0
        keeper = None if target is None else _project.project_models(project)
        if p.boolean(self.CHAINS):
            folders = [region.folder for region in chosen]
            chains, more = _project.add_chains(project, _models(), root, folders, keeper)
            notes += more
        if target is not None:
            project.setTitle(self.tr("Carbon sample"))
            _project.write_project(project, outputs.path(target), target)
        published = Outputs(notes).number("LAYERS", layers).number("MODELS", chains)
        published.file(self.PROJECT).file(self.FOLDER)
        published.say(self.tr("{layers} layers and {chains} chains added.").format(layers=layers, chains=chains))
        return published.say(self.tr("Tables, such as pools.csv, are in the folders of '{}'.").format(root))


def _copy(chosen, target, outputs):
    """Copy the folders of the chosen regions; what is there stays. The copies are whole before a layer opens them."""
    outputs.folder(target)
    for region in chosen:
        folder = outputs.folder(os.path.join(target, region.folder))
        for name in [layer.file for layer in region.layers] + ["SOURCE.txt"]:
            place = os.path.join(folder, name)
            if not os.path.exists(place):
                with open(os.path.join(SAMPLE_FOLDER, region.folder, name), "rb") as stream:
                    outputs.bytes(place, stream.read())
    outputs.commit()
    return target


def _models():
    """Paths of the chains that ship with the plugin."""
    names = sorted(name for name in os.listdir(MODEL_FOLDER) if name.endswith(".model3"))
    return [os.path.join(MODEL_FOLDER, name) for name in names]
