"""Runs the built `moco` tool and reads what it says and keeps: shared by the scripts that make tables from trainings."""
import json
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[1]
TOOL = ["dotnet", str(ROOT / "artifacts/bin/MocoSharp.Cli/release/moco.dll")]


def tool(*arguments):
    """The JSON document of one command; its errors end the script."""
    done = subprocess.run([*TOOL, *map(str, arguments), "--json"], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"moco {' '.join(map(str, arguments))} ended with {done.returncode}:\n{done.stderr or done.stdout}")
    return json.loads(done.stdout)


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


def seconds_a_step(train, few=5, many=25):
    """What a step takes by two short trainings: `train(steps)` gives the summary of one from its start that ends after so many steps."""
    begun, gone_on = (train(steps)["elapsed_seconds"] for steps in (few, many))
    return (gone_on - begun) / (many - few)


def accuracy(results, features, spread=False):
    """The cell of a table: accuracy in percent of pixels, untrained or trained."""
    row = next(one for one in results if one["features"] == features)
    more = f" ± {row['spread']:.1f}" if spread and row.get("spread") is not None else ""
    return f"{row['accuracy']:.1f}{more}"
