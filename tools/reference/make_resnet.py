"""resnet-logits.json: torchvision's ResNets with filled weights; logits in evaluation and training mode, and gradients."""
import torch

import fill
import golden
import resnets

CASES = [  # name, architecture, small stem, input channels, side
    ("resnet18", "resnet18", False, 3, 64),
    ("resnet34", "resnet34", False, 3, 64),
    ("resnet50", "resnet50", False, 3, 64),
    ("resnet18-small", "resnet18", True, 3, 32),
    ("resnet18-gray", "resnet18", False, 1, 64),
]
TRAINED = ("resnet18", "resnet18-small")
GRADIENTS = [
    "conv1.weight", "bn1.weight", "bn1.bias", "layer1.0.conv1.weight", "layer1.1.bn2.weight", "layer2.0.conv1.weight",
    "layer2.0.downsample.0.weight", "layer2.0.downsample.1.bias", "layer3.1.conv2.weight", "layer4.0.conv1.weight",
    "layer4.0.downsample.0.weight", "layer4.1.bn2.weight", "layer4.1.bn2.bias", "fc.weight", "fc.bias",
]
STATISTICS = ["bn1", "layer2.0.bn1", "layer2.0.downsample.1", "layer4.1.bn2"]


def model(case, dtype):
    name, arch, small_stem, channels, side = case
    net = fill.fill_module(resnets.build(arch, small_stem, channels)).to(dtype)
    return net, fill.inputs(f"{name}.input", (2, channels, side, side)).to(dtype)


def logits_check(single, double):
    rows = [golden.numbers(row[:16]) for row in single]
    wide = single.detach().double()
    return {
        "shape": list(single.shape), "first16": rows, "sum": golden.twelve(wide.sum()),
        "sumOfSquares": golden.twelve((wide * wide).sum()), "noise": golden.noise(single, double),
    }


def evaluate(case):
    with torch.no_grad():
        single, double = [net.eval()(x) for net, x in (model(case, d) for d in (torch.float32, torch.float64))]
    return logits_check(single, double)


def train(case):
    """One forward and one backward pass of sum(logits * cotangent) in training mode."""
    name, runs = case[0], []
    for dtype in (torch.float32, torch.float64):
        net, x = model(case, dtype)
        logits = net.train()(x)
        (logits * fill.inputs(f"{name}.cotangent", tuple(logits.shape)).to(dtype)).sum().backward()
        runs.append((logits, dict(net.named_parameters()), dict(net.named_buffers())))
    (logits, parameters, buffers), (wide_logits, wide_parameters, _) = runs
    return {
        "logits": logits_check(logits, wide_logits),
        "gradients": {
            n: {**golden.check(parameters[n].grad), "noise": golden.noise(parameters[n].grad, wide_parameters[n].grad)} for n in GRADIENTS
        },
        "runningStatistics": {
            f"{n}.{kind}": golden.check(buffers[f"{n}.{kind}"]) for n in STATISTICS for kind in ("running_mean", "running_var")
        },
    }


def entry(case):
    name, arch, small_stem, channels, side = case
    net, _ = model(case, torch.float32)
    content = {"arch": arch, "smallStem": small_stem, "channels": channels, "side": side, "batch": 2, "eval": evaluate(case)}
    if name in TRAINED:
        content["train"] = train(case)
    content["state"] = [[key, list(tensor.shape)] for key, tensor in net.state_dict().items()]
    return content


def main():
    args = golden.arguments(__doc__)
    golden.write("resnet-logits.json", {"gain": 1.0, "cases": {case[0]: entry(case) for case in CASES}}, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
