"""fastai.json: features of xresnets and EfficientNet-B0, and two training steps of the fastai MoCo, restated.

The callback of KeremTurgutlu/self_supervised at 360df7f (vision/moco.py, MOCO: after_pred, lf, after_step) needs fastai and kornia; its parts are said
again here: logits against [this batch's keys; queue], labels 0 .. N - 1, the key network's update and the queue after the optimizer's step.
"""
import copy

import torch
import torch.nn as nn
from torch.nn.functional import cross_entropy, normalize

import contrast
import fastai_nets
import fill
import golden
import resnets

BATCH, SIDE, QUEUE, DIM, HIDDEN, STEPS, TEMPERATURE, MOMENTUM = 8, 16, 24, 16, 20, 2, 0.07, 0.9
OPTIMIZER = {"lr": 0.03, "momentum": 0.9, "weightDecay": 1e-4}
NETS = {
    "xresnet18": lambda: fastai_nets.xresnet([2, 2, 2, 2], 1), "xresnet34": lambda: fastai_nets.xresnet([3, 4, 6, 3], 1),
    "xresnet50": lambda: fastai_nets.xresnet([3, 4, 6, 3], 4), "efficientnet-b0": fastai_nets.EfficientNetB0,
}


def features(name):
    net = fill.fill_module(NETS[name]()).double().eval()
    with torch.no_grad():
        maps = net(fill.inputs("pictures", (2, 3, 37, 37)).double())
    pooled = torch.cat([maps.amax((2, 3)), maps.mean((2, 3))], dim=1)
    return {
        "name": name, "parameters": sum(p.numel() for p in net.parameters()), "names": [n for n, _ in net.named_parameters()][:: 7],
        "features": golden.check(pooled.float()),
    }


def steps(dtype):
    net = resnets.build("resnet18", small_stem=True)
    net.fc = nn.Sequential(nn.Linear(512, HIDDEN), nn.BatchNorm1d(HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, DIM))
    fill.fill_module(net, contrast.CONV_GAIN, buffers=False)
    query, key = net.to(dtype).train(), copy.deepcopy(net).to(dtype).train()
    queue = normalize(fill.inputs("queue", (QUEUE, DIM))).to(dtype)
    sgd = torch.optim.SGD(query.parameters(), OPTIMIZER["lr"], momentum=OPTIMIZER["momentum"], weight_decay=OPTIMIZER["weightDecay"])
    losses = []
    for step in range(STEPS):
        first, second = (fill.inputs(f"step{step}.{view}", (BATCH, 3, SIDE, SIDE)).to(dtype) for view in ("q", "k"))
        q = normalize(query(first))
        with torch.no_grad():
            k = normalize(key(second))
        loss = cross_entropy(q @ torch.cat([k, queue]).T / TEMPERATURE, torch.arange(BATCH))
        sgd.zero_grad()
        loss.backward()
        sgd.step()
        with torch.no_grad():
            for follower, leader in zip(key.parameters(), query.parameters()):
                follower.mul_(MOMENTUM).add_(leader, alpha=1 - MOMENTUM)
        queue = torch.cat([queue[BATCH:], k])
        losses.append(float(loss))
    names = ("conv1.weight", "layer4.1.conv2.weight", "fc.0.weight", "fc.3.weight")
    return {
        "losses": losses, "query": {n: golden.twelve(query.state_dict()[n].norm()) for n in names},
        "key": {n: golden.twelve(key.state_dict()[n].norm()) for n in names}, "queueSum": golden.twelve(queue.sum()),
    }


def main():
    args = golden.arguments(__doc__)
    golden.write("fastai.json", {
        "source": "KeremTurgutlu/self_supervised@360df7f, fastai/fastai2@f923125, timm@aa4b585, restated", "batch": BATCH, "side": SIDE, "queueLength": QUEUE,
        "dim": DIM, "hidden": HIDDEN, "temperature": TEMPERATURE, "keyMomentum": MOMENTUM, "gain": contrast.CONV_GAIN, **OPTIMIZER,
        "encoders": [features(name) for name in NETS], "run": steps(torch.float64),
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
