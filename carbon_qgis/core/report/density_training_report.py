"""Report page of the training of the density within levels."""

from dataclasses import replace
from typing import Dict, List, Optional, Tuple

from ..coupled_reliability import Reliability
from ..level_density import AVERAGE, CATBOOST, NETWORK, DensityFit
from ..level_density_scores import ALL, COUPLED
from ..level_density_training import CurvePoint
from ..validation import FIT, HELD_OUT, AccuracyMetrics
from . import style
from .levels_figures import learning_curve
from .metric_tables import comparison_for_reading
from .page import Page

REFERENCES = (
    "Elman, J. L. (1990). Finding structure in time. Cognitive Science 14, 179-211.",
    "Kingma, D. P. & Ba, J. (2015). Adam: a method for stochastic optimization. International Conference on Learning "
    "Representations.",
    "Loshchilov, I. & Hutter, F. (2019). Decoupled weight decay regularization. International Conference on Learning "
    "Representations.",
    "Prokhorenkova, L., Gusev, G., Vorobev, A., Dorogush, A. V. & Gulin, A. (2018). CatBoost: unbiased boosting with "
    "categorical features. Advances in Neural Information Processing Systems 31, 6638-6648.",
)
_SHOWN = ("n", "r", "R2", "MAE", "RMSE", "bias", "NRMSE")
_FORMS = {
    NETWORK: "{}",
    CATBOOST: "a CatBoost regressor",
    AVERAGE: "{} and a CatBoost regressor, half each,",
}
_MOST_CURVES = 12


def density_training_page(fit: DensityFit, reliability: Optional[Reliability] = None) -> Page:
    """The page of one training."""
    model = fit.model
    of = " ".join(text for text in (model.pool or "", str(model.year or "")) if text)
    page = Page("Carbon density within levels: model", of)
    _leads(page, fit)
    page.notes(fit.notes + (reliability.notes if reliability else []))
    _accuracy(page, fit)
    _training(page, fit)
    if reliability is not None:
        _reliability(page, reliability, model.unit)
    _method(page, fit)
    return page


def _by_set(fit: DensityFit) -> Dict[Tuple[str, str], List[Tuple[str, AccuracyMetrics]]]:
    """Scores by label and scheme, in their order."""
    found: Dict[Tuple[str, str], List[Tuple[str, AccuracyMetrics]]] = {}
    for name, metrics in fit.scores:
        found.setdefault((metrics.label, metrics.scheme), []).append((name, metrics))
    return found


def _leads(page: Page, fit: DensityFit) -> None:
    model = fit.model
    page.lead(
        "In each of {} levels of carbon density, {} tells the density from {} drivers{}.".format(
            len(model.names), _FORMS[model.form].format(_networks(fit)), len(model.drivers),
            " at {} steps of time".format(model.steps) if model.steps > 1 else "",
        )
    )  # fmt: skip
    held = next((scores for (label, _), scores in _by_set(fit).items() if label == HELD_OUT), None)
    if held is None:
        page.warning(
            "No samples were held out: the accuracy below is that of the samples that the models learnt from, and says "
            "nothing of other places. Mark some samples as 'test', or ask for a cross-validation."
        )
    fitted = dict(next(scores for (label, _), scores in _by_set(fit).items() if label == FIT))
    if held is not None:
        levels = [(name, metrics) for name, metrics in held if name in model.names]
        page.lead(
            "On samples that were held out ({}), the models explain within the levels: {}. A value of 0 or below says "
            "that the mean of the level does as well.".format(
                held[0][1].scheme,
                ", ".join("{} R² {}".format(name, _two(metrics.r_squared)) for name, metrics in levels),
            )
        )
        page.key_figure("RMSE, level known (held-out)", dict(held)[ALL].rmse, model.unit)
        if COUPLED in dict(held):
            page.key_figure("R², level predicted (held-out)", _two(dict(held)[COUPLED].r_squared))
    page.key_figure("RMSE, level known (fit)", fitted[ALL].rmse, model.unit)
    page.key_figure("Training samples", fitted[ALL].n)


def _networks(fit: DensityFit) -> str:
    """How many networks answer in a level: small levels may have more of them than the others."""
    counts = sorted({len(group.networks) for group in fit.model.groups if group.networks})
    words = ["a network" if count == 1 else "the mean of {} networks".format(count) for count in counts]
    if len(words) < 2:
        return (words or ["a network"])[0]
    return "{} ({} in levels of fewer than {:,} samples)".format(words[0], words[1], fit.options.members_rows)


def _accuracy(page: Page, fit: DensityFit) -> None:
    page.section("How well the density is told")
    page.paragraph(
        "The level of a sample is taken as known, so these numbers are of the density within the level. Over all "
        "levels together R² is then high by itself, because the level says most of the density: judge by the rows per "
        "level and by the RMSE. A map has to predict the level too; the rows 'levels predicted' (with a "
        "cross-validation) and 'Assess the accuracy of a carbon density' show what comes of both."
    )
    for (label, scheme), scores in _by_set(fit).items():
        title = "Accuracy, {}: {}".format(label, scheme)
        shown = {name: replace(metrics, scheme="") for name, metrics in scores}  # it is in the title
        page.table(comparison_for_reading(shown, fit.model.unit, "levels", title, _SHOWN))


def _training(page: Page, fit: DensityFit) -> None:
    page.section("Training")
    if fit.sizes:
        page.table(fit.sizes_table)
    curves: Dict[Tuple[str, str, int], List[CurvePoint]] = {}
    for point in fit.curves:
        curves.setdefault((point.group, point.model, point.member), []).append(point)
    for (group, model, member), points in list(curves.items())[:_MOST_CURVES]:
        page.figure(
            _figure(points, model),
            "Loss curve, level '{}', {}{}".format(group, model, ", member {}".format(member) if member > 1 else ""),
            _caption(fit, model, points[0].held_out is not None),
            slug="curve-{}-{}-{}".format(group, model.split(" ")[0], member),
        )  # fmt: skip
    if len(curves) > _MOST_CURVES:
        page.paragraph("{} more curves are in the table of loss curves.".format(len(curves) - _MOST_CURVES))


def _figure(points: List[CurvePoint], model: str):
    held = [point.held_out for point in points]
    best = None
    if held[0] is not None:
        best = points[min(range(len(points)), key=lambda i: held[i])].step
    return learning_curve(
        {
            "rows learnt from": [point.training for point in points],
            "rows held out": None if held[0] is None else held,
        },
        best, quantity="Loss", step="Trees" if model == CATBOOST else "Epochs",
    )  # fmt: skip


def _caption(fit: DensityFit, model: str, held_out: bool) -> str:
    if model == CATBOOST:
        return "Root mean squared error of the relative density. " + (
            "The model was then trained on all rows of the level with the number of trees kept."
            if held_out else "No rows were held out: all trees were kept."
        )
    loss = {"l1": "Mean absolute error", "mse": "Mean squared error", "huber": "Huber loss"}[fit.options.network.loss]
    of = "standardised" if fit.options.network.scaling == "standard" else "relative"
    kept = " The weights of the best epoch were kept." if held_out else ""
    return "{} of the {} density.{}".format(loss, of, kept)


def _reliability(page: Page, reliability: Reliability, unit: str) -> None:
    page.section("How far the models can be trusted")
    page.paragraph(
        "The model file holds an area of applicability ({:,} training points; {}): places whose drivers are farther "
        "from all of them than {} times the mean distance between two lie outside.".format(
            len(reliability.applicability.points), reliability.scheme, _two(reliability.applicability.threshold)
        )
    )
    conformal = reliability.conformal
    if conformal is not None:
        page.paragraph(
            "It also holds prediction intervals for {:.0%} of new cells, from {:,} residuals of models that had not "
            "seen the rows; their mean width is {} {}.".format(
                conformal.level, conformal.rows, style.number(conformal.mean_width, 4), style.pretty_unit(unit)
            )
        )


def _method(page: Page, fit: DensityFit) -> None:
    options, network = fit.options, fit.options.network
    page.method(
        "Per level of the level model the relative density (0 at Bmin of the level, 1 at Bmax) is learnt from the "
        "samples of that level alone (Xinjiang paper, section 2.3, equation 2)."
    )
    if options.uses_network:
        page.method(
            "Network: the form of torch.nn.RNN with {}, a {} head, {} loss, Adam with learning rate {:g}, batches of "
            "up to {:,}, at most {:,} epochs, drivers {}, class codes as one column each, seed {}. {}".format(
                "a choice of sizes" if len(network.sizes) > 1 else "{} layers of {}".format(*network.sizes[0]),
                {"relu": "ReLU", "linear": "linear"}[network.head], network.loss.upper(), network.rate, network.batch,
                network.epochs, "scaled to 0–1" if network.scaling == "minmax" else "standardised", options.seed,
                _steps_text(fit),
            ),
            REFERENCES[:3],
        )  # fmt: skip
    if options.uses_boost:
        boost, few = options.boost, options.few_boost
        page.method(
            "CatBoost: at most {:,} trees of depth {}, learning rate {:g}, the number chosen on rows held out; in "
            "levels of fewer than {:,} samples, where rows held out would say little, {:,} trees of depth {}, "
            "learning rate {:g}, without a choice.".format(
                boost.iterations, boost.depth, boost.learning_rate, options.few_rows, few.iterations, few.depth,
                few.learning_rate,
            ),
            REFERENCES[3:],
        )  # fmt: skip


def _steps_text(fit: DensityFit) -> str:
    if fit.model.steps > 1:
        return "The network reads the {} steps in time order.".format(fit.model.steps)
    return (
        "With one step of time and a hidden state of 0 the recurrent weights never act: the network is a feed-forward "
        "one with tanh, and is trained and used in that form."
    )


def _two(value: Optional[float]) -> str:
    return style.MISSING if value is None else style.fixed(value, 2)
