"""Reports of a batch run, where QGIS's own batch dialog cannot list them.

The batch dialog of QGIS 3.22 (`BatchAlgorithmDialog.loadHTMLResults`) hands every HTML output to the Results Viewer
without the time that this asks for: a Python error after the last run, and a dialog that stays locked. There we list
the reports ourselves, and leave them out of what the dialog gets.
"""

import os
import time
from typing import Any, Dict

from qgis.core import QgsProcessingAlgorithm, QgsProcessingFeedback, QgsProcessingOutputHtml

#: Where the dialog written in Python has its feedback; later versions have one in C++ that works.
_DIALOG = "processing.gui.BatchAlgorithmDialog"


def hand_over_reports(
    algorithm: QgsProcessingAlgorithm, found: Dict[str, Any], feedback: QgsProcessingFeedback
) -> Dict[str, Any]:
    """`found` without the HTML outputs if that batch dialog is waiting for it; these are in the Results Viewer then."""
    if type(feedback).__module__ != _DIALOG:
        return found
    from processing.core.ProcessingResults import resultsList

    reports = {
        output.name(): output.description()
        for output in algorithm.outputDefinitions()
        if isinstance(output, QgsProcessingOutputHtml) and found.get(output.name())
    }
    for name, title in reports.items():
        path = found[name]
        shown = "{} [{}]".format(title, os.path.basename(path))
        resultsList.addResult(icon=algorithm.icon(), name=shown, timestamp=time.localtime(), result=path)
        feedback.pushInfo("{}: {}".format(title, path))
    return {name: value for name, value in found.items() if name not in reports}
