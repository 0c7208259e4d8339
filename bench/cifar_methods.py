#!/usr/bin/env python3
"""Every method on CIFAR-10 for some minutes of training each: kNN and a linear classifier on 1% of the labels, beside raw pixels and the untrained encoder.

  bench/cifar_methods.py --data DIR --work DIR [--minutes 4] [--only RECIPE ...]
A short run measures a recipe's rate; the training then has as many epochs as come nearest, its schedule made for them (less than half of one: it stops on the way).
Resumable: what has its result is not done again. Writes docs/results/cifar10-methods.md.
"""
import argparse
import pathlib
import re
import shutil

from moco_tool import ROOT, accuracy, cores, kept, part_of, seconds_a_step, tool, write_page

RECIPES = ["moco-cifar10", "npid-cifar10", "cmc-cifar10", "fastai-moco-cifar10", "nnclr-cifar10", "nnclr-keras-cifar10", "momentum-cmc-cifar10", "dim-cifar10", "amdim-cifar10", "cpc-cifar10"]
PICTURES = 50_000
ADAM = ["optimizer={ name: adamw, weightDecay: 0.01 }", "learningRate={ name: cosine, start: 0.001, per: step, warmUpEpochs: 0.2 }"]
SHORT = {   # schedules of hundreds of epochs, made for a few; lighter networks
    "moco-cifar10": ["encoder.width=0.5", "training.batchSize=128", *ADAM],
    "npid-cifar10": ["encoder.name=xresnet18", *ADAM],
    "cmc-cifar10": ["encoder.name=pair-xresnet18", *ADAM],
    "nnclr-cifar10": ["encoder.name=xresnet18", "method.supportLength=8192", *ADAM],
    "momentum-cmc-cifar10": ["learningRate.warmUpEpochs=0.2"],
    "amdim-cifar10": ["learningRate.warmUpEpochs=0.1"],
}


FEWER = ["npid-cifar10", "cmc-cifar10"]     # a bank of instances says something from the second time on that it meets one: a fifth of the pictures, more often


def pictures_of(args, recipe):
    return part_of(args.data, args.work / "fifth", train=0.2, test=1) if recipe in FEWER else args.data


def steps_taken(args, recipe, run, steps, *more):
    """The summary of a training from its start that ends after so many steps at most."""
    shutil.rmtree(run, ignore_errors=True)
    most = ["--max-steps", steps] if steps else []
    return tool("train", recipe, "--data", pictures_of(args, recipe), "--run", run, "--set", "monitor.everyEpochs=0", *[part for change in SHORT.get(recipe, []) for part in ("--set", change)], *more, *most)


def batch_of(recipe):
    return int(re.findall(r"batchSize[:=] ?(\d+)", "\n".join([tool("recipes", "show", recipe)["text"], *SHORT.get(recipe, [])]))[-1])


def train(args, recipe):
    """The summary of the training that fits into the minutes."""
    batch = batch_of(recipe)
    trial = lambda steps: steps_taken(args, recipe, args.work / "trial", steps)
    pictures = kept(args.work / f"{recipe}-rate.json", lambda: batch / seconds_a_step(trial)) * 60 * args.minutes
    epochs = round(pictures / (PICTURES / 5 if recipe in FEWER else PICTURES))
    summary = steps_taken(args, recipe, args.work / recipe, 0 if epochs else int(pictures / batch), "--set", f"training.epochs={max(1, epochs)}")
    return summary | {"images_per_second": summary["steps"] * batch / summary["elapsed_seconds"]}


def result(args, recipe):
    summary = kept(args.work / f"{recipe}-training.json", lambda: train(args, recipe))
    test = lambda name, data, *more: kept(args.work / "results" / f"{recipe}-{name}.json", lambda: tool("eval", name, args.work / recipe, "--data", data, *more))["results"]
    fifth = part_of(args.data, args.work / "fifth", train=0.2, test=1)
    return {"recipe": recipe, "training": summary, "knn": test("knn", fifth), "linear": test("linear", args.data, "--labels", "1%", "--draws", args.draws)}


def row(found):
    cells = [accuracy(found[test], kind, spread=test == "linear") for test in ("knn", "linear") for kind in ("pixels", "untrained", "trained")]
    training = found["training"]
    return f"| {found['recipe']} | {training['images_per_second']:,.0f} | {training['steps']:,} | {training['elapsed_seconds'] / 60:.1f} | {' | '.join(cells)} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--minutes", type=float, default=4)
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--only", nargs="*", choices=RECIPES, default=RECIPES)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    rows = []
    for recipe in args.only:
        rows.append(row(kept(args.work / "results" / f"{recipe}.json", lambda recipe=recipe: result(args, recipe))))
        print(rows[-1], flush=True)
    text = "\n".join([
        "# Every method on CIFAR-10 in a few minutes", "",
        f"The JPEG copy of CIFAR-10 (lossy, so compare with nothing published), {args.minutes:g} minutes of training on {['one core', 'two cores'][cores() > 1]} for each method with its own encoder and views.",
        f"Accuracy in percent of raw pixels, an untrained encoder of the same shape, and the trained one: kNN with a fifth of the labels, and a linear classifier (L-BFGS) with 1% of them, {args.draws} draws.",
        "Minutes like these show that a method learns; they do not rank methods.", "",
        "```sh", f"bench/cifar_methods.py --data DIR --work DIR --minutes {args.minutes:g}", "```", "",
        "| recipe | images/s | steps | minutes | kNN, pixels | kNN, untrained | kNN, trained | linear, pixels | linear, untrained | linear, trained |", "|---|---|---|---|---|---|---|---|---|---|", *rows, "",
        f"Changed for so short a training ({' and '.join(FEWER)} learn from a fifth of the pictures):", "", *[f"* `{recipe}`: `{' '.join(changes)}`" for recipe, changes in SHORT.items()], ""])
    write_page(ROOT / "docs/results/cifar10-methods.md", text)


if __name__ == "__main__":
    main()
