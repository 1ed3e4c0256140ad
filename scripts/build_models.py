"""Write the Modeler chains of the plugin as .model3 files."""

import os
import sys

from chain_casa import casa_comparison
from chain_coupled import coupled_carbon
from chain_irf import irf_scenarios
from chain_landcover import landcover_to_drivers
from qgis.core import QgsApplication


def main():
    QgsApplication.setPrefixPath(os.environ.get("QGIS_PREFIX_PATH", "/usr"), True)
    application = QgsApplication([], False)
    application.initQgis()
    from carbon_qgis.provider import CarbonProvider

    provider = CarbonProvider()
    QgsApplication.processingRegistry().addProvider(provider)
    if provider.problems:
        raise SystemExit("; ".join(provider.problems))
    for build in (landcover_to_drivers, coupled_carbon, irf_scenarios, casa_comparison):
        build()
    sys.stdout.flush()
    os._exit(0)  # QGIS's own teardown may crash after a script; everything is written


if __name__ == "__main__":
    main()
