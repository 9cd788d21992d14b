# SPDX-License-Identifier: MIT
"""docs/vim/syntax/mailsim.vim, from docs/source/mailsim.vim and the tables."""
import language as tables

# What may stand for the capital word of a key's name, as Vim says it.
PLACEHOLDERS = {
    None: "",
    "number": r"\d\+",
    "label": r"[^.= \t]\+",
    "letter": r"[a-f]",
    "record": r"[^# \t]\S*\s\+\u\+",
    "anything": r"[^=# \t][^= \t]*",
}
TEXT_TYPES = {"text", "raw", "line", "parameter", "setting", "records", "count"}


def pattern(row):
    before, after = (row[part].replace(".", r"\.") for part in ("before", "after"))
    return before + PLACEHOLDERS[row["placeholder"]] + after


class Writer:
    def __init__(self, language):
        self.language = language

    def write(self, template):
        return tables.fill_in(template, {"words": self.words, "groups": self.groups})

    def words(self):
        """Once each; “yes” and “trusted” belong to several sets."""
        words = list(dict.fromkeys(row["word"] for row in self.language.words if not row["planned"]))
        return "\n".join(
            "syntax keyword mailsimWord contained " + " ".join(words[i:i + 6]) for i in range(0, len(words), 6)
        )

    def match(self, group, kind, rows, then):
        """Later matches win, so that the general row (NAME) comes before the others."""
        lines = []
        for row in sorted(rows, key=lambda row: row["name"] not in ("NAME", "N")):
            option = r"\%(-o\s*\)\?" if group["name"] == "service" else ""
            translated = "mailsimLanguage," if row["translated"] else ""
            tail = r"\%(\[\l\l\]\)\?" if row["translated"] else ""
            key = pattern(row)
            lines.append(
                f"syntax match {kind} /^\\s*{option}{key}\\ze{tail}\\s*=/ contained "
                f"containedin=mailsimIn_{group['name']} nextgroup={translated}{then} skipwhite"
            )
        return lines

    def groups(self):
        lines = []
        for group in self.language.groups:
            name = group["name"]
            start = "mailsimPlanned" if group["planned"] else "mailsimHeader"
            lines += [
                "",
                f"syntax region mailsimIn_{name} matchgroup={start} start=/^\\[{name}\\>[^]@]*/ end=/^\\ze\\[/ "
                "contains=mailsimHeaderEnd,mailsimStep,mailsimComment,mailsimUnknownKey",
            ]
            rows = [row for row in self.language.keys if row["group"] == name]
            built = [row for row in rows if not row["planned"]]
            texts = [row for row in built if row["type"] in TEXT_TYPES]
            others = [row for row in built if row["type"] not in TEXT_TYPES]
            lines += self.match(group, "mailsimKey", texts, "mailsimText")
            lines += self.match(group, "mailsimKey", others, "mailsimValue")
            lines += self.match(group, "mailsimPlanned", [row for row in rows if row["planned"]], "mailsimText")
        return "\n".join(lines[1:])
