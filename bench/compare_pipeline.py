#!/usr/bin/env python3
"""Times `moco bench pipeline` and torchvision with DataLoader in turn and writes docs/results/pipeline.md.

  bench/compare_pipeline.py --imagenette DIR --cifar10 DIR --pairs 5
Both folders hold train/ with one folder a class. Only the parts whose folder is given are run; --only jpeg|packed|cifar runs one, and --dry writes nothing.
"""
import argparse
import os
import tempfile

from pairs import MOCO, PYTHON, ROOT, machine, pairs, row, run

HEAD = """# The input pipeline beside torchvision

Pictures become batches of two random views each, with nobody training: pictures (pairs of views) a second. Pairs in turn (A B A B), medians. The peer is Debian's PyTorch
{torch} and torchvision {torchvision} with `ImageFolder`, Pillow's views as MoCo's scripts have them, and a `DataLoader` of 2 worker processes; MocoSharp has 2 threads.
{machine}.

```sh
bench/compare_pipeline.py --imagenette DIR --cifar10 DIR --pairs {count}
```

| work | MocoSharp | torchvision | ratio | spread | pairs |
|---|---|---|---|---|---|
"""


def ours(data, seconds, *more):
    return [MOCO, "bench", "pipeline", "--json", "--workers", "2", "--seconds", str(seconds), "--data", data, *more]


def peer(data, seconds, *more):
    return [PYTHON, str(ROOT / "bench/peers/pipeline_torch.py"), "--workers", "2", "--seconds", str(seconds), "--data", data, *more]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--imagenette")
    parser.add_argument("--cifar10")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--only", choices=["jpeg", "packed", "cifar"])
    parser.add_argument("--dry", action="store_true")
    a = parser.parse_args()
    rows, parts, last = [], [], None

    def work(name, key, mine, theirs):
        nonlocal last
        if a.only in (None, key):
            results = pairs(name, mine, theirs, a.pairs)
            last = results[-1][1]
            rows.append(row(name, results))
            times = results[-1][0]["milliseconds"]
            parts.append(f"| {name} | " + " | ".join(f"{1000 * times[part]:.1f}" if part in times else "" for part in PARTS) + " |")

    with tempfile.TemporaryDirectory() as folder:
        if a.imagenette:
            small = ["--image", "128", "--batch", "64"]
            train = os.path.join(a.imagenette, "train")
            work("Imagenette, JPEG of 224 px to 128 px, MoCo v2", "jpeg", ours(a.imagenette, a.seconds, *small), peer(train, a.seconds, *small))
            if a.only in (None, "packed"):
                packed = os.path.join(folder, "imagenette.pack")
                run([MOCO, "pack", a.imagenette, "-o", packed, "--json"])
                work("the same from a packed file (raw)", "packed", ours(packed, a.seconds, *small), peer(train, a.seconds, *small))
        if a.cifar10:
            work("CIFAR-10 in memory, 32 px, MoCo's demo views", "cifar", ours(a.cifar10, a.seconds, "--recipe", "moco-cifar10", "--batch", "256", "--cache", "2048"),
                 peer(os.path.join(a.cifar10, "train"), a.seconds, "--views", "cifar", "--image", "32", "--batch", "256", "--memory"))
    text = (HEAD.format(torch=last["torch"], torchvision=last["torchvision"], machine=machine(), count=a.pairs) + "\n".join(rows)
            + "\n\nMocoSharp's time a picture by part, one thread, both views together, microseconds:\n\n| work | " + " | ".join(PARTS) + " |\n|---" * 1
            + "|---" * len(PARTS) + "|\n" + "\n".join(parts) + "\n")
    print(text)
    if not a.dry:
        (ROOT / "docs/results/pipeline.md").write_text(text)


PARTS = ["decode", "randomResizedCrop", "colorJitter", "grayscale", "gaussianBlur", "flip", "normalize"]
main()
