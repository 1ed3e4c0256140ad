"""Runs a command in a network of its own: `alone.py ANSWER COMMAND...`. ANSWER gets what was asked of the network
(null where the system gives no such network), and the most memory that the command held, in MB.
"""

import json
import os
import resource
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from tests.hostile.worker import NoNetwork  # noqa: E402

if __name__ == "__main__":
    answer, command = sys.argv[1], sys.argv[2:]
    network = NoNetwork()
    code = subprocess.call(command)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    with open(answer, "w", encoding="utf-8") as stream:
        json.dump({"network": network.tries(), "most_mb": most}, stream)
    sys.exit(code)
