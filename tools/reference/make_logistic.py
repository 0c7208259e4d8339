"""logistic.json: scikit-learn's multinomial logistic regression on filled features, for a solver of the same convex problem."""
import warnings

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression

import fill
import golden

CLASSES, TRAIN, TEST, DIM = 3, 60, 10, 8
TOLERANCE = 1e-7
STRENGTHS = [0.01, 0.1, 1.0, 10.0, 100.0]


def features(name, count):
    """Noise of unit variance plus half the center of the class; row i has class i mod 3."""
    labels = np.arange(count) % CLASSES
    centers = 0.5 * fill.inputs("logistic.centers", (CLASSES, DIM))
    return (fill.inputs(f"logistic.{name}", (count, DIM)) + centers[labels]).double().numpy(), labels


def objective(model, x, y, strength):
    """C times the summed cross-entropy plus half the squared norm of the weights; the intercepts are free."""
    chosen = model.predict_log_proba(x)[np.arange(len(y)), y]
    return float(-strength * chosen.sum() + 0.5 * (model.coef_ ** 2).sum())


def hold_minimum(model, x, y, strength):
    """The objective's gradient vanishes; it is at least 1-strongly convex in the weights, so they are this close to the minimum."""
    residual = strength * (model.predict_proba(x) - np.eye(CLASSES)[y])
    gradient = np.concatenate([(residual.T @ x + model.coef_).ravel(), residual.sum(axis=0)])
    assert np.abs(gradient).max() <= 1e-6, f"C = {strength}: gradient {np.abs(gradient).max()}"


def fit(strength):
    (x, y), (queries, labels) = features("train", TRAIN), features("test", TEST)
    model = LogisticRegression(penalty="l2", C=strength, multi_class="multinomial", solver="newton-cg", tol=TOLERANCE, max_iter=1000)
    model.fit(x, y)
    hold_minimum(model, x, y, strength)
    return {
        "c": strength, "objective": golden.twelve(objective(model, x, y, strength)),
        "coefficients": [[float(f"{v:.7g}") for v in row] for row in model.coef_],
        "intercepts": [float(f"{v:.7g}") for v in model.intercept_ - model.intercept_.mean()],
        "testProbabilities": [[float(f"{v:.7g}") for v in row] for row in model.predict_proba(queries)],
        "testAccuracy": float((model.predict(queries) == labels).mean()), "trainAccuracy": float((model.predict(x) == y).mean()),
    }


def main():
    args = golden.arguments(__doc__)
    warnings.simplefilter("error")  # a solver that did not converge must not leave a golden value
    golden.write("logistic.json", {
        "source": f"scikit-learn {sklearn.__version__}, LogisticRegression(multi_class='multinomial', solver='newton-cg')",
        "classes": CLASSES, "train": TRAIN, "test": TEST, "dim": DIM, "fits": [fit(strength) for strength in STRENGTHS],
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
