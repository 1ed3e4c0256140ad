"""The base class of every algorithm: declare, check, run, publish; errors in plain words, nothing half-written."""

import os
import threading
import traceback
from contextlib import contextmanager, nullcontext
from enum import Enum
from typing import Any, Dict, Iterator, Optional, Sequence, Tuple

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsMessageLog,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingMultiStepFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterDefinition,
)
from qgis.PyQt.QtGui import QIcon

from ..core import dependencies
from ..core.errors import CarbonError, DependencyError
from ..core.outputs import OutputSet
from ..core.progress import Message, Part, Progress, RemainingTime, check_cancelled
from ..core.record import RunClock, plugin_version, record_path, record_text, run_record
from ..core.results import Remark
from ..core.scratch import sweep
from . import parameters as carbon_parameters
from . import publish
from .batch import hand_over_reports
from .harmless import require_harmless_inputs
from .help_pages import help_url
from .help_panel import help_for_panel
from .inputs import Inputs
from .publish import Outputs
from .raster_files import refusal, unusable

PACKAGE_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LOG_TAB = "Carbon"
#: Shares of the progress: packages, the computation, file tables, reports, tables in memory or a database.
_LOADING, _COMPUTING, _WRITING, _REPORTING, _FILLING = (0, 0.02), (0.02, 0.94), (0.94, 0.97), (0.97, 0.98), (0.98, 1)
_REPORT_OUTPUTS = (carbon_parameters.REPORT, carbon_parameters.FIGURES)
tr = carbon_parameters.tr


class Group(Enum):
    """Groups of the toolbox, in working order. The value is the group id and never translated."""

    START = "start"
    PREPARE = "prepare"
    DENSITY = "density"
    STOCK = "stock"
    DRIVERS = "drivers"
    SCENARIOS = "scenarios"
    VALIDATION = "validation"

    def title(self) -> str:
        """Name in the toolbox; the number keeps the working order in an alphabetical list."""
        return {
            Group.START: tr("0 Start here"),
            Group.PREPARE: tr("1 Prepare data"),
            Group.DENSITY: tr("2 Carbon density"),
            Group.STOCK: tr("3 Carbon stock and sink capacity"),
            Group.DRIVERS: tr("4 Drivers"),
            Group.SCENARIOS: tr("5 Scenarios"),
            Group.VALIDATION: tr("6 Validation"),
        }[self]


class FeedbackProgress:
    """QGIS's feedback as the core's `Progress`. It asks the user's own object whether to stop.

    After some seconds the text also tells the time left: of the step, where a chain or a batch has several.
    """

    def __init__(self, feedback: QgsProcessingFeedback, remaining: Optional[RemainingTime] = None):
        self._feedback = feedback
        self._percent = -1.0
        self._message: Optional[str] = None
        self._remaining = remaining or RemainingTime()
        self._several = isinstance(feedback, QgsProcessingMultiStepFeedback)

    def update(self, fraction: float, message: Optional[str] = None) -> None:
        percent = 100.0 * min(1.0, max(0.0, fraction))
        if percent >= self._percent + 0.1 or percent == 100.0 > self._percent:
            self._percent = percent
            self._feedback.setProgress(percent)
        left = self._remaining.update(percent / 100.0)
        if left is None and (not message or message == self._message):
            return
        self._message = message or self._message
        parts = [_in_our_language(self._message or ""), "" if left is None else self._time_left(left)]
        self._feedback.setProgressText(" - ".join(part for part in parts if part))

    def _time_left(self, seconds: int) -> str:
        if seconds >= 3600:
            amount = tr("{} h {} min").format(seconds // 3600, seconds % 3600 // 60)
        else:
            amount = tr("{} min").format(seconds // 60) if seconds >= 60 else tr("{} s").format(seconds)
        text = tr("about {} left in this step") if self._several else tr("about {} left")
        return text.format(amount)

    def cancelled(self) -> bool:
        return self._feedback.isCanceled()


def _in_our_language(message: str) -> str:
    """A message of the core as the user reads it; one that no catalogue has stays English."""
    if isinstance(message, Message):
        return tr(message.template).format(*message.values)
    return tr(message)


class CarbonAlgorithm(QgsProcessingAlgorithm):
    """One algorithm = one file: a subclass with `ID`, `GROUP` and the methods title, help_text, declare and compute.

    `REQUIRES` names the Python packages that `compute` imports, `REPORT_REQUIRES` those of the report and its
    figures, where one of them is asked for; they are looked for before it starts.
    """

    ID: str = ""
    GROUP: Group = Group.PREPARE
    TAGS: Sequence[str] = ()
    REQUIRES: Sequence[str] = ("numpy", "rasterio")
    REPORT_REQUIRES: Sequence[str] = ("matplotlib",)
    #: Whether the layers are made for later steps: as part of a model they arrive, but are not shown.
    INTERMEDIATE: bool = False
    #: Place in the provider's list, which sets it: within a model, layers of later steps lie above those of earlier.
    WORKING_ORDER: int = 0

    def __init__(self):
        super().__init__()
        self._inputs: Optional[Inputs] = None

    # What a subclass writes.

    def title(self) -> str:
        """Name in the toolbox, translated."""
        raise NotImplementedError

    def help_text(self) -> str:
        """What it computes, from what, and where the method comes from: plain sentences, no HTML."""
        raise NotImplementedError

    def declare(self) -> None:
        """Add the parameters and number outputs, with `add` and `add_number`."""
        raise NotImplementedError

    def check(self, p: Inputs) -> None:
        """Raise a `CarbonError` for values that cannot work; only what is cheap (no pixel is read)."""

    def compute(self, p: Inputs, progress: Progress, outputs: OutputSet) -> Outputs:
        """Call one function of the core and name its results.

        Not `run`: that name is QGIS's own, and `processing.run` calls it.
        """
        raise NotImplementedError("write compute(self, p, progress, outputs); the name run is QGIS's own")

    def tr(self, text: str) -> str:
        """`text` in the language of QGIS."""
        return tr(text)

    def add(self, parameter: QgsProcessingParameterDefinition) -> None:
        """Declare a parameter (from `parameters.py`)."""
        if parameter.name() == carbon_parameters.REPORT:
            # The Results Viewer lists reports by this title alone, those of all algorithms together.
            what = parameter.description()
            parameter.setDescription(tr("{what}: {title}").format(what=what, title=self.title()))
        if not self.addParameter(parameter):
            raise ValueError("{}: the parameter {} is declared twice".format(self.ID, parameter.name()))

    def add_number(self, name: str, title: str) -> None:
        """Declare a number output; give its unit in the title."""
        self.addOutput(QgsProcessingOutputNumber(name, title))

    # What QGIS asks.

    def createInstance(self):
        return type(self)()

    def name(self) -> str:
        return self.ID

    def displayName(self) -> str:
        return self.title()

    def group(self) -> str:
        return self.GROUP.title()

    def groupId(self) -> str:
        return self.GROUP.value

    def tags(self):
        return ["carbon"] + list(self.TAGS)

    def svgIconPath(self) -> str:
        own = os.path.join(PACKAGE_FOLDER, "icons", self.ID + ".svg")
        return own if os.path.exists(own) else os.path.join(PACKAGE_FOLDER, "icons", "provider.svg")

    def icon(self) -> QIcon:
        return QIcon(self.svgIconPath())

    def shortHelpString(self) -> str:
        return help_for_panel(self, self.help_text().strip())

    def helpUrl(self) -> str:
        return help_url(self.ID)

    def shortDescription(self) -> str:
        if QgsApplication.platform() == "qgis_process":
            return ""  # it prints this above the help, which begins with the same sentence
        text = self.help_text().strip()
        if "。" in text:  # Chinese
            return text.split("。")[0] + "。"
        return text.split(". ")[0].rstrip(".") + "."

    def initAlgorithm(self, configuration=None) -> None:
        self.declare()

    def canExecute(self) -> Tuple[bool, str]:
        absent = dependencies.missing(self.REQUIRES)
        return (False, dependencies.missing_message(absent, self.title())) if absent else (True, "")

    def checkParameterValues(self, parameters: Dict[str, Any], context: QgsProcessingContext) -> Tuple[bool, str]:
        try:
            refused = unusable(self, parameters, context)
            if refused is not None:
                require_harmless_inputs(self, parameters, context)
            # Also if QGIS refused: our readers name the file and what is wrong with it.
            inputs = Inputs(self, parameters, context)
            if refused is not None:
                return False, refusal(self, refused, parameters)
            self._require_installed(inputs)
            self.check(inputs)
        except (CarbonError, QgsProcessingException) as error:
            return False, _to_its_end(str(error))
        except Exception as error:  # QGIS would crash on anything that leaves this method
            return False, self._unexpected(error)
        return True, ""

    def prepareAlgorithm(self, parameters, context, feedback) -> bool:
        with _PlainErrors(self):
            dependencies.require_installed(self.REQUIRES, self.title())  # looking at the inputs takes some of them
            inputs = Inputs(self, parameters, context)
            self._require_installed(inputs)
            # Again: a model and `QgsProcessingAlgorithm.run` come here without checkParameterValues.
            self.check(inputs)
            self._inputs = inputs
        return True

    def processAlgorithm(self, parameters, context, feedback) -> Dict[str, Any]:
        with _PlainErrors(self):
            return self._process(parameters, context, feedback)

    def _process(self, parameters, context, feedback) -> Dict[str, Any]:
        clock = RunClock()
        progress = FeedbackProgress(feedback)
        # The inputs hold layers and this object: kept on it, they would keep each other alive.
        inputs, self._inputs = self._inputs, None
        dependencies.load(self.REQUIRES, self.title(), Part(progress, _LOADING), tr("Loading packages"))
        _warn_of_two_gdals(feedback)
        inputs.open_for_run(context, feedback)
        sweep()
        if _reports(inputs):
            # Again: only now is known where QGIS puts a report that nobody named.
            self._require_installed(inputs)
            threading.Thread(target=_load_figures, name="load figures", daemon=True).start()
        with _bounded_gdal_cache(), _one_connection(inputs), OutputSet(inputs.source_paths()) as outputs:
            outputs.reads(inputs.files_behind())
            # What cannot be written is told before hours of work, not after.
            for path in inputs.file_destinations():
                outputs.claim(path)
            published = self.compute(inputs, Part(progress, _COMPUTING), outputs)
            published.notes += inputs.notes()
            check_cancelled(progress)
            recorded = publish.write_file_outputs(published, inputs, outputs, context, Part(progress, _WRITING))
            self._write_records(recorded, published, inputs, outputs, clock, Part(progress, _REPORTING))
            filled = publish.fill_sinks(self, published, parameters, inputs, context, Part(progress, _FILLING))
            check_cancelled(progress)
        found = publish.results(published, inputs, filled)
        publish.prepare_loading(self, published, found, inputs, context)
        for note in published.notes:
            # str(): PyQt takes no subclass on every version.
            (feedback.pushInfo if isinstance(note, Remark) else feedback.pushWarning)(str(note))
        for message in published.messages:
            feedback.pushInfo(message)
        progress.update(1.0)
        return hand_over_reports(self, found, feedback)

    def _require_installed(self, inputs: Inputs) -> None:
        """Refuse a run that would end for want of a package: also one that the report alone needs, after hours."""
        dependencies.require_installed(self.REQUIRES, self.title())
        absent = dependencies.missing(self.REPORT_REQUIRES) if _reports(inputs) else []
        if absent:
            purpose = "The report of '{}'".format(self.title())
            raise DependencyError(
                "Skip the report and its figures, or install what they need. "
                + dependencies.missing_message(absent, purpose)
            )

    def _write_records(self, recorded, published: Outputs, inputs: Inputs, outputs: OutputSet, clock, progress) -> None:
        recorded = recorded + publish.written_reports(published, inputs)
        if not recorded and not published.pages:
            return
        record = run_record(
            self.id() if self.provider() is not None else "carbon:" + self.ID,
            inputs.as_given(),
            inputs.source_paths(),
            [os.path.abspath(path) for path in recorded],
            clock,
            _versions(self.REQUIRES),
            published.facts,
            published.notes,
        )
        text = record_text(record)
        publish.write_pages(published, record, inputs, outputs, progress)
        for path in recorded:
            outputs.text(record_path(path), text)

    def _unexpected(self, error: BaseException) -> str:
        """Log the traceback for whoever mends it; the sentence for the user."""
        QgsMessageLog.logMessage(traceback.format_exc(), LOG_TAB, Qgis.MessageLevel.Critical)
        return tr(
            "An unexpected error occurred in '{title}': {kind}: {text}. Nothing was written. The details are in the "
            "log of QGIS (View > Panels > Log Messages, tab {tab}); please report them."
        ).format(title=self.title(), kind=type(error).__name__, text=_one_line(error), tab=LOG_TAB)


class _PlainErrors:
    """Turns whatever a run raises into a `QgsProcessingException`, whose text QGIS shows as it is.

    Never `return {}` instead: QGIS would take the run for a success.
    """

    def __init__(self, algorithm: CarbonAlgorithm):
        self._algorithm = algorithm

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind, error, trace) -> bool:
        if error is None or isinstance(error, QgsProcessingException) or not isinstance(error, Exception):
            return False
        if isinstance(error, CarbonError):
            message = str(error)
        elif isinstance(error, MemoryError):
            message = tr(
                "There is not enough memory for this run. Close other programs, or use a smaller area or fewer rasters "
                "at once. Nothing was written."
            )
        elif isinstance(error, OSError):
            message = tr("A file could not be read or written: {text}. Nothing was written.")
            message = message.format(text=_one_line(error))
        else:
            message = self._algorithm._unexpected(error)
        raise QgsProcessingException(_to_its_end(message)) from None


def _to_its_end(message: str) -> str:
    """A message that QGIS shows whole: for it a text ends at a NUL character, which a name in it may hold."""
    return message.replace("\x00", "\\0")


def _reports(inputs: Inputs) -> bool:
    """True if a report or its figures are to be written."""
    return any(inputs.has(name) and inputs.destination(name) for name in _REPORT_OUTPUTS)


def _load_figures() -> None:
    """Load the figure library while the rasters are computed: half a second that nobody then waits for."""
    try:
        import matplotlib.backends.backend_agg  # noqa: F401
        import matplotlib.figure  # noqa: F401
    except ImportError as error:
        # The report meets the same error and tells it; a thread has nobody to tell.
        QgsMessageLog.logMessage(str(error), LOG_TAB, Qgis.MessageLevel.Info)


@contextmanager
def _bounded_gdal_cache() -> Iterator[None]:
    """GDAL's block cache within the engine's limit during a run; by default it takes 5 % of all memory.

    GDAL reads the setting that the engine gives only before its first use, and QGIS has used it already.
    """
    from osgeo import gdal

    from ..core.raster.settings import GDAL_CACHE_BYTES

    before = gdal.GetCacheMax()
    gdal.SetCacheMax(min(before, GDAL_CACHE_BYTES))
    try:
        yield
    finally:
        gdal.SetCacheMax(before)


def _one_connection(inputs: Inputs):
    """All passes of a run over one connection to the cluster of the settings, where there is one."""
    try:
        scheduler = inputs.settings().scheduler
    except CarbonError:
        scheduler = None  # a setting is wrong: told by the computation that reads it, 'Check installation' among them
    if not scheduler:
        return nullcontext()
    from ..core.raster.cluster import held

    return held()


def _one_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else "no text").rstrip(".")


def _gdal_version() -> str:
    from osgeo import gdal

    return gdal.__version__


def _warn_of_two_gdals(feedback: QgsProcessingFeedback) -> None:
    bundled = dependencies.rasterio_gdal_version()
    warning = dependencies.gdal_mismatch(bundled, _gdal_version()) if bundled else None
    if warning:
        feedback.pushWarning(warning)


def _versions(packages: Sequence[str]) -> Dict[str, str]:
    found = {"qgis": Qgis.QGIS_VERSION, "gdal": _gdal_version(), "carbon": plugin_version(PACKAGE_FOLDER)}
    found.update(dependencies.versions(tuple(packages) + ("scipy", "pandas", "matplotlib", "zstandard")))
    return found
