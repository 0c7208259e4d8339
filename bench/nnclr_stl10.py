#!/usr/bin/env python3
"""NNCLR in Keras' form on Imagenette made into STL-10's binary files: probe, linear classifier, fine-tuning and training from scratch on the same few labels.

  bench/nnclr_stl10.py --imagenette DIR --work DIR [--epochs 60]
All training pictures are the unlabeled set, a tenth of each class the labeled one, val/ the test set; 96 px, middle square. Resumable. Needs Pillow
(Debian: python3-pil, with /usr/bin/python3). Writes docs/results/nnclr-stl10.md.
"""
import argparse
import pathlib
import random

from moco_tool import ROOT, accuracy, cores, kept, metrics, tool, write_page

SIDE = 96
RECIPE = "nnclr-stl10-keras"


def record(path):
    """One picture as STL-10 keeps it: three channels, each column by column."""
    from PIL import Image
    with Image.open(path) as picture:
        picture = picture.convert("RGB")
        side = min(picture.size)
        left, top = (picture.width - side) // 2, (picture.height - side) // 2
        square = picture.resize((SIDE, SIDE), Image.Resampling.BICUBIC, box=(left, top, left + side, top + side))
        return b"".join(band.transpose(Image.Transpose.TRANSPOSE).tobytes() for band in square.split())


def write_stl10(imagenette, folder):
    """The six files; the labeled tenth is drawn with a fixed seed."""
    rng = random.Random(10)
    classes = sorted(path.name for path in (imagenette / "train").iterdir() if path.is_dir())
    split = lambda name: [(label, path) for label, one in enumerate(classes, 1) for path in sorted((imagenette / name / one).iterdir())]
    train, test = split("train"), split("val")
    labeled = []
    for label in range(1, len(classes) + 1):
        own = [item for item in train if item[0] == label]
        labeled += rng.sample(own, round(len(own) / 10))
    folder.mkdir(parents=True)
    for name, items, labels in (("unlabeled", train, False), ("train", labeled, True), ("test", test, True)):
        with open(folder / f"{name}_X.bin", "wb") as file:
            for _, path in items:
                file.write(record(path))
        if labels:
            (folder / f"{name}_y.bin").write_bytes(bytes(label for label, _ in items))
    (folder / "class_names.txt").write_text("\n".join(classes) + "\n")      # last: the set is whole
    return len(train), len(labeled), len(test)


def train(args, data):
    run = args.work / "run"
    if (run / "checkpoints").exists():
        tool("resume", run)
    else:
        tool("train", RECIPE, "--data", data, "--run", run, "--set", f"training.epochs={args.epochs}", *[part for change in args.set for part in ("--set", change)])
    return metrics(run)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--imagenette", type=pathlib.Path, required=True, help="Imagenette with train/ and val/")
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--set", action="append", default=[])
    args = parser.parse_args()
    data = args.work / "stl10"
    counts = kept(args.work / "counts.json", lambda: write_stl10(args.imagenette, data))
    epochs = kept(args.work / "metrics.json", lambda: train(args, data))
    test = lambda name, *more: kept(args.work / "results" / f"{name}.json", lambda: tool("eval", name, args.work / "run", "--data", data, *more))["results"]
    linear, tuned, knn = test("linear"), test("finetune", "--against-scratch"), test("knn")
    print(linear, tuned, knn, epochs[-1], sep="\n")
    measures = lambda one: one["measures"]
    shown = [epochs[i] for i in sorted({0, len(epochs) // 4, len(epochs) // 2, 3 * len(epochs) // 4, len(epochs) - 1})]
    names = [name for name in ("c_acc", "r_acc", "p_acc", "val_p_acc") if name in measures(epochs[-1])]
    text = "\n".join([
        "# NNCLR in Keras' form on files in STL-10's format", "",
        f"Imagenette at {SIDE} px written as STL-10's binary files: {counts[0]:,} unlabeled pictures, {counts[1]:,} labeled ones (a tenth of each class), {counts[2]:,} to test on. Recipe `{RECIPE}`, {args.epochs} epochs,",
        f"{epochs[-1]['elapsed_seconds'] / 60:.0f} minutes of training on {['one core', 'two cores'][cores() > 1]}.", "", "```sh", f"bench/nnclr_stl10.py --imagenette DIR --work DIR --epochs {args.epochs}{''.join(f' --set {change}' for change in args.set)}", "```", "",
        "| epoch | loss | " + " | ".join(names) + " |", "|---|---|" + "---|" * len(names),
        *[f"| {one['epoch']} | {one['loss']:.3f} | " + " | ".join(f"{measures(one)[name]:.3f}" for name in names) + " |" for one in shown], "",
        f"Then from the {counts[1]:,} labeled pictures, accuracy on the test pictures in percent:", "", "| test | accuracy |", "|---|---|",
        *[f"| linear classifier (L-BFGS), {kind} | {accuracy(linear, kind)} |" for kind in ("pixels", "untrained", "trained")],
        *[f"| kNN, {kind} | {accuracy(knn, kind)} |" for kind in ("pixels", "untrained", "trained")],
        *[f"| `eval finetune`, {one['features']} | {one['accuracy']:.1f} |" for one in tuned], ""])
    write_page(ROOT / "docs/results/nnclr-stl10.md", text)


if __name__ == "__main__":
    main()
