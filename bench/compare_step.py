#!/usr/bin/env python3
"""Times `moco bench step` and the PyTorch peer in turn (A B A B ...), prints medians and the ratio of each pair, and keeps a row in docs/results/step-pairs.md.

  bench/compare_step.py --mode tuned --image 32 --batch 256 --pairs 3
  bench/compare_step.py --torch 2.6 --mode fastest --level avx2 --precision fp32      PyTorch of today (a Debian 13 root, as root), its fastest mode
  bench/compare_step.py --against DIR --level avx2 --precision fp32                   another build of MocoSharp, checked out and built in DIR
The peer gets glibc's best allocator settings and no OPENBLAS_CORETYPE, which would slow it. Another program that takes the peer's options and
prints `images_per_second` can stand in with --peer. Before the timing both do the same 20 steps, each on noise of its own, from the same weights and
queue: their losses must agree. `fastest` tries each mode of the precision once and takes the best; --level forces both sides' kernels. --skip-check leaves that out, --peer with a program from elsewhere too, and both is said. --dry writes nothing.
"""
import argparse
import json
import pathlib
import shlex
import statistics
import subprocess
import sys
import tempfile

from moco_tool import write_page
from pairs import BEST_ALLOCATOR, MOCO, ROOT, TORCH, TORCH_LEVELS, machine, merge, run

CHECKED_STEPS = 20
TOLERANCE = {"tuned": 0.03, "autocast": 0.03, "channels-last": 0.003, "usual": 0.003}     # of the loss; bf16 keeps eight bits
MODES = {"fp32": ["usual", "channels-last"], "bf16": ["autocast", "tuned"]}
PAGE = ROOT / "docs/results/step-pairs.md"

HEAD = """# The training step beside PyTorch, pair by pair

MoCo v2, K 4096, synthetic pictures. Pairs in turn (A B A B), medians, images a second; the peer has glibc's best allocator settings and no
`OPENBLAS_CORETYPE`. Memory is the most that the process held, in MB: MocoSharp's in the timed steps (in brackets before them, when kernels are
chosen), the peer's in all (`ru_maxrss`). Losses: the largest difference in {steps} equal steps that both programs did before the pairs. A row stays
until the same work is timed again on such a processor.

| processor | work | peer | MocoSharp | peer | ratio | spread | pairs | memory | memory, peer | page faults a step | losses |
|---|---|---|---|---|---|---|---|---|---|---|---|
"""


def check(ours, peer, mode, environment):
    """The losses of the same steps; ends the program where they differ."""
    with tempfile.TemporaryDirectory() as folder:
        start = f"{folder}/start.safetensors"
        mine = run([*ours, "--record", start, "--steps", str(CHECKED_STEPS - 4)], **environment[0])["losses"]
        theirs = run([*peer, "--replay", start, "--warm-up", "0", "--steps", str(CHECKED_STEPS)], **environment[1])["losses"]
    worst = max(abs(m - t) / t for m, t in zip(mine, theirs, strict=True))
    print(f"losses of {CHECKED_STEPS} equal steps: first {mine[0]:.4f} and {theirs[0]:.4f}, last {mine[-1]:.4f} and {theirs[-1]:.4f}, worst difference {worst:.1e}", flush=True)
    if worst > TOLERANCE[mode]:
        sys.exit(f"the two programs do not do the same work: losses may differ by {TOLERANCE[mode]:.0e} at most")
    return worst


def fastest(peer, modes, environment):
    """The mode in which the peer does most, by one run each."""
    rates = {mode: run([*peer, "--mode", mode], **environment)["images_per_second"] for mode in modes}
    print("the peer's modes: " + ", ".join(f"{mode} {rate:.1f}" for mode, rate in rates.items()), flush=True)
    return max(rates, key=rates.get)


def megabytes(value):
    return "not said" if value is None else f"{value:,.0f}"


def peak_of(one):
    """The most that a process held: a peer's in all, MocoSharp's in the timed steps."""
    return one.get("peak_mb") or one.get("peak_resident_megabytes")


def build_of(folder):
    """Which MocoSharp it is."""
    return "MocoSharp " + subprocess.run(["git", "-C", folder, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()


def line(one):
    losses = "not checked: " + one["not_checked"] if one["losses_differ_by"] is None else f"{one['losses_differ_by']:.1e}"
    return (f"| {one['machine'].split(',')[0]} | {one['work']} | {one['peer']} | {one['images_per_second']:.1f} | {one['peer_images_per_second']:.1f} | **{one['ratio']:.2f}** | {one['spread'][0]:.2f} to {one['spread'][1]:.2f} "
            f"| {one['pairs']} | {megabytes(one['peak_mb'])} ({megabytes(one['peak_before_mb'])}) | {megabytes(one['peer_peak_mb'])} | {one['page_faults_a_step']:,.0f} | {losses} |")


def page(rows):
    """The table, the command of each row and where it was run."""
    made = "\n".join(f"{one['command']}    # {one['machine']}" for one in rows)
    return HEAD.format(steps=CHECKED_STEPS) + "\n".join(map(line, rows)) + f"\n\n```sh\n{made}\n```\n"


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--arch", default="resnet18")
    parser.add_argument("--image", type=int, default=32)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--mode", choices=["usual", "channels-last", "autocast", "tuned", "fastest"], default="tuned")
    parser.add_argument("--precision", default="auto", help="of MocoSharp: auto, bf16 or fp32")
    parser.add_argument("--torch", choices=["1.13", "2.6"], default="1.13", help="Debian 12's PyTorch, or Debian 13's")
    parser.add_argument("--level", choices=list(TORCH_LEVELS), help="force both sides to this processor level")
    parser.add_argument("--against", metavar="DIR", help="another MocoSharp, built in DIR, as the peer")
    parser.add_argument("--peer", default=str(ROOT / "bench/peers/moco_torch.py"))
    parser.add_argument("--skip-check", action="store_true")
    parser.add_argument("--dry", action="store_true", help="write no page")
    a = parser.parse_args()
    if a.against and not pathlib.Path(a.against, "moco").exists():
        parser.error(f"--against: there is no moco in {a.against}; name the folder that another MocoSharp was cloned to and built in")
    return a


def main():
    a = arguments()
    own = a.peer.startswith(str(ROOT)) and not a.against
    encoder = a.arch + ("-small" if a.image <= 64 else "")
    size = ["--image", str(a.image), "--batch", str(a.batch)]
    step = ["bench", "step", "--json", "--encoder", encoder, "--precision", a.precision, *size]
    ours, environment = [MOCO, *step], ({"MOCOSHARP_LEVEL": a.level} if a.level else {}, BEST_ALLOCATOR | (TORCH_LEVELS[a.level] if a.level else {}))
    if a.against:
        peer, a.mode, environment = [f"{a.against}/moco", *step], a.against, (environment[0], environment[0])
    else:
        peer = [*TORCH[a.torch], a.peer, "--arch", a.arch, *size]
        if a.mode == "fastest":
            a.mode = fastest(peer, MODES["fp32" if a.precision == "fp32" else "bf16"], environment[1])
        peer += ["--mode", a.mode] if own else {"tuned": ["--tuned"], "usual": [], "channels-last": ["--channels-last"]}[a.mode]
    reason = "--skip-check" if a.skip_check else None if own else "a peer from elsewhere takes no --replay" if not a.against else "both are MocoSharp, whose tests say it"
    worst = check(ours, peer, a.mode, environment) if reason is None else None
    if reason:
        print(f"NOT CHECKED that both programs do the same work ({reason}): the ratio says nothing without it", flush=True)
    both = []
    for i in range(a.pairs):
        both.append((run(ours, **environment[0]), run(peer, **environment[1])))
        mine, theirs = (one["images_per_second"] for one in both[-1])
        print(f"pair {i + 1}: MocoSharp {mine:.1f}, peer {a.mode} {theirs:.1f} images/s, ratio {mine / theirs:.2f}; "
              f"memory {megabytes(both[-1][0]['peak_resident_megabytes'])} and {megabytes(peak_of(both[-1][1]))} MB", flush=True)
    rates = [(m["images_per_second"], t["images_per_second"]) for m, t in both]
    ratios = [m / t for m, t in rates]
    one = {"work": f"MoCo v2 step, {encoder}, {a.image} px, batch {a.batch}" + ("" if a.precision == "auto" else f", {a.precision}") + (f", {a.level}" if a.level else ""), "peer": build_of(a.against) if a.against else f"PyTorch {a.torch}, {a.mode}" if own else f"{a.peer}, {a.mode}",
           "images_per_second": round(statistics.median(m for m, _ in rates), 1), "peer_images_per_second": round(statistics.median(t for _, t in rates), 1),
           "ratio": round(statistics.median(ratios), 2), "spread": [round(min(ratios), 2), round(max(ratios), 2)], "pairs": a.pairs,
           "peak_mb": max(m["peak_resident_megabytes"] for m, _ in both), "peak_before_mb": max(m["peak_resident_before_megabytes"] for m, _ in both),
           "peer_peak_mb": max((peak_of(t) for _, t in both if peak_of(t)), default=None),
           "page_faults_a_step": statistics.median(m["minor_faults_per_step"] for m, _ in both), "losses_differ_by": worst, "not_checked": reason,
           "command": shlex.join(["bench/compare_step.py", *sys.argv[1:]]), "machine": machine()}
    if a.against:
        one["command"] = one["command"].replace(a.against, "DIR")
    print(json.dumps(one))
    if not a.dry:
        write_page(PAGE, page(merge(PAGE.with_suffix(".json"), {f"{one['machine']}; {one['work']}; {one['peer']}": one}).values()))


main()
