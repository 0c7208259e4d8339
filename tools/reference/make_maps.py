"""Golden values of maps: umap-learn's fuzzy graph and curve, scikit-learn's trustworthiness and principal components.

Needs Debian's umap-learn (0.5.3) and python3-sklearn (1.2.1).
"""
import argparse
import json
import pathlib

import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tests" / "MocoSharp.Maps.Tests" / "Golden"


def blobs(rows, dimensions, centers, seed, spread=1.0):
    """Points in float32 that both sides read from the file."""
    generator = np.random.default_rng(seed)
    middles = generator.normal(size=(centers, dimensions)) * 4
    return (middles[np.arange(rows) % centers] + spread * generator.normal(size=(rows, dimensions))).round(3).astype(np.float32)


def floats(array):
    return [float(f"{value:.9g}") for value in np.asarray(array, np.float64).reshape(-1)]


def umap_part():
    from umap.umap_ import find_ab_params, fuzzy_simplicial_set, nearest_neighbors

    points = blobs(80, 4, 3, seed=1)
    neighbors = 10
    indices, distances, _ = nearest_neighbors(points, neighbors, "euclidean", {}, False, np.random.RandomState(1))
    graphs = []
    for connectivity, union in ((1.0, 1.0), (2.5, 0.3)):
        graph, sigmas, rhos = fuzzy_simplicial_set(
            points, neighbors, np.random.RandomState(1), "euclidean", knn_indices=indices, knn_dists=distances,
            set_op_mix_ratio=union, local_connectivity=connectivity)[:3]
        graph = graph.tocsr()
        graph.sort_indices()
        graphs.append({"connectivity": connectivity, "union": union, "sigmas": floats(sigmas), "rhos": floats(rhos),
                       "starts": graph.indptr.tolist(), "columns": graph.indices.tolist(), "weights": floats(graph.data)})
    curves = [{"minDistance": m, "spread": s, "a": float(find_ab_params(s, m)[0]), "b": float(find_ab_params(s, m)[1])}
              for m, s in ((0.1, 1.0), (0.0, 1.0), (0.5, 1.0), (0.25, 2.0), (0.99, 1.0))]
    return {"points": floats(points), "dimensions": 4, "neighbors": neighbors, "graphs": graphs, "curves": curves}


def sklearn_part():
    from sklearn.decomposition import PCA
    from sklearn.manifold import trustworthiness

    points = blobs(120, 5, 3, seed=2, spread=1.5)
    pca = PCA(2, svd_solver="full").fit(points.astype(np.float64))
    signs = np.sign(pca.components_[np.arange(2), np.abs(pca.components_).argmax(1)])[:, None]
    places = (pca.transform(points.astype(np.float64)) * signs.T).astype(np.float32)
    return {"points": floats(points), "dimensions": 5, "directions": floats(pca.components_ * signs), "variances": floats(pca.explained_variance_),
            "places": floats(places), "trustworthiness": [{"k": k, "value": float(trustworthiness(points, places, n_neighbors=k))} for k in (1, 5, 15)]}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, default=FOLDER)
    a = parser.parse_args()
    for name, content in (("umap", umap_part()), ("sklearn", sklearn_part())):
        lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in content.items())
        (a.out / f"{name}.json").write_text("{\n" + lines + "\n}\n")


main()
