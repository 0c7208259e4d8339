"""What libtorch's own convolutions can be trusted with: forward, input gradient and weight gradient against float64, over drawn shapes.

What is looked for ends processes or never ends, so cases run in children with a time limit; those of a child that fails run again, each in a
child of its own. Needs PyTorch and NumPy, and nothing of MocoSharp: run it with any PyTorch.

    python3 tools/kernels/trust.py --out trust.jsonl [--quick] [--level avx2 ...] [--cases 4000] [--seed 1] [--fix '{"dtype": "float32"}'] [--sliced]
    python3 tools/kernels/trust.py --table trust.jsonl ...
"""
import argparse
import ctypes
import dataclasses
import json
import os
import random
import resource
import select
import signal
import subprocess
import sys

import trust_case
import trust_table

LEVELS = {  # what oneDNN, ATen and OpenBLAS may use
    "avx2": {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2", "OPENBLAS_CORETYPE": "Haswell"},
    "avx512": {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE", "ATEN_CPU_CAPABILITY": "avx512", "OPENBLAS_CORETYPE": "SkylakeX"},
    "avx512bf16": {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE_BF16", "ATEN_CPU_CAPABILITY": "avx512", "OPENBLAS_CORETYPE": "SkylakeX"},
    "default": {},
}
# libgomp's threads wait asleep: on a busy machine spinning ones take longer than the work.
ALWAYS = {"OPENBLAS_NUM_THREADS": "1", "GOMP_SPINCOUNT": "0"}
SECONDS = 30  # without an answer; a case takes milliseconds
IDLE = 5  # seconds of processor time below which a child that does not answer was not computing
GROUP = 24
QUICK = 1000
NAN_EVERYWHERE = (-6, 256)  # mallopt's M_PERTURB: memory is handed out full of NaN


def child(cases, pipe, level, sliced):
    import torch
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    ctypes.CDLL(None).mallopt(*NAN_EVERYWHERE)
    for case in cases:
        # A processor without AVX-512 gives no bfloat16 to oneDNN. PyTorch 1.13 asks the processor for that, not the variable.
        torch.backends.mkldnn.set_flags(level != "avx2" or case.dtype != "bfloat16")
        os.write(pipe, (json.dumps(trust_case.measure(case, sliced)) + "\n").encode())


def answers(read):
    """What a child writes until it ends, and whether it stalled instead."""
    text = b""
    while select.select([read], [], [], SECONDS)[0]:
        piece = os.read(read, 1 << 16)
        if not piece:
            return text, False
        text += piece
    return text, True


def together(cases, level, sliced):
    """The results of one child: fewer than cases, the last of them "ended" (signal) or "stalled" (seconds of processor time), when it fails."""
    read, write = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            child(cases, write, level, sliced)
            os._exit(0)
        finally:
            os._exit(1)
    os.close(write)
    text, stalled = answers(read)
    os.close(read)
    if stalled:
        os.kill(process, signal.SIGKILL)
    _, status, used = os.wait4(process, 0)
    results = [json.loads(line) for line in text.decode().splitlines()]
    if len(results) < len(cases):
        results.append({"stalled": round(used.ru_utime + used.ru_stime, 1)} if stalled else {"ended": os.WTERMSIG(status) or os.WEXITSTATUS(status)})
    return results


def alone(case, level, sliced):
    """On a crowded machine a child may wait for its turn longer than the limit: one that stalls without having worked gets a second one."""
    result = together([case], level, sliced)[0]
    return together([case], level, sliced)[0] if result.get("stalled", IDLE) < IDLE else result


def sweep(cases, level, sliced):
    """A case and its result, in turn."""
    for start in range(0, len(cases), GROUP):
        group = cases[start:start + GROUP]
        results = together(group, level, sliced)
        failed = "error" not in results[-1] and "refused" not in results[-1]
        for i, case in enumerate(group):
            again = failed or not trust_case.is_sound(case, results[i])
            yield case, alone(case, level, sliced) if again else results[i]


def work(options):
    import torch  # here and once; children inherit it, and no parallel region has run yet
    generator, fixed = random.Random(options.seed), json.loads(options.fix)
    cases = [trust_case.draw(generator, fixed) for _ in range(options.cases)]
    for case, result in sweep(cases, options.work, options.sliced):
        print(json.dumps({"torch": torch.__version__.split("+")[0], "level": options.work, **dataclasses.asdict(case), **result}), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--level", nargs="*", default=list(LEVELS), choices=list(LEVELS))
    parser.add_argument("--cases", type=int, default=4000, help="a level (default: 4000)")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} cases a level: some minutes of one core")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fix", default="{}", help="fields that are not drawn, or drawn from a list, as JSON")
    parser.add_argument("--sliced", action="store_true", help="weight gradients of 1 x 1 kernels through every stride-th pixel")
    parser.add_argument("--out", default="/dev/stdout", help="results are added to this file, one JSON object a line")
    parser.add_argument("--table", nargs="+", metavar="FILE", help="print the table of these results instead")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.table:
        return trust_table.show(options.table)
    if options.work:
        return work(options)
    cases = QUICK if options.quick else options.cases
    with open(options.out, "a", encoding="utf-8") as out:
        for level in options.level:
            command = [sys.executable, __file__, "--work", level, "--cases", str(cases), "--seed", str(options.seed), "--fix", options.fix]
            subprocess.run(command + ["--sliced"] * options.sliced, env={**os.environ, **ALWAYS, **LEVELS[level]}, stdout=out, check=True)


if __name__ == "__main__":
    main()
