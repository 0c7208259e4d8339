"""knn.json: the CIFAR-10 demo's weighted nearest-neighbor vote (knn_predict) on filled features."""
import json

import torch

import fill
import golden
import official

CLASSES, TRAIN, TEST, DIM = 5, 64, 10, 16
SETTINGS = [{"neighbors": 10, "temperature": 0.1}, {"neighbors": 1, "temperature": 0.1}, {"neighbors": 64, "temperature": 0.07}]


class Listener:
    """torch, except that the scores which knn_predict sums are kept: it returns only their order."""

    def __init__(self):
        self.scores = None

    def __getattr__(self, name):
        return getattr(torch, name)

    def sum(self, *args, **options):
        self.scores = torch.sum(*args, **options)
        return self.scores


def features(name, count):
    """Noise of unit variance plus the center of the class; row i has class i mod 5."""
    labels = torch.arange(count) % CLASSES
    return fill.inputs(f"knn.{name}", (count, DIM)) + fill.inputs("knn.centers", (CLASSES, DIM))[labels], labels


def predict(demo_source, neighbors, temperature):
    listener = Listener()
    knn = official.functions(demo_source, ["knn_predict"], {"torch": listener})["knn_predict"]
    (bank, bank_labels), (queries, labels) = features("train", TRAIN), features("test", TEST)
    bank, queries = (torch.nn.functional.normalize(f, dim=1) for f in (bank, queries))
    order = knn(queries, bank.t().contiguous(), bank_labels, CLASSES, neighbors, temperature)
    return {
        "neighbors": neighbors, "temperature": temperature,
        "scores": [golden.numbers(row) for row in listener.scores], "predicted": golden.numbers(order[:, 0]),
        "accuracy": float((order[:, 0] == labels).double().mean()),
    }


def main():
    args = golden.arguments(__doc__, moco_demo="a checkout of github.com/facebookresearch/moco, branch colab-notebook")
    cells = json.loads((args.moco_demo / "colab" / "moco_cifar10_demo.ipynb").read_text(encoding="utf-8"))["cells"]
    source = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code" and "def knn_predict" in "".join(c["source"]))
    golden.write("knn.json", {
        "classes": CLASSES, "train": TRAIN, "test": TEST, "dim": DIM, "trainFirst": golden.numbers(features("train", TRAIN)[0][0]),
        "runs": [predict(source, **settings) for settings in SETTINGS],
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
