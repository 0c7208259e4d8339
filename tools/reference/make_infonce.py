"""infonce.json: MoCo's loss (arXiv:1911.05722, eq. 1) and its gradients on a small filled problem."""
import torch
from torch.nn.functional import cross_entropy, normalize

import fill
import golden

N, K, D, TEMPERATURE = 4, 8, 6, 0.2


def loss(query, key, queue):
    """query, key [N, D] and queue [D, K] of unit length; class 0 is the own key."""
    logits = torch.cat([(query * key).sum(dim=1, keepdim=True), query @ queue], dim=1) / TEMPERATURE
    return logits, cross_entropy(logits, torch.zeros(N, dtype=torch.long))


def run(dtype):
    raw = fill.inputs("infonce.q", (N, D)).to(dtype).requires_grad_()
    key = normalize(fill.inputs("infonce.k", (N, D)).to(dtype), dim=1)
    queue = normalize(fill.inputs("infonce.queue", (D, K)).to(dtype), dim=0)
    query = normalize(raw, dim=1)
    query.retain_grad()
    logits, value = loss(query, key, queue)
    value.backward()
    return {"logits": logits, "loss": value, "queryGradient": query.grad, "rawGradient": raw.grad}


def main():
    args = golden.arguments(__doc__)
    result = run(torch.float64)
    for name, single in run(torch.float32).items():
        torch.testing.assert_close(single.double(), result[name], rtol=1e-5, atol=1e-6)
    golden.write("infonce.json", {
        "batch": N, "queueLength": K, "dim": D, "temperature": TEMPERATURE, "loss": float(result["loss"]),
        **{name: golden.values(result[name]) for name in ("logits", "queryGradient", "rawGradient")},
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
