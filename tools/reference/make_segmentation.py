"""Golden values of segmentation: scikit-learn's confusion matrix and Jaccard scores, SciPy's assignment, torch's bilinear resize.

Needs Debian's python3-sklearn, python3-scipy and python3-torch.
"""
import numpy as np
import torch
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import confusion_matrix, jaccard_score
from torch.nn.functional import interpolate

import fill
import golden

CLASSES = 5
RESIZES = [((1, 3, 4, 5), (9, 7)), ((2, 2, 3, 3), (3, 3)), ((1, 2, 7, 5), (3, 2)), ((1, 1, 1, 1), (4, 4)), ((1, 2, 2, 6), (16, 16))]


def named():
    """Truth and names that agree in part; the last class is never true and sometimes named."""
    generator = np.random.default_rng(5)
    truth = generator.integers(0, CLASSES - 1, 300)
    name = np.where(generator.random(300) < 0.6, truth, generator.integers(0, CLASSES, 300))
    return truth, name


def assignments():
    generator = np.random.default_rng(6)
    cases = []
    for rows, columns in ((1, 1), (3, 3), (5, 8), (8, 5), (12, 12)):
        gains = generator.integers(0, 1000, (rows, columns))
        first, second = linear_sum_assignment(gains, maximize=True)
        cases.append({"rows": rows, "columns": columns, "gains": [int(g) for g in gains.reshape(-1)], "sum": int(gains[first, second].sum())})
    return cases


def resize(shape, size):
    maps = fill.inputs(f"resize.{shape}", shape)
    return {"shape": list(shape), "name": f"resize.{shape}", "size": list(size),
            "result": golden.values(interpolate(maps, size=size, mode="bilinear", align_corners=False))}


def main():
    args = golden.arguments(__doc__)
    truth, name = named()
    golden.write("segmentation.json", {
        "classes": CLASSES,
        "truth": [int(t) for t in truth],
        "named": [int(n) for n in name],
        "confusion": [int(c) for c in confusion_matrix(truth, name, labels=range(CLASSES)).reshape(-1)],
        "unions": [float(v) for v in jaccard_score(truth, name, labels=range(CLASSES), average=None, zero_division=0)],
        "mean": float(jaccard_score(truth, name, labels=range(CLASSES), average="macro", zero_division=0)),
        "accuracy": float((truth == name).mean()),
        "assignments": assignments(),
        "resizes": [resize(*case) for case in RESIZES],
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
