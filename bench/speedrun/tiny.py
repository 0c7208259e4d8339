#!/usr/bin/env python3
"""A try of the machinery: a hundredth of CIFAR-10, two epochs. How: speedrun.py."""
from speedrun import Record, main

main(Record(
    name="tiny", title="A try of the machinery: a hundredth of CIFAR-10, two epochs",
    recipe="simclr-cifar10", test=["knn", "--neighbors", "20"], minutes=5, share=0.01,
    changes=["encoder.name=small", "training.batchSize=64", "training.epochs=2"],
))
