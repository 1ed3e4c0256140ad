"""Parameters as a JSON object on standard input, and results as JSON: how programs call a newer qgis_process."""

import json
import subprocess

import pytest
import rasterio

from tests.headless.headless_helpers import rows


@pytest.fixture(scope="module")
def run_json(qgis_process, qgis_environment):
    """Runs an algorithm with inputs given on standard input; (exit code, JSON object from standard output, stderr)."""
    if "STDIN" not in qgis_process("--help")[1]:
        pytest.skip("this qgis_process reads no parameters from standard input (its help does not name it)")

    def run(algorithm, inputs, **more):
        done = subprocess.run(
            ["qgis_process.bin", "run", algorithm, "-"], input=json.dumps({"inputs": inputs, **more}),
            env=qgis_environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        return done.returncode, json.loads(done.stdout) if done.stdout.strip() else {}, done.stderr

    return run


@pytest.fixture
def sample(repository):
    return repository / "carbon_qgis" / "sample" / "plum_island"


def test_a_run_equals_that_of_the_command_line(run_json, qgis_process, sample, tmp_path):
    """Numbers, a file, and an output left out: the stock of one date."""
    inputs = {"LANDCOVER": str(sample / "landcover_1999.tif"), "POOLS": str(sample / "pools.csv"), "YEAR": 1999}
    outputs = {"TOTAL": str(tmp_path / "json.tif"), "TABLE": str(tmp_path / "json.csv")}
    code, told, errors = run_json("carbon:carbonstock", {**inputs, **outputs})
    assert code == 0, errors
    assert told["results"]["TOTAL"] == outputs["TOTAL"] and told["results"]["TABLE"] == outputs["TABLE"]
    code, text = qgis_process(
        "run", "carbon:carbonstock", *[f"--{name}={value}" for name, value in inputs.items()],
        f"--TOTAL={tmp_path / 'line.tif'}", f"--TABLE={tmp_path / 'line.csv'}",
    )  # fmt: skip
    assert code == 0, text
    assert (tmp_path / "json.csv").read_bytes() == (tmp_path / "line.csv").read_bytes()
    with rasterio.open(tmp_path / "json.tif") as one, rasterio.open(tmp_path / "line.tif") as other:
        assert (one.read() == other.read()).all() and one.tags() == other.tags()
    record = json.loads((tmp_path / "json.tif.run.json").read_text(encoding="utf-8"))
    assert record["parameters"]["YEAR"] == 1999


def test_lists_and_numbers_of_a_chain(run_json, sample, tmp_path):
    """A list of layers is a JSON array; outputs of a chain are named by their step."""
    inputs = {
        "LANDCOVER_START": str(sample / "landcover_1985.tif"), "YEAR_START": 1985,
        "LANDCOVER_END": str(sample / "landcover_1999.tif"), "YEAR_END": 1999, "POOLS": str(sample / "pools.csv"),
        "DRIVERS": [str(sample / name) for name in ("elevation.tif", "slope.tif", "distance_built_1985.tif")],
        "stock:TOTAL_START": str(tmp_path / "start.tif"), "stock:TOTAL_END": str(tmp_path / "end.tif"),
        "car:RATE": str(tmp_path / "rate.tif"), "stack:STACK": str(tmp_path / "stack.tif"),
        "drivers:FACTORS": str(tmp_path / "q.csv"),
    }  # fmt: skip
    code, told, errors = run_json("carbon:landcovertodrivers", inputs)
    assert code == 0, errors
    assert told["results"]["drivers:FACTORS"] == str(tmp_path / "q.csv")
    overall = [row for row in rows(tmp_path / "q.csv") if row["ecosystem"] == "overall"]
    assert {row["factor"] for row in overall} == {"elevation", "slope", "distance_built"}


def test_a_refusal_is_a_sentence_and_exit_code_1(run_json, sample, tmp_path):
    (tmp_path / "pools.csv").write_text("lucode,c_above\n1,10\n2,5\n", encoding="utf-8")
    inputs = {"LANDCOVER": str(sample / "landcover_1985.tif"), "POOLS": str(tmp_path / "pools.csv")}
    code, told, errors = run_json("carbon:carbonstock", {**inputs, "TOTAL": str(tmp_path / "total.tif")})
    assert code == 1
    assert "3 (27,428 cells)" in errors + json.dumps(told) and "Traceback" not in errors
    assert not (tmp_path / "total.tif").exists()
