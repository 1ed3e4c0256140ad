"""A warm QGIS that forks: one child per bad input, watched for everything that a bad input must not do.

Reads requests from standard input, one JSON object a line, and answers each with one. A child has little memory beyond
what it shares with its parent, may not start programs, has a network of its own that leads nowhere and counts what is
asked of it, and tells how much memory it took. Crashes and hangs end the child alone.
"""

import ctypes
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from tests.faults.worker import prepare, private_mounts, run_algorithm, start_qgis  # noqa: E402
from tests.worker_process import answer_requests  # noqa: E402

#: Beyond what the parent holds: address space (threads reserve much of it) and the size of one file.
ADDRESS_SPACE, FILE_SIZE = 6 << 30, 1 << 30
#: What Python tells when a program is started, the network is reached for, or a pickle names something to call.
_SEEN = ("os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "subprocess.Popen", "socket.connect",
         "socket.getaddrinfo", "socket.gethostbyname", "pickle.find_class", "webbrowser.open",
         "urllib.Request")  # fmt: skip
_CLONE_NEWNET = 0x40000000


def preload():
    """Modules of the plugin, before the fork: what a child would otherwise load again and again."""
    import importlib
    import pkgutil

    import carbon_qgis.core

    for module in pkgutil.walk_packages(carbon_qgis.core.__path__, "carbon_qgis.core."):
        if not module.name.endswith(("network_torch", "cluster_worker")):
            importlib.import_module(module.name)


def status(name):
    """A line of /proc/self/status, in KiB."""
    with open("/proc/self/status", encoding="ascii") as stream:
        return next(int(line.split()[1]) for line in stream if line.startswith(name + ":"))


class Watch:
    """What happens in this child that should not."""

    def __init__(self):
        self.events = []
        sys.addaudithook(self._audit)

    def _audit(self, name, arguments):
        if name in _SEEN:
            # A socket of the local machine's own (an address that is a path) is no network.
            if name == "socket.connect" and isinstance(arguments[1], str):
                return
            self.events.append("{} {}".format(name, str(arguments)[:200]))


class NoNetwork:
    """A network of this child's own, of which the kernel counts what is asked of it: also by GDAL and by Qt.

    There is no way out of it, so that each try is one packet without a route. Where the system gives no such network,
    `tries` says None.
    """

    def __init__(self):
        libc = ctypes.CDLL(None, use_errno=True)
        self.alone = sys.platform.startswith("linux") and libc.unshare(_CLONE_NEWNET) == 0
        self.before = self._asked() if self.alone else 0

    def tries(self):
        """How often something reached for the network since the beginning."""
        return self._asked() - self.before if self.alone else None

    @staticmethod
    def _asked():
        """Packets without a route, connections begun and datagrams sent."""
        with open("/proc/thread-self/net/snmp", encoding="ascii") as stream:
            lines = [line.split() for line in stream]
        counts = {}
        for names, numbers in zip(lines[::2], lines[1::2]):
            counts.update({names[0] + name: int(number) for name, number in zip(names[1:], numbers[1:])})
        return sum(counts[name] for name in ("Ip:OutNoRoutes", "Tcp:ActiveOpens", "Udp:OutDatagrams"))


def limit():
    """Bounds on what this child may take."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_SIZE, FILE_SIZE))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    size = status("VmSize") * 1024 + ADDRESS_SPACE
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    with open("/proc/self/clear_refs", "w", encoding="ascii") as stream:
        stream.write("5")


def say(request):
    """A feedback that keeps what was said."""
    from qgis.core import QgsProcessingFeedback

    class Feedback(QgsProcessingFeedback):
        def __init__(self):
            super().__init__(False)
            self.lines = []

        def pushInfo(self, text):
            self.lines.append(text)

        pushWarning = setProgressText = pushInfo

        def reportError(self, text, fatal=False):
            self.lines.append(text)

    return Feedback()


def child(request, pipe):
    """One run; never returns."""
    answer = {}
    try:
        log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(log, 2)
        os.dup2(log, 1)
        os.chdir(request["folder"])
        network = NoNetwork()
        limit()
        before = status("VmRSS")
        watch, feedback = Watch(), say(request)
        started = time.perf_counter()
        try:
            results = run_algorithm(request["algorithm"], request["parameters"], feedback)
            answer.update(ok=True, results={k: v for k, v in results.items() if isinstance(v, (str, int, float))})
        except Exception as error:
            answer.update(ok=False, message=str(error), kind=type(error).__name__)
        answer.update(seconds=time.perf_counter() - started, said=feedback.lines[-40:], events=list(watch.events))
        answer["network"] = network.tries()
        answer["grown_mb"] = (status("VmHWM") - before) / 1024
    except BaseException:
        answer.update(ok=False, broken=traceback.format_exc())
    os.write(pipe, json.dumps(answer).encode("utf-8", "surrogatepass"))
    os._exit(0)


def spent(pid):
    """Seconds of the processor that a process and its threads have taken."""
    with open("/proc/{}/stat".format(pid), encoding="utf-8") as stream:
        fields = stream.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(request):
    """One child, to its end or to the end of patience."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        os.setpgid(0, 0)
        child(request, writer)
    os.close(writer)
    chunks, hung, began = [], False, time.monotonic()
    while True:
        ready, _, _ = select.select([reader], [], [], 2)
        if ready:
            chunk = os.read(reader, 1 << 16)
            if not chunk:
                break
            chunks.append(chunk)
            continue
        # Of the processor's time, not of the clock's: others may be at work here. A wait for nothing takes none.
        hung = spent(pid) > request["seconds"] or time.monotonic() - began > 5 * request["seconds"]
        if hung:
            break
    os.close(reader)
    if hung:
        os.kill(pid, signal.SIGKILL)
    done = os.waitpid(pid, 0)[1]
    answer = json.loads(b"".join(chunks).decode("utf-8", "replace")) if chunks else {"ok": False}
    answer["signal"] = os.WTERMSIG(done) if os.WIFSIGNALED(done) else 0
    answer["hung"] = hung
    with open(request["log"], "rb") as stream:
        answer["printed"] = stream.read(200_000).decode("utf-8", "replace")
    return answer


def describe(_request):
    """Parameters of every algorithm: kind, bounds, words."""
    from qgis.core import QgsApplication

    found = {}
    for algorithm in QgsApplication.processingRegistry().providerById("carbon").algorithms():
        found[algorithm.name()] = [_described(definition) for definition in algorithm.parameterDefinitions()]
    return {"algorithms": found}


def _described(definition):
    told = {"name": definition.name(), "title": definition.description(), "kind": definition.type()}
    if told["kind"] == "number":
        integer = definition.dataType() == type(definition).Integer
        told.update(minimum=definition.minimum(), maximum=definition.maximum(), integer=integer)
    if told["kind"] == "enum":
        told.update(words=definition.options(), multiple=definition.allowMultiple())
    return told


def walled_in(folders):
    """Everything but these folders is read-only for this process and its children, where the system lets us.

    Runs write where they are told to, and root may write anywhere: the machine must not suffer from a bad destination.
    """
    if not private_mounts():
        return False
    for folder in folders:
        if subprocess.run(["mount", "--bind", folder, folder]).returncode != 0:
            return False
    return all(
        subprocess.run(["mount", "-o", "remount,bind,ro", place]).returncode == 0 for place in ("/", "/dev")
    )  # fmt: skip


def reach_out(request):
    """What a child sees of a call to the network: the measure must see one."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        network, seen = NoNetwork(), []
        for call in request["calls"]:
            {"gdal": _call_by_gdal, "python": _call_by_python, "nothing": lambda: None}[call]()
            seen.append(network.tries())
        os.write(writer, json.dumps(seen).encode())
        os._exit(0)
    os.close(writer)
    with open(reader, "rb") as stream:
        seen = json.loads(stream.read())
    os.wait()
    return {"seen": seen}


def _call_by_gdal():
    from osgeo import gdal

    gdal.DontUseExceptions()
    gdal.Open("/vsicurl/http://192.0.2.1/x.tif")


def _call_by_python():
    import socket

    try:
        socket.create_connection(("127.0.0.1", 9), 1).close()
    except OSError:
        return


DO = {"run": run, "reach": reach_out, "prepare": prepare, "describe": describe}


def start():
    """QGIS, and nothing else that could be written to."""
    walled = walled_in(sys.argv[1:])
    if os.geteuid() == 0 and not walled:
        sys.exit("run as root, and the file system cannot be made read-only: bad destinations would be dangerous")
    kept = start_qgis()
    preload()
    return {"ready": True}, kept


if __name__ == "__main__":
    answer_requests(DO, start)
