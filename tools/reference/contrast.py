"""What the golden runs of MoCo have in common: filling the two encoders and the queue, and reporting their state."""
import torch

import fill
import golden
import rounding

# Wide initial convolution weights make the steps relatively small, so that ten of them amplify rounding less. Between float32 and
# float64 runs the final weights part by up to 1e-2 (median 5e-4) at gain 1, and by a median of 1e-6 at gain 5; what remains is single
# ReLUs that switch over, felt most by bn1.bias, which is small and gathers every position.
CONV_GAIN = 5.0
PARAMETERS = [
    "conv1.weight", "bn1.weight", "bn1.bias", "layer1.0.conv1.weight", "layer2.0.conv1.weight", "layer2.0.downsample.0.weight",
    "layer3.1.bn2.weight", "layer4.0.conv1.weight", "layer4.1.conv2.weight", "layer4.1.bn2.bias",
]
STATISTICS = ["bn1", "layer4.1.bn2"]
AFTER_NEXT_UPDATE = ["conv1.weight", "bn1.weight", "layer4.0.conv1.weight"]


def fill_state(model, rename=lambda name: name):
    """Both encoders get the same weights by torchvision's names and keep fresh batch norm buffers; the queue, in the model's own type, has unit columns."""
    fill.fill_module(model.encoder_q, CONV_GAIN, rename=rename, buffers=False)
    fill.fill_module(model.encoder_k, CONV_GAIN, rename=rename, buffers=False)
    with torch.no_grad():
        model.queue.copy_(fill.directions("queue", tuple(model.queue.shape), axis=0))


def state(model, heads, rename=lambda name: name):
    """Tensors to compare after the last step, by torchvision's names."""
    def encoder(module, parameters, statistics):
        entries = {rename(name): tensor.detach().clone() for name, tensor in module.state_dict().items()}
        return {
            "parameters": {name: entries[name] for name in parameters},
            "runningStatistics": {f"{n}.{kind}": entries[f"{n}.{kind}"] for n in statistics for kind in ("running_mean", "running_var")},
        }

    result = {
        "query": encoder(model.encoder_q, PARAMETERS + heads, STATISTICS),
        "key": encoder(model.encoder_k, PARAMETERS + heads, STATISTICS),
        "queue": model.queue.detach().clone(),
    }
    model._momentum_update_key_encoder()  # what the next forward pass would begin with
    result["keyAfterNextUpdate"] = {
        "parameters": encoder(model.encoder_k, AFTER_NEXT_UPDATE + heads[-1:], [])["parameters"]
    }
    return result


def compare(single, double, reordered):
    """Checks of a tree of float32 tensors, each with the float64 run's sum and norm, the distance to it and how far other orders of summation are from its norm."""
    if isinstance(single, torch.Tensor):
        wide = golden.check(double)
        norms = [one.double().norm() for one in reordered]
        return {
            **golden.check(single), "noise": golden.noise(single, double), "sum64": wide["sum"], "norm64": wide["norm"],
            "normSpread": rounding.spread([float(norm) for norm in norms], float(double.norm())),
        }
    return {key: compare(single[key], double[key], [one[key] for one in reordered]) for key in single}


def compare_state(single, double, reordered):
    """The same for a whole state; of the queue, whose keys have length 1, the first numbers too."""
    first = lambda state: state["queue"].reshape(-1)[:4]
    return {
        **compare(single, double, reordered),
        "queueFirst64": golden.numbers(first(double)), "queueFirstSpread": rounding.spread([first(one) for one in reordered], first(double)),
    }
