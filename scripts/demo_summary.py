"""Print what the demo computed, from the tables it wrote, and where the maps and reports are."""

import csv
import os
import sys


def rows(folder, name):
    """Rows of a table as dictionaries."""
    with open(os.path.join(folder, name), encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def main(folder):
    """Totals, rates and drivers, then the files."""
    print("\nCarbon stock of the region (illustrative pool table)")
    intervals = rows(folder, "intervals.csv")
    stocks = [(row["from_year"], row["stock_from_Tg_C"]) for row in intervals]
    stocks.append((intervals[-1]["to_year"], intervals[-1]["stock_to_Tg_C"]))
    for year, stock in stocks:
        print("  {}   {:9.4f} Tg C".format(year, float(stock)))
    print("Mean carbon accumulation rate")
    for row in intervals:
        print(
            "  {}-{}   {:+8.3f} t C/km2/yr".format(row["from_year"], row["to_year"], float(row["mean_rate_t_C_km2_yr"]))
        )
    print("Drivers of the rate, 1985-1999 (Geodetector, all land cover)")
    for row in rows(folder, "drivers_q.csv"):
        if row["ecosystem"] == "overall":
            print("  {:22} q = {:.4f}".format(row["factor"], float(row["q"])))
    print("\nMaps, tables and reports are in {}".format(folder))
    for name in sorted(os.listdir(folder)):
        if name.endswith((".tif", ".html", ".csv")):
            print("  " + name)


if __name__ == "__main__":
    main(sys.argv[1])
