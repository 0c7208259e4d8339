#!/usr/bin/env python3
"""The input pipeline of a MoCo script in torchvision and DataLoader, for timing beside `moco bench pipeline`: decode, two random views, normalize, collate.

  --views moco-v2   crop, jitter, gray, Pillow's blur, flip (MoCo's main_moco.py --aug-plus)
  --views cifar     crop, flip, jitter, gray (MoCo's CIFAR-10 demo)
  --memory          decodes everything before the clock starts, as torchvision's CIFAR10 class keeps its pictures in memory
  --shards          DIR holds tar shards, read as the webdataset library resamples them: shards drawn with replacement, streamed through a
                    buffer of --buffer pictures that one is drawn from at random
DIR holds one folder a class otherwise. Prints one JSON object; pairs a second are counted from the first batch on, over whole batches.
"""
import argparse
import io
import json
import pathlib
import random
import statistics
import tarfile
import time

import torch
import torchvision
from PIL import Image, ImageFilter
from torchvision import transforms


class Blur:
    def __call__(self, picture):
        return picture.filter(ImageFilter.GaussianBlur(radius=random.uniform(0.1, 2.0)))


class Pair:
    def __init__(self, view):
        self.view = view

    def __call__(self, picture):
        return self.view(picture), self.view(picture)


class InMemory(torch.utils.data.Dataset):
    """Pictures as arrays, made into Pillow's type when they are asked for: what torchvision's CIFAR10 does."""

    def __init__(self, folder, view):
        files = torchvision.datasets.ImageFolder(folder)
        self.arrays = torch.stack([torch.from_numpy(__import__("numpy").asarray(picture).copy()) for picture, _ in files]).numpy()
        self.labels, self.view = files.targets, view

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.view(Image.fromarray(self.arrays[index])), self.labels[index]


class Shards(torch.utils.data.IterableDataset):
    """webdataset's ResampledShards, tarfile_to_samples and shuffle, without its layers in between."""

    def __init__(self, folder, view, buffer):
        self.shards, self.view, self.buffer = sorted(pathlib.Path(folder).glob("*.tar")), view, buffer

    def samples(self):
        while True:
            with tarfile.open(random.choice(self.shards), "r|") as shard:
                picture = None
                for member in shard:
                    if member.name.endswith(".jpg"):
                        picture = shard.extractfile(member).read()
                    elif member.name.endswith(".cls") and picture is not None:
                        yield picture, int(shard.extractfile(member).read())
                        picture = None

    def __iter__(self):
        held = []
        for sample in self.samples():
            held.append(sample)
            if len(held) < self.buffer:
                continue
            place = random.randrange(len(held))
            held[place], held[-1] = held[-1], held[place]
            picture, label = held.pop()
            yield self.view(Image.open(io.BytesIO(picture)).convert("RGB")), label


def view(name, size):
    jitter = transforms.RandomApply([transforms.ColorJitter(0.4, 0.4, 0.4, 0.1)], p=0.8)
    gray, flip = transforms.RandomGrayscale(p=0.2), transforms.RandomHorizontalFlip()
    if name == "cifar":
        steps = [transforms.RandomResizedCrop(size), flip, jitter, gray]
    else:
        steps = [transforms.RandomResizedCrop(size, scale=(0.2, 1.0)), jitter, gray, transforms.RandomApply([Blur()], p=0.5), flip]
    return transforms.Compose([*steps, transforms.ToTensor(), transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--views", choices=["moco-v2", "cifar"], default="moco-v2")
    parser.add_argument("--image", type=int, default=128)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--shards", action="store_true")
    parser.add_argument("--buffer", type=int, default=1000)
    a = parser.parse_args()
    torch.manual_seed(0)
    pair = Pair(view(a.views, a.image))
    data = InMemory(a.data, pair) if a.memory else Shards(a.data, pair, a.buffer) if a.shards else torchvision.datasets.ImageFolder(a.data, pair)
    loader = torch.utils.data.DataLoader(data, batch_size=a.batch, shuffle=not a.shards, num_workers=a.workers, drop_last=True, persistent_workers=True,
                                         worker_init_fn=lambda worker: (torch.set_num_threads(1), random.seed(worker)))
    times, start = [], None
    while start is None or times[-1] - start < a.seconds:
        for (first, second), _ in loader:
            now = time.perf_counter()
            if start is None:
                start = now
            else:
                times.append(now)
                if now - start >= a.seconds:
                    break
    rate = a.batch * len(times) / (times[-1] - start)
    tenth = max(1, len(times) // 10)
    marks = [start, *times[tenth - 1::tenth]]
    rates = [a.batch * tenth / (after - before) for before, after in zip(marks, marks[1:])]
    print(json.dumps({"images_per_second": statistics.median(rates), "mean_images_per_second": rate, "workers": a.workers, "torch": torch.__version__,
                      "torchvision": torchvision.__version__, "mean": float(first.mean())}))


main()
