"""What the scripts of this folder share: a record is a recipe, a target and a test. Each script trains it with several seeds and says what came of it.

  bench/speedrun/NAME.py --data DIR --work DIR [--seeds 3] [--threads N]
Time is the wall clock of the whole `moco train`, from the start of its process on the files as they are (nothing is packed or decoded before) to its end; the
tests come after. Every seed counts, the first is the recipe's, and test pictures choose nothing: the recipe's epochs are fixed before. Resumable: a seed that
has its result is not run again. Writes docs/results/speedrun/NAME.md and .json, and each seed's log beside them: the command, its output, one line an epoch.
"""
import argparse
import dataclasses
import json
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from moco_tool import ROOT, TOOL, cores, kept, metrics, part_of, tool, write_page  # noqa: E402

LEVELS = [("amx_bf16", "AMX"), ("avx512_bf16", "AVX-512 BF16"), ("avx512f", "AVX-512"), ("avx2", "AVX2")]


@dataclasses.dataclass
class Record:
    """`test`: the arguments of `moco eval` whose trained features are the result. `minutes`: the most that a training may take; `target`: what the mean of all
    seeds must reach. `share`: of each class's pictures to train on, for the smallest record, which tries the machinery."""
    name: str
    title: str
    recipe: str                 # a recipe's name, or a file beside the script
    test: list
    changes: list = dataclasses.field(default_factory=list)
    target: float = None
    minutes: float = None
    share: float = 1.0


def processor():
    """Its name, and the highest level of its matrix instructions."""
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    value = lambda key: next((line.split(":", 1)[1].strip() for line in lines if line.startswith(key)), "")
    flags = value("flags").split()
    return f"{value('model name') or 'unknown'} ({next((text for flag, text in LEVELS if flag in flags), 'no AVX2')})"


def commit():
    git = lambda *arguments: subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True).stdout.strip()
    return git("rev-parse", "--short", "HEAD") + (", changed" if git("status", "--porcelain", "src", "native", "recipes", "bench") else "")


def recipe_of(record):
    file = HERE / record.recipe
    return str(file) if file.exists() else record.recipe


def one(args, record, seed, log):
    """Trains and tests one seed."""
    run, data = args.work / f"{record.name}-seed-{seed}", args.data
    if record.share < 1:
        data = part_of(args.data, args.work / f"{record.name}-pictures", train=record.share, test=record.share)
    shutil.rmtree(run, ignore_errors=True)      # a training that was stopped begins again: its time would not be that of one
    changes = [part for change in ["monitor.everyEpochs=0", *record.changes] for part in ("--set", change)]
    command = ["train", recipe_of(record), "--data", str(data), "--run", str(run), "--seed", str(seed), "--threads", str(args.threads), *changes]
    log.parent.mkdir(parents=True, exist_ok=True)
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with open(log, "w") as text:
        text.write(f"$ moco {' '.join(command)}\n")
        text.flush()
        code = subprocess.run([*TOOL, *command], stdout=text, stderr=text).returncode
    seconds, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if code:
        raise SystemExit(f"the training ended with {code}: see {log}")
    with open(log, "a") as text:
        text.writelines(json.dumps(line) + "\n" for line in metrics(run))
    tested = tool("eval", record.test[0], run, *record.test[1:], "--threads", args.threads)
    score = lambda features: next((row["accuracy"] for row in tested["results"] if row["features"] == features), None)
    return {"seed": seed, "seconds": round(seconds, 1), "accuracy": score("trained"), "untrained": score("untrained"), "pixels": score("pixels"),
            "epochs": len(metrics(run)), "processor_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1)}


def spread(values, digits):
    return f"{statistics.mean(values):.{digits}f}" + (f" ± {statistics.stdev(values):.{digits}f}" if len(values) > 1 else "")


def verdict(record, rows):
    """What the record came to, in a sentence; and whether it is one."""
    accuracy, longest = statistics.mean(row["accuracy"] for row in rows), max(row["seconds"] for row in rows)
    late = record.minutes is not None and longest > 60 * record.minutes
    short = record.target is not None and accuracy < record.target
    told = [f"the longest training took {longest / 60:.1f} of {record.minutes:g} minutes" if record.minutes is not None else "",
            f"the mean, {accuracy:.2f}, is {'below' if short else 'not below'} the target, {record.target:g}" if record.target is not None else ""]
    return f"{'No record' if late or short else 'A record'}: " + "; ".join(text for text in told if text) + ".", not (late or short)


def write(args, record, rows):
    sentence, stands = verdict(record, rows)
    place = args.out / record.name
    facts = {"record": record.name, "title": record.title, "stands": stands, "processor": processor(), "cores": cores(), "threads": args.threads,
             "commit": commit(), "target": record.target, "minutes": record.minutes, "seeds": rows}
    args.out.mkdir(parents=True, exist_ok=True)
    place.with_suffix(".json").write_text(json.dumps(facts, indent=1) + "\n")
    lines = [f"# {record.title}", "", sentence, "", "| | |", "|---|---|",
             f"| accuracy, % | {spread([row['accuracy'] for row in rows], 2)} |", f"| minutes | {spread([row['seconds'] / 60 for row in rows], 2)} |",
             f"| seeds | {len(rows)} |", f"| processor | {facts['processor']}, {facts['cores']} cores, {facts['threads']} threads |",
             f"| commit | {facts['commit']} |", f"| recipe | `{record.recipe}`{''.join(f', `{change}`' for change in record.changes)} |",
             f"| test | `moco eval {' '.join(record.test)}` |", "",
             "| seed | accuracy, % | untrained encoder | raw pixels | epochs | seconds | processor seconds |", "|---:|---:|---:|---:|---:|---:|---:|",
             *[f"| [{row['seed']}]({record.name}/seed-{row['seed']}.log) | {row['accuracy']:.2f} | {row['untrained']:.2f} | {row['pixels']:.2f} | {row['epochs']} | "
               f"{row['seconds']:.0f} | {row['processor_seconds']:.0f} |" for row in rows], "",
             "Seconds are those of the whole training from the start of its process on the pictures' own files; ± is the standard deviation over seeds (n - 1).", "",
             "```sh", f"bench/speedrun/{record.name.replace('-', '_')}.py --data DIR --work DIR --seeds {len(rows)} --threads {args.threads}", "```"]
    write_page(place.with_suffix(".md"), "\n".join(lines) + "\n")
    print(f"{sentence}\n{place}.md")
    return stands


def main(record):
    parser = argparse.ArgumentParser(description=f"{record.title}.")
    parser.add_argument("--data", type=pathlib.Path, required=True, help="the pictures: train/ and test/ or val/, a folder a class")
    parser.add_argument("--work", type=pathlib.Path, required=True, help="where runs go, and what is known of them")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs" / "results" / "speedrun", help="where page, numbers and logs go")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=cores(), help="of the training step; default: all cores that the script may use")
    args = parser.parse_args()
    if args.seeds < 1 or args.threads < 1 or args.threads > cores():
        parser.error(f"--seeds and --threads take 1 or more, and there are {cores()} cores")
    if not (args.data / "train").is_dir():
        parser.error(f"{args.data} has no folder train/")
    args.work.mkdir(parents=True, exist_ok=True)
    os.environ["OMP_NUM_THREADS"] = str(args.threads)
    rows = [kept(args.work / f"{record.name}-seed-{seed}.json", lambda: one(args, record, seed, args.out / record.name / f"seed-{seed}.log"))
            for seed in range(1, args.seeds + 1)]
    raise SystemExit(0 if write(args, record, rows) else 1)
