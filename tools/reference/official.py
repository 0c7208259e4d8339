"""Runs published reference code from a checkout on this machine's CPU. The code stays where it is; nothing of it is kept here."""
import ast
import contextlib
import importlib.util
import math
from unittest import mock

import torch


def module(path, name):
    """Import one file under a name of its own, so that two checkouts with a package called 'moco' do not meet."""
    if not path.is_file():
        raise SystemExit(f"{path} is not there; give the path of the checkout's root (see tests/Shared/Golden/README.md)")
    spec = importlib.util.spec_from_file_location(name, path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def functions(source, names, namespace=None):
    """Only the named functions and classes of a program, without running the rest of it."""
    wanted = [node for node in ast.parse(source).body if getattr(node, "name", None) in names]
    missing = set(names) - {node.name for node in wanted}
    if missing:
        raise SystemExit(f"the checkout has no {', '.join(sorted(missing))}; it is another version than the makers expect")
    space = {"math": math, "torch": torch, **(namespace or {})}
    exec(compile(ast.Module(wanted, []), "<official>", "exec"), space)
    return space


@contextlib.contextmanager
def on_one_cpu(permutations):
    """No CUDA, a world of one process, and torch.randperm replaced by the given permutations, in turn."""
    queue = iter(permutations)

    def randperm(count, *_, **__):
        order = next(queue)
        if len(order) != count:
            raise ValueError(f"a permutation of {len(order)} was recorded where the official code shuffles {count}")
        return torch.tensor(order)

    with contextlib.ExitStack() as stack:
        for target, name, replacement in [
            (torch.Tensor, "cuda", lambda self, *_, **__: self),
            (torch.nn.Module, "cuda", lambda self, *_, **__: self),
            (torch, "randperm", randperm),
            (torch.distributed, "broadcast", lambda *_, **__: None),
            (torch.distributed, "get_rank", lambda *_: 0),
            (torch.distributed, "get_world_size", lambda *_: 1),
        ]:
            stack.enter_context(mock.patch.object(target, name, replacement))
        yield
