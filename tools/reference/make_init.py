"""init.json: how torchvision 0.14 and torch 1.13 draw fresh weights, as numbers; each rule is held against a real fresh model."""
import math

import torch
from torch import nn
from torchvision.models import resnet18, resnet50

import golden

LINEAR = [(512, 1000), (512, 128), (2048, 128), (7, 5)]
CONVOLUTIONS = [(3, 64, 7, 1), (3, 64, 3, 1), (64, 128, 1, 1), (8, 8, 3, 4)]  # in, out, kernel, groups


def resnet_rule(name, tensor, features):
    """Convolutions: He normal by fan-out with ReLU's gain; batch norm: 1 and 0; the linear layer keeps torch's default."""
    shape = list(tensor.shape)
    if tensor.ndim == 4:
        return {"name": name, "shape": shape, "kind": "normal", "std": math.sqrt(2.0 / (shape[0] * shape[2] * shape[3]))}
    if name.startswith("fc."):
        bound = 1.0 / math.sqrt(features)
        return {"name": name, "shape": shape, "kind": "uniform", "bound": bound, "std": bound / math.sqrt(3.0)}
    return {"name": name, "shape": shape, "kind": "constant", "value": 1.0 if name.endswith("weight") else 0.0}


def hold(rule, tensor):
    """The drawn values must agree with the rule: within five standard errors of a standard deviation, and inside the bounds."""
    if rule["kind"] == "constant":
        assert bool((tensor == rule["value"]).all()), rule["name"]
        return
    assert abs(float(tensor.std()) / rule["std"] - 1.0) < 5.0 / math.sqrt(2.0 * tensor.numel()), rule["name"]
    if rule["kind"] == "uniform":
        assert float(tensor.abs().max()) <= rule["bound"], rule["name"]


def parameters(model):
    rules = [(resnet_rule(name, tensor, model.fc.in_features), tensor) for name, tensor in model.named_parameters()]
    for rule, tensor in rules:
        hold(rule, tensor.detach())
    return [rule for rule, _ in rules]


def default(layer, fan_in, **sizes):
    """torch's default for linear and convolution layers: kaiming_uniform with a = sqrt(5), which is 1 / sqrt(fan-in)."""
    bound = 1.0 / math.sqrt(fan_in)
    assert abs(bound - nn.init.calculate_gain("leaky_relu", math.sqrt(5)) * math.sqrt(3.0 / fan_in)) < 1e-12
    for tensor in (layer.weight, layer.bias):
        assert float(tensor.abs().max()) <= bound
    hold({"name": str(layer), "kind": "uniform", "bound": bound, "std": bound / math.sqrt(3.0)}, layer.weight.detach())
    return {**sizes, "fanIn": fan_in, "weightBound": bound, "biasBound": bound}


def main():
    args = golden.arguments(__doc__)
    parameters(resnet50())  # the rule holds for bottlenecks too; one list is enough to store
    model = resnet18()
    assert all(bool((b == (1.0 if name.endswith("running_var") else 0.0)).all()) for name, b in model.named_buffers())
    golden.write("init.json", {
        "resnet18": {"zeroInitResidual": False, "parameters": parameters(model)},
        "buffers": {"running_mean": 0.0, "running_var": 1.0, "num_batches_tracked": 0},
        "linear": [default(nn.Linear(i, o), i, **{"in": i, "out": o}) for i, o in LINEAR],
        "conv2d": [
            default(nn.Conv2d(i, o, k, groups=g), i // g * k * k, **{"in": i, "out": o, "kernel": k, "groups": g})
            for i, o, k, g in CONVOLUTIONS
        ],
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
