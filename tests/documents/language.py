# SPDX-License-Identifier: MIT
"""The tables of the scenario language, as the program has them, and the examples beside them."""
import json
import re
import subprocess

# What may stand for the capital word of a key's name.
PLACEHOLDERS = {
    None: "",
    "number": r"\d+",
    "label": r"[^.]+",
    "letter": r"[a-f]",
    "record": r"\S+ +\S+",
    "anything": r".+",
}
PREFIX = "[scenario]\ntitle   = Example\ninclude = case5\n\n"


class Example:
    """Some lines of a scenario that show what KEYS of a group do."""

    def __init__(self, group, keys, remark, text):
        self.group = group
        self.keys = keys
        self.remark = remark
        self.text = text

    def assemble(self, without=None, language=None):
        """A whole scenario; WITHOUT leaves the lines of that key of its group out."""
        lines = self.text.splitlines()
        if without is not None:
            lines = [
                line
                for line, group in zip(lines, name_groups(lines))
                if group != self.group or language.find_key(group, key_of(line)) != without
            ]
        text = "\n".join(lines) + "\n"
        return text if "[scenario]" in text else PREFIX + text


def key_of(line):
    if line.startswith(("[", "#")) or "=" not in line:
        return None
    return re.sub(r"^-o\s*", "", line.split("=", 1)[0].strip())


def name_groups(lines):
    """The group that each line belongs to."""
    group = None
    for line in lines:
        header = re.match(r"\[(\w+)", line)
        group = header[1] if header else group
        yield group


class Language:
    def __init__(self, program, root):
        tables = json.loads(subprocess.run([program], stdout=subprocess.PIPE, check=True).stdout)
        self.groups = tables["groups"]
        self.keys = tables["keys"]
        self.types = tables["types"]
        self.words = tables["words"]
        self.looks = tables["looks"]
        self.examples = list(read_examples(root / "docs/source/examples.txt"))

    def list_keys(self, group, planned=False):
        return [row for row in self.keys if row["group"] == group and row["planned"] == planned]

    def list_words(self, words):
        """Of the set that begins with the word WORDS."""
        return [row for row in self.words if row["set"] == words]

    def find_key(self, group, key):
        """The name of the row that KEY belongs to: “expect.hop.H”."""
        if key is None:
            return None
        key = re.sub(r"\[\w+\]$", "", key)
        for row in self.keys:
            pattern = re.escape(row["before"]) + PLACEHOLDERS[row["placeholder"]] + re.escape(row["after"])
            if row["group"] == group and re.fullmatch(pattern, key):
                return row["name"]
        return None

    def list_examples(self, group):
        return [example for example in self.examples if example.group == group]


def read_examples(path):
    for block in re.split(r"^==== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        heading, text = block.split("\n", 1)
        group, keys, remark = re.fullmatch(r"(\w+): ([^(]+?)(?: \((.+)\))?", heading).groups()
        yield Example(group, keys.split(", "), remark or "", text.strip() + "\n")


def fill_in(template, writers):
    """TEMPLATE with each line “{{NAME ARGUMENT}}” replaced by what WRITERS[NAME] says."""
    def replace(match):
        return writers[match[1]](*match[2].split()).rstrip("\n")
    return re.sub(r"^\{\{(\w+)((?: [^ }]+)*)\}\}$", replace, template, flags=re.MULTILINE)
