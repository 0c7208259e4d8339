"""Writes src/MocoSharp.Imaging/Datasets/canonical-forms.txt: the canonical decompositions and combining classes of Unicode, from
Python's unicodedata. .NET has them in ICU alone, which the tool does not ask a system for.

    python3 tools/reference/make_canonical_forms.py
"""
import pathlib
import sys
import unicodedata

HANGUL = range(0xAC00, 0xD7A4)      # composed by rule
out = pathlib.Path(__file__).resolve().parents[2] / "src/MocoSharp.Imaging/Datasets/canonical-forms.txt"
lines = [f"# Unicode {unicodedata.unidata_version}, by tools/reference/make_canonical_forms.py; "
         "lines: code and its parts, or a range of codes and its class"]
for code in range(sys.maxunicode + 1):
    text = chr(code)
    whole = unicodedata.normalize("NFD", text)
    if whole != text and code not in HANGUL:
        lines.append(f"{code:X}=" + " ".join(f"{ord(part):X}" for part in whole))
first = 0
for code in range(1, sys.maxunicode + 2):
    before = unicodedata.combining(chr(code - 1))
    if code > sys.maxunicode or unicodedata.combining(chr(code)) != before:
        if before:
            lines.append(f"{first:X}-{code - 1:X}:{before}")
        first = code
out.write_text("\n".join(lines) + "\n")
