"""Time that the plugin adds to the start of QGIS: import, registration of the provider, loading of the chains.

    QT_QPA_PLATFORM=offscreen /usr/bin/python3 benchmarks/bench_load.py

Best and median of seven fresh processes, after one that leaves the bytecode which an installed plugin has; QGIS's own
start is not counted.
"""

import os
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def measure() -> None:
    """Load the plugin once and print the seconds."""
    from qgis.core import QgsApplication

    QgsApplication.setPrefixPath(os.environ.get("QGIS_PREFIX_PATH", "/usr"), True)
    application = QgsApplication([], False)
    application.initQgis()
    sys.path.insert(0, ROOT)
    start = time.perf_counter()
    from carbon_qgis import classFactory

    plugin = classFactory(None)
    plugin.initProcessing()
    seconds = time.perf_counter() - start
    count = len(plugin.provider.algorithms())
    print("{:.4f} {}".format(seconds, count), flush=True)
    os._exit(0)  # QGIS's own teardown may crash after a script


def main() -> None:
    """Run fresh processes and print the summary."""
    runs = []
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for _ in range(8):
        done = subprocess.run(
            [sys.executable, __file__, "--once"], stdout=subprocess.PIPE, text=True, check=True, env=environment
        )
        seconds, count = done.stdout.split()[-2:]
        runs.append(float(seconds))
    runs = runs[1:]
    text = "plugin load, {} algorithms: best {:.3f} s, median {:.3f} s"
    print(text.format(count, min(runs), statistics.median(runs)))


if __name__ == "__main__":
    measure() if "--once" in sys.argv else main()
