#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Nothing is too long to be read: functions of 60 lines, files of 600, lines of 96 columns.

    sizes.py SOURCE_ROOT

A file that is one table may say why it is longer: /* longer than 600 lines: why */. A row of a
table (between clang-format off and on) may be as wide as its longest text.
"""
import pathlib
import re
import sys

FUNCTION_LINES_MAX = 60
FILE_LINES_MAX = 600
LINE_COLUMNS_MAX = 96
EXCUSE = re.compile(r"^/\* longer than 600 lines: \w.*\*/$", re.MULTILINE)


def find_long_lines(lines):
    in_table = False
    for number, line in enumerate(lines, 1):
        if "clang-format off" in line or "clang-format on" in line:
            in_table = "clang-format off" in line
        if len(line) > LINE_COLUMNS_MAX and not in_table:
            yield number, f"a line of {len(line)} columns"


def find_long_functions(lines):
    """As clang-format leaves them: both braces of a function stand alone in the first column."""
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            length = number - start + 1
            if length > FUNCTION_LINES_MAX:
                yield start, f"a function of {length} lines: {lines[start - 2].strip()}"
            start = None


def find_long_file(text, lines):
    if len(lines) > FILE_LINES_MAX and not EXCUSE.search(text):
        yield len(lines), f"a file of {len(lines)} lines"


def check_itself():
    function = ["void", "f(void)", "{"] + ["    g();"] * 59 + ["}"]
    long_text = "\n" * 601
    return (
        len(list(find_long_functions(function))) == 1
        and not list(find_long_functions(function[:3] + function[4:]))
        and len(list(find_long_lines(["x" * 97, "ñ" * 96]))) == 1
        and not list(find_long_lines(["/* clang-format off */", "x" * 97]))
        and len(list(find_long_file(long_text, long_text.splitlines()))) == 1
        and not list(
            find_long_file(
                "/* longer than 600 lines: a table */" + long_text, long_text.splitlines()
            )
        )
    )


def main():
    root = pathlib.Path(sys.argv[1])
    files = [
        path
        for folder in ("include", "sim", "tests")
        for path in sorted((root / folder).rglob("*.[ch]"))
    ]
    remarks = {"functions": [], "files": [], "lines": []}
    for path in files:
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        for kind, found in (
            ("functions", find_long_functions(lines)),
            ("files", find_long_file(text, lines)),
            ("lines", find_long_lines(lines)),
        ):
            remarks[kind] += [f"{path.relative_to(root)}:{n}: {what}" for n, what in found]

    results = [
        ("the check finds what it should", check_itself(), []),
        ("there is something to check", len(files) > 50, []),
    ] + [(f"no {kind} are too long", not found, found) for kind, found in remarks.items()]
    for number, (name, holds, found) in enumerate(results, 1):
        print(f"{'ok' if holds else 'not ok'} {number} - {name}")
        for remark in found:
            print(f"# {remark}")
    print(f"1..{len(results)}")
    return 0 if all(holds for _, holds, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main())
