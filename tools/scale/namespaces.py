#!/usr/bin/env python3
"""Trains with one rank in each of several network namespaces, over a link of a set rate, delay and loss; cuts one off, and lets it come back.

  sudo tools/scale/namespaces.py DATA                                    4 ranks, 1 Gbit/s (tc's token bucket), one cut off and come back
  sudo tools/scale/namespaces.py DATA --ranks 2 --rate 100 --delay 5     2 ranks, 100 Mbit/s, 5 ms each way (packets go through cable.py)
  sudo tools/scale/namespaces.py DATA --cut 0                            nobody is cut off

Prints each rank's rate and its wait for the others, how long each rank took to end after the cut and with what words, and whether the weights
are those of a training of as many ranks that nothing happened to. Needs the right to make namespaces.
"""
import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import cable

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = [shutil.which("dotnet") or "dotnet", os.environ.get("MOCO_DLL", str(ROOT / "artifacts/bin/MocoSharp.Cli/release/moco.dll"))]
RECIPE = """# A small training for many ranks.
format: 1
name: ranks
encoder: {{ name: resnet18-small, width: {width}, batchNormSplits: {ranks} }}
method: {{ name: moco, queueLength: 256, keyFeatures: 64, hiddenFeatures: [64] }}
views: [{{ repeat: 2, normalize: half, steps: [{{ randomResizedCrop: {{ size: 32, area: [0.4, 1] }} }}, flip] }}]
training: {{ epochs: {epochs}, batchSize: {batch} }}
optimizer: {{ name: sgd }}
learningRate: {{ name: cosine, start: 0.05 }}
"""


def run(*words: str) -> None:
    subprocess.run(words, check=True)


class Network:
    """Namespaces moco0, moco1, …: rank N has the address 10.77.0.N+1."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.names, self.carrier = [f"moco{number}" for number in range(args.ranks)], 0
        self.close()
        for name in self.names:
            run("ip", "netns", "add", name)
            run("ip", "-n", name, "link", "set", "lo", "up")
        if args.delay or args.loss:
            self.carrier = cable.lay(self.names, args.delay / 1e3, args.rate * 1e6, args.loss / 100)
        else:
            self.bridge(args.rate)
        for number, name in enumerate(self.names):
            run("ip", "-n", name, "addr", "add", f"10.77.0.{number + 1}/24", "dev", "eth0")
            self.link(number, "up")

    def bridge(self, rate: float) -> None:
        run("ip", "netns", "add", "mocoswitch")
        run("ip", "-n", "mocoswitch", "link", "add", "bridge", "type", "bridge")
        run("ip", "-n", "mocoswitch", "link", "set", "bridge", "up")
        for number, name in enumerate(self.names):
            port = f"port{number}"
            run("ip", "link", "add", port, "netns", "mocoswitch", "type", "veth", "peer", "name", "eth0", "netns", name)
            run("ip", "-n", "mocoswitch", "link", "set", port, "master", "bridge", "up")
            for namespace, device in (("mocoswitch", port), (name, "eth0")):
                run("tc", "-n", namespace, "qdisc", "add", "dev", device, "root", "tbf", "rate", f"{rate:g}mbit", "burst", "256kb", "latency", "50ms")

    def link(self, number: int, state: str) -> None:
        run("ip", "-n", self.names[number], "link", "set", "eth0", state)

    def close(self) -> None:
        if self.carrier:
            os.kill(self.carrier, signal.SIGKILL)
            os.waitpid(self.carrier, 0)
            self.carrier = 0
        for name in [*self.names, "mocoswitch"]:
            subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL)


def begin(network: Network, args: argparse.Namespace, folder: pathlib.Path, port: int) -> list[subprocess.Popen]:
    """The ranks, each by a launcher of its own, as on a host of its own."""
    what = ["resume", str(folder)] if folder.exists() else ["train", str(folder.parent / "ranks.yaml"), "--data", args.data, "--run", str(folder)]
    environment = os.environ | {"GLOO_SOCKET_IFNAME": "eth0", "MOCO_RANK_TIMEOUT": str(args.patience), "MOCO_RENDEZVOUS_TIMEOUT": "120"}
    ranks = []
    for number, name in enumerate(network.names):
        log = open(folder.parent / f"{folder.name}-{number}.log", "ab")
        ranks.append(subprocess.Popen(
            ["ip", "netns", "exec", name, *TOOL, "launch", "--nodes", str(args.ranks), "--node-rank", str(number), "--master",
             f"10.77.0.1:{port}", "--", *what, "--threads", "1"], env=environment, stdout=log, stderr=log))
    return ranks


def epochs_of(folder: pathlib.Path) -> list[dict]:
    file = folder / "metrics.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def weights_of(folder: pathlib.Path) -> bytes:
    return (max((folder / "checkpoints").glob("[0-9]*"), key=lambda path: int(path.name)) / "weights.safetensors").read_bytes()


def report(folder: pathlib.Path, args: argparse.Namespace, title: str) -> None:
    lines = epochs_of(folder)[1:]       # the first epoch chooses kernels
    steps, rates = lines[0]["step"] - epochs_of(folder)[0]["step"], [line["images_per_second"] for line in lines]
    print(f"{title}: {sum(rates) / len(rates):.0f} images/s, {steps} updates an epoch")
    for rank in range(args.ranks):
        own = [line["ranks"][rank] for line in lines]
        seconds = sum(steps * args.batch / rate for rate in rates)
        print(f"  rank {rank}: {100 * sum(one['peer_wait_seconds'] for one in own) / seconds:.0f}% of its time waiting for others, "
              f"{sum(one['bytes_sent'] for one in own) / len(own) / steps / 1e6:.2f} MB sent an update")


def whole(network: Network, args: argparse.Namespace, folder: pathlib.Path, port: int) -> None:
    ranks = begin(network, args, folder, port)
    if any(rank.wait() for rank in ranks):
        sys.exit(f"a rank failed: see {folder.parent}/{folder.name}-*.log")


def cut(network: Network, args: argparse.Namespace, folder: pathlib.Path, port: int) -> None:
    """Cuts the last rank off, waits until all have ended, lets it come back, and starts all again."""
    ranks = begin(network, args, folder, port)
    while len(epochs_of(folder)) < 2:
        time.sleep(0.1)
    time.sleep(args.cut)
    network.link(args.ranks - 1, "down")
    begun, ended = time.monotonic(), {}
    while len(ended) < args.ranks:
        ended |= {number: time.monotonic() - begun for number, rank in enumerate(ranks) if number not in ended and rank.poll() is not None}
        time.sleep(0.05)
    for number, seconds in sorted(ended.items()):
        words = " ".join((folder.parent / f"{folder.name}-{number}.log").read_text(errors="replace").split())
        at = words.find("error MS52")
        print(f"  rank {number} ended {seconds:.1f} s after the cut: {words[at:at + 300] if at >= 0 else words[-300:]}")
    network.link(args.ranks - 1, "up")
    whole(network, args, folder, port + 1)


def main() -> None:
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("data", help="pictures")
    parse.add_argument("--ranks", type=int, default=4)
    parse.add_argument("--rate", type=float, default=1000, help="Mbit/s of each rank's link; default 1000")
    parse.add_argument("--delay", type=float, default=0, help="ms one way; default 0")
    parse.add_argument("--loss", type=float, default=0, help="percent of packets; default 0")
    parse.add_argument("--cut", type=float, default=1, help="seconds behind the second epoch at which the last rank is cut off; 0: never")
    parse.add_argument("--epochs", type=int, default=6)
    parse.add_argument("--batch", type=int, default=128)
    parse.add_argument("--width", type=float, default=0.5, help="of the ResNet-18")
    parse.add_argument("--patience", type=int, default=15, help="MOCO_RANK_TIMEOUT, seconds")
    args = parse.parse_args()
    args.data = os.path.abspath(args.data)
    root = pathlib.Path(tempfile.mkdtemp(prefix="moco-namespaces-"))
    (root / "ranks.yaml").write_text(RECIPE.format(**vars(args)))
    network = Network(args)
    try:
        whole(network, args, root / "whole", 29500)
        report(root / "whole", args, f"{args.ranks} ranks, {args.rate:g} Mbit/s, {args.delay:g} ms, {args.loss:g}% lost")
        if args.cut:
            cut(network, args, root / "cut", 29510)
            same = weights_of(root / "whole") == weights_of(root / "cut")
            print(f"  came back: weights {'are the same bits as' if same else 'DIFFER from'} those of the training that was not cut")
    finally:
        network.close()
    print(f"logs and runs: {root}")


if __name__ == "__main__":
    main()
