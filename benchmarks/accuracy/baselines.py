"""The models beside the coupled one, on `Samples`: class means, ridge, random forest, CatBoost regression."""

import numpy as np

from carbon_qgis.core.samples import Samples


def class_means(data, train: Samples, features: np.ndarray, seed: int):
    """Mean of the training rows of the same class; the mean of all where a class has no training row."""
    codes, wanted = data.classes(train.features), data.classes(features)
    out = np.full(len(wanted), train.target.mean())
    for code in np.unique(codes):
        out[wanted == code] = train.target[codes == code].mean()
    return out, {}


def ridge(data, train: Samples, features: np.ndarray, seed: int):
    """Ridge on standardised drivers and 0/1 columns of the classes; penalty by leave-one-out on the training rows."""
    from sklearn.linear_model import RidgeCV

    known, wanted = one_hot(train), one_hot(train, features)
    mean, spread = known.mean(axis=0), known.std(axis=0)
    spread[spread == 0] = 1.0
    model = RidgeCV(np.logspace(-3, 4, 15)).fit((known - mean) / spread, train.target)
    return model.predict((wanted - mean) / spread), {"alpha": float(model.alpha_)}


def forest(data, train: Samples, features: np.ndarray, seed: int):
    """80 trees, leaf 5, half the features per split. Codes of classes are read as numbers."""
    from sklearn.ensemble import RandomForestRegressor

    model = RandomForestRegressor(80, min_samples_leaf=5, max_features=0.5, random_state=seed, n_jobs=1)
    return model.fit(train.features, train.target).predict(features), {}


def catboost(data, train: Samples, features: np.ndarray, seed: int):
    """CatBoost's own defaults (1000 iterations, depth 6, automatic learning rate); classes are given as such."""
    from catboost import CatBoostRegressor

    columns = [i for i, driver in enumerate(train.drivers) if driver.categorical]
    model = CatBoostRegressor(
        random_seed=seed, thread_count=1, logging_level="Silent", allow_writing_files=False, cat_features=columns
    )
    model.fit(_frame(train.features, columns), train.target)
    return model.predict(_frame(features, columns)), {"iterations": int(model.tree_count_)}


def one_hot(train: Samples, features: np.ndarray = None) -> np.ndarray:
    """Drivers with a 0/1 column per class of the training rows in place of each code."""
    values = train.features if features is None else features
    columns = []
    for i, driver in enumerate(train.drivers):
        codes = np.unique(train.features[:, i]) if driver.categorical else None
        columns.append(values[:, [i]] if codes is None else (values[:, [i]] == codes).astype(float))
    return np.hstack(columns)


def _frame(features: np.ndarray, categorical):
    import pandas as pd

    frame = pd.DataFrame(features, columns=[str(i) for i in range(features.shape[1])])
    for i in categorical:
        frame[str(i)] = frame[str(i)].astype(int)
    return frame
