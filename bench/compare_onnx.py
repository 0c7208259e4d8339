#!/usr/bin/env python3
"""Times a ResNet-50's forward pass at 224 pixels beside ONNX Runtime on the exported model, in turns within one process, and writes
docs/results/onnx.md.

  bench/compare_onnx.py --turns 5
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile

from moco_tool import write_page
from pairs import CLEAN, ROOT, machine

PROGRAM = ROOT / "artifacts/bin/MocoSharp.Benchmarks/release/MocoSharp.Benchmarks.dll"

TEXT = """# The forward pass beside ONNX Runtime

A ResNet-50 at {side} pixels in fp32, {batch} pictures at once, {threads} threads: the encoder as `moco embed` runs it, and ONNX Runtime {runtime} on what
`moco export --to onnx` wrote of it. Both in one process, in turns (A B A B) after one turn to warm up; medians. {machine}, level {level}.

```sh
bench/compare_onnx.py --turns {turns}
```

| | MocoSharp | ONNX Runtime | ratio | spread | turns |
|---|---|---|---|---|---|
| pictures/s | {own:.1f} | {peer:.1f} | **{ratio:.2f}** | {least:.2f} to {most:.2f} | {turns} |

The features differ by at most {apart:.1e} of the largest one.
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--side", type=int, default=224)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--page", type=pathlib.Path, default=ROOT / "docs/results/onnx.md")
    args = parser.parse_args()
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        subprocess.run(["dotnet", str(PROGRAM), "onnx", "resnet50", *map(str, (args.side, args.batch, args.threads, args.turns)), out.name],
                       env=CLEAN, check=True)
        found = json.loads(pathlib.Path(out.name).read_text())
    ratios = [peer / own for own, peer in zip(found["own"], found["peer"])]
    write_page(args.page, TEXT.format(
        side=args.side, batch=args.batch, threads=args.threads, turns=args.turns, machine=machine(), level=found["level"],
        runtime=found["runtime"], own=args.batch / statistics.median(found["own"]), peer=args.batch / statistics.median(found["peer"]),
        ratio=statistics.median(ratios), least=min(ratios), most=max(ratios), apart=found["apart"]))


if __name__ == "__main__":
    main()
