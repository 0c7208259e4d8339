"""logistic.json: scikit-learn's multinomial logistic regression on filled features, for a solver of the same convex problem."""
import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression

import fill
import golden

CLASSES, TRAIN, TEST, DIM = 3, 60, 10, 8
STRENGTHS = [0.01, 0.1, 1.0, 10.0, 100.0]


def features(name, count):
    """Noise of unit variance plus half the centre of the class; row i has class i mod 3."""
    labels = np.arange(count) % CLASSES
    centres = 0.5 * fill.inputs("logistic.centres", (CLASSES, DIM))
    return (fill.inputs(f"logistic.{name}", (count, DIM)) + centres[labels]).double().numpy(), labels


def objective(model, x, y, strength):
    """C times the summed cross-entropy plus half the squared norm of the weights; the intercepts are free."""
    chosen = model.predict_log_proba(x)[np.arange(len(y)), y]
    return float(-strength * chosen.sum() + 0.5 * (model.coef_ ** 2).sum())


def fit(strength):
    (x, y), (queries, labels) = features("train", TRAIN), features("test", TEST)
    model = LogisticRegression(penalty="l2", C=strength, multi_class="multinomial", solver="newton-cg", tol=1e-10, max_iter=10000)
    other = LogisticRegression(penalty="l2", C=strength, multi_class="multinomial", solver="lbfgs", tol=1e-10, max_iter=100000)
    model.fit(x, y)
    other.fit(x, y)
    difference = np.abs(model.coef_ - other.coef_).max() / np.abs(model.coef_).max()
    assert difference < 1e-4, f"C = {strength}: two solvers differ by {difference}"
    return {
        "c": strength, "objective": golden.twelve(objective(model, x, y, strength)),
        "coefficients": [[float(f"{v:.7g}") for v in row] for row in model.coef_],
        "intercepts": [float(f"{v:.7g}") for v in model.intercept_ - model.intercept_.mean()],
        "testProbabilities": [[float(f"{v:.7g}") for v in row] for row in model.predict_proba(queries)],
        "testAccuracy": float((model.predict(queries) == labels).mean()), "trainAccuracy": float((model.predict(x) == y).mean()),
    }


def main():
    args = golden.arguments(__doc__)
    golden.write("logistic.json", {
        "source": f"scikit-learn {sklearn.__version__}, LogisticRegression(multi_class='multinomial', solver='newton-cg')",
        "classes": CLASSES, "train": TRAIN, "test": TEST, "dim": DIM, "fits": [fit(strength) for strength in STRENGTHS],
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
