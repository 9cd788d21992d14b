# SPDX-License-Identifier: MIT
"""mailsim(1), from its templates and what --help says."""
import re

import language as tables


class Help:
    """The help, taken apart. Two blanks lie between an item and what is said of it."""

    def __init__(self, text):
        self.commands = []  # name, arguments, summary
        self.sections = []  # heading, [(option, text)]
        for paragraph in text.split("\n\n"):
            if re.match(r"  [a-z]", paragraph):
                self.read_commands(paragraph)
            elif re.search(r"^  -", paragraph, re.MULTILINE):
                self.read_options(paragraph)

    def read_commands(self, paragraph):
        for line in paragraph.splitlines():
            name, rest = re.match(r"  (\w+) +(.*)", line).groups()
            arguments, _, summary = rest.rpartition("  ")
            self.commands.append((name, arguments.strip(), summary.strip()))

    def read_options(self, paragraph):
        heading, body = re.match(r"(.*?):\n(  -.*)", paragraph, re.DOTALL).groups()
        items = []
        for line in body.splitlines():
            item = re.match(r"  ((?:-\w, )?-\S+)(?: {2,}(.*))?$", line)
            if item:
                items.append([item[1], item[2] or ""])
            else:
                items[-1][1] += " " + line.strip()
        self.sections.append((" ".join(heading.split()), items))

    def list_options(self):
        """“-o”, “--lang=es|en”"""
        return {option for _, items in self.sections for item, _ in items for option in item.split(", ")}


def escape(text):
    return re.sub(r"^([.'])", r"\\&\1", text.replace("\\", "\\e"))


def begin(text):
    """As a sentence begins, unless a word to be typed stands first."""
    return text if re.match(r"\w+:", text) else text[0].upper() + text[1:]


def write_option(item):
    written = []
    for option in item.split(", "):
        name, _, values = option[1:].partition("=")
        text = f"Fl {name}"
        if values and values != values.upper():
            text += " Ns = Ns " + " Ns | Ns ".join(f"Cm {value}" for value in values.split("|"))
        elif values:
            text += f" Ns = Ns Ar {values}"
        written.append(text)
    return ".It " + " , ".join(written)


class Writer:
    def __init__(self, text, word_option):
        self.help = Help(text)
        self.word_option = word_option

    def write(self, template):
        return tables.fill_in(template, {
            "synopsis": self.synopsis, "commands": self.commands, "options": self.options,
        })

    def synopsis(self):
        """As a list: only where a section is called SYNOPSIS each .Nm begins a line."""
        lines = [".Bl -item -compact"]
        for name, arguments, _ in self.help.commands:
            lines += [".It", ".Nm", f".Cm {name}", f".Op Ar {self.word_option} ..."]
            if arguments:
                lines.append(f".Ar {arguments}")
        return "\n".join(lines + [".El"])

    def commands(self):
        lines = [".Bl -tag -width Ds"]
        for name, arguments, summary in self.help.commands:
            lines += [f".It Cm {name}" + (f" Ar {arguments}" if arguments else ""),
                      escape(begin(summary) + ".")]
        return "\n".join(lines + [".El"])

    def options(self):
        lines = []
        for heading, items in self.help.sections:
            lines += [".Pp", escape(heading + ":")] if lines else [escape(heading + ":")]
            lines.append(".Bl -tag -width Ds")
            for item, text in items:
                lines += [write_option(item), escape(begin(text) + ".")]
            lines.append(".El")
        return "\n".join(lines)
