#!/usr/bin/python3
"""Lets the libraries themselves read what `moco export` wrote.

  tools/check_export.py RUN_OR_ENCODER                 every format
  tools/check_export.py ENCODER --arch resnet18        into torchvision's network, loaded with strict=True

Needs numpy, torch (torchvision for --arch) and onnx; Debian's python3-onnx 1.12 knows operator sets up to 17. The tool is the built one of this
folder.
Exit code: 0 = all read, 1 = something does not fit.
"""
import argparse
import json
import pathlib
import pickle
import subprocess
import sys
import tempfile

TOOL = pathlib.Path(__file__).resolve().parents[1] / "artifacts/bin/MocoSharp.Cli/release/moco.dll"


def export(model, form, file, *more):
    done = subprocess.run(["dotnet", TOOL, "export", model, "--to", form, "-o", file, *more], capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{form}: refused: {done.stderr.splitlines()[0]}")
    return done.returncode == 0


def check_onnx(model, folder):
    import onnx
    for more in ([], ["--half"], ["--pixels"]):
        file = folder / f"model{'-'.join(more)}.onnx"
        if not export(model, "onnx", file, *more):
            continue
        loaded = onnx.load(file)
        onnx.checker.check_model(loaded, full_check=True)
        texts = {item.key: item.value for item in loaded.metadata_props}
        json.loads(texts["preprocessing"]), json.loads(texts["mean"]), json.loads(texts["size"])
        print(f"onnx {' '.join(more)}: {len(loaded.graph.node)} nodes, checked, shapes inferred; input {texts['input']}, size {texts['size']}, "
              f"mean {texts['mean']}, {texts.get('interpolation')}")


def check_npz(model, folder):
    import numpy
    if export(model, "npz", folder / "a.npz"):
        arrays = numpy.load(folder / "a.npz")
        print(f"npz: {len(arrays.files)} arrays, {sum(arrays[name].size for name in arrays.files)} numbers")


def check_torch(model, folder, arch):
    import torch
    if not export(model, "torchvision", folder / "a.pth"):
        return
    weights = torch.load(folder / "a.pth")
    if arch:
        import torchvision
        net = getattr(torchvision.models, arch)()
        net.fc = torch.nn.Identity()
        net.load_state_dict(weights, strict=True)
    print(f"torchvision: {type(weights).__name__} of {len(weights)} tensors" + (f", loaded into {arch}" if arch else ""))


def check_detectron2(model, folder):
    if not export(model, "detectron2", folder / "a.pkl"):
        return
    with open(folder / "a.pkl", "rb") as file:
        data = pickle.load(file, encoding="latin1")
    import torch
    weights = torch.load(folder / "a.pth")
    wanted = {}
    for name, value in weights.items():       # facebookresearch/moco, detection/convert-pretrain-to-detectron2.py
        if "layer" not in name:
            name = "stem." + name
        for t in (1, 2, 3, 4):
            name = name.replace(f"layer{t}", f"res{t + 1}")
        for t in (1, 2, 3):
            name = name.replace(f"bn{t}", f"conv{t}.norm")
        wanted[name.replace("downsample.0", "shortcut").replace("downsample.1", "shortcut.norm")] = value.numpy()
    assert data["model"].keys() == wanted.keys(), data["model"].keys() ^ wanted.keys()
    assert all((data["model"][name] == wanted[name]).all() and data["model"][name].dtype == wanted[name].dtype for name in wanted)
    assert data["matching_heuristics"] is True and data["__author__"]
    print(f"detectron2: {len(wanted)} arrays, names and numbers as MoCo's converter makes them")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--arch")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        check_onnx(args.model, folder)
        check_npz(args.model, folder)
        check_torch(args.model, folder, args.arch)
        check_detectron2(args.model, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
