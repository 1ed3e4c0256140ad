"""Print what the demo computed, from the tables it wrote, and where the maps and reports are."""

import csv
import os
import sys


def rows(folder, name):
    """Rows of a table as dictionaries."""
    with open(os.path.join(folder, name), encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def land_cover_chain(folder):
    """Totals, rates and drivers of Plum Island."""
    print("\nPlum Island: carbon stock of the region (illustrative pool table)")
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


def coupled_chain(folder):
    """Forecast, stock and rate of Africa."""
    print("\nAfrica: soil carbon 0-100 cm by the coupled model (illustrative records and warming)")
    forecast = {row["year"]: row for row in rows(folder, "soil_forecast.csv")}
    print("  mean density by the records   2010 {:.3f}, 2020 {:.3f} kg C/m2 (95 % {:.3f} to {:.3f})".format(
        float(forecast["2010"]["density_kg_c_m2"]),
        *(float(forecast["2020"][name]) for name in ("density_kg_c_m2", "low95_kg_c_m2", "high95_kg_c_m2")),
    ))  # fmt: skip
    for row in rows(folder, "soil_stock.csv"):
        if row["pool"] == "soil":
            print("  stock {}   {:12,.1f} Tg C, mean {:.2f} t C/ha".format(
                row["year"], float(row["stock_Tg_C"]), float(row["mean_density_t_C_ha"])))  # fmt: skip
    for row in rows(folder, "soil_intervals.csv"):
        print("  rate {}-{}   {:+.3f} t C/km2/yr".format(
            row["from_year"], row["to_year"], float(row["mean_rate_t_C_km2_yr"])))  # fmt: skip
    (fit,) = rows(folder, "soil_accuracy_fit.csv")
    print("  against the map it learnt from (fit): R2 {:.3f}, RMSE {:.2f} t C/ha; held-out scores are in the "
          "reports".format(float(fit["R2"]), float(fit["RMSE_t_C_ha"])))  # fmt: skip


def scenario_chain(folder):
    """Totals of the extreme runs and the elasticity of the last year."""
    print("\nAfrica: I-RF scenarios (made-up pathways; the forest learnt carbon by land-cover class)")
    for row in rows(folder, "irf_totals.csv"):
        if row["run"] in ("C1W1P1", "C5W5P5"):
            print("  {} {}   {:12,.1f} Tg C".format(row["run"], row["year"], float(row["total_Tg_C"])))
    for row in rows(folder, "irf_elasticity.csv"):
        if row["year"] == "2060":
            unit = "" if row["elasticity_unit"] == "1" else row["elasticity_unit"]
            print("  elasticity to {:5} 2060   {:+.3f} {}".format(row["variable"], float(row["elasticity"]), unit))


def main(folder):
    """What the chains computed, then the files."""
    land_cover_chain(folder)
    coupled_chain(folder)
    scenario_chain(folder)
    print("\nMaps, tables and reports are in {}".format(folder))
    for name in sorted(os.listdir(folder)):
        if name.endswith((".tif", ".html", ".csv", ".carbonmodel")):
            print("  " + name)


if __name__ == "__main__":
    main(sys.argv[1])
