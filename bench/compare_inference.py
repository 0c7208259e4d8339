#!/usr/bin/env python3
"""Times encoders' forward passes and MocoSharp.Embedding beside ONNX Runtime and PyTorch, in turns, and writes docs/results/inference.md.

  bench/compare_inference.py --pairs 3                     all six rows
  bench/compare_inference.py --pairs 3 --archs resnet18    three of them; the others stay as they are
PyTorch 2.6 is Debian 13's, in a root of its own (as root); --torch 1.13 takes Debian 12's.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile

from pairs import CLEAN, ROOT, TORCH, machine, merge, run

PROGRAM = ROOT / "artifacts/bin/MocoSharp.Benchmarks/release/MocoSharp.Benchmarks.dll"
PEER = str(ROOT / "bench/peers/forward_torch.py")

TEXT = """# Inference beside ONNX Runtime and PyTorch

Pictures a second of ResNets' features at 224 pixels in fp32 on two cores. `encoder` is the forward pass as `moco embed` runs it; `MocoSharp.Embedding` is
`OnnxEmbedder` from decoded pictures of 224 pixels, normalized within, to vectors; ONNX Runtime gets prepared numbers; PyTorch runs the fastest of eager, channels_last and a frozen graph
optimized for inference. One call of two threads at a time; "2 callers" are two at once of one thread each (the encoder has no such mode). All of ours in
one process, in turns (A B A B) with ONNX Runtime, and in turn with PyTorch's process. Each rate is that of the fastest turn, which other work on the
machine disturbed least; medians over the pairs, and the median and spread of the ratios to the faster peer.

```sh
{commands}
```

| network, pictures a call | encoder | `MocoSharp.Embedding` | ONNX Runtime | PyTorch | encoder / best | `MocoSharp.Embedding` / best | pairs | machine |
|---|---|---|---|---|---|---|---|---|
{rows}

The features differ by at most {apart:.1e} of the largest one.
"""


def ours(arch, batch, threads, callers, calls, turns):
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        subprocess.run(["dotnet", str(PROGRAM), "inference", arch, *map(str, (224, batch, threads, callers, calls, turns)), out.name], env=CLEAN, check=True)
        return json.loads(pathlib.Path(out.name).read_text())


def rate(found, name):
    return found["pictures"] / min(found["seconds"][name]) if found["seconds"].get(name) else None


def spread(ratios):
    ratios = [ratio for ratio in ratios if ratio]
    return f"**{statistics.median(ratios):.2f}** ({min(ratios):.2f} to {max(ratios):.2f})" if ratios else ""


def measure(arch, batch, callers, args):
    threads, calls, turns = (1 if callers > 1 else 2), max(1, 8 // batch), (args.turns if batch == 1 else max(2, args.turns // 3))
    pairs = []
    for at in range(args.pairs):
        own = ours(arch, batch, threads, callers, calls, turns)
        peer = run([*TORCH[args.torch], PEER, arch, *map(str, (224, batch, threads, callers, calls, turns))])
        mode = min(peer["seconds"], key=lambda name: statistics.median(peer["seconds"][name]))
        pairs.append({"encoder": rate(own, "own"), "embedder": rate(own, "embedder"), "runtime": rate(own, "runtime"), "torch": rate(peer, mode),
                      "mode": mode, "apart": max(own["apart"], own["embedder_apart"]), "level": own["level"], "onnx": own["runtime"]})
        print(arch, batch, callers, pairs[-1], flush=True)
    return {"pairs": pairs, "torch": args.torch, "machine": machine(), "command": f"bench/compare_inference.py --archs {arch} --pairs {args.pairs}"}


def text(name, row):
    pairs = row["pairs"]
    best = [max(pair["runtime"], pair["torch"]) for pair in pairs]
    middle = {key: statistics.median(pair[key] for pair in pairs) if pairs[0][key] else None for key in ("encoder", "embedder", "runtime", "torch")}
    shown = {key: f"{value:.1f}" if value else "" for key, value in middle.items()}
    return (f"| {name} | {shown['encoder']} | {shown['embedder']} | {shown['runtime']} ({pairs[0]['onnx']}) | {shown['torch']} ({row['torch']}, {pairs[0]['mode']}) | "
            f"{spread([pair['encoder'] / one if pair['encoder'] else None for pair, one in zip(pairs, best)])} | "
            f"{spread([pair['embedder'] / one for pair, one in zip(pairs, best)])} | {len(pairs)} | {row['machine']}, level {pairs[0]['level']} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archs", nargs="+", default=["resnet18", "resnet50"])
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--turns", type=int, default=9, help="of eight pictures, and a third as many of 64")
    parser.add_argument("--torch", choices=list(TORCH), default="2.6")
    parser.add_argument("--page", type=pathlib.Path, default=ROOT / "docs/results/inference.md")
    args = parser.parse_args()
    rows = {f"{arch}, {batch}" + (f", {callers} callers" if callers > 1 else ""): measure(arch, batch, callers, args)
            for arch in args.archs for batch, callers in ((1, 1), (1, 2), (64, 1))}
    rows = merge(args.page.with_suffix(".json"), rows)
    apart = max(pair["apart"] for row in rows.values() for pair in row["pairs"])
    commands = "\n".join(dict.fromkeys(row["command"] for row in rows.values()))
    args.page.write_text(TEXT.format(commands=commands, apart=apart, rows="\n".join(text(name, row) for name, row in rows.items())))


if __name__ == "__main__":
    main()
