#!/usr/bin/env python3
"""kNN on CIFAR-10 after 30 minutes of two cores, from JPEG files. How: speedrun.py."""
from speedrun import Record, main

main(Record(
    name="cifar10-knn-30-minutes", title="kNN on CIFAR-10 after 30 minutes of two cores, from JPEG files",
    recipe="cifar10_knn_30_minutes.yaml", test=["knn", "--neighbors", "200", "--temperature", "0.1"], minutes=30,
))
