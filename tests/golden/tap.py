# SPDX-License-Identifier: MIT
"""Results of tests that drive the whole program, as TAP."""
import sys

results = []


def report(holds, name, remark=None):
    results.append(holds)
    print(f"{'ok' if holds else 'not ok'} {len(results)} - {name}", flush=True)
    if not holds and remark is not None:
        for line in str(remark).splitlines():
            print(f"# {line}", flush=True)


def skip(name, reason):
    results.append(True)
    print(f"ok {len(results)} - {name} # SKIP {reason}", flush=True)


def finish():
    print(f"1..{len(results)}")
    sys.exit(0 if all(results) else 1)
