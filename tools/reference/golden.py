"""How golden files are written: small JSON, the same bytes every time, and values that survive a round trip."""
import argparse
import json
import math
import pathlib

import numpy as np
import torch

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tests" / "Shared" / "Golden"
WIDTH = 140


def deterministic():
    """One thread and only deterministic algorithms: the same machine then writes the same bytes twice."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(0)


def numbers(tensor):
    """The elements in row-major order; float32 keeps its type, so that it is written with nine digits."""
    return list(tensor.detach().contiguous().reshape(-1).numpy())


def values(tensor):
    """A small tensor, whole."""
    return {"shape": list(tensor.shape), "values": numbers(tensor)}


def twelve(value):
    """A float64 number to twelve digits: more than a sum of rounded terms is good for."""
    return float(f"{float(value):.12g}")


def check(tensor, first=4):
    """A large tensor by its sum and L2 norm, taken in float64, and its first elements."""
    wide = tensor.detach().double()
    return {
        "shape": list(tensor.shape),
        "sum": twelve(wide.sum()),
        "norm": twelve(wide.norm()),
        "first": numbers(tensor.detach().contiguous().reshape(-1)[:first]),
    }


def noise(single, double):
    """|a - b| / |b| (L2): how far float32 rounding alone moved this tensor."""
    wide = double.detach().double()
    length = float(wide.norm())
    distance = float((single.detach().double() - wide).norm())
    return float(f"{distance / length if length > 0 else distance:.3g}")


def _scalar(value):
    if isinstance(value, (bool, str, int)) or value is None:
        return json.dumps(value)
    if isinstance(value, np.integer):
        return str(int(value))
    if not math.isfinite(value):
        raise ValueError(f"a golden value is {value}; the run behind it diverged")
    return f"{value:.9g}" if isinstance(value, np.float32) else repr(float(value))


def _lines(value, depth):
    pad, inner = "  " * depth, "  " * (depth + 1)
    if isinstance(value, dict):
        one = "{" + ", ".join(f"{json.dumps(k)}: {_lines(v, depth + 1)}" for k, v in value.items()) + "}"
        if "\n" not in one and len(one) + len(inner) <= WIDTH:
            return one
        body = ",\n".join(f"{inner}{json.dumps(k)}: {_lines(v, depth + 1)}" for k, v in value.items())
        return "{\n" + body + "\n" + pad + "}"
    if isinstance(value, (list, tuple)):
        items = [_lines(v, depth + 1) for v in value]
        one = "[" + ", ".join(items) + "]"
        if "\n" not in one and len(one) + len(inner) <= WIDTH:
            return one
        if any("\n" in item or item[0] in "[{" for item in items):
            return "[\n" + ",\n".join(inner + item for item in items) + "\n" + pad + "]"
        rows, row = [], ""
        for item in items:  # many scalars: filled lines
            if row and len(inner) + len(row) + len(item) + 2 > WIDTH:
                rows.append(row)
                row = ""
            row += (", " if row else "") + item
        return "[\n" + ",\n".join(inner + r for r in rows + [row]) + "\n" + pad + "]"
    return _scalar(value)


def write(name, content, folder):
    """Write <folder>/<name>."""
    path = pathlib.Path(folder) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_lines(content, 0) + "\n", encoding="utf-8", newline="\n")
    print(f"{path.name}: {path.stat().st_size:,} bytes")


def arguments(description, **paths):
    """A maker's command line: --out, and the checkouts of official code that it imports (name = help text)."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--out", default=FOLDER, help="folder to write to (default: tests/Shared/Golden)")
    for name, text in paths.items():
        parser.add_argument(f"--{name.replace('_', '-')}", required=True, type=pathlib.Path, help=text)
    return parser.parse_args()
