"""moco-cifar10-demo.json: the official CIFAR-10 demo (facebookresearch/moco, branch colab-notebook), and its SplitBatchNorm alone."""
import functools
import json

import torch
import torchvision

import contrast
import fill
import golden
import official
import rounding

BATCH, SIDE, QUEUE, DIM, STEPS, SPLITS = 16, 16, 64, 16, 5, 8
TEMPERATURE, MOMENTUM = 0.1, 0.99
OPTIMIZER = {"lr": 0.06, "momentum": 0.9, "weightDecay": 5e-4}
HEADS = ["fc.weight", "fc.bias"]
# ModelBase lists the ResNet's children in a Sequential, without the max-pool and with a Flatten (8) before the linear layer.
CHILDREN = {"0": "conv1", "1": "bn1", "3": "layer1", "4": "layer2", "5": "layer3", "6": "layer4", "9": "fc"}


def rename(name):
    """net.3.0.conv1.weight -> layer1.0.conv1.weight."""
    _, child, rest = name.split(".", 2)
    return f"{CHILDREN[child]}.{rest}"


def notebook(root):
    """The classes of the notebook's cells, with the magic lines of other cells left out."""
    path = root / "colab" / "moco_cifar10_demo.ipynb"
    if not path.is_file():
        raise SystemExit(f"{path} is not there; check out the branch colab-notebook")
    cells = ["".join(c["source"]) for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
    source = "\n".join(cell for cell in cells if "class SplitBatchNorm" in cell or "class ModelMoCo" in cell)
    names = {"nn": torch.nn, "partial": functools.partial, "resnet": torchvision.models.resnet}
    return official.functions(source, ["SplitBatchNorm", "ModelBase", "ModelMoCo"], names)


def run(demo, symmetric, dtype):
    """The notebook's train(): forward (key update, both losses, enqueue), backward, SGD."""
    shuffles = [[fill.permutation(f"step{step}.shuffle{i}", BATCH) for i in range(2 if symmetric else 1)] for step in range(STEPS)]
    with official.on_one_cpu([order for step in shuffles for order in step]):
        model = demo["ModelMoCo"](DIM, QUEUE, MOMENTUM, TEMPERATURE, "resnet18", SPLITS, symmetric)
        model.to(dtype).train()
        contrast.fill_state(model, rename)
        sgd = torch.optim.SGD(model.parameters(), OPTIMIZER["lr"], momentum=OPTIMIZER["momentum"], weight_decay=OPTIMIZER["weightDecay"])
        steps = []
        for step in range(STEPS):
            loss = model(*(fill.inputs(f"step{step}.{view}", (BATCH, 3, SIDE, SIDE)).to(dtype) for view in ("q", "k")))
            sgd.zero_grad()
            loss.backward()
            sgd.step()
            steps.append((loss.detach(), int(model.queue_ptr), shuffles[step]))
        return steps, contrast.state(model, HEADS, rename)


def entry(demo, symmetric):
    one = functools.partial(run, demo, symmetric)
    (steps, state), (wide_steps, wide_state), reordered = one(torch.float32), one(torch.float64), rounding.orders(one)
    losses = lambda run: [float(step[0]) for step in run]
    spreads = rounding.spread([losses(other) for other, _ in reordered], losses(wide_steps))
    return {
        "symmetric": symmetric,
        "steps": [
            {
                "loss": golden.numbers(loss)[0], "loss64": float(wide[0]), "lossNoise": golden.noise(loss, wide[0]),
                "lossSpread": spreads[i],
                "queuePointer": pointer, "shuffles": shuffles,
            }
            for i, ((loss, pointer, shuffles), wide) in enumerate(zip(steps, wide_steps))
        ],
        "final": contrast.compare_state(state, wide_state, [other for _, other in reordered]),
    }


def split_batch_norm(demo):
    """Two calls in training mode, the gradients of the first, and one call in evaluation mode; N = 16, C = 3, 4x4, 8 splits."""
    layer = demo["SplitBatchNorm"](3, SPLITS)
    with torch.no_grad():
        for name in ("weight", "bias"):
            getattr(layer, name).copy_(fill.parameter(f"splitbn.{name}", (3,)))
    layer.train()

    def statistics():
        return {"runningMean": golden.numbers(layer.running_mean.clone()), "runningVar": golden.numbers(layer.running_var.clone())}

    x = fill.inputs("splitbn.input0", (BATCH, 3, 4, 4)).requires_grad_()
    y = layer(x)
    (y * fill.inputs("splitbn.cotangent", tuple(y.shape))).sum().backward()
    result = {
        "batch": BATCH, "splits": SPLITS, "groups": [list(range(j, BATCH, SPLITS)) for j in range(SPLITS)],
        "output0": golden.check(y, first=16), "afterFirstCall": statistics(), "inputGradient": golden.check(x.grad, first=16),
        "weightGradient": golden.numbers(layer.weight.grad), "biasGradient": golden.numbers(layer.bias.grad),
    }
    with torch.no_grad():
        result["output1"] = golden.check(layer(fill.inputs("splitbn.input1", (BATCH, 3, 4, 4))), first=16)
        result["afterSecondCall"] = statistics()
        result["evalOutput1"] = golden.check(layer.eval()(fill.inputs("splitbn.input1", (BATCH, 3, 4, 4))), first=16)
    _assert_strided_groups(layer, y, x)
    return result


def _assert_strided_groups(layer, y, x):
    """The view of the batch groups samples by stride: split j normalizes samples j, j + splits, j + 2 splits ..."""
    for j in range(SPLITS):
        alone = torch.nn.functional.batch_norm(x[j::SPLITS], None, None, layer.weight, layer.bias, training=True)
        torch.testing.assert_close(y[j::SPLITS], alone)


def main():
    args = golden.arguments(__doc__, moco_demo="a checkout of github.com/facebookresearch/moco, branch colab-notebook")
    demo = notebook(args.moco_demo)
    golden.write("moco-cifar10-demo.json", {
        "source": "facebookresearch/moco@f7364915bc4e9161427d7c6bb4f454fa0f171337 colab/moco_cifar10_demo.ipynb",
        "encoder": "resnet18-small", "mlp": False, "temperature": TEMPERATURE, "keyMomentum": MOMENTUM, "batch": BATCH, "side": SIDE,
        "queueLength": QUEUE, "dim": DIM, "batchNormSplits": SPLITS, "gain": contrast.CONV_GAIN, **OPTIMIZER,
        "runs": {"asymmetric": entry(demo, False), "symmetric": entry(demo, True)},
        "splitBatchNorm": split_batch_norm(demo),
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
