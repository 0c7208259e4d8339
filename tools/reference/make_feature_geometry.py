"""feature_geometry.json: alignment, uniformity and RankMe as their papers print them, on filled features."""
import torch

import fill
import golden

COUNT, DIM = 40, 12


def lalign(x, y, alpha=2):
    """Wang and Isola 2020, figure 5."""
    return (x - y).norm(dim=1).pow(alpha).mean()


def lunif(x, t=2):
    """Wang and Isola 2020, figure 5."""
    return torch.pdist(x, p=2).pow(2).mul(-t).exp().mean().log()


def rankme(z, epsilon=1e-7):
    """Garrido et al. 2023, equations 1 and 2."""
    values = torch.linalg.svdvals(z)
    p = values / values.abs().sum() + epsilon
    return torch.exp(-(p * p.log()).sum())


def auc(positive, negative):
    """How often a positive is above a negative."""
    return (positive[:, None] > negative[None, :]).double().mean()


def case(name, noise, rank):
    """Features of two views and of none: a center that all share, `rank` directions, and noise of each view."""
    base = fill.inputs(f"geometry.{name}.rows", (COUNT, rank)) @ fill.inputs(f"geometry.{name}.directions", (rank, DIM))
    views = [(base + noise * fill.inputs(f"geometry.{name}.view{v}", (COUNT, DIM))).double() for v in range(2)]
    plain = base.double()
    x, y = (torch.nn.functional.normalize(v, dim=1) for v in views)
    pairs = torch.triu_indices(COUNT, COUNT, offset=1)
    negative = (x @ x.T)[pairs[0], pairs[1]]
    return {
        "name": name, "noise": noise, "rank": rank, "alignment": golden.twelve(lalign(x, y)),
        "uniformity": golden.twelve(lunif(x)), "effectiveRank": golden.twelve(rankme(plain)),
        "separation": golden.twelve(auc((x * y).sum(dim=1), negative)), "negativeMean": golden.twelve(negative.mean()),
        "spread": golden.twelve(x.std(dim=0).mean() * DIM**0.5),
    }


def main():
    args = golden.arguments(__doc__)
    golden.write("feature_geometry.json", {
        "count": COUNT, "dim": DIM, "cases": [case("full", 0.5, DIM), case("flat", 0.01, 1), case("noisy", 20.0, 4)],
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
