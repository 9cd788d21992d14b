# SPDX-License-Identifier: MIT
"""Results of tests, as TAP."""

REMARK_LINES_MAX = 60


class Tap:
    def __init__(self):
        self.number = 0
        self.failed = 0

    def report(self, name, holds, remarks=()):
        self.number += 1
        self.failed += not holds
        print(f"{'ok' if holds else 'not ok'} {self.number} - {name}", flush=True)
        if not holds:
            for remark in remarks:
                print("\n".join(f"# {line}" for line in str(remark).splitlines()[:REMARK_LINES_MAX]))

    def skip(self, name, why):
        self.number += 1
        print(f"ok {self.number} - {name} # SKIP {why}")

    def finish(self):
        print(f"1..{self.number}")
        return 1 if self.failed else 0
