#!/usr/bin/env python3
"""What an hour of training without labels on Imagenette is worth, minute by minute, and whether memory, step time and handles stay flat.

  bench/imagenette.py --data DIR --work DIR [--recipe moco-v2-imagenette-fast] [--epochs N] [--stops 5 20 50]
One training in one process; after each of `--stops` epochs its encoder is copied, and all copies are tested in the end. Resumable: a training that was
stopped goes on, what has its result is not done again. Writes docs/results/imagenette.md and .svg, and the curve docs/images/imagenette-hour.svg. Minutes are
the training's own, with its kNN tests.
"""
import argparse
import pathlib
import shutil
import subprocess
import time

from flatness import plot, processes, watch
from moco_tool import ROOT, TOOL, accuracy, kept, metrics, tool, write_page

LABELS = ["1%", "10%", "100%"]
PUBLISHED = 64.2        # MoCo v2 on this set with 10% of the labels, linear, after 18 hours on a GPU


def keep_copy(run, copy):
    """What `moco eval` reads of a run, as it is now."""
    copy.mkdir(parents=True, exist_ok=True)
    for name in ("recipe.yaml", "environment.json", "metrics.jsonl", "encoder.safetensors"):
        shutil.copy(run / name, copy / name)


def train(args):
    """Trains in one process, watched, and keeps copies of the encoder on the way."""
    run, missing = args.work / "run", [stop for stop in args.stops if not (args.work / f"after-{stop}" / "encoder.safetensors").exists()]
    if not missing:
        return run
    start = ["resume", run] if (run / "checkpoints").exists() else ["train", args.recipe, "--data", args.data, "--run", run, *(["--epochs", args.epochs] if args.epochs else []), *args.set]
    with open(args.work / "training.log", "a") as log:
        process = subprocess.Popen([*TOOL, *map(str, start)], stdout=log, stderr=log)
    watch(process, args.work / "samples.jsonl")
    while process.poll() is None:
        time.sleep(1)
        done = len(metrics(run)) if (run / "metrics.jsonl").exists() else 0
        if done in missing and not (args.work / f"after-{done}").exists():
            while (run / "encoder.safetensors").stat().st_mtime < (run / "metrics.jsonl").stat().st_mtime and process.poll() is None:
                time.sleep(0.1)     # the encoder is written after the line
            keep_copy(run, args.work / f"after-{done}")
    if process.returncode:
        raise SystemExit(f"the training ended with {process.returncode}: see {args.work}/training.log")
    if not (args.work / f"after-{len(metrics(run))}").exists():
        keep_copy(run, args.work / f"after-{len(metrics(run))}")
    return run


def evaluate(args, copy, stop):
    def test(name, *arguments):
        return kept(args.work / "results" / f"{name}-after-{stop}.json", lambda: tool(*arguments[:2], copy, "--data", args.data, *arguments[2:]))["results"]
    found = {share: test(f"linear-{share.rstrip('%')}", "eval", "linear", "--labels", share, "--draws", "3" if share != "100%" else "1") for share in (LABELS if stop == args.stops[-1] else LABELS[1:2])}
    found["knn"] = test("knn", "eval", "knn")
    return found


def curve(points, levels):
    """Accuracy by minutes of training: points (minutes, percent) and level lines (name, percent)."""
    left, top, width, height, least, most = 60, 40, 400, 220, 30, 75
    x = lambda minutes: left + width * minutes / 80
    y = lambda percent: top + height * (most - percent) / (most - least)
    lines = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 310" font-family="sans-serif" font-size="13">', '<rect width="640" height="310" fill="white"/>',
             '<text x="60" y="22" font-size="15">Imagenette, linear classifier on 10% of the labels: accuracy in percent</text>']
    for percent in range(least, most + 1, 10):
        lines.append(f'<line x1="{left}" y1="{y(percent):.0f}" x2="{left + width}" y2="{y(percent):.0f}" stroke="#dddddd"/><text x="{left - 8}" y="{y(percent) + 4:.0f}" text-anchor="end">{percent}</text>')
    for minutes in range(0, 81, 20):
        lines.append(f'<text x="{x(minutes):.0f}" y="{top + height + 20}" text-anchor="middle">{minutes}</text>')
    lines.append(f'<text x="{left + width / 2:.0f}" y="{top + height + 40}" text-anchor="middle">minutes of training without labels</text>')
    for name, percent in levels:
        lines.append(f'<line x1="{left}" y1="{y(percent):.0f}" x2="{left + width}" y2="{y(percent):.0f}" stroke="#888888" stroke-dasharray="5 4"/>'
                     f'<text x="{left + width + 10}" y="{y(percent) + 4:.0f}" fill="#555555">{name} {percent}</text>')
    lines.append('<polyline fill="none" stroke="#1f77b4" stroke-width="2.5" points="' + " ".join(f"{x(m):.0f},{y(p):.0f}" for m, p in points) + '"/>')
    for minutes, percent in points:
        lines.append(f'<circle cx="{x(minutes):.0f}" cy="{y(percent):.0f}" r="4" fill="#1f77b4"/><text x="{x(minutes):.0f}" y="{y(percent) - 9:.0f}" text-anchor="middle" fill="#1f77b4">{percent}</text>')
    return "\n".join([*lines, "</svg>", ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, required=True, help="Imagenette with train/ and val/, or a packed file of it")
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--recipe", default="moco-v2-imagenette-fast")
    parser.add_argument("--epochs", type=int, help="default: the recipe's")
    parser.add_argument("--stops", type=int, nargs="+", default=[5, 20, 60], help="epochs, the last of them the training's end")
    parser.add_argument("--tuned-draws", type=int, default=1, help="draws of labels for fine-tuning")
    parser.add_argument("--set", action="append", default=[])
    args = parser.parse_args()
    args.set = [part for change in args.set for part in ("--set", change)]
    args.work.mkdir(parents=True, exist_ok=True)
    rows, points, last = [], [], None
    run = train(args)
    for stop in args.stops:
        copy = args.work / f"after-{stop}"
        last, minutes = evaluate(args, copy, stop), metrics(copy)[-1]["elapsed_seconds"] / 60
        rows.append(f"| {stop} | {minutes:.0f} | {accuracy(last['10%'], 'trained', spread=True)} | {accuracy(last['knn'], 'trained')} |")
        points.append((minutes, float(accuracy(last["10%"], "trained"))))
        print(rows[-1], flush=True)
    tuned = {share: kept(args.work / "results" / f"finetune-{share.rstrip('%')}.json", lambda share=share: tool("eval", "finetune", args.work / f"after-{args.stops[-1]}", "--data", args.data, "--labels", share,
                                                                                                            "--against-scratch", "--draws", args.tuned_draws))["results"] for share in LABELS[1:2]}
    (ROOT / "docs/results/imagenette.svg").write_text(plot(args.work / "samples.jsonl", metrics(run)))
    (ROOT / "docs/images/imagenette-hour.svg").write_text(curve(points, [("GPU, 18 hours:", PUBLISHED), *[(f"{name}:", float(accuracy(last["10%"], kind))) for name, kind in (("untrained", "untrained"), ("raw pixels", "pixels"))]]))
    text = "\n".join([
        "# Imagenette in an hour", "",
        f"`{args.recipe}`, {args.stops[-1]} epochs of 9,469 pictures, tested on 3,925; accuracy in percent. A linear classifier (L-BFGS, its C chosen on held-out labels) on frozen features; three draws of 1% and 10% of",
        "the labels, mean ± standard deviation.", "", "```sh", f"bench/imagenette.py --data DIR --work DIR --stops {' '.join(map(str, args.stops))}", "```", "",
        "| epochs | minutes of training | linear, 10% of the labels | kNN, all labels |", "|---|---|---|---|", *rows, "",
        "![Accuracy by minutes of training](../images/imagenette-hour.svg)", "",
        "The last of them beside raw pixels and the untrained encoder:", "", "| test | pixels | untrained | trained |", "|---|---|---|---|",
        *[f"| linear, {share} | " + " | ".join(accuracy(last[share], kind, spread=share != "100%") for kind in ("pixels", "untrained", "trained")) + " |" for share in LABELS],
        "| kNN | " + " | ".join(accuracy(last["knn"], kind) for kind in ("pixels", "untrained", "trained")) + " |", "",
        "Going on to learn all weights from 10% of the labels (`moco eval finetune --against-scratch`): " + ", ".join(f"{one['features']} {one['accuracy']:.1f}" for one in tuned["10%"]) + ".", "",
        f"Memory, handles and step time meanwhile ({processes(args.work / 'samples.jsonl')}; the pictures grow with the epochs):", "", "![Memory, handles and step time over the training](imagenette.svg)", ""])
    write_page(ROOT / "docs/results/imagenette.md", text)
    print(text)


if __name__ == "__main__":
    main()
