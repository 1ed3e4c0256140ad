"""What is installed, what is missing, and the command that installs it."""

import os
import sys

from qgis.core import Qgis, QgsProcessingOutputString
from qgis.PyQt.QtCore import QT_VERSION_STR

from .. import parameters as declare
from .. import preferences
from ..base import PACKAGE_FOLDER, CarbonAlgorithm, Group
from ..publish import Outputs


class CheckInstallation(CarbonAlgorithm):
    """Packages, versions, GDAL, GPU, memory and settings; it tells and never fails on what it finds."""

    ID, GROUP = "checkinstallation", Group.START
    TAGS = ("install", "packages", "dependencies", "missing", "version", "gpu", "cuda", "setup", "diagnose", "help")
    REQUIRES = ()
    REPORT_REQUIRES = ()  # its page says what is missing

    TABLE, REPORT = "TABLE", declare.REPORT
    COMMAND = "COMMAND"

    def title(self):
        return self.tr("Check installation")

    def help_text(self):
        return self.tr(
            "Lists what the algorithms need and what is there: Python packages and their versions, whether rasterio "
            "shares QGIS's GDAL, ZSTD compression, a GPU for networks, free memory and disk space, and the settings "
            "of runs. For what is missing it gives the exact command of this system. Every package is loaded, which "
            "takes some seconds. Nothing is installed or changed, and the run does not fail because something is "
            "missing. The settings are under Settings > Options > Processing > Providers > Carbon; without a window "
            "the environment variables CARBON_MEMORY_MB (MB), CARBON_THREADS, CARBON_DEVICE (auto, cpu, cuda) and "
            "CARBON_DASK_SCHEDULER (host:port) set the same and go before them."
        )

    def declare(self):
        tr = self.tr
        self.add(declare.table_output(self.TABLE, tr("Findings"), tr(
            "One row per part: its state, what was found, what needs it and what to do."), by_default=False))
        self.add(declare.report_output())
        self.add_number("MISSING", tr("Packages missing"))
        self.add_number("BROKEN", tr("Packages that cannot be loaded"))
        self.add_number("WARNINGS", tr("Warnings"))
        self.addOutput(QgsProcessingOutputString(self.COMMAND, tr("Command that installs what is missing")))

    def prepareAlgorithm(self, parameters, context, feedback):
        # Here and not in the run: the provider belongs to the thread of the window.
        self._users = _users_of_packages(self.provider())
        self._problems = list(getattr(self.provider(), "problems", ()))
        return super().prepareAlgorithm(parameters, context, feedback)

    def compute(self, p, progress, outputs):
        from ...core.installation import BROKEN, WARNING, Surroundings, check_installation
        from ...core.record import plugin_version

        version = plugin_version(PACKAGE_FOLDER)
        gdal, zstd = _gdal()
        python = sys.version.split()[0]
        programs = (("Carbon", version), ("QGIS", Qgis.QGIS_VERSION), ("Qt", QT_VERSION_STR), ("Python", python))
        around = Surroundings(programs, gdal, zstd, self._users, self._problems, preferences.stored())
        found = check_installation(around, os.environ, progress=progress)
        notes = ["{}: {}. {}".format(f.part, f.found, f.advice) for f in found.findings if f.state == WARNING]
        published = Outputs(notes).table(self.TABLE, found.table())
        for finding in found.findings:
            published.say("{:8} {}: {}".format(finding.state, finding.part, finding.found))
        published.say(found.verdict())
        if found.command:
            published.say(found.command)
        published.number("MISSING", len(found.missing)).number("BROKEN", found.count(BROKEN))
        published.number("WARNINGS", found.count(WARNING))
        published.values[self.COMMAND] = found.command
        if p.destination(self.REPORT):
            if "numpy" in found.missing + found.broken:
                published.notes.append("The report is not written: its page needs numpy. The log says the same.")
            else:
                from ...core.report.installation_report import installation_page

                title = "Carbon {}, QGIS {}".format(version, Qgis.QGIS_VERSION)
                published.page(self.REPORT, installation_page(found, title))
        return published


def _users_of_packages(provider):
    """Package -> titles of the algorithms that name it in `REQUIRES`."""
    users = {}
    for algorithm in provider.algorithms() if provider is not None else ():
        for package in getattr(algorithm, "REQUIRES", ()):
            users.setdefault(package, []).append(algorithm.displayName())
    return {package: sorted(titles) for package, titles in users.items()}


def _gdal():
    """Version of QGIS's GDAL, and whether it writes ZSTD."""
    from osgeo import gdal

    options = gdal.GetDriverByName("GTiff").GetMetadataItem("DMD_CREATIONOPTIONLIST") or ""
    return gdal.__version__, "ZSTD" in options
