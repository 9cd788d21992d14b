#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# The transcript on the README's first screen is what the program prints: its lines stand in the
# golden file, in this order, with nothing changed. Where it was cut there is a ⋮. As TAP.
#
# Usage: readme.py SOURCE_ROOT
import pathlib
import sys

root = pathlib.Path(sys.argv[1])
golden = (root / "tests/golden/case5.en.txt").read_text().splitlines()
readme = (root / "README.md").read_text()
block = readme.split("<!-- transcript -->\n```\n", 1)[1].split("\n```", 1)[0].splitlines()

missing = []
position = 0
for line in block[1:]:
    if line == "⋮":
        continue
    if line in golden[position:]:
        position = golden.index(line, position) + 1
    else:
        missing.append(line)
for line in missing:
    print(f"# not in the golden transcript: {line}")
print("ok 1" if not missing and len(block) > 20 else "not ok 1", "- the README shows what is printed")
print("1..1")
