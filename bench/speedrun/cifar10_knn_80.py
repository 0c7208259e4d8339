#!/usr/bin/env python3
"""Minutes until kNN 80 on CIFAR-10, from JPEG files. How: speedrun.py."""
from speedrun import Record, main

main(Record(
    name="cifar10-knn-80", title="Minutes until kNN 80 on CIFAR-10, from JPEG files",
    recipe="cifar10_knn_80.yaml", test=["knn", "--neighbors", "200", "--temperature", "0.1"], target=80,
))
