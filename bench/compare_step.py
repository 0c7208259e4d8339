#!/usr/bin/env python3
"""Times `moco bench step` and the PyTorch peer in turn (A B A B ...), prints medians and the ratio of each pair, and keeps a row in docs/results/step-pairs.md.

  bench/compare_step.py --mode tuned --image 32 --batch 256 --pairs 3
The peer gets glibc's best allocator settings and no OPENBLAS_CORETYPE, which would slow it. Another program that takes the peer's options and
prints `images_per_second` can stand in with --peer. Before the timing both do the same 20 steps, each on noise of its own, from the same weights and
queue: their losses must agree. --skip-check leaves that out, --peer with a program from elsewhere too, and both is said. --dry writes nothing.
"""
import argparse
import json
import shlex
import statistics
import sys
import tempfile

from moco_tool import write_page
from pairs import BEST_ALLOCATOR, MOCO, PYTHON, ROOT, machine, merge, run

CHECKED_STEPS = 20
TOLERANCE = {"tuned": 0.03, "channels-last": 0.003, "usual": 0.003}     # of the loss; bf16 keeps eight bits
PAGE = ROOT / "docs/results/step-pairs.md"

HEAD = """# The training step beside PyTorch, pair by pair

MoCo v2, K 4096, synthetic pictures. Pairs in turn (A B A B), medians, images a second; the peer has glibc's best allocator settings and no
`OPENBLAS_CORETYPE`. Memory is the most that the process held, in MB: MocoSharp's in the timed steps (in brackets before them, when kernels are
chosen), the peer's in all (`ru_maxrss`). Losses: the largest difference in {steps} equal steps that both programs did before the pairs. A row stays
until the same work is timed again on such a processor.

| processor | work | peer | MocoSharp | PyTorch | ratio | spread | pairs | memory | memory, peer | page faults a step | losses |
|---|---|---|---|---|---|---|---|---|---|---|---|
"""


def check(ours, peer, mode):
    """The losses of the same steps; ends the program where they differ."""
    with tempfile.TemporaryDirectory() as folder:
        start = f"{folder}/start.safetensors"
        mine = run([*ours, "--record", start, "--steps", str(CHECKED_STEPS - 4)])["losses"]
        theirs = run([*peer, "--replay", start, "--warm-up", "0", "--steps", str(CHECKED_STEPS)])["losses"]
    worst = max(abs(m - t) / t for m, t in zip(mine, theirs, strict=True))
    print(f"losses of {CHECKED_STEPS} equal steps: first {mine[0]:.4f} and {theirs[0]:.4f}, last {mine[-1]:.4f} and {theirs[-1]:.4f}, worst difference {worst:.1e}", flush=True)
    if worst > TOLERANCE[mode]:
        sys.exit(f"the two programs do not do the same work: losses may differ by {TOLERANCE[mode]:.0e} at most")
    return worst


def megabytes(value):
    return "not said" if value is None else f"{value:,.0f}"


def line(one):
    losses = "not checked: " + one["not_checked"] if one["losses_differ_by"] is None else f"{one['losses_differ_by']:.1e}"
    return (f"| {one['machine'].split(',')[0]} | {one['work']} | {one['peer']} | {one['images_per_second']:.1f} | {one['peer_images_per_second']:.1f} | **{one['ratio']:.2f}** | {one['spread'][0]:.2f} to {one['spread'][1]:.2f} "
            f"| {one['pairs']} | {megabytes(one['peak_mb'])} ({megabytes(one['peak_before_mb'])}) | {megabytes(one['peer_peak_mb'])} | {one['page_faults_a_step']:,.0f} | {losses} |")


def page(rows):
    """The table, the command of each row and where it was run."""
    made = "\n".join(f"{one['command']}    # {one['machine']}" for one in rows)
    return HEAD.format(steps=CHECKED_STEPS) + "\n".join(map(line, rows)) + f"\n\n```sh\n{made}\n```\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--arch", default="resnet18")
    parser.add_argument("--image", type=int, default=32)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--mode", choices=["usual", "channels-last", "tuned"], default="tuned")
    parser.add_argument("--precision", default="auto", help="of MocoSharp: auto, bf16 or fp32")
    parser.add_argument("--peer", default=str(ROOT / "bench/peers/moco_torch.py"))
    parser.add_argument("--skip-check", action="store_true")
    parser.add_argument("--dry", action="store_true", help="write no page")
    a = parser.parse_args()
    own = a.peer.startswith(str(ROOT))
    encoder = a.arch + ("-small" if a.image <= 64 else "")
    size = ["--image", str(a.image), "--batch", str(a.batch)]
    ours = [MOCO, "bench", "step", "--json", "--encoder", encoder, "--precision", a.precision, *size]
    mode = ["--mode", a.mode] if own else {"tuned": ["--tuned"], "usual": [], "channels-last": ["--channels-last"]}[a.mode]
    peer = [PYTHON, a.peer, "--arch", a.arch, *size, *mode]
    reason = "--skip-check" if a.skip_check else None if own else "a peer from elsewhere takes no --replay"
    worst = check(ours, peer, a.mode) if reason is None else None
    if reason:
        print(f"NOT CHECKED that both programs do the same work ({reason}): the ratio says nothing without it", flush=True)
    both = []
    for i in range(a.pairs):
        both.append((run(ours), run(peer, **BEST_ALLOCATOR)))
        mine, theirs = (one["images_per_second"] for one in both[-1])
        print(f"pair {i + 1}: MocoSharp {mine:.1f}, PyTorch {a.mode} {theirs:.1f} images/s, ratio {mine / theirs:.2f}; "
              f"memory {megabytes(both[-1][0]['peak_resident_megabytes'])} and {megabytes(both[-1][1].get('peak_mb'))} MB", flush=True)
    rates = [(m["images_per_second"], t["images_per_second"]) for m, t in both]
    ratios = [m / t for m, t in rates]
    one = {"work": f"MoCo v2 step, {encoder}, {a.image} px, batch {a.batch}" + ("" if a.precision == "auto" else f", {a.precision}"), "peer": a.mode if own else f"{a.peer}, {a.mode}",
           "images_per_second": round(statistics.median(m for m, _ in rates), 1), "peer_images_per_second": round(statistics.median(t for _, t in rates), 1),
           "ratio": round(statistics.median(ratios), 2), "spread": [round(min(ratios), 2), round(max(ratios), 2)], "pairs": a.pairs,
           "peak_mb": max(m["peak_resident_megabytes"] for m, _ in both), "peak_before_mb": max(m["peak_resident_before_megabytes"] for m, _ in both),
           "peer_peak_mb": max((t["peak_mb"] for _, t in both if "peak_mb" in t), default=None),
           "page_faults_a_step": statistics.median(m["minor_faults_per_step"] for m, _ in both), "losses_differ_by": worst, "not_checked": reason,
           "command": shlex.join(["bench/compare_step.py", *sys.argv[1:]]), "machine": machine()}
    print(json.dumps(one))
    if not a.dry:
        write_page(PAGE, page(merge(PAGE.with_suffix(".json"), {f"{one['machine']}; {one['work']}; {one['peer']}": one}).values()))


main()
