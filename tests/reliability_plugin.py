"""For pytest under scripts/build-reliability: tests that a tally has already are left out, those that end are marked.

    pytest -p tests.reliability_plugin
"""

import os

from tests import reliability_log

_failed = {}


def pytest_collection_modifyitems(config, items):
    """Leave out what the log holds, whole, for this code and these seeds."""
    path = os.environ.get(reliability_log.VARIABLE)
    if not path or not os.path.exists(path):
        return
    done = reliability_log.done_tests(reliability_log.read(path), os.environ.get(reliability_log.CODE, ""))
    left_out = [item for item in items if item.nodeid in done]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item.nodeid not in done]


def pytest_runtest_logreport(report):
    """A test that failed is on the page, even if it has counted nothing, and is tried again by a resumed run."""
    if report.failed:
        crash = getattr(report.longrepr, "reprcrash", None)
        _failed[report.nodeid] = str(crash.message if crash else report.longrepr)
    if report.when == "teardown":
        note = _failed.pop(report.nodeid, None)
        if note is None:
            reliability_log.finish(report.nodeid)
        else:
            reliability_log.fail(report.nodeid, note)
