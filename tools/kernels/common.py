"""What the kernel checks share: loading the library, errors against float64, and timing in pairs."""
import sys
import time

import torch

LIBRARY = sys.argv[1] if len(sys.argv) > 1 and sys.argv[1].endswith(".so") else "/tmp/kbuild/libmocosharp_torch.so"
torch.ops.load_library(LIBRARY)
torch.set_num_threads(2)
ops = torch.ops.mocosharp
ops.install_allocator()
failures = 0


def error(got, want):
    """Relative error in the Frobenius norm; NaN or another shape counts as infinite."""
    if got.shape != want.shape:
        return float("inf")
    difference = (got.double() - want.double()).norm().item()
    if difference != difference:
        return float("inf")
    return difference / max(want.double().norm().item(), 1e-30)


def expect(name, value, limit):
    global failures
    if not value <= limit:
        failures += 1
        print(f"FAILED {name}: {value:.2e} is above {limit:.0e}")


def finish(checks):
    print(f"{checks} checks, {failures} failed")
    sys.exit(failures > 0)


def paired(*functions, repetitions=7):
    """Best milliseconds of processor time of each of some functions run in turn on one thread.

    On a shared machine two threads wait for each other whenever a neighbor takes a core; one thread's own time says what the code costs.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    times = [[] for _ in functions]
    for function in functions:
        function()
    for _ in range(repetitions):
        for function, list_ in zip(functions, times):
            start = time.thread_time()
            function()
            list_.append((time.thread_time() - start) * 1e3)
    torch.set_num_threads(threads)
    return [min(list_) for list_ in times]
