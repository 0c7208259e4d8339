"""What the makers of multi-crop methods share: the encoder, a head, two global and two local views a step, and a stand-in for one process's torch.distributed."""
import types

import torch.nn as nn

import contrast
import fill
import resnets

BATCH, SIDE, LOCAL, GLOBALS, LOCALS = 6, 16, 8, 2, 2
OPTIMIZER = {"lr": 0.03, "momentum": 0.9, "weightDecay": 1e-4}
SETTINGS = {"batch": BATCH, "side": SIDE, "local": LOCAL, "gain": contrast.CONV_GAIN, **OPTIMIZER}
ALONE = types.SimpleNamespace(all_reduce=lambda *_: None, get_world_size=lambda: 1)


def encoder():
    net = resnets.build("resnet18", small_stem=True)
    net.fc = nn.Identity()
    return net


def views(step, dtype, count=GLOBALS, local=LOCALS):
    sides = [SIDE] * count + [LOCAL] * local
    return [fill.inputs(f"step{step}.{view}", (BATCH, 3, side, side)).to(dtype) for view, side in enumerate(sides)]


def projector(hidden, outputs, norms):
    """Linear, batch norm, ReLU as often as there are hidden sizes, then linear."""
    layers, inputs = [], 512
    for size in hidden:
        layers += [nn.Linear(inputs, size)] + ([nn.BatchNorm1d(size)] if norms else []) + [nn.ReLU()]
        inputs = size
    return nn.Sequential(*layers, nn.Linear(inputs, outputs))
