#!/usr/bin/env python3
"""Figures of momentum CMC on generated tiles: variants of the network, the loss and the head, each tested on both kinds of labels.

Resumable: a variant that has its result is not run again, one that was stopped goes on. Needs the built tool and nothing else.
  bench/terrain.py --work DIR [--tiles 500] [--size 256] [--crop 128] [--epochs 3] [--only NAME ...]
"""
import argparse
import json
import pathlib
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
TOOL = ["dotnet", str(ROOT / "artifacts/bin/MocoSharp.Cli/release/moco.dll")]
COMBINED = "terrain-combined"
VARIANTS = {  # name -> recipe, changes
    "combined": (COMBINED, []),
    "combined, plain convolutions": (COMBINED, ["encoder.name=plainconv-resnet34"]),
    "combined, no intra-batch loss": (COMBINED, ["method.intraBatch=false"]),
    "combined, no inter-batch loss": (COMBINED, ["method.interBatch=false"]),
    "combined, attention head": (COMBINED, ["method.head=attention"]),
    "combined, momentum networks fixed": (COMBINED, ["method.keyMomentum=1"]),
    "combined, InfoNCE": (COMBINED, ["method.loss=infoNce"]),
    "first architecture": ("terrain-first", ["method.memoryLength=40"]),
    "RegNetX-1.6GF": ("terrain-regnet", []),
}


def tool(*arguments):
    done = subprocess.run(TOOL + list(arguments) + ["--json"], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"moco {' '.join(arguments)} ended with {done.returncode}: {done.stderr or done.stdout}")
    return json.loads(done.stdout)


def train(name, args, tiles):
    recipe, changes = VARIANTS[name]
    run = args.work / "runs" / name.replace(" ", "-").replace(",", "").lower()
    if (run / "recipe.yaml").exists():
        return run, tool("resume", str(run))
    changes = changes + [f"views.{view}.steps.0.randomCrop.size={args.crop}" for view in range(3)]
    changes += [f"views.3.steps.0.centreFit.size={args.crop}", f"training.epochs={args.epochs}", "monitor.everyEpochs=0", "data.workers=1"]
    sets = [part for change in changes for part in ("--set", change)]
    return run, tool("train", recipe, "--data", str(tiles), "--labels", str(tiles / "age.csv"), "--run", str(run), *sets)


def result(name, args, tiles):
    kept = args.work / "results" / (name + ".json")
    if kept.exists():
        return json.loads(kept.read_text())
    start = time.time()
    run, _ = train(name, args, tiles)
    metrics = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    found = {"name": name, "losses": [m["loss"] for m in metrics], "seconds": metrics[-1]["elapsed_seconds"], "images_per_second": metrics[-1]["images_per_second"], "wall": time.time() - start}
    for labels in ("age", "ridges"):
        found[labels] = tool("eval", "views", str(run), "--labels", str(tiles / f"{labels}.csv"))["results"]
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(found, indent=1))
    return found


def accuracy(found, labels, features, trained):
    return next((f"{row['accuracy']:.1f}" for row in found[labels] if row["features"] == features and row.get("trained") == trained), "-")


def row(found):
    cells = [found["name"], f"{found['losses'][0]:.1f} > {found['losses'][-1]:.1f}", f"{found['seconds'] / len(found['losses']):.0f} s"]
    for labels in ("age", "ridges"):
        for features in ("view 0: terrain", "all views"):
            cells.append(f"{accuracy(found, labels, features, False)} > {accuracy(found, labels, features, True)}")
    return "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    for option, default in (("tiles", 500), ("size", 256), ("crop", 128), ("epochs", 3)):
        parser.add_argument(f"--{option}", type=int, default=default)
    parser.add_argument("--only", nargs="*", choices=list(VARIANTS), default=list(VARIANTS))
    parser.add_argument("--out", type=pathlib.Path, help="write the table there")
    args = parser.parse_args()
    tiles = args.work / "tiles"
    if not (tiles / "ridges.csv").exists():
        tool("data", "terrain", "--count", str(args.tiles), "--size", str(args.size), "-o", str(tiles))
    rows = []
    for name in args.only:
        found = result(name, args, tiles)
        rows.append(found)
        print(row(found), flush=True)
    histograms = {labels: accuracy(rows[0], labels, "colour histogram", None) for labels in ("age", "ridges")}
    text = "\n".join([
        "# Momentum CMC on generated terrain", "",
        f"`bench/terrain.py --work DIR --tiles {args.tiles} --size {args.size} --crop {args.crop} --epochs {args.epochs}`: {args.tiles} tiles to learn from, {args.tiles // 4} to test on.",
        f"kNN accuracy in percent, untrained > trained; a colour histogram has {histograms['age']} (age, 3 classes) and {histograms['ridges']} (ridges, 4 classes). One seed.", "",
        "| variant | loss, first > last epoch | an epoch | age, terrain view | age, all views | ridges, terrain view | ridges, all views |", "|---|---|---|---|---|---|---|",
        *[row(found) for found in rows], ""])
    print(text)
    if args.out:
        args.out.write_text(text)


if __name__ == "__main__":
    main()
