"""Run InVEST's carbon model once; executed by the Python of the environment that setup-invest makes.

    benchmarks/.peers/invest/bin/python benchmarks/peers/run_invest_carbon.py
        --baseline T1.tif [--alternate T2.tif] --pools POOLS.csv --workspace DIR [--workers -1] [--report]

One land cover writes 5 rasters (four pools and their total), two write 11 (both dates and the change), and
raster_values_summary.csv with the totals. ``execute`` writes no HTML report: this is the least that InVEST does. With
--report it is told what InVEST's command line and Workbench tell it: a report, metadata and a list of its files too.
"""

import argparse
import logging
import os

from natcap.invest import carbon


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Run natcap.invest.carbon.execute once.")
    parser.add_argument("--baseline", required=True)
    parser.add_argument("--alternate")
    parser.add_argument("--pools", required=True)
    parser.add_argument("--workspace", required=True)
    parser.add_argument("--workers", type=int, default=-1, help="-1: all in this process, InVEST's own default")
    parser.add_argument("--report", action="store_true", help="as InVEST's command line and Workbench run it")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    arguments = {
        "workspace_dir": os.path.abspath(options.workspace),
        "results_suffix": "",
        "lulc_bas_path": os.path.abspath(options.baseline),
        "lulc_alt_path": os.path.abspath(options.alternate) if options.alternate else "",
        "carbon_pools_path": os.path.abspath(options.pools),
        "calc_sequestration": bool(options.alternate),
        "do_valuation": False,
        "n_workers": options.workers,
    }
    if options.report:
        whole = {"generate_metadata": True, "save_file_registry": True, "generate_report": True}
        carbon.MODEL_SPEC.execute(arguments, create_logfile=True, **whole)
    else:
        carbon.execute(arguments)


if __name__ == "__main__":
    main()
