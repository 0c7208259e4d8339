#!/usr/bin/env python3
"""Imagenette with 10% of the labels after 10 minutes from the first picture. How: speedrun.py."""
from speedrun import Record, main

main(Record(
    name="imagenette-10-minutes", title="Imagenette with 10% of the labels after 10 minutes from the first picture",
    recipe="imagenette_10_minutes.yaml", test=["linear", "--labels", "10%"], minutes=10,
))
