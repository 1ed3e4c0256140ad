"""Take the pictures of docs/images anew, from the real desktop: see scripts/build-screenshots."""

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
from desktop_session import DesktopSession, package
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
IMAGES, INSIDE = ROOT / "docs" / "images", ROOT / "scripts" / "screenshots" / "pictures.py"
#: Reports as a browser shows them: picture, file, height in pixels.
REPORTS = (
    ("report-sink-capacity.png", "report_sink_capacity.html", 1150),
    ("report-drivers.png", "report_drivers.html", 1035),
)
COLOURS, COMMON = 256, 64
#: Pictures with colour ramps, which keep all their colours.
RAMPS = ("car-map", "report-", "sample-project")


def main(wanted):
    """Take all pictures, or those whose names begin with one of `wanted`; nothing is changed if one fails."""
    with ExitStack() as stack:
        made = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        plugin = stack.enter_context(tempfile.TemporaryDirectory())
        shown = stack.enter_context(_a_folder_to_be_seen())
        data, results = Path(shown, "data"), Path(shown, "results")
        results.mkdir()
        with DesktopSession(package(plugin), size="1400x900") as desktop:
            desktop.startup.check()
            for function, arguments in (
                ("sample_project", {"data": str(data)}),
                ("toolbox", {}),
                ("algorithm_dialog", {"data": str(data)}),
                ("main_chain", {"results": str(results)}),
                ("modeler", {}),
                ("batch", {"data": str(data)}),
                ("options", {}),
                ("history", {"data": str(data)}),
            ):
                print(function, flush=True)
                desktop.call(str(INSIDE), function, dict(arguments, folder=str(made)), timeout=400).check()
        for picture, report, height in REPORTS:
            browse(results / report, made / picture, height)
        IMAGES.mkdir(exist_ok=True)
        for path in sorted(made.glob("*.png")):
            if not wanted or path.name.startswith(tuple(wanted)):
                small(path)
                shutil.copyfile(path, IMAGES / path.name)
                print("docs/images/{}  {:,} bytes".format(path.name, path.stat().st_size))


@contextmanager
def _a_folder_to_be_seen():
    """~/carbon of somebody: the one folder whose name stands in pictures. It is gone afterwards."""
    home = "/home/analyst"
    try:
        os.mkdir(home)
    except FileExistsError as error:
        raise SystemExit("{} is there already, perhaps of a run that was killed. Remove it.".format(home)) from error
    except PermissionError as error:
        raise SystemExit("{} cannot be made, which pictures show: run this as root.".format(home)) from error
    try:
        os.mkdir(os.path.join(home, "carbon"))
        yield os.path.join(home, "carbon")
    finally:
        shutil.rmtree(home)


def browse(page, picture, height):
    """A page as Chromium shows it."""
    program = shutil.which("chromium")
    if program is None:
        raise SystemExit("The pictures of reports need Chromium: apt-get install chromium")
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--user-data-dir=" + profile, "--screenshot={}".format(picture), "--window-size=1000,{}".format(height),
             page.as_uri()],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
    if not picture.exists():
        raise SystemExit("Chromium made no picture of {}:\n{}".format(page, done.stdout))


def _with_palette(image, common):
    """The picture in its commonest colours, (count, colour), as they are, and in others spread over the rest.

    The former are those of large areas; median cut would give them the rare colours of small icons as well.
    """
    spread = image.quantize(COLOURS - len(common), Image.Quantize.MAXCOVERAGE).getpalette()
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for _, colour in common for part in colour] + spread[: 3 * (COLOURS - len(common))])
    made = image.quantize(palette=palette, dither=Image.Dither.NONE)
    # Pillow looks nearby colours up together, so that white may become nearly white.
    pixels, codes = np.array(image), np.array(made)
    for code, (_, colour) in enumerate(common):
        codes[(pixels == colour).all(axis=2)] = code
    exact = Image.fromarray(codes, "P")
    exact.putpalette(made.getpalette())
    return exact


def small(path):
    """Fewer colours where that cannot be seen: a third of the size."""
    with Image.open(path) as image:
        flat = image.convert("RGB")
    if not path.name.startswith(RAMPS):
        flat = _with_palette(flat, sorted(flat.getcolors(1 << 24), reverse=True)[:COMMON])
    flat.save(path, optimize=True)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main(sys.argv[1:])
