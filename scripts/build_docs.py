"""Write docs/algorithms/*.md, and remove pages of algorithms that are gone."""

import os
import sys

from chain import ROOT
from qgis.core import QgsApplication

FOLDER = os.path.join(ROOT, "docs", "algorithms")


def main():
    QgsApplication.setPrefixPath(os.environ.get("QGIS_PREFIX_PATH", "/usr"), True)
    application = QgsApplication([], False)
    application.initQgis()
    from algorithm_pages import pages

    from carbon_qgis.provider import CarbonProvider

    provider = CarbonProvider()
    QgsApplication.processingRegistry().addProvider(provider)
    provider.refreshAlgorithms()  # the chains are built from our own algorithms
    if provider.problems:
        raise SystemExit("; ".join(provider.problems))
    made = pages(provider)
    os.makedirs(FOLDER, exist_ok=True)
    for name in sorted(os.listdir(FOLDER)):
        if name.endswith(".md") and name not in made:
            os.remove(os.path.join(FOLDER, name))
    for name, text in made.items():
        with open(os.path.join(FOLDER, name), "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    print("docs/algorithms: {} pages".format(len(made)))
    sys.stdout.flush()
    os._exit(0)  # QGIS's own teardown may crash after a script; everything is written


if __name__ == "__main__":
    main()
