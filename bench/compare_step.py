#!/usr/bin/env python3
"""Times `moco bench step` and the PyTorch peer in turn (A B A B ...) and prints medians and the ratio of each pair.

  bench/compare_step.py --mode tuned --image 32 --batch 256 --pairs 3
The peer gets glibc's best allocator settings and no OPENBLAS_CORETYPE, which would slow it. Another program that takes the peer's options and
prints `images_per_second` can stand in with --peer. Before the timing both do the same 20 steps from the same weights, queue and pictures: their
losses must agree (--skip-check leaves that out).
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

root = pathlib.Path(__file__).resolve().parent.parent
best_allocator = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1", "MALLOC_MMAP_THRESHOLD_": "8589934592", "MALLOC_TRIM_THRESHOLD_": "17179869184", "MALLOC_TOP_PAD_": "1073741824"}


CHECKED_STEPS = 20
TOLERANCE = {"tuned": 0.03, "channels-last": 0.003, "usual": 0.003}     # of the loss; bf16 keeps eight bits


def run(command, environment):
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout[done.stdout.index("{"):])


def check(ours, peer, mode, environment):
    """The losses of the same steps; ends the program where they differ."""
    with tempfile.TemporaryDirectory() as folder:
        start = f"{folder}/start.safetensors"
        mine = run([*ours, "--record", start, "--steps", str(CHECKED_STEPS - 4)], environment)["losses"]
        theirs = run([*peer, "--replay", start, "--warm-up", "0", "--steps", str(CHECKED_STEPS)], environment)["losses"]
    worst = max(abs(m - t) / t for m, t in zip(mine, theirs, strict=True))
    print(f"losses of {CHECKED_STEPS} equal steps: first {mine[0]:.4f} and {theirs[0]:.4f}, last {mine[-1]:.4f} and {theirs[-1]:.4f}, worst difference {worst:.1e}", flush=True)
    if worst > TOLERANCE[mode]:
        sys.exit(f"the two programs do not do the same work: losses may differ by {TOLERANCE[mode]:.0e} at most")
    return worst


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--arch", default="resnet18")
    parser.add_argument("--image", type=int, default=32)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--mode", choices=["usual", "channels-last", "tuned"], default="tuned")
    parser.add_argument("--precision", default="auto", help="of MocoSharp: auto, bf16 or fp32")
    parser.add_argument("--peer", default=str(root / "bench/peers/moco_torch.py"))
    parser.add_argument("--skip-check", action="store_true")
    a = parser.parse_args()
    clean = {k: v for k, v in os.environ.items() if k not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}
    encoder = a.arch + ("-small" if a.image <= 64 else "")
    size = ["--image", str(a.image), "--batch", str(a.batch)]
    ours = [str(root / "moco"), "bench", "step", "--json", "--encoder", encoder, "--precision", a.precision, *size]
    peer = ["/usr/bin/python3", a.peer, "--arch", a.arch, *size, *(["--mode", a.mode] if a.peer.startswith(str(root)) else {"tuned": ["--tuned"], "usual": [], "channels-last": ["--channels-last"]}[a.mode])]
    worst = None if a.skip_check or not a.peer.startswith(str(root)) else check(ours, peer, a.mode, clean)
    pairs = []
    for i in range(a.pairs):
        pairs.append(tuple(run(*side)["images_per_second"] for side in ((ours, clean), (peer, clean | (best_allocator if a.mode != "usual" else {})))))
        print(f"pair {i + 1}: MocoSharp {pairs[-1][0]:.1f}, PyTorch {a.mode} {pairs[-1][1]:.1f} images/s, ratio {pairs[-1][0] / pairs[-1][1]:.2f}", flush=True)
    print(json.dumps({"work": f"MoCo v2 step, {encoder}, {a.image} px, batch {a.batch}", "peer": a.mode,
                      "images_per_second": round(statistics.median(p[0] for p in pairs), 1), "peer_images_per_second": round(statistics.median(p[1] for p in pairs), 1),
                      "ratio": round(statistics.median(p[0] / p[1] for p in pairs), 2), "pairs": a.pairs, "losses_differ_by": worst}))


main()
