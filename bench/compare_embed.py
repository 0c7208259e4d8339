#!/usr/bin/env python3
"""Times `moco embed` and torchvision with a DataLoader in turn on the same pictures and weights, and writes docs/results/embed.md.

  bench/compare_embed.py --data DIR/val --encoder encoder.safetensors --pairs 3

DIR/val: a folder a class. The encoder: of a ResNet-50 at 224 pixels; trained or not, the work is the same.
"""
import argparse
import os
import subprocess
import tempfile

from moco_tool import write_page
from pairs import BEST_ALLOCATOR, MOCO, PYTHON, ROOT, machine, pairs, row, run

TEXT = """# Embedding beside torchvision

`moco embed` turns {count} JPEGs of Imagenette into the 2,048 numbers of a ResNet-50 at 224 pixels and writes a `.npy` file: pictures a second, from the
first picture to the file on the disk. Pairs in turn (A B A B), medians. The peer is Debian's PyTorch {torch} with torchvision {torchvision}: `ImageFolder`,
`Resize`, `CenterCrop`, a `DataLoader` of 2 workers, 2 threads, the best allocator settings; in bf16 by autocast and channels_last. Both have the same
weights. MocoSharp has measured this machine's convolutions before. {machine}.

```sh
bench/compare_embed.py --data DIR/val --encoder encoder.safetensors --pictures {pictures} --pairs {pairs}
```

| work | MocoSharp | torchvision | ratio | spread | pairs |
|---|---|---|---|---|---|
{rows}

The cosine between a picture's two vectors, ours and the peer's, is at least {fp32:.6f} in fp32 and {bf16:.4f} in bf16.
"""

CHECK = """
import sys, numpy
a, b = (numpy.load(path).astype("f8") for path in sys.argv[1:])
print((( a * b).sum(1) / numpy.linalg.norm(a, axis=1) / numpy.linalg.norm(b, axis=1)).min())
"""


def part_of(data, folder, pictures):
    """Links to the first pictures of each class."""
    classes = sorted(name for name in os.listdir(data) if os.path.isdir(os.path.join(data, name)))
    for name in classes:
        os.makedirs(os.path.join(folder, name))
        for file in sorted(os.listdir(os.path.join(data, name)))[:pictures // len(classes)]:
            os.symlink(os.path.join(os.path.abspath(data), name, file), os.path.join(folder, name, file))
    return folder


def least_cosine(ours, theirs):
    return float(subprocess.run([PYTHON, "-c", CHECK, ours, theirs], capture_output=True, text=True, check=True).stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--encoder", required=True)
    parser.add_argument("--pictures", type=int, default=320)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--dry", action="store_true")
    a = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = part_of(a.data, os.path.join(folder, "data"), a.pictures)
        ours_file, peer_file = os.path.join(folder, "ours.npy"), os.path.join(folder, "peer.npy")
        rows, cosines = [], {}
        for name, mine, theirs in [("fp32, both", "fp32", "fp32"), ("bf16, both", "bf16", "bf16"), ("as they are: bf16 beside fp32", "auto", "fp32")]:
            ours = [MOCO, "embed", a.encoder, "--data", data, "-o", ours_file, "--force", "--precision", mine, "--json"]
            peer = [PYTHON, str(ROOT / "bench/peers/embed_torch.py"), "--encoder", a.encoder, "--data", data, "--output", peer_file, "--precision", theirs]
            run(ours)           # measures the convolutions of this machine, once and for all
            results = pairs(name, ours, peer, a.pairs, BEST_ALLOCATOR)
            cosines[mine] = least_cosine(ours_file, peer_file)
            rows.append(row(name, results))
    document, other = results[-1]
    text = TEXT.format(count=document["pictures"], torch=other["torch"], torchvision=other["torchvision"], machine=machine(), pictures=a.pictures,
                       pairs=a.pairs, rows="\n".join(rows), fp32=cosines["fp32"], bf16=cosines["bf16"])
    print(text)
    if not a.dry:
        write_page(ROOT / "docs/results/embed.md", text)


main()
