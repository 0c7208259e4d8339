#!/usr/bin/env python3
"""Embeds a folder of pictures with torchvision's ResNet-50, Pillow and a DataLoader, for timing beside `moco embed`.

The weights and the pictures' pre-processing are those of an encoder.safetensors with the steps of `center_fit`. `--precision bf16` computes by autocast
in channels_last. Writes a .npy file and prints one JSON object; the clock runs from the first picture's decoding to the file on the disk.
"""
import argparse
import json
import pathlib
import sys
import time

import numpy
import torch
import torchvision
from torchvision import transforms

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import safetensors_reader                      # noqa: E402


class Fit:
    """Small pictures are not enlarged beyond the crop, as the encoder was tested."""

    def __init__(self, fit):
        self.size = fit["size"]
        self.large, self.small = (transforms.Resize(side, transforms.InterpolationMode(fit["interpolation"])) for side in (fit["resize"], fit["size"]))

    def __call__(self, picture):
        return (self.large if min(picture.size) > self.size else self.small)(picture)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--encoder", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2)
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    tensors, metadata = safetensors_reader.read(pathlib.Path(a.encoder))
    seen = json.loads(metadata["preprocessing"])
    (fit,) = seen["steps"]
    view = transforms.Compose([Fit(fit), transforms.CenterCrop(fit["size"]), transforms.ToTensor(), transforms.Normalize(seen["mean"], seen["std"])])
    network = torchvision.models.resnet50()
    network.fc = torch.nn.Identity()
    network.load_state_dict(tensors)
    network.eval()
    is_bf16 = a.precision == "bf16"
    if is_bf16:
        network = network.to(memory_format=torch.channels_last)
    begin = time.perf_counter()
    loader = torch.utils.data.DataLoader(torchvision.datasets.ImageFolder(a.data, view), batch_size=a.batch, num_workers=a.workers)
    rows = []
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=is_bf16):
        for pictures, _ in loader:
            rows.append(network(pictures.contiguous(memory_format=torch.channels_last) if is_bf16 else pictures).float())
    numpy.save(a.output, torch.cat(rows).numpy())
    seconds = time.perf_counter() - begin
    print(json.dumps({"seconds": seconds, "images_per_second": sum(len(row) for row in rows) / seconds, "torch": torch.__version__,
                      "torchvision": torchvision.__version__}))


main()
