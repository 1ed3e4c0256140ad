"""Run every command that docs/headless.md shows, and write what it printed below it.

The blocks marked `sh` are run from top to bottom in one new folder. Each must end well: a command that is meant to fail
is followed by `|| echo "exit code $?"`. A comment and a block marked `text` below a command hold what was printed; of
all lines those that the pattern finds:

    <!--prints: Tg C|^STOCK -->
    ```text
    ...
    ```

    page_commands.py PAGE           runs and writes
    page_commands.py PAGE --check   runs and changes nothing; ends with 1 if something else was printed

`qgis_process` must be able to run the plugin: scripts/build-pages sees to that.
"""

import os
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(
    r"```sh\n(?P<code>.*?)```\n(?:\n?<!--prints: (?P<wanted>.*?) -->\n```text\n(?P<text>.*?)```\n)?", re.S
)
#: Debian's qgis_process passes an option that its program does not know: the program itself is called.
SHELL = 'set -u\nqgis_process() { qgis_process.bin "$@"; }\nexport -f qgis_process\n'


def commands(text):
    """The commands of a page."""
    return [found.group("code") for found in BLOCK.finditer(text)]


def fill(text, folder):
    """`text` with all commands run in `folder`, and what they printed in place."""
    return BLOCK.sub(lambda found: _answered(found, folder), text)


def _answered(found, folder):
    code, wanted = found.group("code"), found.group("wanted")
    done = subprocess.run(
        ["bash", "-c", SHELL + code], cwd=folder, stdin=subprocess.DEVNULL, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit("{}\nended with {}:\n{}".format(code, done.returncode, done.stdout))
    if wanted is None:
        return found.group(0)
    lines = [
        line.rstrip().lstrip(".0123456789") if line[:1] == "." else line.rstrip()
        for line in done.stdout.splitlines()
        if re.search(wanted, line)
    ]
    lines = [line for number, line in enumerate(lines) if line not in lines[:number]]  # QGIS says an error three times
    if not lines:
        raise SystemExit("{}\nprinted nothing that has {}:\n{}".format(code, wanted, done.stdout))
    printed = "".join(line.replace(folder + "/", "") + "\n" for line in lines)
    start, end = found.start("text") - found.start(), found.end("text") - found.start()
    return found.group(0)[:start] + printed + found.group(0)[end:]


def main(path, check):
    with open(path, encoding="utf-8") as stream:
        old = stream.read()
    with tempfile.TemporaryDirectory() as folder:
        new = fill(old, os.path.realpath(folder))
    print("{}: {} commands run, {}".format(path, len(commands(old)), "as before" if new == old else "changed"))
    if not check and new != old:
        with open(path, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(new)
    return 1 if check and new != old else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], "--check" in sys.argv[2:]))
