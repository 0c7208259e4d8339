#!/usr/bin/env python3
"""Times a ResNet's forward pass to its features in PyTorch, for bench/compare_inference.py: eager and channels_last, and a frozen graph that is optimized
for inference (batch norms folded). Prints one JSON object.

  forward_torch.py ARCH SIDE BATCH THREADS CALLERS CALLS TURNS
"""
import json
import sys
import threading
import time

import torch
import torchvision


def main():
    arch = sys.argv[1]
    side, batch, threads, callers, calls, turns = map(int, sys.argv[2:])
    torch.set_num_threads(threads)
    network = getattr(torchvision.models, arch)()
    network.fc = torch.nn.Identity()
    network.eval()
    pictures = torch.randn(batch, 3, side, side)
    last = pictures.contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        frozen = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.script(network)))
    modes = {"eager": (network, pictures), "frozen": (frozen, pictures)}

    def work(run, given):
        torch.set_num_threads(threads)
        with torch.inference_mode():
            for _ in range(calls):
                run(given)

    seconds = {}

    def time_all(names):
        for name in names:
            run, given = modes[name]
            start = time.perf_counter()
            if callers == 1:
                work(run, given)
            else:
                workers = [threading.Thread(target=work, args=(run, given)) for _ in range(callers)]
                for worker in workers:
                    worker.start()
                for worker in workers:
                    worker.join()
            seconds.setdefault(name, []).append(time.perf_counter() - start)

    for _ in range(turns + 1):
        time_all(["eager", "frozen"])
    network.to(memory_format=torch.channels_last)
    modes["channels_last"] = (network, last)
    for _ in range(turns + 1):
        time_all(["channels_last"])
    print(json.dumps({"pictures": batch * callers * calls, "torch": torch.__version__,
                      "seconds": {name: times[1:] for name, times in seconds.items()}}))


main()
