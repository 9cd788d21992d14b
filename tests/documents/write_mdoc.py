# SPDX-License-Identifier: MIT
"""docs/man/mailsim-scenario.5, from docs/source/mailsim-scenario.5 and the tables."""
import re

import language as tables
from write_markdown import header, sentence


def escape(text):
    """A text of the tables, in which `x` is to be typed, as roff has it."""
    text = text.replace("\\\\", "\\").replace("\\", "\\e").replace("-", "\\-")
    text = re.sub(r"`([^`]*)`", "\\\\(lq\\1\\\\(rq", text)
    return re.sub(r"^([.'])", r"\\&\1", text)


class Writer:
    def __init__(self, language):
        self.language = language

    def write(self, template):
        return tables.fill_in(template, {
            "group": self.group,
            "types": self.types,
            "words": self.words,
            "looks": self.looks,
            "planned": self.planned,
        })

    def describe(self, row):
        notes = [row["type"]]
        words = [word["word"] for word in self.language.list_words(row["words"]) if not word["planned"]]
        if 0 < len(words) <= 8 and row["type"] != "yes or no":
            notes = [("some of " if row["type"] == "words" else "one of ") + ", ".join(words)]
        if row["default"] is not None:
            notes.append(f"default {row['default']}")
        if row["required"]:
            notes.append("required")
        if row["translated"]:
            notes.append("may be translated")
        return escape(f"{row['description']} ({'; '.join(notes)})")

    def list(self, rows):
        lines = [".Bl -tag -width Ds"]
        for row in rows:
            lines += [f".It Ic {self.macro_arguments(row['name'])}", self.describe(row)]
        return "\n".join(lines + [".El"])

    @staticmethod
    def macro_arguments(text):
        return '"' + escape(text) + '"' if " " in text else escape(text)

    def group(self, name):
        group = next(row for row in self.language.groups if row["name"] == name)
        text = f".Ss {header(group)}\n{escape(sentence(group['description']))}\n"
        keys = self.language.list_keys(name)
        if name != "step":
            return text + self.list(keys)
        text += self.list([row for row in keys if row["steps"] is None])
        for word in self.language.list_words("send"):
            own = [row for row in keys if word["word"] in (row["steps"] or "").split()]
            if own and not word["planned"]:
                text += f"\n.Pp\nWith\n.Ql do = {word['word']}\n.Pq {escape(word['description'])} :\n"
                text += self.list(own)
        return text

    def types(self):
        lines = [".Bl -tag -width Ds"]
        for row in self.language.types:
            lines += [f".It {escape(row['name'])}", escape(row["looks"])]
        return "\n".join(lines + [".El"])

    def words(self, first):
        lines = [".Bl -tag -width Ds"]
        for row in self.language.list_words(first):
            if not row["planned"]:
                lines += [f".It Ic {escape(row['word'])}", escape(row["description"])]
        return "\n".join(lines + [".El"])

    def looks(self):
        forms = [row["form"] for row in self.language.looks if not row["planned"]]
        return escape(", ".join(forms) + ".")

    def planned(self):
        names = [f"[{row['name']}]" for row in self.language.groups if row["planned"]]
        names += [
            f"{row['name']} in [{row['group']}]" for row in self.language.keys
            if row["planned"] and f"[{row['group']}]" not in names
        ]
        names += [f"at = {row['form']}" for row in self.language.looks if row["planned"]]
        names += [f"do = {row['word']}" for row in self.language.list_words("send") if row["planned"]]
        return escape(", ".join(names) + ".")
