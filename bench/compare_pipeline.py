#!/usr/bin/env python3
"""Times `moco bench pipeline` and torchvision with DataLoader in turn and writes docs/results/pipeline.md.

  bench/compare_pipeline.py --imagenette DIR --cifar10 DIR --pairs 5
Both folders hold train/ with one folder a class. Only the parts whose folder is given are run; --only jpeg|packed|cifar runs one, and --dry writes nothing.
Rows of other parts stay on the page: all are kept in docs/results/pipeline.json.
"""
import argparse
import os
import tempfile

from moco_tool import write_page
from pairs import MOCO, PYTHON, ROOT, machine, merge, pairs, row, run

HEAD = """# The input pipeline beside torchvision

Pictures become batches of two random views each, with nobody training: pictures (pairs of views) a second. Pairs in turn (A B A B), medians. The peer is Debian's PyTorch
and torchvision with `ImageFolder`, Pillow's views as MoCo's scripts have them, and a `DataLoader` of 2 worker processes; MocoSharp has 2 threads.
{where}

```sh
bench/compare_pipeline.py --imagenette DIR --cifar10 DIR
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
    parser.add_argument("--only", choices=["jpeg", "packed", "shards", "cifar"])
    parser.add_argument("--dry", action="store_true")
    a = parser.parse_args()
    wanted = {None: a.imagenette or a.cifar10, "cifar": a.cifar10}.get(a.only, a.imagenette)
    if not wanted:
        parser.error({None: "nothing to run: give --imagenette or --cifar10", "cifar": "--only cifar needs --cifar10"}.get(a.only, f"--only {a.only} needs --imagenette"))
    rows = {}

    def work(name, key, mine, theirs):
        if a.only in (None, key):
            results = pairs(name, mine, theirs, a.pairs)
            times, last = results[-1][0]["milliseconds"], results[-1][1]
            cells = " | ".join(f"{1000 * times[part]:.1f}" if part in times else "" for part in PARTS)
            rows[name] = {"row": row(name, results), "parts": f"| {name} | {cells} |", "where": f"PyTorch {last['torch']}, torchvision {last['torchvision']}, {machine()}."}

    with tempfile.TemporaryDirectory() as folder:
        if a.imagenette:
            small = ["--image", "128", "--batch", "64"]
            train = os.path.join(a.imagenette, "train")
            work("Imagenette, JPEG of 224 px to 128 px, MoCo v2", "jpeg", ours(a.imagenette, a.seconds, *small), peer(train, a.seconds, *small))
            if a.only in (None, "packed"):
                packed = os.path.join(folder, "imagenette.pack")
                run([MOCO, "pack", a.imagenette, "-o", packed, "--json"])
                work("the same from a packed file (raw)", "packed", ours(packed, a.seconds, *small), peer(train, a.seconds, *small))
            if a.only in (None, "shards"):
                shards = os.path.join(folder, "shards")
                run([MOCO, "shard", a.imagenette, "-o", shards, "--size", "16", "--json"])
                tars = next(place for place, _, files in sorted(os.walk(shards)) if any(name.endswith(".tar") for name in files))
                work("the same from tar shards, beside webdataset's resampling", "shards",
                     ours(shards, a.seconds, *small, "--set", "data.shuffleBuffer=1000"), peer(tars, a.seconds, *small, "--shards"))
        if a.cifar10:
            work("CIFAR-10 in memory, 32 px, MoCo's demo views", "cifar", ours(a.cifar10, a.seconds, "--recipe", "moco-cifar10", "--batch", "256", "--cache", "2048"),
                 peer(os.path.join(a.cifar10, "train"), a.seconds, "--views", "cifar", "--image", "32", "--batch", "256", "--memory"))
    kept = rows if a.dry else merge(ROOT / "docs/results/pipeline.json", rows)
    text = page(kept.values())
    print(text)
    if not a.dry:
        write_page(ROOT / "docs/results/pipeline.md", text)


def page(rows):
    return (HEAD.format(where="\n".join(dict.fromkeys(one["where"] for one in rows))) + "\n".join(one["row"] for one in rows)
            + "\n\nMocoSharp's time a picture by part, one thread, both views together, microseconds:\n\n| work | " + " | ".join(PARTS) + " |\n"
            + "|---" * (1 + len(PARTS)) + "|\n" + "\n".join(one["parts"] for one in rows) + "\n")


PARTS = ["decode", "randomResizedCrop", "colorJitter", "grayscale", "gaussianBlur", "flip", "normalize"]
main()
