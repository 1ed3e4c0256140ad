"""The provider 'carbon': the list of its algorithms, and the models that ship with the plugin."""

import importlib
import os
import traceback
from typing import List, Tuple

from qgis.core import (
    Qgis,
    QgsMessageLog,
    QgsProcessingException,
    QgsProcessingModelAlgorithm,
    QgsProcessingProvider,
)
from qgis.PyQt.QtGui import QIcon

from .algorithms import loading, preferences
from .algorithms.batch import hand_over_reports
from .algorithms.chain_checks import problem_of_chain
from .algorithms.chain_texts import read_chain
from .algorithms.help_pages import help_url
from .algorithms.help_panel import help_for_panel
from .algorithms.inputs import given_destination
from .algorithms.layer_parameters import take_files_as_they_are
from .algorithms.parameters import tr
from .algorithms.raster_files import add_layers_without_statistics

PACKAGE_FOLDER = os.path.dirname(os.path.abspath(__file__))
MODEL_FOLDER = os.path.join(PACKAGE_FOLDER, "modeler")

#: Module under `algorithms/` and class, in working order.
ALGORITHMS: Tuple[Tuple[str, str], ...] = (
    ("start.checkinstallation", "CheckInstallation"),
    ("start.loadsampleproject", "LoadSampleProject"),
    ("prepare.driverstack", "DriverStack"),
    ("prepare.aggregatetime", "AggregateTime"),
    ("prepare.convertdensity", "ConvertDensity"),
    ("prepare.ecosystemclasses", "EcosystemClasses"),
    ("prepare.landuseintensity", "LandUseIntensity"),
    ("prepare.checkpooltable", "CheckPoolTable"),
    ("density.densityseries", "DensitySeries"),
    ("density.forecastdensity", "ForecastDensity"),
    ("density.sampledensity", "SampleDensity"),
    ("density.trainlevels", "TrainLevels"),
    ("density.predictlevels", "PredictLevels"),
    ("density.traindensity", "TrainDensity"),
    ("density.estimatedensity", "EstimateDensity"),
    ("density.deadorganicmatter", "DeadOrganicMatter"),
    ("density.assemblepools", "AssemblePools"),
    ("density.casanpp", "CasaNpp"),
    ("stock.carbonstock", "CarbonStock"),
    ("stock.densitystock", "DensityStock"),
    ("stock.stockbyecosystem", "StockByEcosystem"),
    ("stock.carbonaccumulation", "CarbonAccumulation"),
    ("drivers.classifydriver", "ClassifyDriver"),
    ("drivers.geodetector", "Geodetector"),
    ("scenarios.trainforest", "TrainForest"),
    ("scenarios.predictforest", "PredictForest"),
    ("scenarios.downscale", "Downscale"),
    ("scenarios.drivertable", "DriverTable"),
    ("scenarios.scenariomatrix", "ScenarioMatrix"),
    ("scenarios.runscenarios", "RunScenarios"),
    ("scenarios.scenariocharts", "ScenarioCharts"),
    ("scenarios.elasticity", "ElasticityOfCarbon"),
    ("validation.assessaccuracy", "AssessAccuracy"),
    ("validation.compareestimates", "CompareEstimates"),
)


class ShippedModel(QgsProcessingModelAlgorithm):
    """A model of the plugin. Its id is the file's name; by itself it would be the title."""

    def __init__(self, path: str = ""):
        super().__init__()
        self._path = path
        self.loaded = bool(path) and read_chain(self, path)
        # Without it a run would not be in the history, nor could it be copied as a command.
        self.setSourceFilePath(path)
        take_files_as_they_are(self)
        for definition in self.parameterDefinitions():
            # QGIS 3.22 does not keep the help of a model's inputs; it keeps the texts of the model's own help.
            text = self.helpContent().get(definition.name())
            if text and not definition.help():
                definition.setHelp(text)

    def createInstance(self):
        return ShippedModel(self._path)

    def name(self) -> str:
        return os.path.splitext(os.path.basename(self._path))[0]

    def displayName(self) -> str:
        return super().name()

    def shortHelpString(self) -> str:
        return help_for_panel(self, self.helpContent().get("ALG_DESC", ""))

    def helpUrl(self) -> str:
        return help_url(self.name())

    def group(self) -> str:
        return tr("7 Chains (models)")

    def groupId(self) -> str:
        return "chains"

    def tags(self) -> List[str]:
        # Searching for a step finds the chains that take it.
        steps = [child.algorithm() for child in self.childAlgorithms().values()]
        titles = sorted({step.displayName() for step in steps if step is not None})
        return ["carbon", "chain", "model", "workflow"] + titles

    def icon(self) -> QIcon:
        return QIcon(self.svgIconPath())

    def svgIconPath(self) -> str:
        own = os.path.join(PACKAGE_FOLDER, "icons", self.name() + ".svg")
        return own if os.path.exists(own) else _icon_path()

    def checkParameterValues(self, parameters, context):
        problem = problem_of_chain(self, parameters, context)
        return not problem, problem

    def prepareAlgorithm(self, parameters, context, feedback):
        # Again: `QgsProcessingAlgorithm.run` comes here without checkParameterValues.
        problem = problem_of_chain(self, parameters, context)
        if problem:
            raise QgsProcessingException(problem)
        return True

    def processAlgorithm(self, parameters, context, feedback):
        """Run the model, and name and group its layers by its own titles (QGIS takes those of the steps)."""
        parameters = self._with_defaults(parameters)
        add_layers_without_statistics(self, parameters, context)
        found = super().processAlgorithm(parameters, context, feedback)
        for name, value in found.items():
            definition = self.parameterDefinition(name)
            if definition is not None and value and context.willLoadLayerOnCompletion(str(value)):
                details = context.layerToLoadOnCompletionDetails(str(value))
                details.name = definition.description()
                loading.regroup(details, "Carbon - " + self.displayName())
        return hand_over_reports(self, found, feedback)

    def _with_defaults(self, parameters):
        """The parameters, and the defaults of those that were not named: QGIS hands its steps nothing for them."""
        defaults = {
            item.name(): item.defaultValue()
            for item in self.parameterDefinitions()
            if not item.isDestination() and item.defaultValue() is not None
        }
        return {**defaults, **parameters}


class CarbonProvider(QgsProcessingProvider):
    """All algorithms of the plugin. `problems` names those that could not be loaded; it should be empty."""

    def __init__(self):
        super().__init__()
        self.problems: List[str] = []
        self._registered = False

    def load(self) -> bool:
        """Called by `addProvider`. The chains come with the next refresh: only then do they see the algorithms."""
        preferences.add_settings(self.name(), self.icon())
        self.refreshAlgorithms()
        self._registered = True
        return True

    def unload(self) -> None:
        preferences.remove_settings(self.name())

    def id(self) -> str:
        return "carbon"

    def name(self) -> str:
        return "Carbon"

    def longName(self) -> str:
        return tr("Carbon stock, sink capacity and drivers")

    def icon(self) -> QIcon:
        return QIcon(_icon_path())

    def svgIconPath(self) -> str:
        return _icon_path()

    def supportedOutputRasterLayerExtensions(self) -> List[str]:
        # "vrt" is for the driver stack alone; file dialogs know only one list for the whole provider.
        return ["tif", "vrt"]

    def isSupportedOutputValue(self, outputValue, parameter, context):
        supported, message = super().isSupportedOutputValue(outputValue, parameter, context)
        virtual = supported and str(given_destination(outputValue) or "").lower().endswith(".vrt")
        if virtual and parameter.algorithm() is not None and parameter.algorithm().name() != "driverstack":
            return False, tr("This output is a GeoTIFF; give it a file name that ends in .tif.")
        return supported, message

    def defaultVectorFileExtension(self, hasGeometry: bool = True) -> str:
        return "gpkg"

    def loadAlgorithms(self) -> None:
        self.problems = []
        for order, (module, name) in enumerate(ALGORITHMS):
            try:
                found = importlib.import_module(".algorithms." + module, __package__)
                getattr(found, name).WORKING_ORDER = order
                algorithm = getattr(found, name)()
            except Exception as error:
                # One broken file must not take the others away, and must not go unseen.
                self._report("{}.{}: {}".format(module, name, error), traceback.format_exc())
                continue
            self.addAlgorithm(algorithm)
        for path in model_paths() if self._registered else ():
            model = ShippedModel(path)
            if model.loaded:
                self.addAlgorithm(model)
            else:
                self._report(path, "The model file cannot be read.")

    def _report(self, subject: str, details: str) -> None:
        self.problems.append(subject)
        text = "Carbon could not load {}\n{}".format(subject, details)
        QgsMessageLog.logMessage(text, "Carbon", Qgis.MessageLevel.Critical)


def model_paths() -> List[str]:
    """The .model3 files of the plugin, by name."""
    if not os.path.isdir(MODEL_FOLDER):
        return []
    names = sorted(name for name in os.listdir(MODEL_FOLDER) if name.endswith(".model3"))
    return [os.path.join(MODEL_FOLDER, name) for name in names]


def _icon_path() -> str:
    return os.path.join(PACKAGE_FOLDER, "icons", "provider.svg")
