#!/usr/bin/env python3
"""What many ranks come to, from what one rank was measured to do, and what a run over very many pictures needs.

  tools/scale/scale.py ranks --images-per-second 95.7 --batch 64 --gradient-megabytes 45
  tools/scale/scale.py pictures --pictures 1e9

Only the standard library. The laws that it keeps are tested by test_scale.py; docs/scale.md has its tables.
"""
import argparse
import math
import random


# ---------------------------------------------------------------------------------------------------------------- sums over ranks
# Both walk message by message, so that a rank that begins late delays exactly those that wait for it.

def ring(begins, megabytes, gigabits, microseconds):
    """When each rank has the sum, in seconds: 2 (W - 1) rounds, each passing 1/W of the numbers to the next rank."""
    ranks = len(begins)
    if ranks == 1:
        return list(begins)
    message = seconds_of(megabytes / ranks, gigabits) + microseconds * 1e-6
    ready = list(begins)
    for _ in range(2 * (ranks - 1)):
        # its next round begins when its last message is out and its neighbor's has come
        ready = [max(ready[i], ready[i - 1]) + message for i in range(ranks)]
    return ready


def tree(begins, megabytes, gigabits, microseconds):
    """The same over a binary tree: all numbers go up to rank 0, child after child over one link, and the sum comes down."""
    ranks = len(begins)
    message = seconds_of(megabytes, gigabits) + microseconds * 1e-6
    ready = list(begins)
    for rank in range(ranks - 1, 0, -1):
        parent = (rank - 1) // 2
        ready[parent] = max(ready[parent], ready[rank]) + message
    for rank in range(ranks):
        at = ready[rank]
        for child in (2 * rank + 1, 2 * rank + 2):
            if child < ranks:
                at += message
                ready[child] = at
        ready[rank] = at
    return ready


SUMS = {"ring": ring, "tree": tree}


def seconds_of(megabytes, gigabits):
    return megabytes * 8e6 / (gigabits * 1e9)


# ------------------------------------------------------------------------------------------------------------------------- a step

def compute_times(seconds, ranks, spread, stall_chance, stall, dice):
    """How long each rank computes: lognormal with mean `seconds` and the given spread (deviation / mean); some stall."""
    sigma = math.sqrt(math.log(1 + spread * spread))
    times = [seconds * math.exp(sigma * dice.gauss(0, 1) - sigma * sigma / 2) if sigma else seconds for _ in range(ranks)]
    return [time * stall if dice.random() < stall_chance else time for time in times]


def step_seconds(times, backward_share, buckets, megabytes, gigabits, microseconds, kind):
    """When the last rank has all sums. Buckets are summed one after the other, each as soon as the backward pass has made it."""
    done = [0.0] * len(times)
    for bucket in range(1, buckets + 1):
        made = [time * (1 - backward_share * (1 - bucket / buckets)) for time in times]
        done = SUMS[kind]([max(a, b) for a, b in zip(made, done)], megabytes / buckets, gigabits, microseconds)
    return max(done)


def efficiency(ranks, options, kind, steps):
    """Pictures a second of all ranks over W times those of one undisturbed rank; each rank has the same batch."""
    dice = random.Random(options.seed)
    alone = options.batch / options.images_per_second
    buckets = max(1, math.ceil(options.gradient_megabytes / options.bucket_megabytes))
    total = 0.0
    for _ in range(steps):
        times = compute_times(alone, ranks, options.spread, options.stall_chance, options.stall, dice)
        total += step_seconds(times, options.backward_share, buckets, options.gradient_megabytes, options.gigabits,
                              options.latency, kind) if ranks > 1 else times[0]
    return alone * steps / total


def ranks_table(options):
    print("| ranks | all-reduce | efficiency, all alike | with stragglers | images/s | 10^9 pictures, one epoch |")
    print("|---|---|---|---|---|---|")
    for ranks in options.ranks:
        steps = max(3, min(options.steps, 40_000 // ranks))
        for kind in SUMS:
            calm = argparse.Namespace(**{**vars(options), "spread": 0.0, "stall_chance": 0.0})
            alike, real = efficiency(ranks, calm, kind, 1), efficiency(ranks, options, kind, steps)
            rate = ranks * options.images_per_second * real
            print(f"| {ranks:,} | {kind} | {alike:.2f} | {real:.2f} | {rate:,.0f} | {span(1e9 / rate)} |")


# --------------------------------------------------------------------------------------------------------------- very many pictures

def needs(options):
    """(what, how much, of what it is made) for a set of shards as `moco shard` makes them."""
    count, size = options.pictures, options.picture_kilobytes * 1e3
    member = lambda content: 512 + math.ceil(content / 512) * 512         # a tar's header, and content in whole blocks
    stored = member(size) + member(2) + member(90)
    shards = math.ceil(count * stored / (options.shard_megabytes * 1e6))
    entry = 24 + options.name_bytes
    ints = 2**31 - 1
    return [
        ("pictures", f"{count:,.0f}", f"the most that one source counts is {ints:,}"),
        ("storage", size_text(count * stored), f"{stored / 1e3:,.1f} kB a picture with its .cls and .json"),
        ("shards", f"{shards:,}", f"of {options.shard_megabytes:g} MB, {count / shards:,.0f} pictures each"),
        ("their indices, on disk", size_text(count * entry), f"{entry} bytes a picture; read a shard at a time"),
        ("`shards.json`", size_text(shards * 110), "110 bytes a shard; read once, at the start"),
        ("memory: facts of shards", size_text(shards * 150), "about 150 bytes a shard"),
        ("memory: open shards", size_text(min(512, shards) * count / shards * entry), "the indices of at most 512 shards"),
        ("memory: order, exact shuffle", size_text(4 * count), "4 bytes a picture, all at once"),
        ("memory: order, `data.shuffleBuffer`", size_text(8 * options.buffer + 8 * shards), "the buffer twice, and 8 bytes a shard"),
        ("memory: `data.cacheMegabytes` above 0", size_text(8 * count), "8 bytes a picture before anything is kept: set it to 0"),
        ("checking the shards at the start", span(shards * options.stat_microseconds * 1e-6),
         f"one look at each, {options.stat_microseconds:g} us"),
        ("one epoch on one machine", span(count / options.images_per_second), f"{options.images_per_second:g} images/s"),
    ]


def needs_table(options):
    print("| what | how much | made of |")
    print("|---|---|---|")
    for row in needs(options):
        print("| " + " | ".join(row) + " |")


def kept_share(interval, save, restart, mean_between_failures):
    """The share of the time that is not lost, where a failure loses half an interval and a restart (Young 1974, first order)."""
    return max(0.0, 1 - save / (interval + save) - (interval / 2 + restart) / mean_between_failures)


def best_interval(save, mean_between_failures):
    """Young 1974: sqrt(2 * save * mean time between failures)."""
    return math.sqrt(2 * save * mean_between_failures)


def failures_table(options):
    print("| hosts | a failure every | save every | time kept, saving so | time kept, saving each epoch |")
    print("|---|---|---|---|---|")
    for hosts in options.ranks:
        between = options.host_days * 86400 / hosts
        every = best_interval(options.save_seconds, between)
        epoch = options.pictures / (hosts * options.images_per_second)
        print(f"| {hosts:,} | {span(between)} | {span(every)} | "
              f"{kept_share(every, options.save_seconds, options.restart_seconds, between):.2f} | "
              f"{kept_share(epoch, options.save_seconds, options.restart_seconds, between):.2f} |")


def size_text(count):
    for unit in ("B", "kB", "MB", "GB", "TB", "PB"):
        if count < 1000 or unit == "PB":
            return f"{count:,.0f} {unit}" if count >= 100 or unit == "B" else f"{count:.1f} {unit}"
        count /= 1000


def span(seconds):
    for name, length in (("years", 365.25 * 86400), ("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:,.1f} {name}"
    return f"{seconds:,.1f} s" if seconds >= 0.1 else f"{seconds * 1000:,.2f} ms"


def parser():
    top = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = top.add_subparsers(dest="command", required=True)
    for name in ("ranks", "pictures", "failures"):
        one = commands.add_parser(name)
        one.add_argument("--images-per-second", type=float, default=95.7, help="of one rank by itself")
        one.add_argument("--ranks", type=int, nargs="+", default=[8, 64, 1000])
        one.add_argument("--pictures", type=float, default=1e9)
    ranks, pictures, failures = (commands.choices[name] for name in ("ranks", "pictures", "failures"))
    ranks.add_argument("--batch", type=int, default=64, help="pictures a rank and step")
    ranks.add_argument("--gradient-megabytes", type=float, default=45, help="4 bytes a weight that is learned")
    ranks.add_argument("--bucket-megabytes", type=float, default=25)
    ranks.add_argument("--backward-share", type=float, default=0.6, help="of a step, in which sums can hide")
    ranks.add_argument("--gigabits", type=float, default=10, help="of a link, a second and direction")
    ranks.add_argument("--latency", type=float, default=50, help="of a message, us")
    ranks.add_argument("--spread", type=float, default=0.05, help="deviation of a step's time over its mean")
    ranks.add_argument("--stall-chance", type=float, default=0.001, help="of a rank, a step")
    ranks.add_argument("--stall", type=float, default=3, help="how many times as long a stalled step takes")
    ranks.add_argument("--steps", type=int, default=2000)
    ranks.add_argument("--seed", type=int, default=1)
    pictures.add_argument("--picture-kilobytes", type=float, default=100)
    pictures.add_argument("--shard-megabytes", type=float, default=256)
    pictures.add_argument("--name-bytes", type=int, default=40)
    pictures.add_argument("--buffer", type=int, default=65536)
    pictures.add_argument("--stat-microseconds", type=float, default=10)
    failures.add_argument("--host-days", type=float, default=365, help="between two failures of one host")
    failures.add_argument("--save-seconds", type=float, default=10)
    failures.add_argument("--restart-seconds", type=float, default=120)
    return top


def main(arguments=None):
    options = parser().parse_args(arguments)
    {"ranks": ranks_table, "pictures": needs_table, "failures": failures_table}[options.command](options)


if __name__ == "__main__":
    main()
