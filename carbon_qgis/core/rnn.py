"""RNN of the density within a level (Xinjiang paper, eq. 2): presets, choice of the size, several members.

A network reads encoded drivers and answers the relative density: 0 at the lower bound of the level, 1 at the upper.
"""

from dataclasses import dataclass, field, replace
from typing import List, Optional, Sequence, Tuple

import numpy as np

from .errors import InputError
from .memory import require_memory
from .network_inputs import MINMAX, SCALINGS, STANDARD
from .network_steps import HUBER, L1, LOSSES, MSE
from .network_training import Data, Recipe, Trained, batch_size, next_seed, train
from .network_weights import HEADS, LINEAR, MAX_HIDDEN, MAX_LAYERS, RELU, Network
from .progress import Part, Progress, Silent

__all__ = ["HUBER", "L1", "MSE", "PUBLISHED", "PUBLISHED_SMALL", "ROBUST", "NetworkFit", "NetworkOptions",
           "check_options", "fit_network", "holds_out"]  # fmt: skip

#: Most epochs where nothing tells when to stop.
BLIND_EPOCHS = 60


@dataclass(frozen=True)
class NetworkOptions:
    """How the networks of a model are trained.

    Parameters
    ----------
    sizes : (layers, hidden) to choose from, smallest first; one is taken as it is.
    head : 'relu', as published, or 'linear', clamped to the range of the level.
    loss : 'l1', 'mse' or 'huber'.
    scaling : 'minmax' or 'standard', of the drivers; with 'standard' the target is standardised too.
    epochs, batch, rate : passes over the rows, rows per step, learning rate of Adam.
    steps_per_epoch : at least so many steps per epoch, by smaller batches for few rows; 0 keeps the batch.
    patience : epochs without a better validation loss after which training stops; 0: no validation, all epochs.
    decay : weight decay.
    members : networks per level, averaged; each holds out other rows for early stopping.
    weighted : use the samples' weights in the loss.
    keep_dead : take the last start where every one is dead, as the published script does, instead of refusing.
    """

    sizes: Tuple[Tuple[int, int], ...]
    head: str
    loss: str
    scaling: str
    epochs: int
    batch: int
    rate: float = 1e-3
    steps_per_epoch: int = 0
    patience: int = 0
    decay: float = 0.0
    members: int = 1
    weighted: bool = False
    #: Not shown, because it changes nothing where a network can be trained.
    keep_dead: bool = field(default=False, repr=False)

    def recipe(self, layers: int, hidden: int) -> Recipe:
        """How a network of one size is trained."""
        return Recipe(
            layers, hidden, self.head, self.loss, self.scaling == STANDARD, self.epochs, self.batch, self.rate,
            self.steps_per_epoch, self.patience, self.decay, self.keep_dead,
        )  # fmt: skip


#: The script that came with the paper: 5 layers of 512, ReLU head, L1, Adam 1e-3, batches of 500, 100 epochs, min-max.
PUBLISHED = NetworkOptions(((5, 512),), RELU, L1, MINMAX, 100, 500)
#: The same with the size of the weights that were released.
PUBLISHED_SMALL = replace(PUBLISHED, sizes=((4, 256),))
#: The default: standardised drivers and target, squared error, linear head, early stopping, smallest sufficient size.
ROBUST = NetworkOptions(
    ((1, 32), (2, 32), (2, 64)), LINEAR, MSE, STANDARD, 200, 512, 2e-3, steps_per_epoch=25, patience=15, decay=1e-4
)


@dataclass
class NetworkFit:
    """The networks of one level: its members, their training, and the sizes that were tried.

    `sizes` holds (layers, hidden, validation loss or None); `notes` what a user should know.
    """

    members: List[Trained]
    layers: int
    hidden: int
    sizes: List[Tuple[int, int, Optional[float]]]
    notes: List[str] = field(default_factory=list)

    @property
    def networks(self) -> Tuple[Network, ...]:
        """The trained networks; their answers are averaged."""
        return tuple(trained.network for trained in self.members)


def check_options(options: NetworkOptions, shape: Tuple[int, ...]) -> None:
    """Raise `InputError` for options that cannot be trained, and for sizes that do not fit into memory.

    Parameters
    ----------
    shape : of the encoded rows, (n, d) or (n, T, d).
    """
    from .network_torch import memory_needed

    for name, value, words in (
        ("loss", options.loss, LOSSES), ("head", options.head, HEADS), ("scaling", options.scaling, SCALINGS)
    ):  # fmt: skip
        if value not in words:
            raise InputError("'{}' is no {}. Choose one of: {}.".format(value, name, ", ".join(words)))
    if min(options.epochs, options.batch, options.members, len(options.sizes)) < 1 or not 0 < options.rate < 1:
        raise InputError(
            "A network needs at least one epoch, one row per batch, one member and one size, and a learning rate "
            "between 0 and 1; got {} epochs, batches of {}, {} members, {} sizes, rate {:g}.".format(
                options.epochs, options.batch, options.members, len(options.sizes), options.rate
            )
        )
    for layers, hidden in options.sizes:
        if not (1 <= layers <= MAX_LAYERS and 1 <= hidden <= MAX_HIDDEN):
            raise InputError(
                "A network of {} layers of {} is out of reach: 1 to {} layers of 1 to {} are possible.".format(
                    layers, hidden, MAX_LAYERS, MAX_HIDDEN
                )
            )
        batch = batch_size(shape[0], options.recipe(layers, hidden))
        require_memory(
            memory_needed(shape, layers, hidden, batch),
            "Training a network of {} x {} on {:,} samples in batches of {:,}".format(layers, hidden, shape[0], batch),
            "Use fewer or narrower layers, smaller batches or fewer samples.",
        )


def holds_out(options: NetworkOptions) -> bool:
    """True if rows are held out, to stop early or to choose a size."""
    return bool(options.patience) or len(options.sizes) > 1


def fit_network(
    data: Data,
    options: NetworkOptions,
    seed: int,
    held: Sequence[Optional[np.ndarray]] = (),
    device: str = "cpu",
    progress: Optional[Progress] = None,
) -> NetworkFit:
    """Train the network, or the members, of one level.

    Parameters
    ----------
    data : n rows; the target is relative density, 0–1.
    held : per member (n,) True for the rows that stop it early, or None to train on all; the first also chooses the
        size. Only read where `holds_out`.
    device : 'cpu' or 'cuda'.

    Raises
    ------
    InputError
        No start that is alive; training that diverges.
    Cancelled
    """
    progress = progress or Silent()
    masks = list(held) if holds_out(options) else []
    masks += [None] * (options.members - len(masks))
    spans = len(options.sizes) + options.members - 1
    done = 0

    def one(layers: int, hidden: int, mask: Optional[np.ndarray], own: int) -> Trained:
        nonlocal done
        part = Part(progress, (done / spans, (done + 1) / spans))
        done += 1
        return _train_one(data, mask, options.recipe(layers, hidden), own, device, part)

    # Without rows held out nothing can be compared: the middle size, and no training of the others.
    sizes = options.sizes if masks[0] is not None else options.sizes[len(options.sizes) // 2 :][:1]
    fits = [one(layers, hidden, masks[0], seed) for layers, hidden in sizes]
    errors = [None if masks[0] is None else _row_errors(fit.network, data, masks[0], options.loss) for fit in fits]
    chosen = _smallest_not_worse(errors)
    members = [fits[chosen]]
    for number in range(1, options.members):
        members.append(one(*sizes[chosen], masks[number], next_seed(seed, 1000 * number)))
    tried = [(size[0], size[1], None if e is None else float(e.mean())) for size, e in zip(sizes, errors)]
    return NetworkFit(members, *sizes[chosen], tried, _dead_notes(members))


def _train_one(data: Data, held: Optional[np.ndarray], recipe: Recipe, seed: int, device: str, progress) -> Trained:
    if held is None:
        # No early stopping, and fewer epochs then.
        epochs = min(recipe.epochs, BLIND_EPOCHS) if recipe.patience else recipe.epochs
        return train(data, None, replace(recipe, patience=0, epochs=epochs), seed, device, progress)
    return train(_take(data, ~held), _take(data, held), recipe, seed, device, progress)


def _take(data: Data, rows: np.ndarray) -> Data:
    return Data(data.x[rows], data.y[rows], None if data.weight is None else data.weight[rows])


def _row_errors(network: Network, data: Data, held: np.ndarray, loss: str) -> np.ndarray:
    """Error of every validation row, as the loss counts it; weighted rows count by their weight."""
    error = np.abs(network.predict(data.x[held]).astype(np.float64) - data.y[held])
    error = error if loss == L1 else error**2
    return error if data.weight is None else error * data.weight[held] / data.weight[held].mean()


def _smallest_not_worse(errors: List[Optional[np.ndarray]]) -> int:
    """Index of the smallest size whose error is within one standard error of the best (paired by row)."""
    if errors[0] is None:
        return 0
    means = [float(error.mean()) for error in errors]
    best = int(np.argmin(means))
    for index, error in enumerate(errors):
        difference = error - errors[best]
        if difference.mean() <= difference.std() / np.sqrt(len(difference)):
            return index
    return best


def _dead_notes(members: List[Trained]) -> List[str]:
    notes = []
    for trained in members:
        if trained.dead:
            seeds = ", ".join("{} ({:.0f} % zeros)".format(seed, 100 * share) for seed, share in trained.dead)
            notes.append(
                "{} start(s) of the network had a dead ReLU head and were given up: seed {}. It was trained from seed "
                "{}.".format(len(trained.dead), seeds, trained.seed)
            )
    return notes
