#!/usr/bin/env python3
"""Compares the rules of `moco select` by a linear classifier on the labels that they choose, and writes docs/results/select.md.

  bench/selection.py --train train.parquet --test test.parquet --what "a line about the pictures and the encoder"

Both files are labeled, of one encoder, as `moco embed` writes them.
"""
import argparse

from moco_tool import ROOT, tool, write_page

TEXT = """# What chosen labels are worth

{what}

```sh
bench/selection.py --train {train} --test {test}{more}
```

Accuracy in percent of a linear classifier on the labels that each rule of `moco select` chose: the mean of {seeds} choices and their standard
deviation. `k-center` depends on no seed and is one choice. `uncertain` and `novel` go by labels: the first half of theirs is random.

| rule | {heads} |
|---|{lines}
{rows}
{classes}"""


def cell(row):
    return f"{row['mean']:.1f}" + (f" ± {row['spread']:.1f}" if row.get("spread") is not None else "")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--train", required=True)
    parser.add_argument("--test", required=True)
    parser.add_argument("--what", default="")
    parser.add_argument("--labels", type=int, nargs="+", default=[100, 500, 1000])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--dry", action="store_true")
    a = parser.parse_args()
    budgets = [word for count in a.labels for word in ("--budget", count)]
    rows = tool("bench", "select", "--in", a.train, "--test", a.test, "--seeds", a.seeds, *budgets)["rows"]
    rules = list(dict.fromkeys(row["rule"] for row in rows))
    found = {(row["rule"], row["labels"]): row for row in rows}
    most = max(row["classes"] for row in rows)
    missed = [f"{row['rule']} with {row['labels']:,} labels knows {row['classes']}" for row in rows if row["classes"] < most]
    more = "".join(f" --{name} {value}" for name, value in (("labels", " ".join(map(str, a.labels))), ("seeds", a.seeds))
                   if value != {"labels": "100 500 1000", "seeds": 5}[name])
    text = TEXT.format(
        what=a.what, train=a.train, test=a.test, more=more, seeds=a.seeds, heads=" | ".join(f"{count:,} labels" for count in a.labels),
        lines="---|" * len(a.labels), rows="\n".join(f"| {rule} | " + " | ".join(cell(found[rule, count]) for count in a.labels) + " |" for rule in rules),
        classes=f"\nOf the {most} classes {'; '.join(missed)}.\n" if missed else "")
    print(text)
    if not a.dry:
        write_page(ROOT / "docs/results/select.md", text)


if __name__ == "__main__":
    main()
