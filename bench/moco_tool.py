"""Runs the built `moco` tool and reads what it says and keeps: shared by the scripts that make tables from trainings."""
import json
import os
import pathlib
import shutil
import subprocess

from flatness import watch

ROOT = pathlib.Path(__file__).resolve().parents[1]
TOOL = ["dotnet", str(ROOT / "artifacts/bin/MocoSharp.Cli/release/moco.dll")]


def tool(*arguments, samples=None):
    """The JSON document of one command; its errors end the script. `samples`: a file that gets its memory and handles while it runs."""
    process = subprocess.Popen([*TOOL, *map(str, arguments), "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if samples:
        watch(process, samples)
    out, err = process.communicate()
    if process.returncode:
        raise SystemExit(f"moco {' '.join(map(str, arguments))} ended with {process.returncode}:\n{err or out}")
    return json.loads(out)


def cores():
    """How many this script and what it starts may use (`taskset -c 0` leaves one)."""
    return len(os.sched_getaffinity(0))


def metrics(run):
    """A run's lines, one an epoch."""
    return [json.loads(line) for line in (pathlib.Path(run) / "metrics.jsonl").read_text().splitlines()]


def kept(path, make):
    """What a JSON file holds; `make()` fills it if it is not there. So a script that was stopped goes on where it was."""
    path = pathlib.Path(path)
    if not path.exists():
        result = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".new").write_text(json.dumps(result, indent=1))
        path.with_suffix(".new").replace(path)
    return json.loads(path.read_text())


def part_of(data, folder, **shares):
    """Fills a folder with links to the first pictures of each class of each split: `train=0.2, test=1`. One that is there stays as it is."""
    if folder.exists():
        return folder
    new = folder.with_name(folder.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    for split, share in shares.items():
        for one in sorted((data / split).iterdir()):
            files = sorted(one.iterdir())
            (new / split / one.name).mkdir(parents=True)
            for file in files[:round(share * len(files))]:
                os.link(file, new / split / one.name / file.name)
    return new.replace(folder)


def seconds_a_step(train, few=5, many=25):
    """What a step takes by two short trainings: `train(steps)` gives the summary of one from its start that ends after so many steps."""
    begun, gone_on = (train(steps)["elapsed_seconds"] for steps in (few, many))
    return (gone_on - begun) / (many - few)


def write_page(path, text):
    """Writes a page of results anew and keeps what a person wrote below its line "## Remarks"."""
    path = pathlib.Path(path)
    old = path.read_text() if path.exists() else ""
    remarks = old.find("## Remarks\n")
    path.write_text(text + ("\n" + old[remarks:] if remarks >= 0 else ""))


def accuracy(results, features, spread=False):
    """The cell of a table: accuracy in percent of pixels, untrained or trained."""
    row = next(one for one in results if one["features"] == features)
    more = f" ± {row['spread']:.1f}" if spread and row.get("spread") is not None else ""
    return f"{row['accuracy']:.1f}{more}"
