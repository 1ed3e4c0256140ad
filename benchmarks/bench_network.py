"""Networks: the folded form against plain torch.nn.RNN, and the training of the robust preset.

    python benchmarks/bench_network.py [--size 5 512] [--rows 40000] [--steps 20] [--samples 100000] [--cells 1600000]

Inference and training of the published network (5 layers of 512, one time step, batches of 500) are measured beside
plain `torch.nn.RNN` with `torch.nn.Linear` and `torch.optim.Adam`, in turns in one process, with the same weights and
batches. Inference with plain nn.RNN gets all rows in one call, as in the scripts of the paper, and then also in the
inner batches that ours takes, which spares it much of its memory traffic. The ratio is plain / ours, of wall and of CPU
time; the medians of five turns count. Asked: 2.5 in inference (one call), 1.8 in training. On a machine that is busy
otherwise, take `--threads 1` and the ratio of the CPU times: waiting threads distort the others.

`--samples` then trains the robust preset whole (levels, networks and CatBoost regressors within them) on so many
samples with 8 drivers; asked: 100,000 in less than three minutes on two cores. `--cells` predicts so many cells with
it on two threads, levels and density, as the raster engine does in blocks. 0 leaves either out.
"""

import argparse
import os
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

DRIVERS, BATCH, TURNS = 8, 500, 5
HEAD = "{:<54}{:>10}{:>9}{:>9}{:>12}{:>8}{:>8}"


def plain_network(layers: int, hidden: int, seed: int):
    """torch's own network, drawn from the seed."""
    import torch

    torch.manual_seed(seed)
    return torch.nn.RNN(DRIVERS, hidden, layers, batch_first=True), torch.nn.Linear(hidden, 1)


def plain_inference(parts, x: np.ndarray, batch: int) -> np.ndarray:
    """What the scripts of the paper do, in batches."""
    import torch

    out = np.empty(len(x), dtype=np.float32)
    with torch.no_grad():
        for start in range(0, len(x), batch):
            rows = torch.from_numpy(x[start : start + batch, None])
            out[start : start + batch] = torch.relu(parts[1](parts[0](rows)[0][:, -1]))[:, 0].numpy()
    return out


def plain_training(parts, x: np.ndarray, y: np.ndarray, steps: int) -> None:
    """So many steps of Adam with L1 loss."""
    import torch

    adam = torch.optim.Adam(list(parts[0].parameters()) + list(parts[1].parameters()), lr=1e-3)
    loss = torch.nn.L1Loss()
    for start in range(0, steps * BATCH, BATCH):
        rows, target = torch.from_numpy(x[start : start + BATCH, None]), torch.from_numpy(y[start : start + BATCH])
        adam.zero_grad()
        loss(torch.relu(parts[1](parts[0](rows)[0][:, -1]))[:, 0], target).backward()
        adam.step()


def our_training(start, x: np.ndarray, y: np.ndarray, steps: int):
    """The same steps in the folded form; the parameters after them."""
    import torch

    from carbon_qgis.core.network_steps import FoldedSteps

    trainer = FoldedSteps(start, "relu", "l1", 1e-3, 0.0, BATCH)
    for at in range(0, steps * BATCH, BATCH):
        trainer.step(torch.from_numpy(x[at : at + BATCH]), torch.from_numpy(y[at : at + BATCH]), None)
    return trainer.parameters


def in_turns(label: str, one, two) -> None:
    """Measure both, one after the other, and print medians and ratios; the first turn does not count."""
    seconds = ([], [])
    for turn in range(TURNS + 1):
        for index, work in enumerate((one, two)):
            wall, cpu = time.perf_counter(), time.process_time()
            work()
            if turn:
                seconds[index].append((time.perf_counter() - wall, time.process_time() - cpu))
    theirs, ours = (np.median(values, axis=0) for values in seconds)
    texts = ["{:.3f}".format(value) for value in (theirs[0], ours[0], theirs[1], ours[1])]
    print(HEAD.format(label, *texts, *("{:.2f}".format(ratio) for ratio in theirs / ours)))


def published(layers: int, hidden: int, rows: int, steps: int) -> None:
    """The published network beside torch's own."""
    import torch

    from carbon_qgis.core.network_torch import start_parameters, to_network
    from carbon_qgis.core.network_weights import INNER_BATCH

    rng = np.random.default_rng(0)
    x = rng.random((max(rows, steps * BATCH), DRIVERS), dtype=np.float32)
    y = rng.random(steps * BATCH, dtype=np.float32)
    # A start whose head is alive: a dead one would have no gradient to compute.
    seed = next(s for s in range(50) if plain_inference(plain_network(layers, hidden, s), x[:500], 500).mean() > 0.01)
    plain, start = plain_network(layers, hidden, seed), start_parameters(DRIVERS, layers, hidden, 1, seed)
    network = to_network(start, "relu")
    apart = np.abs(network.predict(x[:rows]) - plain_inference(plain, x[:rows], INNER_BATCH)).max()
    print("{} x {}, {} drivers; torch {} with {} threads".format(
        layers, hidden, DRIVERS, torch.__version__, torch.get_num_threads()))  # fmt: skip
    print(HEAD.format("", "nn.RNN s", "ours s", "CPU s", "ours CPU s", "ratio", "of CPU"))
    for batch, how in ((rows, "in one call"), (INNER_BATCH, "in batches of {:,}".format(INNER_BATCH))):
        in_turns(
            "inference, {:,} rows, nn.RNN {}".format(rows, how),
            lambda batch=batch: plain_inference(plain, x[:rows], batch), lambda: network.predict(x[:rows]),
        )  # fmt: skip
    in_turns(
        "training, {} steps of {} rows".format(steps, BATCH),
        lambda: plain_training(plain_network(layers, hidden, seed), x, y, steps),
        lambda: our_training(start, x, y, steps),
    )
    trained = plain_network(layers, hidden, seed)
    plain_training(trained, x, y, steps)
    after = to_network(our_training(start, x, y, steps), "relu").predict(x[:rows])
    moved = np.abs(after - plain_inference(trained, x[:rows], INNER_BATCH)).max()
    print("largest difference of an answer: {:.1e} before training, {:.1e} after it".format(apart, moved))


def make_samples(count: int):
    """Density with three kinds of land, waves and noise, and eight drivers of which five matter."""
    from carbon_qgis.core import samples

    rng = np.random.default_rng(1)
    f = rng.standard_normal((count, DRIVERS))
    density = 60 + 25 * np.tanh(2 * f[:, 0]) + 8 * np.sin(2 * f[:, 1]) * f[:, 2] + 5 * f[:, 3] * (f[:, 4] > 0)
    density = np.maximum(density + 4 * rng.standard_normal(count), 0)
    drivers = [samples.Driver("x{}".format(i), "1") for i in range(DRIVERS)]
    x, y = rng.uniform(0, 500_000, (2, count))
    split = rng.choice(["train", "test"], count, p=[0.9, 0.1])
    return samples.make_samples(drivers, f, density, "t C/ha", x=x, y=y, split=split)


class Watch:
    """Notes the longest silence between two reports."""

    def __init__(self):
        self.last, self.longest = time.perf_counter(), 0.0

    def update(self, fraction, message=None):
        now = time.perf_counter()
        self.last, self.longest = now, max(self.longest, now - self.last)

    def cancelled(self):
        return False


def robust(count: int, cells: int) -> None:
    """The default from samples to predictions."""
    from carbon_qgis.core.coupled import CoupledModel
    from carbon_qgis.core.level_density import fit_density
    from carbon_qgis.core.levels import fit_levels

    data, watch = make_samples(count), Watch()
    started = time.perf_counter()
    levels = fit_levels(data, progress=watch).model
    seconds = [time.perf_counter() - started]
    fit = fit_density(data, levels, progress=watch)
    seconds.append(time.perf_counter() - started - seconds[0])
    held = fit.overall()[0]
    sizes = ", ".join("{} {} x {}".format(s.group, s.layers, s.hidden) for s in fit.sizes if s.used)
    print("\nrobust preset, {:,} samples x {} drivers: levels {:.1f} s, density within levels {:.1f} s, together "
          "{:.1f} s".format(count, DRIVERS, *seconds, sum(seconds)))  # fmt: skip
    print("networks: {}; held-out RMSE {:.3f} t C/ha (level known), longest silence {:.2f} s".format(
        sizes, held.rmse, watch.longest))  # fmt: skip
    if not cells:
        return
    model, block = CoupledModel(levels, fit.model), 2**16
    features = np.random.default_rng(2).standard_normal((cells, DRIVERS))
    parts = [features[start : start + block] for start in range(0, cells, block)]
    for name, work in (("levels", levels.probabilities), ("networks", fit.model.only("network").relative),
                       ("CatBoost", fit.model.only("catboost").relative), ("all", model.predict)):  # fmt: skip
        started = time.perf_counter()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(work, parts))
        print("predicting {:,} cells, {}: {:.2f} s".format(cells, name, time.perf_counter() - started))
    print("peak memory {:.0f} MB".format(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def _limit_threads(count: int) -> None:
    """So many threads for both; on a machine that is busy otherwise, waiting threads distort the ratio."""
    import torch

    torch.set_num_threads(count)
    if os.environ.get("OPENBLAS_NUM_THREADS") != str(count):
        # numpy's BLAS reads it when it is loaded.
        os.environ["OPENBLAS_NUM_THREADS"] = str(count)
        os.execv(sys.executable, [sys.executable] + sys.argv)


def main() -> None:
    """Run the cases and print their tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=0, help="threads of torch and of numpy's BLAS; 0: all cores")
    parser.add_argument("--size", type=int, nargs=2, default=(5, 512), metavar=("LAYERS", "WIDTH"))
    for name, default in (("rows", 40_000), ("steps", 20), ("samples", 100_000), ("cells", 1_600_000)):
        parser.add_argument("--" + name, type=int, default=default)
    args = parser.parse_args()
    if args.threads:
        _limit_threads(args.threads)
    published(*args.size, args.rows, args.steps)
    if args.samples:
        robust(args.samples, args.cells)


if __name__ == "__main__":
    main()
