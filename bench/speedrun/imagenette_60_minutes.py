#!/usr/bin/env python3
"""Imagenette with 10% of the labels after 60 minutes from the first picture. How: speedrun.py."""
from speedrun import Record, main

main(Record(
    name="imagenette-60-minutes", title="Imagenette with 10% of the labels after 60 minutes from the first picture",
    recipe="imagenette_60_minutes.yaml", test=["linear", "--labels", "10%"], minutes=60,
))
