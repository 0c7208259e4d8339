"""linear_sgd.json: the official linear test's update, a torch Linear under torch's SGD, on filled features."""
import torch

import fill
import golden

CLASSES, BATCH, DIM, STEPS = 3, 6, 5, 4
RATES = [30.0, 0.5]
FACTORS = [1.0, 1.0, 0.1, 0.01]


def run(rate):
    layer = torch.nn.Linear(DIM, CLASSES)
    with torch.no_grad():
        layer.weight.copy_(0.01 * fill.inputs("linear-sgd.start", (CLASSES, DIM)))
        layer.bias.zero_()
    optimizer = torch.optim.SGD(layer.parameters(), lr=rate, momentum=0.9, weight_decay=0.0)
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = rate * FACTORS[step]
        x = fill.inputs(f"linear-sgd.rows{step}", (BATCH, DIM))
        loss = torch.nn.functional.cross_entropy(layer(x), torch.arange(BATCH) % CLASSES)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return {"rate": rate, "weight": golden.values(layer.weight), "bias": golden.values(layer.bias)}


def main():
    args = golden.arguments(__doc__)
    golden.write("linear_sgd.json", {
        "source": f"torch {torch.__version__}, nn.Linear and optim.SGD", "classes": CLASSES, "batch": BATCH, "dim": DIM,
        "factors": FACTORS, "runs": [run(rate) for rate in RATES],
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
