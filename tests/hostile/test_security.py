"""What the code may not even contain, and the silence of whole chains towards the network."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import reliability_log
from tests.faults.cases import CHAINS
from tests.hostile.bench import ACCEPTED, BY_NAME, CASES, Attempt, replaced, sample
from tests.hostile.callers import CALLERS

PLUGIN = Path(__file__).resolve().parents[2] / "carbon_qgis"
SOURCES = sorted(path for path in PLUGIN.rglob("*.py"))
#: Modules that run what they read, start programs or talk to other machines. The cluster's transport is dask's own,
#: loaded where the user names a scheduler; `subprocess` and the like have no place at all.
MODULES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "yaml", "subprocess",
           "multiprocessing", "pty", "telnetlib", "ftplib", "smtplib", "xmlrpc", "urllib", "requests", "httpx",
           "aiohttp", "http", "socketserver", "code", "codeop", "runpy", "imp"}  # fmt: skip
#: Calls that run text or unpickle.
CALLS = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "os.execv", "os.spawnl", "os.startfile",
         "torch.load", "torch.save", "joblib.load", "pd.read_pickle", "pandas.read_pickle", "np.load", "numpy.load",
         "yaml.load", "pickle.load", "pickle.loads", "QgsExpression", "QProcess", "QNetworkAccessManager",
         "QgsNetworkAccessManager", "QDesktopServices.openUrl", "webbrowser.open"}  # fmt: skip
#: How a file is refused that would make GDAL call.
REFUSED_CALLS = ("leads to the network", "may lead to the network", "is not opened")
#: (file, name): what is allowed, and why.
WAIVED = {
    ("core/claims.py", "socket"): "the name of this computer, no connection",
}


def dotted(node):
    """The name of what is called: 'os.system'."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id] + parts[::-1]) if isinstance(node, ast.Name) else ""


def findings(path, text):
    """Forbidden imports, calls and options in a source."""
    found = []
    for node in ast.walk(ast.parse(text)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        found += [name for name in names if name.split(".")[0] in MODULES]
        if isinstance(node, ast.Call):
            name = dotted(node.func)
            # A regular expression is compiled, a Qt or re method of the name is no call of Python's own.
            if name in CALLS:
                found.append(name)
            if any(word.arg == "allow_pickle" and getattr(word.value, "value", None) is not False
                   for word in node.keywords):  # fmt: skip
                found.append("allow_pickle")
            if any(word.arg == "shell" and getattr(word.value, "value", None) is True for word in node.keywords):
                found.append("shell=True")
    place = path.relative_to(PLUGIN).as_posix() if path.is_absolute() else str(path)
    return [name for name in found if (place, name) not in WAIVED]


def test_no_source_can_run_what_it_reads():
    found = {str(path): findings(path, path.read_text(encoding="utf-8")) for path in SOURCES}
    assert len(found) > 100 and {path: names for path, names in found.items() if names} == {}


def test_the_search_finds():
    text = "import pickle\nfrom joblib import load\neval('1')\nnp.load(x, allow_pickle=True)\nos.system('x')\n"
    assert findings(Path("x.py"), text) == ["pickle", "joblib", "eval", "np.load", "allow_pickle", "os.system"] or set(
        findings(Path("x.py"), text)
    ) == {"pickle", "joblib", "eval", "np.load", "allow_pickle", "os.system"}


def test_nothing_in_the_package_is_a_program():
    """Besides Python, texts, pictures and data: no library, no archive, no file that can be executed."""
    strange = [
        path for path in PLUGIN.rglob("*") if path.is_file() and "__pycache__" not in path.parts
        and (path.suffix in (".so", ".dll", ".exe", ".pyc", ".pyd", ".sh", ".bat", ".pkl", ".zip", ".whl")
             or os.access(path, os.X_OK))
    ]  # fmt: skip
    assert strange == []


def test_bandit_is_clean():
    """What is waived is listed with its reason in scripts/check-security."""
    bandit = shutil.which("bandit", path=os.path.dirname(sys.executable))
    if bandit is None:
        pytest.skip("bandit is not installed (scripts/setup)")
    script = PLUGIN.parent / "scripts" / "check-security"
    done = subprocess.run([str(script), "--bandit"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT)  # fmt: skip
    assert done.returncode == 0, done.stdout


# --- the network ------------------------------------------------------------------------------------------------


def test_what_reaches_for_the_network_is_counted(worker):
    """In every run of these tests, by the kernel: calls of GDAL's own are no secret to it, as they are to Python."""
    seen = worker.ask("reach", calls=["nothing", "gdal", "nothing", "python"])["seen"]
    if seen[0] is None:
        pytest.skip("this system gives a process no network of its own (that takes root, and Linux)")
    assert seen[0] == 0 and seen[1] > 0 and seen[2] == seen[1] and seen[3] > seen[2]


@pytest.mark.parametrize("way", CALLERS)
def test_a_file_cannot_make_a_run_call_the_network(bench, listener, way):
    """A file that names a server, or is a format that GDAL follows to one: refused before anybody, QGIS included,
    opens it."""
    port, callers = listener
    parameter, make = CALLERS[way]
    folder = bench.bad / ("calls by " + way)
    folder.mkdir()
    file = make(bench.inputs / "PRE.tif", folder, "http://127.0.0.1:{}/".format(port))
    parameters = replaced(BY_NAME["classifydriver"], parameter, str(file))
    wrong = bench.attempt(Attempt("network: " + way, "classifydriver", parameters, REFUSED_CALLS))
    assert not wrong and not callers, (wrong, callers)


def test_a_raster_that_calls_is_no_mask(bench, listener):
    """QGIS tries a file as a raster as well, where it is not told what to look for."""
    folder = bench.bad / "raster as mask"
    folder.mkdir()
    file = CALLERS["vrt"][1](bench.inputs / "PRE.tif", folder, "http://127.0.0.1:{}/".format(listener[0]))
    parameters = replaced(BY_NAME["classifydriver"], "MASK", str(file))
    wrong = bench.attempt(Attempt("network: raster as mask", "classifydriver", parameters, ("(MASK)",)))
    assert not wrong and not listener[1], wrong


@pytest.mark.parametrize("text", [
    "/vsicurl/http://127.0.0.1:{}/TEM.tif", "http://127.0.0.1:{}/TEM.tif", "../../../etc/passwd", "/etc/passwd",
    "\\\\127.0.0.1\\share\\TEM.tif", "//127.0.0.1/share/TEM.tif", "/vsizip/x.zip/TEM.tif", "/vsis3/bucket/TEM.tif",
    "WMS:http://127.0.0.1:{}/", "PG:host=127.0.0.1 port={} dbname=x", "<VRTDataset></VRTDataset>", "/dev/zero", "pipe",
    "../TEM.tif", "~/TEM.tif", "$HOME/TEM.tif", "TEM.tif\x00.tif", "file:///etc/passwd", "link.tif",
])  # fmt: skip
def test_a_driver_table_leads_nowhere(bench, listener, text):
    """Rows that point out of the folder, to the network, to devices, or at GDAL's own file systems.

    All other rows are good, and there is a good raster one level up: only the row itself can be refused.
    """
    port, callers = listener
    folder = bench.bad / "drivers" / "table"
    if not folder.exists():
        folder.mkdir(parents=True)
        for raster in bench.inputs.glob("*.tif"):
            shutil.copy(raster, folder)
        shutil.copy(bench.inputs / "TEM.tif", folder.parent)
        os.symlink("../TEM.tif", folder / "link.tif")
        os.mkfifo(folder / "pipe")
    rows = (bench.inputs / "scenarios.csv").read_text(encoding="utf-8").splitlines()
    given = text.format(port)
    cells = rows[1].split(",")
    cells[3] = '"{}"'.format(given)
    path = folder / "table {}.csv".format(abs(hash(text)) % 10**8)
    path.write_text("\n".join([rows[0], ",".join(cells)] + rows[2:]) + "\n", encoding="utf-8")
    # The table as a whole is refused for a NUL; a path that is whole is opened, and said to be no raster.
    names = {"TEM.tif\x00.tif": (path.name,), "/etc/passwd": ("'/etc/passwd'",)}.get(text, ("line 2",))
    parameters = replaced(BY_NAME["runscenarios"], "DRIVER_TABLE", str(path))
    wrong = bench.attempt(Attempt("driver table: path", "runscenarios", parameters, names))
    assert not wrong and not callers, wrong
    message = bench.answers[-1][1]["message"]
    assert message.count(" line ") <= 1, message


def test_a_driver_table_beside_its_rasters_is_taken(bench):
    """The test of the one above: with the good row it runs, and a link that stays below the folder is followed."""
    folder = bench.bad / "good drivers"
    folder.mkdir()
    for raster in bench.inputs.glob("*.tif"):
        shutil.copy(raster, folder)
    rows = (bench.inputs / "scenarios.csv").read_text(encoding="utf-8").splitlines()
    cells = rows[1].split(",")
    os.rename(folder / cells[3], folder / "real.tif"), os.symlink("real.tif", folder / cells[3])
    (folder / "t.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    parameters = replaced(BY_NAME["runscenarios"], "DRIVER_TABLE", str(folder / "t.csv"))
    wrong = bench.attempt(Attempt("good format", "runscenarios", parameters, (), ACCEPTED))
    assert not wrong, wrong


SILENT = """
import json, os, sys
sys.path.insert(0, {root!r})
events = []
def watch(name, arguments):
    if name in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "urllib.Request"):
        if not (name == "socket.connect" and isinstance(arguments[1], (str, bytes))):
            events.append([name, str(arguments)[:200]])
            raise RuntimeError("no network here")
from tests.faults.worker import run_algorithm, start_qgis
from tests.faults.cases import BY_NAME, CHAIN_BY_NAME
cases = dict(BY_NAME, **CHAIN_BY_NAME)
kept = start_qgis()
sys.addaudithook(watch)
failed = {{}}
for name in {names!r}:
    try:
        run_algorithm(name, cases[name].filled({inputs!r}, {out!r}))
    except Exception as error:
        failed[name] = str(error)[:300]
with open({answer!r}, "w") as stream:
    json.dump({{"events": events, "failed": failed}}, stream)
os._exit(0)
"""
#: One chain from land cover to scenarios, all its steps.
CHAIN = ("ecosystemclasses", "carbonstock", "densitystock", "carbonaccumulation", "driverstack", "classifydriver",
         "geodetector", "sampledensity", "trainforest", "predictforest", "runscenarios", "scenariocharts",
         "assessaccuracy", "checkinstallation")  # fmt: skip

#: What is run where the system itself watches.
SILENT_ONES = tuple(case.name for case in (*CASES, *CHAINS))


def silent(bench, tmp_path, names, before=()):
    """Run algorithms in a process of its own in which every look at the network is an error; what happened."""
    out, home = tmp_path / "out", tmp_path / "home"
    out.mkdir(), home.mkdir(mode=0o700)
    script, answer = tmp_path / "silent.py", tmp_path / "answer.json"
    script.write_text(SILENT.format(root=str(PLUGIN.parent), names=list(names), inputs=str(bench.inputs), out=str(out),
                                    answer=str(answer)))  # fmt: skip
    environment = {**os.environ, "HOME": str(home), "QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1"}
    environment.pop("CARBON_DASK_SCHEDULER", None)
    done = subprocess.run([*before, sys.executable, str(script)], env=environment, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
    assert answer.exists(), done.stdout[-3000:]
    told = json.loads(answer.read_text())
    for name in names:
        wrong = name in told["failed"] or bool(told["events"])
        reliability_log.record("hostile", "network", "carbon:" + name, not wrong)
    return told


def namespace():
    """The command that takes the network away altogether, where the system lets us."""
    command = ["unshare", "-r", "-n"]
    allowed = shutil.which("unshare") and subprocess.run([*command, "true"], stderr=subprocess.DEVNULL).returncode == 0
    return command if allowed else []


def test_a_step_needs_no_network(bench, tmp_path):
    assert silent(bench, tmp_path, CHAIN[:2], namespace()) == {"events": [], "failed": {}}


@pytest.mark.slow
def test_a_whole_chain_needs_no_network(bench, tmp_path):
    """Without an interface at all, and with every call of Python's seen."""
    assert silent(bench, tmp_path, CHAIN, namespace()) == {"events": [], "failed": {}}


def traced(bench, tmp_path, names):
    """Calls of the network by a process that runs algorithms, as the system tells them; None where it does not.

    GDAL, Qt and PROJ are no Python. Sockets of this machine alone (AF_UNIX) are no network.
    """
    log = tmp_path / "trace"
    strace = ["strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", str(log)]
    if shutil.which("strace") is None or subprocess.run([*strace, "true"], stderr=subprocess.DEVNULL).returncode != 0:
        return None
    assert silent(bench, tmp_path, names, strace) == {"events": [], "failed": {}}
    lines = log.read_text(errors="replace").splitlines()
    return [line for line in lines if "sa_family=AF_INET" in line]


def test_the_system_tells_who_connects(tmp_path):
    """The test of the tests: a call is seen."""
    log, script = tmp_path / "trace", "import socket; s = socket.socket(); s.connect_ex(('127.0.0.1', 9))"
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed (scripts/setup)")
    strace = ["strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=connect", "-o", str(log)]
    if subprocess.run([*strace, sys.executable, "-c", script], stderr=subprocess.DEVNULL).returncode != 0:
        pytest.skip("this system does not let us trace")
    assert "sa_family=AF_INET" in log.read_text(errors="replace")


@pytest.mark.sample
def test_no_library_below_a_step_calls_the_network(bench, tmp_path):
    calls = traced(bench, tmp_path, sample(SILENT_ONES, 2, "silence"))
    if calls is None:
        pytest.skip("strace is not installed (scripts/setup), or this system does not let us trace")
    assert calls == []


@pytest.mark.slow
def test_no_library_below_calls_the_network_either(bench, tmp_path):
    """Every algorithm and every chain. Without the system's word nothing is proved: then this fails, and says why."""
    calls = traced(bench, tmp_path, SILENT_ONES)
    assert calls is not None, "strace is not installed (scripts/setup), or this system does not let us trace"
    assert calls == []


def test_the_bench_takes_what_is_good(bench):
    """The test of the tests: good inputs pass it, with reports and all."""
    for name in ("densityseries", "convertdensity"):
        wrong = bench.attempt(Attempt("good input", name, BY_NAME[name].parameters, (), ACCEPTED))
        assert not wrong, wrong
