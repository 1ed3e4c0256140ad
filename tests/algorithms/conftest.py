"""QGIS for the tests of the algorithms: the provider registered once, and a feedback that remembers what was said."""
import gc

import pytest
from qgis.core import QgsApplication, QgsProcessingContext, QgsProcessingFeedback, QgsProject


@pytest.fixture(scope="session", autouse=True)
def provider(qgis_processing):
    """The provider 'carbon', registered the way QGIS does it. A part that could not be loaded fails every test."""
    from carbon_qgis import classFactory

    plugin = classFactory(None)
    plugin.initProcessing()
    found = QgsApplication.processingRegistry().providerById("carbon")
    assert found is not None
    assert found.problems == [], "\n".join(found.problems)
    yield found
    plugin.unload()


class Feedback(QgsProcessingFeedback):
    """Keeps every message and every progress value; cancels itself when told to.

    Parameters
    ----------
    cancel_at : float, optional
        Progress in percent from which the run counts as cancelled.
    """

    def __init__(self, cancel_at=None):
        super().__init__(False)
        self.cancel_at = cancel_at
        self.infos, self.warnings, self.errors, self.fractions = [], [], [], []
        self.progressChanged.connect(self._progressed)

    def _progressed(self, percent):
        self.fractions.append(percent)
        if self.cancel_at is not None and percent >= self.cancel_at:
            self.cancel()

    def pushInfo(self, info):
        self.infos.append(info)

    def pushWarning(self, warning):
        self.warnings.append(warning)

    def reportError(self, error, fatalError=False):
        self.errors.append(error)

    def setProgressText(self, text):
        self.infos.append(text)

    @property
    def text(self):
        """Everything that was said, one message a line."""
        return "\n".join(self.infos + self.warnings + self.errors)


@pytest.fixture
def feedback():
    return Feedback()


@pytest.fixture
def make_feedback():
    """The class itself, for a test that cancels or needs two."""
    return Feedback


@pytest.fixture
def context():
    """A context without a project, as under qgis_process. Its layers go before QGIS does."""
    made = QgsProcessingContext()
    yield made
    gc.collect()
    made.temporaryLayerStore().removeAllMapLayers()


@pytest.fixture
def run_algorithm(context, feedback):
    """``run_algorithm("carbonstock", {...})`` checks the parameters, runs, and returns the outputs.

    Raises ``QgsProcessingException`` with the message a user would read, whether it comes from the check of the
    parameters or from the run.
    """
    from qgis.core import QgsProcessingException

    def run(name, parameters, context=context, feedback=feedback):
        algorithm = QgsApplication.processingRegistry().createAlgorithmById(f"carbon:{name}")
        assert algorithm is not None, f"there is no carbon:{name}"
        fine, message = algorithm.checkParameterValues(parameters, context)
        if not fine:
            raise QgsProcessingException(message)
        results, ok = algorithm.run(parameters, context, feedback, {}, False)
        assert ok, feedback.text
        return results

    return run


@pytest.fixture
def refusal(run_algorithm):
    """The message with which an algorithm refuses."""

    from qgis.core import QgsProcessingException

    def run(name, **parameters):
        with pytest.raises(QgsProcessingException) as caught:
            run_algorithm(name, parameters)
        return str(caught.value)

    return run


@pytest.fixture
def project():
    """An empty project of the test's own."""
    made = QgsProject()
    yield made
    made.clear()
