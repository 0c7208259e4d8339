#!/usr/bin/env python3
"""Figures of momentum CMC on generated tiles: variants of the network, the loss and the head, each tested on both kinds of labels.

Resumable: a variant that has its result is not run again, one that was stopped goes on. Needs the built tool and nothing else.
  bench/terrain.py --work DIR [--tiles 500] [--size 256] [--crop 128] [--epochs 3 | --minutes 30] [--only NAME ...]
With --minutes each variant trains for as many epochs as fit; where less than one does, it stops on the way.
"""
import argparse
import pathlib
import re
import shutil
import time

from flatness import plot
from moco_tool import cores, kept, metrics, seconds_a_step, tool, write_page

OURS, ORIGINAL = "terrain-infonce", "terrain-combined"
VARIANTS = {  # name -> recipe, changes
    "InfoNCE in the batch": (OURS, []),
    "plain convolutions": (OURS, ["encoder.name=plainconv-resnet34"]),
    "attention head": (OURS, ["method.head=attention"]),
    "RegNetX-1.6GF": (OURS, ["encoder.name=convnorm-regnetx-1.6gf"]),
    "an encoder a view": (OURS, ["encoder.name=convnorm-first", "method.sharing=none", "method.head=none", "method.keyFeatures=128"]),
    "the original's pairs alone": (OURS, ["method.pairs=[[0, 1], [0, 2], [0, 3], [1, 0], [1, 2], [2, 0], [2, 1], [3, 0]]"]),
    "memory as well": (OURS, ["method.interBatch=true"]),
    "memory alone": (OURS, ["method.interBatch=true", "method.intraBatch=false"]),
    "memory alone, momentum networks fixed": (OURS, ["method.interBatch=true", "method.intraBatch=false", "method.keyMomentum=1"]),
    "NCE in the batch": (OURS, ["method.loss=nce"]),
    "the original's form": (ORIGINAL, []),
    "the original's form, plain convolutions": (ORIGINAL, ["encoder.name=plainconv-resnet34"]),
    "the original's form, no intra-batch loss": (ORIGINAL, ["method.intraBatch=false"]),
}


def plain(name):
    return re.sub("[,']", "", name).replace(" ", "-").lower()


def stop(args):
    return ["--stop-after", args.stop_after] if args.stop_after else []


def batch_of(name):
    return int(re.search(r"batchSize: (\d+)", tool("recipes", "show", VARIANTS[name][0])["text"])[1])


def begin(name, args, tiles, run, epochs, steps=None, samples=None):
    recipe, changes = VARIANTS[name]
    shutil.rmtree(run, ignore_errors=True)
    changes = changes + [f"views.{view}.steps.0.randomCrop.size={args.crop}" for view in (0, 1, 2, *([4] if recipe == OURS else []))]
    changes += [f"views.3.steps.0.centerFit.size={args.crop}", f"training.epochs={epochs}", f"monitor.everyEpochs={args.monitor}", "data.workers=1"]
    sets = [part for change in changes for part in ("--set", change)]
    return tool("train", recipe, "--data", tiles, "--labels", tiles / "age.csv", "--run", run, *sets, *(["--max-steps", steps] if steps else []), *stop(args), samples=samples)


def train(name, args, tiles):
    run = args.work / "runs" / plain(name)
    samples = args.work / "samples" / f"{plain(name)}.jsonl"
    if (run / "checkpoints").exists():
        return run, tool("resume", run, *stop(args), samples=samples)
    if not args.minutes:
        return run, begin(name, args, tiles, run, args.epochs, samples=samples)
    seconds = kept(args.work / "rates" / f"{plain(name)}.json", lambda: seconds_a_step(lambda steps: begin(name, args, tiles, args.work / "trial", 1, steps)))
    steps = int(60 * args.minutes / seconds)
    epochs = steps * batch_of(name) // args.tiles
    return run, begin(name, args, tiles, run, max(1, epochs), None if epochs else steps, samples)


def result(name, args, tiles):
    def found():
        start = time.time()
        run, summary = train(name, args, tiles)
        lines = metrics(run) if (run / "metrics.jsonl").exists() else []
        seconds, steps = summary["elapsed_seconds"], summary["steps"]
        tested = {labels: tool("eval", "views", run, "--labels", tiles / f"{labels}.csv") for labels in ("age", "ridges")}
        return {"name": name, "losses": [line["loss"] for line in lines], "seconds": seconds, "steps": steps, "wall": time.time() - start} | tested
    return kept(args.work / "results" / (name + ".json"), found)


def accuracy(found, labels, features, trained):
    return next((f"{row['accuracy']:.1f}" for row in found[labels]["results"] if row["features"] == features and row.get("trained") == trained), "-")


def matches(found):
    return " / ".join(f"{row['accuracy']:.1f}" for row in found["age"]["matches"] if row["trained"])


def row(found):
    losses = f"{found['losses'][0]:.2f} > {found['losses'][-1]:.2f}" if found["losses"] else "-"
    cells = [found["name"], losses, f"{found['steps']:,}", f"{found['seconds'] / 60:.1f}"]
    for labels in ("age", "ridges"):
        for features in ("view 0: terrain", "all views"):
            cells.append(f"{accuracy(found, labels, features, False)} > {accuracy(found, labels, features, True)}")
    return "| " + " | ".join([*cells, matches(found)]) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    for option, default in (("tiles", 500), ("size", 256), ("crop", 128), ("epochs", 3)):
        parser.add_argument(f"--{option}", type=int, default=default)
    parser.add_argument("--minutes", type=float, help="instead of --epochs")
    parser.add_argument("--stop-after", type=int, help="epochs after which to stop, whatever is planned")
    parser.add_argument("--monitor", type=int, default=0, help="a kNN test every so many epochs")
    parser.add_argument("--only", nargs="*", choices=list(VARIANTS), default=list(VARIANTS), metavar="VARIANT")
    parser.add_argument("--title", default="Momentum CMC on generated terrain")
    parser.add_argument("--out", type=pathlib.Path, help="write the table there")
    args = parser.parse_args()
    tiles = args.work / "tiles"
    if not (tiles / "ridges.csv").exists():
        tool("data", "terrain", "--count", args.tiles, "--size", args.size, "-o", tiles)
    rows = []
    for name in args.only:
        found = result(name, args, tiles)
        rows.append(found)
        print(row(found), flush=True)
    histograms = {labels: accuracy(rows[0], labels, "color histogram", None) for labels in ("age", "ridges")}
    text = "\n".join([
        f"# {args.title}", "",
        f"`bench/terrain.py --work DIR --tiles {args.tiles} --size {args.size} --crop {args.crop} {f'--minutes {args.minutes:g}' if args.minutes else f'--epochs {args.epochs}'}`: {args.tiles} tiles to learn from, {args.tiles // 4} to test on; {['one core', 'two cores'][cores() > 1]}.",
        f"kNN accuracy in percent, untrained > trained; a color histogram has {histograms['age']} (age, 3 classes) and {histograms['ridges']} (ridges, 4 classes). In the last column: how often the trained",
        f"terrain view finds its scene's segmentation / heights / whole tile among those of {args.tiles // 4} test scenes (guessing: {400 / args.tiles:.1f}). One seed.", "",
        "| variant | loss, first > last epoch | updates | minutes | age, terrain view | age, all views | ridges, terrain view | ridges, all views | finds |", "|---|---|---|---|---|---|---|---|---|",
        *[row(found) for found in rows], "",
        *[f"* {name}: `{VARIANTS[name][0]}` {' '.join(VARIANTS[name][1])}".rstrip() for name in args.only], "",
        f"Memory, handles and step time of the first of them: ![curves]({args.out.with_suffix('.svg').name if args.out else ''})", ""])
    print(text)
    if args.out:
        write_page(args.out, text)
        args.out.with_suffix(".svg").write_text(plot(args.work / "samples" / f"{plain(rows[0]['name'])}.jsonl", metrics(args.work / "runs" / plain(rows[0]["name"]))))


if __name__ == "__main__":
    main()
