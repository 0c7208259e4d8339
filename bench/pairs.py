"""Runs two programs in turn (A B A B ...), says what came out and keeps it: shared by the compare scripts."""
import json
import os
import pathlib
import platform
import statistics
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
MOCO = str(ROOT / "moco")
PYTHON = "/usr/bin/python3"          # Debian's own, which has Debian's torch and torchvision
TORCH = {"1.13": [PYTHON], "2.6": [str(ROOT / "tools/debian13/python")]}
TORCH_LEVELS = {"avx2": {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"}, "avx512": {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE"},
                "avx512bf16": {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE_BF16"}}
BEST_ALLOCATOR = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1", "MALLOC_MMAP_THRESHOLD_": "8589934592", "MALLOC_TRIM_THRESHOLD_": "17179869184", "MALLOC_TOP_PAD_": "1073741824"}
CLEAN = {name: value for name, value in os.environ.items() if name not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}


def run(command, **more):
    """The JSON document that a program prints."""
    done = subprocess.run(command, env=CLEAN | more, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}{done.stdout}")
    return json.loads(done.stdout[done.stdout.index("{"):])


def pairs(name, ours, peer, count, peer_environment={}):
    """Each pair as (ours, peer), both documents."""
    results = []
    for i in range(count):
        results.append((run(ours), run(peer, **peer_environment)))
        a, b = (one["images_per_second"] for one in results[-1])
        print(f"{name}, pair {i + 1}: MocoSharp {a:.0f}, peer {b:.0f} images/s, ratio {a / b:.2f}", flush=True)
    return results


def merge(path, rows):
    """All rows that a page was ever made of, in the order of their first coming: those kept beside it, the new ones (by name) in place of old ones."""
    path = pathlib.Path(path)
    kept = json.loads(path.read_text()) if path.exists() else {}
    kept.update(rows)
    path.write_text(json.dumps(kept, indent=1) + "\n")
    return kept


def row(name, results):
    rates = [(a["images_per_second"], b["images_per_second"]) for a, b in results]
    ratios = [a / b for a, b in rates]
    return (f"| {name} | {statistics.median(a for a, _ in rates):,.0f} | {statistics.median(b for _, b in rates):,.0f} | "
            f"**{statistics.median(ratios):.1f}** | {min(ratios):.1f} to {max(ratios):.1f} | {len(rates)} |")


def machine():
    names = [line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    amx = " with AMX" if "amx_bf16" in open("/proc/cpuinfo").read() else ""
    return f"{len(names)} cores of {names[0]}{amx}, Linux {platform.release()}"
