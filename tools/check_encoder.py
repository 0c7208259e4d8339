#!/usr/bin/env python3
"""Shows that an encoder.safetensors loads into torchvision's ResNet without conversion, and prints its features' checksum.

Every parameter and buffer of the network except fc.* must be in the file, under torchvision's name and with its shape, and nothing
else may be.
Exit code: 0 = OK, 1 = the file does not fit, 2 = wrong usage.
"""
import argparse
import pathlib
import sys

import torch
from torch import nn
from torchvision.models import resnet

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "reference"))
import fill  # noqa: E402
import safetensors_reader  # noqa: E402

BLOCKS = {
    "resnet18": (resnet.BasicBlock, [2, 2, 2, 2]), "resnet34": (resnet.BasicBlock, [3, 4, 6, 3]),
    "resnet50": (resnet.Bottleneck, [3, 4, 6, 3]), "resnet101": (resnet.Bottleneck, [3, 4, 23, 3]),
    "resnet152": (resnet.Bottleneck, [3, 8, 36, 3]),
}


class WideResNet(resnet.ResNet):
    """torchvision's ResNet with another width of its first stage (64 in the paper); later stages double it as usual."""

    def __init__(self, block, layers, width):
        self.first_width = width
        super().__init__(block, layers)
        self.bn1 = nn.BatchNorm2d(width)

    def _make_layer(self, block, planes, blocks, *args, **options):
        if planes == 64:
            self.inplanes = self.first_width
        return super()._make_layer(block, planes * self.first_width // 64, blocks, *args, **options)


def build(arch, small_stem, channels, width):
    net = WideResNet(*BLOCKS[arch], width)
    stem = {"kernel_size": 3, "stride": 1, "padding": 1} if small_stem else {"kernel_size": 7, "stride": 2, "padding": 3}
    net.conv1 = nn.Conv2d(channels, width, bias=False, **stem)
    if small_stem:
        net.maxpool = nn.Identity()
    net.fc = nn.Identity()  # a file may carry fc.*; the features come before it
    return net


def problems(net, tensors):
    """What keeps the tensors from being this network's state_dict; empty when nothing does."""
    wanted = net.state_dict()
    given = {name: tensor for name, tensor in tensors.items() if not name.startswith("fc.")}
    found = [f"missing: {name} {list(tensor.shape)}" for name, tensor in wanted.items() if name not in given]
    found += [f"not torchvision's: {name} {list(tensor.shape)}" for name, tensor in given.items() if name not in wanted]
    for name in wanted.keys() & given.keys():
        if wanted[name].shape != given[name].shape:
            found.append(f"shape of {name}: the file has {list(given[name].shape)}, torchvision {list(wanted[name].shape)}")
        elif not bool(torch.isfinite(given[name].double()).all()):
            found.append(f"not finite: {name}")
    return sorted(found), given


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=pathlib.Path, help="an encoder.safetensors")
    parser.add_argument("--arch", default="resnet18", choices=BLOCKS)
    parser.add_argument("--small-stem", action="store_true", help="3x3 first convolution of stride 1 and no max-pool")
    parser.add_argument("--channels", type=int, default=3, help="input channels (default 3)")
    parser.add_argument("--width", type=int, default=64, help="channels of the first stage (default 64)")
    parser.add_argument("--size", type=int, default=32, help="side of the test images in pixels (default 32)")
    return parser.parse_args()


def main():
    args = parse()
    try:
        tensors, _ = safetensors_reader.read(args.file)
    except (OSError, safetensors_reader.SafetensorsError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    net = build(args.arch, args.small_stem, args.channels, args.width)
    found, given = problems(net, tensors)
    if found:
        more = f"\n  and {len(found) - 20} more" if len(found) > 20 else ""
        print(f"error: {args.file} is no {args.arch} (small stem: {args.small_stem}, channels: {args.channels}, width: {args.width})\n  "
              + "\n  ".join(found[:20]) + more + "\n  fix: name the architecture and stem that the run used", file=sys.stderr)
        return 1
    net.load_state_dict(given, strict=True)
    torch.set_num_threads(1)
    with torch.no_grad():
        features = net.eval()(fill.inputs("check.input", (2, args.channels, args.size, args.size)))
    if not bool(torch.isfinite(features).all()):
        print(f"error: {args.file} loads, but its features are not finite", file=sys.stderr)
        return 1
    wide, first = features.double(), " ".join(f"{value:.9g}" for value in features[0, :4].tolist())
    print(f"OK {args.arch} features {list(features.shape)} sum {float(wide.sum()):.9g} norm {float(wide.norm()):.9g} first {first}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
