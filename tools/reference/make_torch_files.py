"""Files as torch.save writes them, in both of its formats, and what is in them: for the reader of PyTorch's files.

python3 tools/reference/make_torch_files.py                     (PyTorch 1.13)
tools/debian13/python tools/reference/make_torch_files.py -2.6  (PyTorch 2.6; the ending of the files' names)
"""
import collections
import json
import os
import pathlib
import sys

import torch

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tests" / "MocoSharp.Torch.Tests" / "Serialization" / "Golden"


class Call:
    """What a hostile file does: it asks for a call; here for one that does no harm."""

    def __reduce__(self):
        return os.getcwd, ()


def content():
    torch.manual_seed(1)
    whole = torch.randn(4, 6)
    types = {str(t).split(".")[1]: torch.tensor([[0, 1, 2], [3, 4, 5]]).to(t)
             for t in (torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8,
                       torch.bool)}
    types["bfloat16"] = torch.randn(3, 2).to(torch.bfloat16)
    types["float16"] = torch.randn(3, 2).half()
    weights = collections.OrderedDict([
        ("module.encoder_q.conv1.weight", torch.randn(2, 3, 3, 3)),
        ("module.encoder_q.bn1.num_batches_tracked", torch.tensor(7)),
        ("module.encoder_q.conv2.weight", torch.randn(2, 2, 3, 3).to(memory_format=torch.channels_last)),
    ])
    weights._metadata = collections.OrderedDict([("", {"version": 1})])
    return {
        "epoch": 199, "arch": "resnet50", "best": 0.5, "done": True, "nothing": None, "large": 2 ** 70,
        "state_dict": weights,
        "views": {"whole": whole, "row": whole[1], "column": whole[:, 2], "transposed": whole.t(), "every_second": whole[::2, 1::3],
                  "repeated": torch.tensor([[1.0], [2.0]]).expand(2, 3)},
        "edges": [torch.zeros(0, 3), torch.tensor(2.5), torch.tensor([float("nan"), float("inf"), -float("inf")])],
        "types": types,
        "parameter": (torch.nn.Parameter(torch.randn(2, 2)), torch.Size([3, 4])),
        "optimizer": {"state": {0: {"step": 5, "momentum_buffer": torch.ones(2)}}, "param_groups": [{"lr": 0.03, "params": [0]}]},
    }


def walk(value, name, found):
    if isinstance(value, torch.Tensor):
        value = value.detach()
        found[name] = {"shape": list(value.shape), "dtype": str(value.dtype).split(".")[1],
                       "values": [repr(v) for v in value.double().flatten().tolist()]}
    elif isinstance(value, dict):
        for key, inner in value.items():
            walk(inner, f"{name}.{key}".lstrip("."), found)
    elif isinstance(value, (list, tuple)):
        for i, inner in enumerate(value):
            walk(inner, f"{name}.{i}".lstrip("."), found)
    return found


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    objects = content()
    ending = sys.argv[1] if len(sys.argv) > 1 else ""
    (FOLDER / "tensors.json").write_text(json.dumps(walk(objects, "", {}), indent=1) + "\n")
    for form, is_zip in (("zip", True), ("legacy", False)):
        torch.save(objects, FOLDER / f"tensors-{form}{ending}.pth", _use_new_zipfile_serialization=is_zip)
        torch.save({"a": Call()}, FOLDER / f"hostile-{form}{ending}.pth", _use_new_zipfile_serialization=is_zip)
        torch.save(torch.nn.Linear(2, 2), FOLDER / f"module-{form}{ending}.pth", _use_new_zipfile_serialization=is_zip)
    # as a graphics card's tensors are saved: the place is named, the numbers are the same
    torch.serialization.register_package(0, lambda storage: "cuda:0", lambda storage, place: storage)
    for form, is_zip in (("zip", True), ("legacy", False)):
        torch.save({"a": torch.arange(3.0)}, FOLDER / f"cuda-{form}{ending}.pth", _use_new_zipfile_serialization=is_zip)


if __name__ == "__main__":
    main()
