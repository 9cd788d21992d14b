# SPDX-License-Identifier: MIT
"""docs/scenario-language.md, from docs/source/scenario-language.md and the tables."""
import language as tables

FEW_WORDS = 8


def header(group):
    operands = f" {group['operands']}" if group["operands"] else ""
    return f"[{group['name']}{operands}]"


def sentence(text):
    return text[0].upper() + text[1:] + "."


def cell(text):
    return text.replace("|", "\\|")


class Writer:
    def __init__(self, language):
        self.language = language

    def write(self, template):
        return tables.fill_in(template, {
            "group": self.group,
            "examples": self.examples,
            "types": self.types,
            "words": self.words,
            "steps": self.steps,
            "looks": self.looks,
            "planned": self.planned,
        })

    def type_of(self, row):
        words = [word for word in self.language.list_words(row["words"]) if not word["planned"]]
        text = f"[{row['type']}](#types)"
        if row["words"] is not None and row["type"] != "yes or no":
            few = len(words) <= FEW_WORDS
            text = " ".join(f"`{word['word']}`" for word in words) if few else f"[{row['type']}](#words-on-a-hop)"
        if row["default"] is not None:
            text += f"; {row['default']}"
        return cell(text)

    def meaning_of(self, group, row):
        text = row["description"]
        remarks = []
        if row["required"]:
            remarks.append("required")
        if row["translated"]:
            remarks.append("may be translated")
        if group["at_step"] and not row["at_step"] and row["name"] != "like":
            remarks.append("not at a step")
        return cell(text + (f" ({', '.join(remarks)})" if remarks else ""))

    def rows(self, group, keys):
        lines = ["| key | type; default | meaning |", "|---|---|---|"]
        lines += [f"| `{row['name']}` | {self.type_of(row)} | {self.meaning_of(group, row)} |" for row in keys]
        return "\n".join(lines) + "\n"

    def examples(self, group):
        text = ""
        for example in self.language.list_examples(group):
            keys = ", ".join(f"`{key}`" for key in example.keys)
            remark = f" ({example.remark})" if example.remark else ""
            text += f"{keys}{remark}:\n\n```ini\n{example.text}```\n\n"
        return text

    def group(self, name):
        group = next(row for row in self.language.groups if row["name"] == name)
        text = f"### `{header(group)}`\n\n{sentence(group['description'])}"
        if group["at_step"]:
            text += f" It may change at a step: `{header(group)[:-1]} @STEP]`."
        text += "\n\n"
        keys = [row for row in self.language.list_keys(name) if not row["name"].startswith("expect.")]
        expected = [row for row in self.language.list_keys(name) if row["name"].startswith("expect.")]
        if name == "step":
            always = [row for row in keys if row["steps"] is None]
            text += self.rows(group, always)
            for word in self.language.list_words("send"):
                own = [row for row in keys if word["word"] in (row["steps"] or "").split()]
                if own and not word["planned"]:
                    text += f"\nWith `do = {word['word']}`:\n\n" + self.rows(group, own)
            text += "\nWhat is expected of it:\n\n| key | with | type | meaning |\n|---|---|---|---|\n"
            text += "".join(
                f"| `{row['name']}` | {self.built_steps(row)} | {self.type_of(row)} | {cell(row['description'])} |\n"
                for row in expected
            )
        else:
            text += self.rows(group, keys)
        return text

    def built_steps(self, row):
        planned = {word["word"] for word in self.language.words if word["planned"]}
        return " ".join(f"`{step}`" for step in row["steps"].split() if step not in planned)

    def types(self):
        rows = [f"| {row['name']} | {row['looks']} |" for row in self.language.types]
        return "\n".join(["| type | looks like |", "|---|---|"] + rows)

    def words(self, first):
        """A line for each, or for those that exclude each other where not all do."""
        lines = ["| word | meaning |", "|---|---|"]
        rows = [row for row in self.language.list_words(first) if not row["planned"]]
        mixed = len({row["excludes"] for row in rows}) > 1
        while rows:
            number = rows[0]["excludes"]
            own = [row for row in rows if mixed and number and row["excludes"] == number] or rows[:1]
            rows = [row for row in rows if row not in own]
            meanings = list(dict.fromkeys(row["description"] for row in own))
            words = " ".join(f"`{row['word']}`" for row in own)
            lines.append(f"| {words} | {'; '.join(meanings)} |")
        return "\n".join(lines)

    def steps(self):
        lines = ["| `do` | what happens |", "|---|---|"]
        lines += [
            f"| `{row['word']}` | {row['description']} |"
            for row in self.language.list_words("send") if not row["planned"]
        ]
        return "\n".join(lines)

    def looks(self):
        return "\n".join(f"- `{row['form']}`" for row in self.language.looks if not row["planned"])

    def planned(self):
        lines = []
        for group in self.language.groups:
            keys = ", ".join(f"`{row['name']}`" for row in self.language.list_keys(group["name"], True))
            if group["planned"]:
                lines.append(f"- the group `{header(group)}`: {group['description']}; its keys {keys}")
            elif keys:
                lines.append(f"- in `{header(group)}`: {keys}")
        for key in self.language.keys:
            words = self.language.list_words(key["words"])
            planned = ", ".join(f"`{row['word']}`" for row in words if row["planned"])
            if planned and not key["planned"] and key["type"] != "outcome, codes":
                lines.append(f"- `{key['name']}` = {planned}")
        looks = ", ".join(f"`{row['form']}`" for row in self.language.looks if row["planned"])
        if looks:
            lines.append(f"- `at` = {looks}")
        return "\n".join(lines)
