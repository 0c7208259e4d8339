#!/usr/bin/env python3
"""Times `moco bench knn` and plain PyTorch in turn on the same features and writes docs/results/knn.md.

  bench/compare_knn.py --pairs 5
"""
import argparse
import os
import tempfile

from moco_tool import write_page
from pairs import BEST_ALLOCATOR, MOCO, PYTHON, ROOT, machine, pairs, row, run

TEXT = """# The kNN test beside PyTorch

{queries:,} rows of 512 dimensions are named by the votes of their 200 nearest among {bank:,}: rows a second. Pairs in turn (A B A B), medians. The peer is PyTorch
{torch}: `mm`, `topk`, a vote by `scatter`, 512 rows at a time, fp32, all threads, glibc's best allocator settings. Both work on the same file of
features and name the same share rightly: {ours:.2%} and {theirs:.2%}. {machine}.

```sh
bench/compare_knn.py --pairs {count}
```

| work | MocoSharp | PyTorch | ratio | spread | pairs |
|---|---|---|---|---|---|
{row}

bf16 products choose candidates, with a bound on what rounding can have done to these very rows; some hundred candidates a row are then compared in
fp32. So the neighbors are those of fp32, which tests check. Peak memory of the complete program, features included: {peak:,.0f} MB.
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--bank", type=int, default=50_000)
    parser.add_argument("--queries", type=int, default=10_000)
    parser.add_argument("--dry", action="store_true")
    a = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        features = os.path.join(folder, "features.bin")
        ours = [MOCO, "bench", "knn", "--json", "--repeats", "3", "--bank", str(a.bank), "--queries", str(a.queries)]
        run([*ours, "--save", features])
        results = pairs("kNN", ours, [PYTHON, str(ROOT / "bench/peers/knn_torch.py"), "--repeats", "3", "--features", features], a.pairs, BEST_ALLOCATOR)
    mine, theirs = results[-1]
    if abs(mine["accuracy"] - theirs["accuracy"]) > 2e-4:
        raise SystemExit(f"the two do not do the same work: {mine['accuracy']} and {theirs['accuracy']} are right")
    text = TEXT.format(queries=a.queries, bank=a.bank, torch=theirs["torch"], ours=mine["accuracy"], theirs=theirs["accuracy"], machine=machine(), count=a.pairs,
                       row=row(f"{a.queries:,} against {a.bank:,} of 512", results), peak=mine["peak_megabytes"])
    print(text)
    if not a.dry:
        write_page(ROOT / "docs/results/knn.md", text)


main()
