"""How the density within levels is learnt: the options and their presets."""

from dataclasses import dataclass, field, replace
from typing import Any

from .catboost_models import REGULARISED, BoostOptions
from .errors import InputError
from .level_density_model import AVERAGE, CATBOOST, FORMS, NETWORK
from .level_thresholds import MERGE, SMALL_LEVELS
from .rnn import PUBLISHED as PUBLISHED_NETWORK
from .rnn import ROBUST as ROBUST_NETWORK
from .rnn import NetworkOptions

PUBLISHED, ROBUST = "published", "robust"
#: The first is the default.
PRESETS = (ROBUST, PUBLISHED)
#: What the robust preset trains per level.
ROBUST_FORM = AVERAGE


@dataclass(frozen=True)
class DensityOptions:
    """How the density within levels is learnt; see `density_options` for the presets.

    Parameters
    ----------
    form : 'network', 'catboost' or 'average' of both.
    network, boost : how networks and CatBoost regressors are trained; `few_boost` is used for levels of fewer than
        `few_rows` samples, where rows held out to stop early would say nothing.
    few_members : networks of a level of fewer than `members_rows` samples, averaged; each holds other rows out, so that
        nearly every row is learnt from.
    min_samples, small : fewest samples of a level; with fewer it is merged with a neighbour ('merge') or refused.
    folds : folds of a cross-validation, in whole spatial blocks where the samples have them; 0: none.
    device : 'auto', 'cpu' or 'cuda', for the networks.
    """

    preset: str = ROBUST
    form: str = ROBUST_FORM
    network: NetworkOptions = ROBUST_NETWORK
    boost: BoostOptions = field(
        default_factory=lambda: BoostOptions(300, 6, 0.1, patience=60, one_hot=64, more=REGULARISED)
    )
    few_boost: BoostOptions = field(
        default_factory=lambda: BoostOptions(200, 6, 0.05, one_hot=64, more={**REGULARISED, "l2_leaf_reg": 10.0})
    )
    few_rows: int = 500
    few_members: int = 4
    members_rows: int = 2000
    min_samples: int = 30
    small: str = MERGE
    folds: int = 0
    device: str = "auto"
    seed: int = 42

    @property
    def uses_network(self) -> bool:
        """True if networks are trained."""
        return self.form != CATBOOST

    @property
    def uses_boost(self) -> bool:
        """True if CatBoost regressors are trained."""
        return self.form != NETWORK

    def check(self) -> None:
        """Raise `InputError` for words and numbers that mean nothing."""
        for name, value, words in (
            ("preset", self.preset, PRESETS), ("form", self.form, FORMS),
            ("treatment of small levels", self.small, SMALL_LEVELS),
        ):  # fmt: skip
            if value not in words:
                raise InputError("'{}' is no {}. Choose one of: {}.".format(value, name, ", ".join(words)))
        if self.folds < 0 or self.folds == 1:
            raise InputError("Cross-validation needs at least 2 folds, or 0 for none; got {}.".format(self.folds))


def density_options(preset: str = ROBUST, seed: int = 42, **changes: Any) -> DensityOptions:
    """Options of a preset, with changes by name; one of `None` keeps the preset's value.

    Names are those of `DensityOptions` and, for the networks, those of `rnn.NetworkOptions`; `layers` and `hidden`
    together fix the size. `iterations`, `depth` and `threads` are CatBoost's; `iterations` is a limit, which never
    raises the number of trees of small levels.

    Raises
    ------
    InputError
        Unknown preset; only one of layers and hidden.
    """
    if preset not in PRESETS:
        raise InputError("'{}' is no preset. Choose one of: {}.".format(preset, ", ".join(PRESETS)))
    given = {name: value for name, value in changes.items() if value is not None}
    options = DensityOptions(seed=seed)
    if preset == PUBLISHED:
        options = DensityOptions(PUBLISHED, NETWORK, PUBLISHED_NETWORK, few_members=1, seed=seed)
    if "members" in given:
        given["few_members"] = given["members"]
    size = tuple(int(given.pop(name)) for name in ("layers", "hidden") if name in given)
    if len(size) == 1:
        raise InputError("Give both the number of layers and their width, or neither.")
    of_network = {name: given.pop(name) for name in list(given) if name in NetworkOptions.__dataclass_fields__}
    of_boost = {name: given.pop(name) for name in ("iterations", "depth", "threads") if name in given}
    if size:
        of_network["sizes"] = (size,)
    network, boost = replace(options.network, **of_network), replace(options.boost, seed=seed, **of_boost)
    few = replace(options.few_boost, seed=seed, **of_boost)
    few = replace(few, iterations=min(few.iterations, options.few_boost.iterations))
    return replace(options, network=network, boost=boost, few_boost=few, **given)
