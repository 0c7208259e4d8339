#!/usr/bin/env python3
"""Measures two processes of one thread against one process of two threads, in turn (A B A B ...), and prints a table of images/s.

  bench/ranks.py --cifar cifar10 --imagenette imagenette --pairs 5

`moco-cifar10` at 32 pixels and ResNet-18 at 128 pixels (`moco-v2-imagenette-fast`'s encoder and views). Each training makes `--epochs` passes over
`--pictures` pictures without tests; the first pass, which chooses kernels, is left out. The machine must do nothing else.
"""
import argparse
import pathlib
import statistics
import tempfile

from moco_tool import metrics, part_of, tool
from pairs import machine

TRAININGS = {
    "moco-cifar10, 32 px": ("cifar", "moco-cifar10", []),
    "ResNet-18, 128 px": ("imagenette", "moco-v2-imagenette-fast", ["--set", "training.sizes=[]", "--set", "views.0.steps.0.randomResizedCrop.size=128", "--set",
                                                                      "training.batchSize=64"]),
}


def rate(run, words, launch):
    """Images/s of a training, without its first epoch."""
    tool(*(launch + ["--"] if launch else []), "train", *words, "--run", run)
    rates = [line["images_per_second"] for line in metrics(run)[1:]]
    return len(rates) / sum(1 / one for one in rates)


def main():
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("--cifar", type=pathlib.Path, required=True)
    parse.add_argument("--imagenette", type=pathlib.Path, required=True)
    parse.add_argument("--pairs", type=int, default=5)
    parse.add_argument("--epochs", type=int, default=3)
    parse.add_argument("--pictures", type=int, default=2000)
    parse.add_argument("--only", choices=sorted(TRAININGS), help="one of the trainings")
    args = parse.parse_args()
    print(f"{machine()}\n\n| training | two processes | one process | ratio | lowest to highest | pairs |\n|---|---|---|---|---|---|")
    for name, (data, recipe, more) in TRAININGS.items():
        if args.only not in (None, name):
            continue
        with tempfile.TemporaryDirectory(dir=getattr(args, data).parent) as root:
            folder = pathlib.Path(root)
            count = sum(1 for _ in (getattr(args, data) / "train").rglob("*.*"))
            pictures = part_of(getattr(args, data), folder / "pictures", train=min(1, args.pictures / count))
            words = [recipe, "--data", str(pictures), "--epochs", args.epochs, "--set", "monitor.everyEpochs=0", *more]
            rates = [(rate(folder / f"two{pair}", [*words, "--threads", 1], ["launch", "--processes", 2]),
                      rate(folder / f"one{pair}", [*words, "--threads", 2], [])) for pair in range(args.pairs)]
        ratios = [two / one for two, one in rates]
        print(f"| {name} | {statistics.median(two for two, _ in rates):.0f} | {statistics.median(one for _, one in rates):.0f} | "
              f"{statistics.median(ratios):.2f} | {min(ratios):.2f} to {max(ratios):.2f} | {len(ratios)} |", flush=True)


if __name__ == "__main__":
    main()
