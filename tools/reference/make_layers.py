"""layers.json: single layers on small filled inputs; outputs, gradients and batch norm's running statistics."""
import torch
from torch import nn

import fill
import golden

CASES = [  # name, layer, its options in torch's names, input shape
    ("conv", nn.Conv2d, {"in_channels": 4, "out_channels": 4, "kernel_size": 3, "padding": 1, "bias": False}, (2, 4, 3, 4)),
    ("conv-stride-groups-bias", nn.Conv2d,
     {"in_channels": 4, "out_channels": 6, "kernel_size": 3, "stride": 2, "padding": 1, "groups": 2, "bias": True}, (1, 4, 5, 6)),
    ("conv-1x1-stride", nn.Conv2d, {"in_channels": 4, "out_channels": 6, "kernel_size": 1, "stride": 2, "bias": False}, (1, 4, 5, 5)),
    ("conv-7x7-stem", nn.Conv2d,
     {"in_channels": 3, "out_channels": 2, "kernel_size": 7, "stride": 2, "padding": 3, "bias": False}, (1, 3, 6, 5)),
    ("linear", nn.Linear, {"in_features": 7, "out_features": 5, "bias": True}, (3, 7)),
    ("linear-no-bias", nn.Linear, {"in_features": 7, "out_features": 5, "bias": False}, (3, 7)),
    ("max-pool", nn.MaxPool2d, {"kernel_size": 3, "stride": 2, "padding": 1}, (1, 3, 6, 5)),
    ("adaptive-average-pool-1", nn.AdaptiveAvgPool2d, {"output_size": 1}, (2, 3, 3, 4)),
    ("adaptive-average-pool-2", nn.AdaptiveAvgPool2d, {"output_size": 2}, (2, 2, 5, 3)),
    ("relu", nn.ReLU, {}, (2, 3, 4)),
]
NORMS = [  # name, layer, options, input shape
    ("batch-norm-2d", nn.BatchNorm2d, {"num_features": 3}, (3, 3, 2, 2)),
    ("batch-norm-2d-momentum-eps", nn.BatchNorm2d, {"num_features": 3, "momentum": 0.3, "eps": 1e-3}, (3, 3, 2, 2)),
    ("batch-norm-1d", nn.BatchNorm1d, {"num_features": 3}, (6, 3)),
    ("batch-norm-1d-no-affine", nn.BatchNorm1d, {"num_features": 3, "affine": False}, (6, 3)),
]


def build(name, kind, options):
    return fill.fill_module(kind(**options), rename=lambda key: f"{name}.{key}")


def passes(name, layer, shape, suffix=""):
    """One forward pass and the gradients of sum(output * cotangent)."""
    layer.zero_grad()
    x = fill.inputs(f"{name}.input{suffix}", shape).requires_grad_()
    y = layer(x)
    (y * fill.inputs(f"{name}.cotangent{suffix}", tuple(y.shape))).sum().backward()
    result = {"output": golden.values(y), "inputGradient": golden.values(x.grad)}
    result.update({f"{key}Gradient": golden.values(parameter.grad) for key, parameter in layer.named_parameters()})
    return result


def statistics(layer):
    return {"runningMean": golden.numbers(layer.running_mean.clone()), "runningVar": golden.numbers(layer.running_var.clone())}


def norm(name, kind, options, shape):
    """Training mode twice, then evaluation mode with what the running statistics have become."""
    layer, result = build(name, kind, options), {"name": name, "options": options, "inputShape": shape}
    for call in range(2):
        result[f"train{call}"] = {**passes(name, layer.train(), shape, str(call)), **statistics(layer)}
    result["eval2"] = passes(name, layer.eval(), shape, "2")
    return result


def main():
    args = golden.arguments(__doc__)
    golden.write("layers.json", {
        "layers": [
            {"name": name, "options": options, "inputShape": shape, **passes(name, build(name, kind, options), shape)}
            for name, kind, options, shape in CASES
        ],
        "norms": [norm(*case) for case in NORMS],
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
