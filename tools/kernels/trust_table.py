"""The sweep's results as a table: kinds of convolution, and what each level of each libtorch made of them."""
import collections
import json

import trust_case

# The first that fits names a case. Ranges, as wide as the fault was found to be.
KINDS = [
    ("1 x 1, a stride that divides the map, no padding, no groups, fewer than 16 input channels",
     lambda c: c.kh == c.kw == 1 and c.sh * c.sw > 1 and c.h % c.sh == c.w % c.sw == 0 and c.ph == c.pw == 0 and c.groups == 1 and c.c < 16),
    ("1 x 1, no padding, no groups, odd number of output channels", lambda c: c.kh == c.kw == 1 and c.ph == c.pw == 0 and c.groups == 1 and c.k % 2),
    ("map narrower than its stride", lambda c: c.w < c.sw),
    ("kernel of one column and several rows that skips columns", lambda c: c.kw == 1 and c.kh > 1 and c.sw > 2),
    ("1 x 1 map, more than 256 pictures", lambda c: c.h == c.w == 1 and c.n > 256),
    ("depthwise", lambda c: c.groups == c.c > 1),
    ("groups", lambda c: c.groups > 1),
    ("all others", lambda c: True),
]


def kind_of(case):
    return next(i for i, (_, fits) in enumerate(KINDS) if fits(case))


def read(paths):
    """(record, case, result) of each line."""
    names = trust_case.Case.__dataclass_fields__
    for path in paths:
        for line in open(path, encoding="utf-8"):
            record = json.loads(line)
            yield record, trust_case.Case(**{name: record[name] for name in names}), {key: value for key, value in record.items() if key not in names}


def verdict(results):
    """"right (1,200)", or how many were wrong and how."""
    wrong = [(c, r) for c, r in results if not trust_case.is_sound(c, r)]
    if not wrong:
        return f"right ({len(results):,})" if results else ""
    errors = [r["error"] for _, r in wrong if "error" in r]
    finite = [e for e in errors if e < float("inf")]
    counts = {
        "not a number": len(errors) - len(finite), "other bits in each call": sum(not r.get("same", True) for _, r in wrong),
        "wrote beside its memory": sum(not r.get("intact", True) for _, r in wrong), "process ended": sum("ended" in r for _, r in wrong),
        "no return": sum("stalled" in r for _, r in wrong),
    }
    parts = ([f"off by up to {max(finite):.2g}"] if finite else []) + [f"{name} {count:,}" for name, count in counts.items() if count]
    layouts = "" if {c.layout for c, _ in wrong} == {c.layout for c, _ in results} else f" ({wrong[0][0].layout} alone)"
    return f"**wrong, {len(wrong):,} of {len(results):,}**{layouts}: {', '.join(parts)}"


def show(paths):
    """Each kind that has wrong results, then the rest in one row a version, type and level."""
    cells = collections.defaultdict(list)
    for record, case, result in read(paths):
        cells[kind_of(case), record["torch"], case.dtype, record["level"]].append((case, result))
    is_right = {key: all(trust_case.is_sound(*item) for item in items) for key, items in cells.items()}
    print("| kind | libtorch | type | level | forward | input gradient | weight gradient |\n|---|---|---|---|---|---|---|")
    for key in sorted(key for key in cells if not is_right[key]):
        print_row(KINDS[key[0]][0], key[1:], cells[key])
    rest = collections.defaultdict(list)
    for key, items in cells.items():
        if is_right[key]:
            rest[key[1:]] += items
    for key in sorted(rest):
        print_row("all kinds that are not above", key, rest[key])


def print_row(kind, key, items):
    found = (verdict([item for item in items if item[0].direction == direction]) for direction in ("forward", "input", "weight"))
    print(f"| {kind} | {' | '.join(key)} | {' | '.join(found)} |")
