"""distillation.json: two training steps of each method that learns from a teacher's cached numbers, restated in PyTorch in float64.

SEED: jacobswan1/SEED at 81ff933, seed/builder.py, soft_cross_entropy over its two outputs. CompRess: UMBCvision/CompRess at cf33bab, train_student.py with
nn/compress_loss.py at b9ec6ea, CompReSSMomentum. SimReg: UCDvision/simreg at 43fb804, simreg.py, with mlp_arch.py at 8f9c8e5.
Soft labels: arXiv:2006.10029, eq. 2, times the squared temperature of arXiv:1503.02531.
"""
import copy
from functools import partial

import torch
import torch.nn as nn
from torch.nn.functional import kl_div, log_softmax, normalize, softmax

import contrast
import fill
import golden
import resnets
import rounding

BATCH, SIDE, FEATURES, QUEUE, STEPS = 8, 16, 12, 24, 2
TEMPERATURE, TEACHER_TEMPERATURE, COMPRESS_TEMPERATURE, LABEL_TEMPERATURE, MOMENTUM = 0.2, 0.05, 0.04, 2.0, 0.9
OPTIMIZER = {"lr": 0.01, "momentum": 0.9, "weightDecay": 1e-4}
NAMES = ["encoder.conv1.weight", "encoder.layer4.1.conv2.weight", "head.0.weight", "head.2.weight", "head.3.weight", "head.6.weight"]


def soft_entropy(teacher, student):
    return -(softmax(teacher, 1) * log_softmax(student, 1)).sum(1).mean()


class Seed:
    head = staticmethod(lambda: nn.Sequential(nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, FEATURES)))

    @staticmethod
    def loss(net, target, view, teacher, state):
        s, t = normalize(net["head"](net["encoder"](view))), normalize(teacher)
        logits = lambda rows: torch.cat([(rows * t).sum(1, keepdim=True), rows @ state["queue"].T], 1)
        loss = soft_entropy(logits(t) / TEACHER_TEMPERATURE, logits(s) / TEMPERATURE)
        state["queue"] = torch.cat([state["queue"][BATCH:], t])
        return loss


class Compress:
    head = staticmethod(lambda: nn.Sequential())
    follows = True

    @staticmethod
    def loss(net, target, view, teacher, state):
        s, t = normalize(net["encoder"](view)), normalize(teacher)
        with torch.no_grad():
            k = normalize(target["encoder"](view))
        student, wanted = s @ state["student_queue"].T / COMPRESS_TEMPERATURE, t @ state["teacher_queue"].T / COMPRESS_TEMPERATURE
        loss = kl_div(log_softmax(student, 1), softmax(wanted, 1), reduction="batchmean")
        state["student_queue"] = torch.cat([state["student_queue"][BATCH:], k])
        state["teacher_queue"] = torch.cat([state["teacher_queue"][BATCH:], t])
        return loss


class FeatureRegression:
    head = staticmethod(lambda: nn.Sequential(nn.Linear(512, 1024), nn.BatchNorm1d(1024), nn.ReLU(), nn.Linear(1024, 512), nn.Linear(512, 1024),
                                              nn.BatchNorm1d(1024), nn.ReLU(), nn.Linear(1024, FEATURES)))

    @staticmethod
    def loss(net, target, view, teacher, state):
        return (normalize(net["head"](net["encoder"](view))) - normalize(teacher)).square().sum(1).mean()


class SoftLabels:
    head = staticmethod(lambda: nn.Sequential(nn.Linear(512, FEATURES)))

    @staticmethod
    def loss(net, target, view, teacher, state):
        return soft_entropy(teacher / LABEL_TEMPERATURE, net["head"](net["encoder"](view)) / LABEL_TEMPERATURE) * LABEL_TEMPERATURE ** 2


METHODS = {"seed": Seed, "compress": Compress, "feature-regression": FeatureRegression, "soft-labels": SoftLabels}


def run(method, dtype):
    encoder = resnets.build("resnet18", small_stem=True)
    encoder.fc = nn.Identity()
    net = nn.ModuleDict({"encoder": encoder, "head": method.head()})
    fill.fill_module(net, contrast.CONV_GAIN, buffers=False)
    net.to(dtype).train()
    target = copy.deepcopy(net) if hasattr(method, "follows") else None
    state = {"queue": (QUEUE, FEATURES), "teacher_queue": (QUEUE, FEATURES), "student_queue": (QUEUE, 512)}
    state = {name: fill.directions(name, shape).to(dtype) for name, shape in state.items()}
    teacher = fill.inputs("teacher", (STEPS * BATCH, FEATURES)).to(dtype)
    sgd = torch.optim.SGD(net.parameters(), OPTIMIZER["lr"], momentum=OPTIMIZER["momentum"], weight_decay=OPTIMIZER["weightDecay"])
    losses = []
    for step in range(STEPS):
        view = fill.inputs(f"step{step}", (BATCH, 3, SIDE, SIDE)).to(dtype)
        loss = method.loss(net, target, view, teacher[step * BATCH:(step + 1) * BATCH], state)
        sgd.zero_grad()
        loss.backward()
        sgd.step()
        losses.append(float(loss))
        if target is not None:
            with torch.no_grad():
                for leader, follower in zip(net.parameters(), target.parameters()):
                    follower.copy_(follower * MOMENTUM + leader * (1 - MOMENTUM))
    norms = {name: golden.twelve(value.double().norm()) for name, value in net.state_dict().items() if name in NAMES}
    if target is not None:
        norms.update({f"target.{name}": golden.twelve(value.double().norm()) for name, value in target.state_dict().items() if name in NAMES})
    return {"losses": losses, "norms": norms}


def main():
    args = golden.arguments(__doc__)
    golden.write("distillation.json", {
        "batch": BATCH, "side": SIDE, "features": FEATURES, "queue": QUEUE, "steps": STEPS, "temperature": TEMPERATURE,
        "teacherTemperature": TEACHER_TEMPERATURE, "compressTemperature": COMPRESS_TEMPERATURE, "labelTemperature": LABEL_TEMPERATURE,
        "keyMomentum": MOMENTUM, "gain": contrast.CONV_GAIN, **OPTIMIZER,
        **{name: rounding.measured(partial(run, method), "losses", "norms") for name, method in METHODS.items()},
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
