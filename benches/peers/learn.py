"""The fits of a learned scorecard in scikit-learn, on one thread. Reads the shape as JSON, prints seconds and the log-loss.

Frozen: what is measured against this must not change with it. Numbers in at most 8 quantile bins, levels with fewer than 20 rows
pooled, one-hot, L2 with the intercept free. A fit chooses among four penalties on five inner folds of 20,000 rows at most. Five folds of
the first 20,000 rows are predicted, then all rows are fitted: the fits of ours, which looks for leaks and splits by time besides.
"""

import csv
import json
import sys
import time

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

case = json.load(sys.stdin)
with open(case["file"], newline="") as file:
    rows = list(csv.DictReader(file))
outcome = np.array([row["won"] == "Yes" for row in rows])
columns = [name for name in rows[0] if name not in ("id", "won")]
numeric = {name: name.startswith("n") for name in columns}
values = {name: np.array([row[name] for row in rows], dtype=float if numeric[name] else object) for name in columns}
FOLDS, MOST = 5, 20_000


def bins(train):
    """Per column what places a row; learned from the rows of `train`."""
    learned = {}
    for name in columns:
        if numeric[name]:
            learned[name] = np.unique(np.quantile(values[name][train], np.linspace(0, 1, 9)[1:-1]))
        else:
            levels, counts = np.unique(values[name][train], return_counts=True)
            learned[name] = {level: at + 1 for at, level in enumerate(levels[counts >= 20])}
    return learned


def design(learned, rows):
    places, width = [], 0
    for name in columns:
        if numeric[name]:
            place, size = np.searchsorted(learned[name], values[name][rows], side="left"), len(learned[name]) + 1
        else:
            place, size = np.array([learned[name].get(level, 0) for level in values[name][rows]]), len(learned[name]) + 1
        places.append(place + width)
        width += size
    indices = np.stack(places, axis=1).ravel()
    starts = np.arange(0, len(indices) + 1, len(columns))
    return csr_matrix((np.ones(len(indices)), indices, starts), shape=(len(rows), width)).toarray()


def fit(x, y, penalty):
    # The fastest of its solvers for many rows and few columns.
    return LogisticRegression(C=1 / penalty, solver="newton-cholesky", max_iter=200).fit(x, y)


def loss(model, x, y):
    p = np.clip(model.predict_proba(x)[:, 1], 1e-12, 1 - 1e-12)
    return -np.mean(np.where(y, np.log(p), np.log(1 - p)))


def chosen(train):
    """A fit to all of `train`, and its bins."""
    sample = train[:MOST]
    inner = np.arange(len(sample)) % FOLDS
    losses = {penalty: 0.0 for penalty in (1, 10, 100, 1000)}
    for fold in range(FOLDS):
        known, held = sample[inner != fold], sample[inner == fold]
        learned = bins(known)
        x, z = design(learned, known), design(learned, held)
        for penalty in losses:
            losses[penalty] += loss(fit(x, outcome[known], penalty), z, outcome[held]) * len(held)
    learned = bins(train)
    return learned, fit(design(learned, train), outcome[train], min(losses, key=losses.get))


def learn():
    validated = np.arange(min(len(rows), MOST))
    sums = 0.0
    for fold in range(FOLDS):
        learned, model = chosen(validated[validated % FOLDS != fold])
        held = validated[validated % FOLDS == fold]
        sums += loss(model, design(learned, held), outcome[held]) * len(held)
    chosen(np.arange(len(rows)))
    return sums / len(validated)


begin = time.perf_counter()
found = learn()
print(json.dumps({"seconds": time.perf_counter() - begin, "logLoss": found}))
