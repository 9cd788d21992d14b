#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Layers look down only: who may include <mailsim/LAYER/...>, and that private headers stay at home.

    layers.py SOURCE_ROOT
"""
import pathlib
import re
import sys

BASE = {"base"}
PROTOCOL = BASE | {"protocol"}
STORE = BASE | {"store"}
SESSION = PROTOCOL | STORE | {"session"}
RECORDING = BASE | {"recording"}
WIRE = SESSION | {"wire"}
SETTINGS = BASE | {"settings"}
LAB = RECORDING | WIRE | SETTINGS | {"lab"}
SCENARIO = LAB | {"scenario"}
TRANSCRIPT = RECORDING | PROTOCOL | {"transcript"}
EXPLAIN = SCENARIO | TRANSCRIPT | {"explain"}
MATRIX = SCENARIO | TRANSCRIPT | {"matrix"}
ALLOWED = {
    "base": BASE,
    "protocol": PROTOCOL,
    "store": STORE,
    "session": SESSION,
    "recording": RECORDING,
    "wire": WIRE,
    "settings": SETTINGS,
    "lab": LAB,
    "scenario": SCENARIO,
    "transcript": TRANSCRIPT,
    "explain": EXPLAIN,
    "matrix": MATRIX,
    "cli": EXPLAIN | MATRIX | {"cli"},
}
LIBRARIES = {"gmime": {"protocol"}, "gnutls": {"wire", "lab"}, "gsasl": {"lab"}, "json-glib": {"transcript", "matrix"}}


def find_trespasses(layer, text, siblings):
    """What a file of LAYER with this TEXT includes and may not."""
    for number, line in enumerate(text.splitlines(), 1):
        public = re.match(r"\s*#\s*include\s+<mailsim/([^/>]+)/", line)
        private = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        library = re.match(r"\s*#\s*include\s+<(gmime|gnutls|gsasl|json-glib)[./]", line)
        if public and public[1] not in ALLOWED[layer]:
            yield number, f"{layer} may not look at {public[1]}"
        generated = private and private[1].endswith("-resources.h")
        if private and not generated and private[1] not in siblings:
            yield number, f"{private[1]} is not a header of {layer}"
        if library and layer not in LIBRARIES[library[1]]:
            yield number, f"{layer} may not use {library[1]}"


def check_itself():
    examples = [
        ("session", "#include <mailsim/wire/wire.h>", 1),
        ("recording", "#include <mailsim/protocol/message.h>", 1),
        ("transcript", " # include <mailsim/lab/lab.h>", 1),
        ("base", "#include <mailsim/protocol/message.h>\n#include <gnutls/gnutls.h>", 2),
        ("lab", '#include "scanner-private.h"', 1),
        ("lab", '#include "lab-private.h"\n#include <mailsim/wire/wire.h>\n#include <gsasl.h>', 0),
    ]
    return all(
        len(list(find_trespasses(layer, text, {"lab-private.h"}))) == n for layer, text, n in examples
    )


def main():
    root = pathlib.Path(sys.argv[1])
    results = [("the check finds what it should", check_itself(), [])]
    for layer in ALLOWED:
        files = [
            path
            for folder in (root / "include" / "mailsim" / layer, root / "sim" / layer)
            for path in sorted(folder.rglob("*.[ch]"))
        ]
        siblings = {path.name for path in (root / "sim" / layer).rglob("*.h")}
        remarks = [
            f"{path.relative_to(root)}:{number}: {what}"
            for path in files
            for number, what in find_trespasses(layer, path.read_text(encoding="utf-8"), siblings)
        ]
        results.append((f"{layer} looks down only", bool(files) and not remarks, remarks))
    layers = {path.name for path in (root / "sim").iterdir() if path.is_dir()}
    results.append(("every layer is known here", layers == set(ALLOWED), sorted(layers ^ set(ALLOWED))))

    for number, (name, holds, remarks) in enumerate(results, 1):
        print(f"{'ok' if holds else 'not ok'} {number} - {name}")
        for remark in remarks:
            print(f"# {remark}")
    print(f"1..{len(results)}")
    return 0 if all(holds for _, holds, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main())
