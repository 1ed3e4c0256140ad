"""Training of one network: batches, loss, early stopping, and what is done about a head that is dead.

A ReLU head whose sums are below 0 for every row passes no gradient: the network answers 0, that is Bmin, everywhere
and never recovers. About half of the published starts are of this kind. It is found by its zeros and started again
from the next seed.
"""

import time
from dataclasses import dataclass
from typing import Any, List, Optional, Tuple

import numpy as np

from .errors import InputError
from .network_steps import FoldedSteps, SequenceSteps, row_losses
from .network_torch import Parameters, forward, start_parameters, thread_count, to_network, torch_threads
from .network_weights import RELU, Network
from .progress import Progress, check_cancelled

#: A head is dead when more than this share of the training rows get 0 from it.
DEAD_SHARE = 0.95
#: Starts tried before a network is given up.
STARTS = 20
#: Rows whose output is looked at, and rows of one pass without gradients.
_LOOKED_AT, _FORWARD_ROWS = 20000, 8192
#: Epochs without a better validation loss after which the learning rate is reduced, as a share of the patience.
_SLOWER_AFTER, _SLOWER_BY = 0.4, 0.3
#: Relative gain in the validation loss that counts as one.
_GAIN = 5e-4
_REPORT_SECONDS = 0.25


@dataclass(frozen=True)
class Recipe:
    """How one network is trained.

    Parameters
    ----------
    layers, hidden : size.
    head : 'relu' or 'linear'.
    loss : 'l1', 'mse' or 'huber' (bend at one standard deviation of the target), of the target as trained on.
    standardise : train on the target with mean 0 and standard deviation 1.
    epochs, batch, rate : passes, rows per step, learning rate of Adam.
    steps_per_epoch : smaller batches for few rows, so that an epoch has at least so many steps; 0 keeps `batch`.
    patience : epochs without a better validation loss after which training stops; 0 trains all epochs.
    decay : weight decay (AdamW).
    """

    layers: int
    hidden: int
    head: str
    loss: str
    standardise: bool
    epochs: int
    batch: int
    rate: float
    steps_per_epoch: int = 0
    patience: int = 0
    decay: float = 0.0
    keep_dead: bool = False


@dataclass(frozen=True)
class Data:
    """Rows to learn from: encoded drivers (n, d) or (n, T, d) float32, target 0–1 (n,), and weights or None."""

    x: np.ndarray
    y: np.ndarray
    weight: Optional[np.ndarray] = None

    def __len__(self) -> int:
        return len(self.y)


@dataclass
class Trained:
    """One trained network.

    `curve` holds (epoch, training loss, validation loss or None); `best` is the epoch whose weights were kept; `seed`
    the one it started from; `dead` the seeds given up before it, each with its share of zeros.
    """

    network: Network
    curve: List[Tuple[int, float, Optional[float]]]
    best: int
    seed: int
    dead: List[Tuple[int, float]]


class DeadHead(Exception):
    """The head of these parameters answers 0 almost everywhere: for `share` of the rows."""

    def __init__(self, share: float, parameters: Parameters):
        super().__init__("dead head")
        self.share, self.parameters = share, parameters


def train(data: Data, valid: Optional[Data], recipe: Recipe, seed: int, device: str, progress: Progress) -> Trained:
    """Train one network; a dead one is started again from the next seed.

    Parameters
    ----------
    valid : rows for early stopping; None trains all epochs.
    device : 'cpu' or 'cuda'.

    Raises
    ------
    InputError
        If every start is dead and the recipe does not keep the last one.
    Cancelled
        Between two batches.
    """
    dead: List[Tuple[int, float]] = []
    with torch_threads(thread_count(recipe.hidden)):
        for attempt in range(STARTS):
            try:
                return _train(data, valid, recipe, next_seed(seed, attempt), device, progress, dead)
            except DeadHead as found:
                dead.append((next_seed(seed, attempt), found.share))
                if recipe.keep_dead and attempt == STARTS - 1:
                    return Trained(to_network(found.parameters, recipe.head), [], 0, dead[-1][0], dead[:-1])
    raise InputError(
        "A network of {} x {} with a ReLU head answered 0 for {:.0f} % of its {:,} training rows in each of {} starts: "
        "it cannot learn from these samples. Use the preset 'robust', whose head is linear.".format(
            recipe.layers, recipe.hidden, 100 * dead[-1][1], len(data), STARTS
        )
    )


def next_seed(seed: int, attempt: int) -> int:
    """Seed of the start after `attempt` dead ones: the seed itself first, then far from it, below 2**31."""
    return (int(seed) + 1_000_003 * attempt) % 2**31


def batch_size(rows: int, recipe: Recipe) -> int:
    """Rows per step."""
    if recipe.steps_per_epoch:
        return int(min(recipe.batch, max(16, rows // recipe.steps_per_epoch)))
    return min(recipe.batch, rows)


class _Tensors:
    """The rows on the device, with the target as the loss reads it."""

    def __init__(self, data: Data, shift: float, scale: float, device: str):
        import torch

        self.x = torch.from_numpy(np.ascontiguousarray(data.x, dtype=np.float32)).to(device)
        self.y = torch.from_numpy(((data.y - shift) / scale).astype(np.float32)).to(device)
        self.weight = None
        if data.weight is not None:
            mean_one = data.weight / data.weight.mean()
            self.weight = torch.from_numpy(mean_one.astype(np.float32)).to(device)


def _train(data, valid, recipe: Recipe, seed: int, device: str, progress: Progress, dead) -> Trained:
    import torch

    shift, scale = _standard(data) if recipe.standardise else (0.0, 1.0)
    rows = _Tensors(data, shift, scale, device)
    held = None if valid is None else _Tensors(valid, shift, scale, device)
    steps = data.x.shape[1] if data.x.ndim == 3 else 1
    start = start_parameters(data.x.shape[-1], recipe.layers, recipe.hidden, steps, seed, device)
    _require_alive(start, rows, recipe)
    kind = FoldedSteps if steps == 1 else SequenceSteps
    trainer = kind(start, recipe.head, recipe.loss, recipe.rate, recipe.decay, batch_size(len(data), recipe))
    shuffle = torch.Generator().manual_seed(seed)
    stop, report = _Stopper(recipe, trainer), _Reporter(progress, recipe)
    curve: List[Tuple[int, float, Optional[float]]] = []
    for epoch in range(1, recipe.epochs + 1):
        fitted = _epoch(trainer, rows, recipe, shuffle, report.of(epoch))
        _require_finite(fitted, epoch, recipe)
        curve.append((epoch, fitted, None if held is None else _held_loss(trainer.parameters, held, recipe)))
        if stop.after(*curve[-1]):
            break
        # A head can also die on the way: then the epochs that are left would be wasted.
        _require_alive(trainer.parameters, rows, recipe)
    best = stop.restore() or len(curve)
    _require_alive(trainer.parameters, rows, recipe)
    return Trained(to_network(trainer.parameters, recipe.head, shift, scale), curve, best, seed, list(dead))


def _standard(data: Data) -> Tuple[float, float]:
    """Mean and standard deviation of the target; 1 for the latter where it is 0."""
    mean = float(np.average(data.y, weights=data.weight))
    return mean, float(np.sqrt(np.average((data.y - mean) ** 2, weights=data.weight))) or 1.0


def _epoch(trainer: Any, rows: _Tensors, recipe: Recipe, shuffle: Any, report: Any) -> float:
    """One pass over the shuffled rows; its mean loss."""
    import torch

    count = len(rows.y)
    batch = batch_size(count, recipe)
    order = torch.randperm(count, generator=shuffle).to(rows.x.device)
    x, y = rows.x[order], rows.y[order]
    weight = None if rows.weight is None else rows.weight[order]
    total = torch.zeros((), device=x.device)
    for start in range(0, count, batch):
        part = slice(start, start + batch)
        total += trainer.step(x[part], y[part], None if weight is None else weight[part])
        report(min(1.0, (start + batch) / count))
    return float(total) / count


def _held_loss(parameters: Parameters, held: _Tensors, recipe: Recipe) -> float:
    """Mean loss of the validation rows."""
    import torch

    total = 0.0
    with torch.no_grad():
        for start in range(0, len(held.y), _FORWARD_ROWS):
            part = slice(start, start + _FORWARD_ROWS)
            sums = forward(parameters, held.x[part])
            # The clamp of the linear head is left out, as in training.
            losses = row_losses((sums.relu() if recipe.head == RELU else sums) - held.y[part], recipe.loss).double()
            total += float((losses if held.weight is None else losses * held.weight[part]).sum())
    return total / len(held.y)


def _require_finite(loss: float, epoch: int, recipe: Recipe) -> None:
    if not np.isfinite(loss):
        raise InputError(
            "Training diverged in epoch {} (loss {}). Use a smaller learning rate than {:g}.".format(
                epoch, loss, recipe.rate
            )
        )


def _require_alive(parameters: Parameters, rows: _Tensors, recipe: Recipe) -> None:
    """Raise `DeadHead` if a ReLU head answers 0 almost everywhere though the target is not 0 there."""
    import torch

    if recipe.head != RELU:
        return
    stride = max(1, len(rows.y) // _LOOKED_AT)
    x, y = rows.x[::stride], rows.y[::stride]
    zeros = 0
    with torch.no_grad():
        for start in range(0, len(y), _FORWARD_ROWS):
            zeros += int((forward(parameters, x[start : start + _FORWARD_ROWS]) <= 0).sum())
    share = zeros / len(y)
    if share > DEAD_SHARE and float((y <= 0).float().mean()) <= DEAD_SHARE:
        raise DeadHead(share, parameters)


class _Stopper:
    """Keeps the best weights on the validation rows, slows the learning rate down, and says when to stop."""

    def __init__(self, recipe: Recipe, trainer: Any):
        self._patience, self._trainer = recipe.patience, trainer
        self._slower_after = max(1, int(round(recipe.patience * _SLOWER_AFTER)))
        self._best: Optional[float] = None
        self._best_epoch = self._slowed = 0
        self._kept: Any = None

    def after(self, epoch: int, fitted: float, held: Optional[float]) -> bool:
        """True to stop after this epoch."""
        if not self._patience or held is None:
            return False
        if self._best is None or held < self._best * (1 - _GAIN):
            self._best, self._best_epoch, self._kept = held, epoch, self._trainer.state()
        if epoch - max(self._best_epoch, self._slowed) >= self._slower_after:
            self._slowed = epoch
            self._trainer.rate *= _SLOWER_BY
        return epoch - self._best_epoch >= self._patience

    def restore(self) -> int:
        """Put the best weights back; their epoch, 0 if there is none."""
        if self._kept is not None:
            self._trainer.restore(self._kept)
        return self._best_epoch


class _Reporter:
    """Tells how far the training is, a few times a second, and looks at the cancel button at every batch."""

    def __init__(self, progress: Progress, recipe: Recipe):
        self._progress, self._epochs = progress, recipe.epochs
        self._last, self._epoch = 0.0, 1

    def of(self, epoch: int) -> "_Reporter":
        """The same, in this epoch."""
        self._epoch = epoch
        return self

    def __call__(self, done: float) -> None:
        check_cancelled(self._progress)
        now = time.monotonic()
        if now - self._last >= _REPORT_SECONDS:
            self._last = now
            self._progress.update((self._epoch - 1 + done) / self._epochs)
