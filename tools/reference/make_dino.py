"""dino.json: four training steps of DINO (arXiv:2104.14294) with local views, the first with a frozen last layer, by the classes of facebookresearch/dino:
DINOLoss and DataAugmentationDINO's order of views, DINOHead, MultiCropWrapper, cosine_scheduler, get_params_groups and cancel_gradients_last_layer.
"""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import contrast
import fill
import golden
import multicrop
import official
import rounding
from multicrop import GLOBALS, LOCALS

OPTIMIZER = {**multicrop.OPTIMIZER, "weightDecay": 0}  # torch keeps no momentum of weights that stand still, ours that of their decay
DIM, HIDDEN, OUTPUTS, STEPS = 16, 20, 24, 4
FROZEN, WARM_UP, FIRST, LAST, MOMENTUM, CENTER, STUDENT = 1, 3, 0.04, 0.07, 0.9, 0.9, 0.1  # epochs; one step is an epoch here


def ours(name):
    return name.replace("backbone.", "encoder.").replace("head.mlp.", "head.").replace("last_layer.weight_v", "last.weight")


def network(code, learned):
    net = code["MultiCropWrapper"](multicrop.encoder(), code["DINOHead"](512, OUTPUTS, norm_last_layer=not learned, hidden_dim=HIDDEN, bottleneck_dim=DIM))
    with torch.no_grad():
        for name, tensor in net.state_dict().items():
            if name.rsplit(".", 1)[-1] in ("weight", "bias", "weight_v"):
                tensor.copy_(fill.parameter(ours(name), tuple(tensor.shape), contrast.CONV_GAIN if tensor.ndim == 4 else 1.0))
    return net


def run(code, learned, dtype):
    student, teacher = network(code, learned).to(dtype), network(code, learned).to(dtype)
    for p in teacher.parameters():
        p.requires_grad = False
    loss_of = code["DINOLoss"](OUTPUTS, GLOBALS + LOCALS, FIRST, LAST, WARM_UP, STEPS, STUDENT, CENTER)
    loss_of.center = loss_of.center.to(dtype)
    groups = code["get_params_groups"](student)
    groups[0]["weight_decay"] = OPTIMIZER["weightDecay"]
    sgd = torch.optim.SGD(groups, OPTIMIZER["lr"], momentum=OPTIMIZER["momentum"])
    momenta = code["cosine_scheduler"](MOMENTUM, 1, STEPS, 1)
    losses = []
    for step in range(STEPS):
        images = multicrop.views(step, dtype)
        loss = loss_of(student(images), teacher(images[:2]), step)
        sgd.zero_grad()
        loss.backward()
        code["cancel_gradients_last_layer"](step, student, FROZEN)
        sgd.step()
        with torch.no_grad():
            for q, k in zip(student.parameters(), teacher.parameters()):
                k.mul_(momenta[step]).add_((1 - momenta[step]) * q.detach())
        losses.append(float(loss))
    names = ["encoder.conv1.weight", "encoder.layer4.1.conv2.weight", "head.0.weight", "head.4.weight", "head.last.weight"]
    norms = lambda net: {ours(n): golden.twelve(t.double().norm()) for n, t in net.state_dict().items() if ours(n) in names}
    return {"losses": losses, "student": norms(student), "teacher": norms(teacher), "center": loss_of.center}


def main():
    args = golden.arguments(__doc__, dino="github.com/facebookresearch/dino at commit 7c446df")
    space = {"np": np, "nn": nn, "F": F, "dist": multicrop.ALONE, "trunc_normal_": lambda *_, **__: None}
    code = {}
    for file, names in {"main_dino.py": ["DINOLoss"], "vision_transformer.py": ["DINOHead"],
                        "utils.py": ["MultiCropWrapper", "cosine_scheduler", "get_params_groups", "cancel_gradients_last_layer"]}.items():
        code.update(official.functions((args.dino / file).read_text(), names, space))
    measured = lambda learned: rounding.measured(lambda dtype: run(code, learned, dtype), "losses", "student", "teacher", "center")
    golden.write("dino.json", {
        "source": "facebookresearch/dino@7c446df", **multicrop.SETTINGS, **OPTIMIZER, "dim": DIM, "hidden": HIDDEN, "outputs": OUTPUTS, "epochs": STEPS, "frozen": FROZEN,
        "warmUp": WARM_UP, "firstTemperature": FIRST, "lastTemperature": LAST, "teacherMomentum": MOMENTUM, "fixed": measured(False), "learned": measured(True),
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
