"""nnclr.json: two training steps of both forms of NNCLR (arXiv:2104.14548), restated in PyTorch.

Keras' form: keras-io examples/vision/nnclr.py at 02ad465 (nearest_neighbor, contrastive_loss, update_contrastive_accuracy, update_correlation_accuracy); its
file does not run (misspelt transposes), and its loss is averaged here. The paper's: solo-learn at 9187ea3, solo/losses/nnclr.py and solo/methods/nnclr.py.
"""
from functools import partial

import torch
import torch.nn as nn
from torch.nn.functional import cross_entropy, normalize

import contrast
import fill
import golden
import resnets
import rounding

BATCH, SIDE, SUPPORT, DIM, HIDDEN, PREDICTOR, STEPS, TEMPERATURE = 8, 16, 24, 16, 20, 28, 2, 0.1
ENCODER_WIDTH, ENCODER_SIDE = 0.25, 40
OPTIMIZER = {"lr": 0.03, "momentum": 0.9, "weightDecay": 1e-4}


def nearest(z, support):
    return support[(z @ support.T).argmax(dim=1)].detach()


def keras(parts, queue, views):
    f1, f2 = (parts["encoder"](view) for view in views)
    p1, p2 = (normalize(parts["head"](f)) for f in (f1, f2))
    n1, n2 = (p + (nearest(p, queue) - p).detach() for p in (p1, p2))
    logits = torch.cat([n1 @ p2.T, p2 @ n1.T, n2 @ p1.T, p1 @ n2.T]) / TEMPERATURE
    loss = cross_entropy(logits, torch.arange(BATCH).repeat(4))
    with torch.no_grad():
        own, dims = torch.arange(BATCH), torch.arange(f1.shape[1])
        like = normalize(f1) @ normalize(f2).T
        standard = [(f - f.mean(0)) / (f.var(0, unbiased=False) + 1e-12).sqrt() for f in (f1, f2)]
        cross = standard[0].T @ standard[1] / BATCH
        numbers = [float(((t.argmax(1) == i).double().mean() + (t.argmax(0) == i).double().mean()) / 2) for t, i in ((like, own), (cross, dims))]
    return loss, p1.detach(), numbers


def paper(parts, queue, views):
    raw = [parts["head"](parts["encoder"](view)) for view in views]
    z1, z2 = (normalize(r) for r in raw)
    p1, p2 = (normalize(parts["predictor"](r)) for r in raw)
    own = torch.arange(BATCH)
    loss = (cross_entropy(nearest(z1, queue) @ p2.T / TEMPERATURE, own) + cross_entropy(nearest(z2, queue) @ p1.T / TEMPERATURE, own)) / 2
    return loss, z1.detach(), []


def heads(form):
    if form is keras:
        return {"head": nn.Sequential(nn.Linear(512, DIM), nn.ReLU(), nn.Linear(DIM, DIM))}
    block = lambda i, o: [nn.Linear(i, o), nn.BatchNorm1d(o), nn.ReLU()]  # noqa: E731
    return {
        "head": nn.Sequential(*block(512, HIDDEN), *block(HIDDEN, HIDDEN), nn.Linear(HIDDEN, DIM), nn.BatchNorm1d(DIM)),
        "predictor": nn.Sequential(*block(DIM, PREDICTOR), nn.Linear(PREDICTOR, DIM)),
    }


def run(form, dtype):
    encoder = resnets.build("resnet18", small_stem=True)
    encoder.fc = nn.Identity()
    net = nn.ModuleDict({"encoder": encoder, **heads(form)})
    fill.fill_module(net, contrast.CONV_GAIN, buffers=False)
    net.to(dtype).train()
    queue = fill.directions("queue", (SUPPORT, DIM)).to(dtype)
    sgd = torch.optim.SGD(net.parameters(), OPTIMIZER["lr"], momentum=OPTIMIZER["momentum"], weight_decay=OPTIMIZER["weightDecay"])
    losses, measures = [], []
    for step in range(STEPS):
        views = [fill.inputs(f"step{step}.{view}", (BATCH, 3, SIDE, SIDE)).to(dtype) for view in ("a", "b")]
        loss, keys, numbers = form(net, queue, views)
        sgd.zero_grad()
        loss.backward()
        queue = torch.cat([queue[BATCH:], keys])  # the originals drop other random rows first, which is of no matter
        sgd.step()
        losses.append(float(loss))
        measures.append(numbers)
    names = [n for n in net.state_dict() if n in ("encoder.conv1.weight", "encoder.layer4.1.conv2.weight", "head.0.weight", "predictor.0.weight", "predictor.3.weight")]
    return {"losses": losses, "measures": measures, "norms": {n: golden.twelve(net.state_dict()[n].double().norm()) for n in names}}


class KerasEncoder(nn.Module):
    """encoder(): four 3x3 convolutions of stride 2, valid, and a dense layer over the flattened map, all with ReLU. Keras flattens channels last; here they come first."""

    def __init__(self, width, side):
        super().__init__()
        inputs = 3
        for i in range(1, 5):
            setattr(self, f"conv{i}", nn.Conv2d(inputs, width, 3, 2))
            inputs, side = width, (side - 3) // 2 + 1
        self.dense = nn.Linear(width * side * side, width)

    def forward(self, x):
        for i in range(1, 5):
            x = torch.relu(getattr(self, f"conv{i}")(x))
        return torch.relu(self.dense(x.flatten(1)))


def encoder():
    net = fill.fill_module(KerasEncoder(round(128 * ENCODER_WIDTH), ENCODER_SIDE)).double()
    with torch.no_grad():
        features = net(fill.inputs("keras", (3, 3, ENCODER_SIDE, ENCODER_SIDE)).double())
    return {"width": ENCODER_WIDTH, "side": ENCODER_SIDE, "parameters": sum(p.numel() for p in net.parameters()), "features": golden.values(features.float())}


def main():
    args = golden.arguments(__doc__)
    golden.write("nnclr.json", {
        "source": "keras-io@02ad465 and solo-learn@9187ea3, restated", "batch": BATCH, "side": SIDE, "support": SUPPORT, "dim": DIM, "hidden": HIDDEN,
        "predictor": PREDICTOR, "temperature": TEMPERATURE, "gain": contrast.CONV_GAIN, **OPTIMIZER,
        "encoder": encoder(), "keras": rounding.measured(partial(run, keras), "losses", "norms"), "paper": rounding.measured(partial(run, paper), "losses", "norms"),
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
