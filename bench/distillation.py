#!/usr/bin/env python3
"""A student beside ML.NET's ResNet-18, its teacher: kNN of pixels, of the untrained student, of the student and of the teacher itself.

  bench/distillation.py --data DIR --work DIR --package DIR [--student resnet18-small] [--by seed] [--epochs 30] [--side 32] [--threads N]
`--data` has train/ and test/; `--package` is the unpacked NuGet package Microsoft.ML.DnnImageFeaturizer.ResNet18. Needs PyTorch (python3-torch) for the
teacher's kNN. Resumable: what has its result is not done again. Writes docs/results/distillation.md.
"""
import argparse
import json
import pathlib
import struct

import torch

from moco_tool import ROOT, accuracy, cores, kept, tool, write_page

NEIGHBORS, TEMPERATURE = 20, 0.1


def said(run):
    """[N, D]: what the teacher made of a run's pictures, in the order of their classes and names."""
    data = (run / "teacher.safetensors").read_bytes()
    head = struct.unpack("<Q", data[:8])[0]
    place = json.loads(data[8:8 + head])["teacher"]
    begin, end = place["data_offsets"]
    return torch.frombuffer(bytearray(data[8 + head + begin:8 + head + end]), dtype=torch.float32).reshape(place["shape"])


def labels(folder):
    """The class of each picture, in that order."""
    return torch.tensor([at for at, one in enumerate(sorted(folder.iterdir())) for _ in one.iterdir()])


def knn(train, train_labels, test, test_labels):
    """`moco eval knn` restated: the nearest pictures vote with exp(cos / T)."""
    train, test = (torch.nn.functional.normalize(rows) for rows in (train, test))
    near, at = (test @ train.T).topk(NEIGHBORS)
    votes = torch.zeros(len(test), int(train_labels.max()) + 1).scatter_add_(1, train_labels[at], (near / TEMPERATURE).exp())
    return 100 * float((votes.argmax(1) == test_labels).double().mean())


def teach(args, data, run, epochs):
    models = args.package / "tools" / "DnnImageModels"
    files = [models / "ResNetPrepOnnx" / "ResNetPreprocess.onnx", models / "ResNet18Onnx" / "ResNet18.onnx"]
    return kept(args.work / f"{run}.json", lambda: tool(
        "distil", *[part for file in files for part in ("--teacher", f"onnx:{file}")], "--teacher-mean", 0, "--teacher-std", 0.00392157,
        "--student", args.student, "--by", args.by, "--data", data, "--run", args.work / run, "--epochs", epochs, "--threads", args.threads,
        "--set", f"views.0.steps.0.randomResizedCrop.size={args.side}", "--set", "monitor.everyEpochs=0"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--package", type=pathlib.Path, required=True)
    parser.add_argument("--student", default="resnet18-small")
    parser.add_argument("--by", default="seed")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--side", type=int, default=32)
    parser.add_argument("--threads", type=int, default=cores())
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    tests = args.work / "tests"         # the test pictures as pictures to learn from: the teacher looks at those alone
    tests.mkdir(exist_ok=True)
    if not (tests / "train").exists():
        (tests / "train").symlink_to((args.data / "test").resolve())
    summary = teach(args, args.data, "student", args.epochs)
    teach(args, tests, "tests-seen", 1)
    own = kept(args.work / "knn.json", lambda: tool("eval", "knn", args.work / "student", "--neighbors", NEIGHBORS, "--temperature", TEMPERATURE))["results"]
    teacher = knn(said(args.work / "student"), labels(args.data / "train"), said(args.work / "tests-seen"), labels(args.data / "test"))
    write_page(ROOT / "docs" / "results" / "distillation.md", f"""# A student beside its teacher

`{args.student}` learned what ML.NET's ResNet-18 (NuGet's Microsoft.ML.DnnImageFeaturizer.ResNet18 0.23.1, trained on ImageNet with labels) makes of
{len(labels(args.data / 'train')):,} pictures, by `{args.by}`, {summary['epochs']} epochs at {args.side} pixels in {summary['elapsed_seconds'] / 60:.1f} minutes on {args.threads} threads; kNN (k {NEIGHBORS},
T {TEMPERATURE}) on {len(labels(args.data / 'test')):,} others, in percent.

| raw pixels | untrained student | student | teacher |
|---|---|---|---|
| {accuracy(own, 'pixels')} | {accuracy(own, 'untrained')} | {accuracy(own, 'trained')} | {teacher:.1f} |

```sh
bench/distillation.py --data DIR --work DIR --package DIR --student {args.student} --by {args.by} --epochs {args.epochs} --side {args.side} --threads {args.threads}
```
""")


if __name__ == "__main__":
    main()
