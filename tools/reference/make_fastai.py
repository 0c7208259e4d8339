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
import rounding
import torchvision

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
        "name": name, "parameters": sum(p.numel() for p in net.parameters()), "names": [n for n, _ in net.named_parameters()],
        "features": golden.check(pooled.float()),
    }


def wide():
    """EfficientNet-B0 of a picture whose sides want different padding."""
    net = fill.fill_module(NETS["efficientnet-b0"]()).double().eval()
    with torch.no_grad():
        return golden.check(net(fill.inputs("wide", (1, 3, 37, 66)).double()).mean((2, 3)).float())


def timm_name(name):
    """torchvision's name of an entry of efficientnet_b0's state to that of timm's tf_efficientnet_b0_ns."""
    part = name.split(".")
    stage, kind = int(part[1]), {"0": "conv", "1": "bn"}
    if stage in (0, 8):
        return f"{'conv_stem' if stage == 0 else 'conv_head'}.{part[-1]}" if part[2] == "0" else f"bn{1 if stage == 0 else 2}.{part[-1]}"
    block, place, last = f"blocks.{stage - 1}.{part[2]}", int(part[4]), part[-1]
    if stage > 1 and place == 0:  # the expansion, which stage 1 lacks
        return f"{block}.conv_pw.{last}" if kind[part[5]] == "conv" else f"{block}.bn1.{last}"
    place -= stage > 1
    if place == 1:
        return f"{block}.se.{ {'fc1': 'conv_reduce', 'fc2': 'conv_expand'}[part[5]]}.{last}"
    convs, norms = (["conv_dw", None, "conv_pwl"], ["bn2", None, "bn3"]) if stage > 1 else (["conv_dw", None, "conv_pw"], ["bn1", None, "bn2"])
    return f"{block}.{(convs if kind[part[5]] == 'conv' else norms)[place]}.{last}"


def efficientnet_state():
    """All entries, 'name shape', from torchvision's network, which timm's differs from in names, padding and eps alone."""
    state = torchvision.models.efficientnet_b0().state_dict()
    return sorted(f"{timm_name(name)} {'x'.join(str(size) for size in value.shape)}".strip() for name, value in state.items() if name.startswith("features."))


def steps(dtype):
    net = resnets.build("resnet18", small_stem=True)
    net.fc = nn.Sequential(nn.Linear(512, HIDDEN), nn.BatchNorm1d(HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, DIM))
    fill.fill_module(net, contrast.CONV_GAIN, buffers=False)
    query, key = net.to(dtype).train(), copy.deepcopy(net).to(dtype).train()
    queue = fill.directions("queue", (QUEUE, DIM)).to(dtype)
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
        "losses": losses, "query": {n: golden.twelve(query.state_dict()[n].double().norm()) for n in names},
        "key": {n: golden.twelve(key.state_dict()[n].double().norm()) for n in names}, "queueSum": golden.twelve(queue.double().sum()),
    }


def main():
    args = golden.arguments(__doc__)
    golden.write("fastai.json", {
        "source": "KeremTurgutlu/self_supervised@360df7f, fastai/fastai2@f923125, timm@aa4b585, restated", "batch": BATCH, "side": SIDE, "queueLength": QUEUE,
        "dim": DIM, "hidden": HIDDEN, "temperature": TEMPERATURE, "keyMomentum": MOMENTUM, "gain": contrast.CONV_GAIN, **OPTIMIZER,
        "encoders": [features(name) for name in NETS], "efficientNetState": efficientnet_state(), "efficientNetWide": wide(), "run": rounding.measured(steps, "losses", "query", "key", "queueSum"),
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
