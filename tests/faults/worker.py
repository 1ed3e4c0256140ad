"""A warm QGIS that forks: one child per run, with a fault in it.

Reads requests from standard input, one JSON object a line, and answers each with one. The parent has loaded QGIS, the
plugin and the packages and never runs anything itself, so that a child is a fresh QGIS after milliseconds, and can be
killed. Disks of a given size are mounted in a mount namespace of the worker's own: they end with it.

    worker.py
"""

import base64
import ctypes
import faulthandler
import gc
import json
import os
import pkgutil
import resource
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from tests.faults.trigger import Trigger  # noqa: E402
from tests.worker_process import answer_requests  # noqa: E402

#: Seconds after which a run has hung; a run takes a few, on a busy machine some tens.
_TIMEOUT = 400
_CLONE_NEWNS, _PR_SET_PDEATHSIG = 0x20000, 1


def private_mounts():
    """A mount namespace of our own; False where the system does not let us."""
    libc = ctypes.CDLL(None, use_errno=True)
    if not sys.platform.startswith("linux") or libc.unshare(_CLONE_NEWNS) != 0:
        return False
    return subprocess.run(["mount", "--make-rprivate", "/"], stderr=subprocess.DEVNULL).returncode == 0


def start_qgis():
    """QGIS without a screen, with the plugin's provider and all its packages loaded."""
    from qgis.core import QgsApplication

    QgsApplication.setPrefixPath(os.environ.get("QGIS_PREFIX_PATH", "/usr"), True)
    sys.path.append(os.path.join(QgsApplication.pkgDataPath(), "python", "plugins"))
    application = QgsApplication([], False)
    application.initQgis()
    from carbon_qgis import classFactory

    plugin = classFactory(None)
    plugin.initProcessing()
    for package in ("rasterio", "scipy.ndimage", "sklearn.ensemble", "catboost", "matplotlib.figure", "pandas",
                    "matplotlib.backends.backend_agg", "statsmodels.api", "torch"):  # fmt: skip
        __import__(package)
    # All of the plugin now: a file that is edited while the tests run must not be read half-way.
    import carbon_qgis

    for module in pkgutil.walk_packages(carbon_qgis.__path__, "carbon_qgis."):
        __import__(module.name)
    _draw_nothing()
    _keep_shared()
    return application, plugin


def _draw_nothing():
    """Figures of one pixel: drawing takes nine tenths of a small run, and what is drawn matters to no fault."""
    from carbon_qgis.core.report import render

    pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
    render.to_png = lambda figure, dpi=300: base64.b64decode(pixel)
    render.to_svg = lambda figure: b'<svg xmlns="http://www.w3.org/2000/svg"/>'


def _keep_shared():
    """What is loaded stays shared with every child: the collector would touch, and so copy, all of it in each."""
    gc.collect()
    gc.freeze()


def run_algorithm(name, parameters, feedback=None):
    """As a user runs it; raises with the message that a user reads."""
    from qgis.core import QgsApplication, QgsProcessingContext, QgsProcessingException, QgsProcessingFeedback

    context = QgsProcessingContext()
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("carbon:" + name)
    fine, message = algorithm.checkParameterValues(parameters, context)
    if not fine:
        raise QgsProcessingException(message)
    feedback = feedback or QgsProcessingFeedback(False)
    results, fine = algorithm.run(parameters, context, feedback, {}, False)
    if not fine:
        raise QgsProcessingException("the run failed without a message")
    return results


def child(request, pipe):
    """One run with its fault; never returns."""
    answer = {}
    # A run that hangs tells where, before it is killed.
    faulthandler.dump_traceback_later(0.9 * _TIMEOUT, file=sys.stderr)
    try:
        if "file_limit" in request:
            resource.setrlimit(resource.RLIMIT_FSIZE, (request["file_limit"],) * 2)
        trigger = Trigger(request)
        feedback = trigger.feedback()
        # From here a parent that kills by the clock counts; a blank before the answer means nothing in JSON.
        os.write(pipe, b"\n")
        started = time.perf_counter()
        try:
            if request["do"] == "threads":
                answer["answers"] = threads(request["runs"], trigger)
            elif request["do"] == "close":
                answer["answers"] = close(request, trigger)
            else:
                run_algorithm(request["algorithm"], request["parameters"], feedback)
            answer["ok"] = True
        except Exception as error:
            answer.update(ok=False, message=str(error), kind=type(error).__name__)
        trigger.stop()
        answer.update(
            seconds=time.perf_counter() - started, events=trigger.events, fired=trigger.fired, log=trigger.log()
        )
    except BaseException:
        answer.update(ok=False, broken=traceback.format_exc())
    os.write(pipe, json.dumps(answer).encode("utf-8") + b"\n")
    os._exit(0)


def threads(runs, trigger):
    """Several runs in threads of one QGIS; what each told.

    Where a moment is given ('hold'), all but the first run begin when the first one has come to it, and the first
    goes on when they have ended.
    """
    told = [None] * len(runs)

    def work(number):
        try:
            feedback = trigger.feedback() if number == 0 else None
            run_algorithm(runs[number]["algorithm"], runs[number]["parameters"], feedback)
            told[number] = {"ok": True}
        except Exception as error:
            told[number] = {"ok": False, "message": str(error)}

    started = [threading.Thread(target=work, args=(number,)) for number in range(len(runs))]
    for number, thread in enumerate(started):
        thread.start()
        while number == 0 and trigger.holds and thread.is_alive() and not trigger.struck.wait(0.02):
            pass
    for thread in started[1:]:
        thread.join()
    trigger.go_on.set()
    started[0].join()
    return told


def close(request, trigger):
    """A run as a task of the desktop; at its fault QGIS is closed, which cancels all tasks and waits for them."""
    from qgis.core import QgsApplication, QgsProcessingAlgRunnerTask, QgsProcessingContext
    from qgis.PyQt.QtCore import QCoreApplication

    context, done = QgsProcessingContext(), []
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("carbon:" + request["algorithm"])
    feedback = trigger.feedback()
    task = QgsProcessingAlgRunnerTask(algorithm, request["parameters"], context, feedback)
    task.executed.connect(lambda fine, results: done.append(fine))
    QgsApplication.taskManager().addTask(task)
    while not trigger.struck.is_set() and not done:
        QCoreApplication.processEvents()
        trigger.struck.wait(0.01)
    QgsApplication.taskManager().cancelAll()
    while QgsApplication.taskManager().activeTasks():
        QCoreApplication.processEvents()
        trigger.struck.wait(0.01)
    return [{"finished": done == [True]}]


def fork(request):
    """Run a child; what it answered, or how it died."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        os.setpgid(0, 0)
        # Ended with the worker, whatever ends that.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        # What is printed by libraries must not get among the answers.
        os.dup2(2, 1)
        child(request, writer)
    os.close(writer)
    return pid, reader


def wait_for(pid, reader, seconds, kill_after=None):
    """The answer of a child that is killed a while after its run has begun, if asked to."""
    chunks, killed, end, kill_at = [], None, time.monotonic() + seconds, None
    while True:
        limit = end if kill_at is None or killed else min(end, kill_at)
        ready, _, _ = select.select([reader], [], [], max(0, limit - time.monotonic()))
        if ready:
            chunk = os.read(reader, 1 << 16)
            if not chunk:
                break
            if not chunks and kill_after is not None:
                kill_at = time.monotonic() + kill_after
            chunks.append(chunk)
        elif killed is None:
            killed = "time" if limit == kill_at else "timeout"
            os.kill(pid, signal.SIGKILL)
        else:
            break
    os.close(reader)
    status = os.waitpid(pid, 0)[1]
    told = b"".join(chunks)
    # No answer, or a part of one, is none: the child died before.
    answer = json.loads(told.decode("utf-8")) if told.strip() and told.endswith(b"\n") else {}
    answer["signal"] = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    answer["timeout"] = killed == "timeout"
    return answer


def run(request):
    """One child, to its end."""
    return wait_for(*fork(request), _TIMEOUT, request.get("kill_after"))


def race(request):
    """Several children at once."""
    running = [fork(dict(one, do="run")) for one in request["runs"]]
    return {"answers": [wait_for(pid, reader, _TIMEOUT) for pid, reader in running]}


def meanwhile(request):
    """The first run stops at its fault; the second runs to its end; then the first goes on, or is killed."""
    pid, reader = fork(dict(request["first"], do="run"))
    status = os.waitpid(pid, os.WUNTRACED)[1]
    if not os.WIFSTOPPED(status):
        return {"stopped": False}
    second = run(dict(request["second"], do="run"))
    os.kill(pid, signal.SIGKILL if request.get("then") == "kill" else signal.SIGCONT)
    return {"stopped": True, "first": wait_for(pid, reader, _TIMEOUT), "second": second}


def mount(request):
    """A disk of `bytes` at `path`."""
    os.makedirs(request["path"], exist_ok=True)
    size = "size={}".format(request["bytes"])
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", request["path"]], stderr=subprocess.PIPE)
    return {"ok": done.returncode == 0, "message": done.stderr.decode()}


def read_only(request):
    """The same disk, from now on read-only or writable again."""
    how = "remount,ro" if request["on"] else "remount,rw"
    return {"ok": subprocess.run(["mount", "-o", how, request["path"]]).returncode == 0}


def unmount(request):
    """Away with it."""
    return {"ok": subprocess.run(["umount", request["path"]]).returncode == 0}


def place(request):
    """Empty a folder and put files into it, by name: content as the name of a file, or bytes as text."""
    folder = request["path"]
    for entry in os.listdir(folder) if os.path.isdir(folder) else ():
        path = os.path.join(folder, entry)
        shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
    for name, text in request["files"].items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as stream:
            stream.write(text.encode("latin-1"))
    os.makedirs(folder, exist_ok=True)
    return {}


def look(request):
    """Every file below a folder: its bytes are copied to `into`."""
    shutil.rmtree(request["into"], ignore_errors=True)
    shutil.copytree(request["path"], request["into"])
    return {}


def describe(_request):
    """Algorithms of the provider, and which outputs they write: destinations of files, folders, layers."""
    from qgis.core import QgsApplication

    algorithms = QgsApplication.processingRegistry().providerById("carbon").algorithms()
    return {
        "writes": {
            algorithm.name(): [one.name() for one in algorithm.parameterDefinitions() if one.isDestination()]
            for algorithm in algorithms
        }
    }


def prepare(request):
    """Make the inputs, or the models of them, in a child."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            from tests.faults.inputs import make_inputs, make_models

            if request.get("models"):
                make_models(request["path"], run_algorithm)
            else:
                make_inputs(request["path"])
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    return {"ok": os.waitpid(pid, 0)[1] == 0}


DO = {"run": run, "threads": run, "close": run, "race": race, "meanwhile": meanwhile, "mount": mount,
      "read_only": read_only, "unmount": unmount, "place": place, "look": look, "prepare": prepare,
      "describe": describe}  # fmt: skip


def start():
    """Mounts of our own, and QGIS."""
    mounts = private_mounts()
    return {"mounts": mounts}, start_qgis()


if __name__ == "__main__":
    answer_requests(DO, start)
