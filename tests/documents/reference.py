#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What is written of the scenario language is what the tables of the program say.

    reference.py MAILSIM DUMP_LANGUAGE SOURCE_ROOT

docs/source/ has what people wrote: the templates, and examples.txt. The documents are made from
these and from the tables, and compared; with MAILSIM_UPDATE_GOLDEN set they are written anew. Each
example is run, and run again without the lines of each key that it is there to show. As TAP.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

from language import Language
from tap import Tap
import write_markdown
import write_mdoc
import write_vim

DOCUMENTS = [
    ("scenario-language.md", "docs/source/scenario-language.md", "docs/scenario-language.md",
     write_markdown.Writer),
    ("mailsim-scenario(5)", "docs/source/mailsim-scenario.5", "docs/man/mailsim-scenario.5",
     write_mdoc.Writer),
    ("mailsim.vim", "docs/source/mailsim.vim", "docs/vim/syntax/mailsim.vim", write_vim.Writer),
]


class Runner:
    def __init__(self, mailsim, folder):
        self.mailsim = mailsim
        self.path = pathlib.Path(folder) / "example.scenario"

    def run(self, text):
        """Exit status, what was printed, what was complained of."""
        self.path.write_text(text, encoding="utf-8")
        done = [
            subprocess.run([self.mailsim, "run", *options, self.path.name], cwd=self.path.parent,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for options in (["--format=json"], ["--lang=es", "--detail=full"])
        ]
        return done[0].returncode, done[0].stdout + done[1].stdout, done[0].stderr


def check_example(runner, language, example):
    """What is wrong with it."""
    whole = runner.run(example.assemble())
    if whole[0] != 0 or whole[2]:
        yield f"exit status {whole[0]}: {whole[2]}"
        return
    for key in example.keys:
        text = example.assemble(key, language)
        differs = text != example.assemble() and runner.run(text) != whole
        if text == example.assemble():
            yield f"there is no line for {key}"
        elif differs == example.remark.startswith("no effect"):
            yield f"{key} makes {'a' if differs else 'no'} difference"


def check_documents(tap, language, root):
    for name, source, target, writer in DOCUMENTS:
        text = writer(language).write((root / source).read_text(encoding="utf-8"))
        path = root / target
        if "MAILSIM_UPDATE_GOLDEN" in os.environ:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        found = path.read_text(encoding="utf-8") if path.exists() else ""
        different = [
            f"line {number}: should be: {line}"
            for number, line in enumerate(text.splitlines(), 1)
            if line not in found.splitlines()
        ]
        tap.report(f"{name} is what the tables say", found == text,
                   different[:10] + ["MAILSIM_UPDATE_GOLDEN=1 writes it anew"])


def main():
    mailsim, dump, root = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    language = Language(dump, root)
    tap = Tap()
    shown = {(example.group, key) for example in language.examples for key in example.keys}
    built = {(row["group"], row["name"]) for row in language.keys if not row["planned"]}
    tap.report("each key has an example", built <= shown, [f"no example: {row}" for row in sorted(built - shown)])
    tap.report("each example is of a key", shown <= built, [f"no such key: {row}" for row in sorted(shown - built)])
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(mailsim, folder)
        for example in language.examples:
            wrong = list(check_example(runner, language, example))
            tap.report(f"example of {example.group}: {', '.join(example.keys)}", not wrong, wrong)
    check_documents(tap, language, root)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
