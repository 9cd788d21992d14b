#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the documents tell people to type is typed, and what they show is what comes.

    documents.py MAILSIM

The documents are the README and docs/*.md. A comment before a fenced block says what the block is:

    <!-- file NAME -->       a file of this text is written
    <!-- edit NAME -->       lines of a scenario are changed, or added to their groups
    <!-- run [status=N] [lang=es] -->
                             what follows “$ ” is typed; all else is what is seen, where ⋮ stands for
                             lines left out; N is the worst exit status
    <!-- excerpt FILE -->    lines of a golden file, ⋮ as above
    <!-- untyped WHY -->     nobody types this here

All blocks of a document share one folder. A block of a console needs such a word, and is run if it has
no reason not to be; in a tutorial a block of any kind needs a word. What else is a command line without
its output is called sh, or nothing. With MAILSIM_UPDATE_GOLDEN set, what is shown whole is written anew. As TAP.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from tap import Tap

BLOCK = re.compile(
    r"(?:^<!-- (?P<verb>file|edit|run|excerpt|untyped)(?P<words>[^\n]*) -->\n)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
LEFT_OUT = "⋮"


def split_at(lines, separator):
    parts = [[]]
    for line in lines:
        if line == separator:
            parts.append([])
        else:
            parts[-1].append(line)
    return parts


def find_run(lines, part, start):
    """Where PART begins in LINES, from START on; None: nowhere."""
    for at in range(start, len(lines) - len(part) + 1):
        if lines[at:at + len(part)] == part:
            return at
    return None


def compare(shown, seen):
    """What of the lines SHOWN is not what was SEEN; None: nothing."""
    parts = split_at(shown, LEFT_OUT)
    if len(parts) == 1:
        return None if shown == seen else "what comes is:\n" + "\n".join(seen)
    if seen[:len(parts[0])] != parts[0] or (parts[-1] and seen[-len(parts[-1]):] != parts[-1]):
        return "it begins or ends otherwise:\n" + "\n".join(seen)
    position = len(parts[0])
    for part in parts[1:]:
        found = find_run(seen, part, position)
        if found is None:
            return "this does not come, or not here:\n" + "\n".join(part)
        position = found + len(part)
    return None


def split_session(text):
    """The commands of a console, and what is shown after each."""
    session = []
    for line in text.splitlines():
        if line.startswith("$ "):
            session.append((line[2:], []))
        elif session and session[-1][0].endswith("\\"):
            session[-1] = (session[-1][0] + "\n" + line, [])
        else:
            session[-1][1].append(line)
    return session


def edit(scenario, changes):
    """SCENARIO as somebody leaves it who has put the lines of CHANGES where they belong."""
    lines = scenario.splitlines()
    group = None
    pasted = False
    for change in changes.splitlines():
        if change.startswith("["):
            group = change
            if group not in lines:
                lines += [group] if pasted else ["", group]
                pasted = True
        elif change.strip():
            start = lines.index(group) + 1
            end = next((at for at in range(start, len(lines)) if lines[at].startswith("[")), len(lines))
            key = change.split("=")[0].strip()
            places = [at for at in range(start, end) if lines[at].split("=")[0].strip() == key]
            if places:
                lines[places[0]] = change
            else:
                while end > start and not lines[end - 1].strip():
                    end -= 1
                lines.insert(end, change)
    return "\n".join(lines) + "\n"


class Document:
    def __init__(self, mailsim, path, folder):
        self.mailsim = pathlib.Path(mailsim)
        self.path = path
        self.folder = pathlib.Path(folder)
        self.text = path.read_text(encoding="utf-8")

    def write_tools(self):
        """A folder with a pager, for machines that have none."""
        folder = self.folder / ".tools"
        folder.mkdir(exist_ok=True)
        (folder / "less").write_text("#!/bin/sh\nexec cat\n")
        (folder / "less").chmod(0o755)
        return folder

    def run(self, command_lines, language):
        script = "".join(f"{line}\nx=$?; printf '\\n\\001%d\\n' $x; (exit $x)\n" for line in command_lines)
        environment = {name: os.environ[name] for name in os.environ if not name.startswith(("LC_", "LANG"))}
        environment["PATH"] = f"{self.mailsim.parent}:{environment['PATH']}:{self.write_tools()}"
        # Not LC_ALL: bash complains of a locale that is not installed.
        environment |= {"LC_CTYPE": "C.UTF-8", "LC_MESSAGES": "es_ES.UTF-8" if language == "es" else "C"}
        done = subprocess.run(["bash", "-c", script], cwd=self.folder, env=environment, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return re.findall(r"(.*?)\n\001(\d+)\n", done.stdout, re.DOTALL)

    def try_session(self, words, text):
        if not text.startswith("$ "):
            yield "it does not begin with a command"
            return
        session = split_session(text)
        options = dict(word.split("=") for word in words.split())
        results = self.run([command for command, _ in session], options.get("lang", "en"))
        if not results or len(results) != len(session):
            yield f"the shell ended after {len(results)} of {len(session)} commands"
            return
        anew = []
        for (command, shown), (seen, _) in zip(session, results):
            different = compare(shown, seen.splitlines())
            if different and not ("MAILSIM_UPDATE_GOLDEN" in os.environ and LEFT_OUT not in shown):
                yield f"$ {command}\n{different}"
            anew += [f"$ {command}"] + (shown if LEFT_OUT in shown else seen.splitlines())
        worst = max(int(status) for _, status in results)
        if worst != int(options.get("status", 0)):
            yield f"exit status {worst}"
        if "MAILSIM_UPDATE_GOLDEN" in os.environ:
            for path in (self.path, self.path.parent / "source" / self.path.name):
                if path.exists():
                    whole = path.read_text(encoding="utf-8")
                    path.write_text(whole.replace("\n" + text, "\n" + "\n".join(anew) + "\n"), encoding="utf-8")

    def try_block(self, block):
        verb, words, text = block["verb"], (block["words"] or "").strip(), block["text"]
        if verb == "file":
            (self.folder / words).write_text(text, encoding="utf-8")
        elif verb == "edit":
            path = self.folder / words
            path.write_text(edit(path.read_text(encoding="utf-8"), text), encoding="utf-8")
        elif verb == "excerpt":
            root = pathlib.Path(os.environ["MAILSIM_SOURCE_ROOT"])
            seen = (root / words).read_text(encoding="utf-8").splitlines()
            different = compare([LEFT_OUT, *text.splitlines(), LEFT_OUT], seen)
            if different:
                yield different
        elif verb == "run":
            yield from self.try_session(words, text)
        elif verb == "untyped":
            if not words:
                yield "nobody has said why it is not typed"
        elif block["kind"] == "console" or "tutorial" in self.path.name:
            yield "nobody has said what this block is"

    def try_all(self, tap):
        for number, block in enumerate(list(BLOCK.finditer(self.text)), 1):
            if block["verb"] or block["kind"] == "console" or "tutorial" in self.path.name:
                wrong = list(self.try_block(block))
                first = block["text"].split("\n", 1)[0]
                tap.report(f"{self.path.name}, block {number}: {first}", not wrong, wrong)


def name_anchor(heading):
    """What a heading is called in links."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def check_links(path):
    """Links of a document to files and headings that are not there."""
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
        name, _, anchor = target.partition("#")
        other = path.parent / name if name else path
        if "://" in target:
            continue
        if not other.exists():
            yield f"there is no {target}"
        elif anchor:
            headings = re.findall(r"^#+ (.*)$", other.read_text(encoding="utf-8"), re.MULTILINE)
            if anchor not in map(name_anchor, headings):
                yield f"no heading is called {target}"


def check_sessions(mailsim):
    """Are consoles that do not hold told from those that do?"""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "document.md"
        path.write_text("", encoding="utf-8")
        document = Document(mailsim, path, folder)
        return (
            not list(document.try_session("", "$ echo a; echo b\na\nb\n$ true\n"))
            and not list(document.try_session("status=3", "$ (exit 3)\n"))
            and all(list(document.try_session(words, text)) for words, text in (
                ("", "$ echo a\nb\n"), ("", "$ false\n"), ("status=1", "$ true\n"),
                ("", "$ exit 0\n$ echo a\nb\n"), ("", "$ exit 0\n"), ("", "a\n$ true\n"), ("", ""),
            ))
        )


def check_itself():
    lines = ["a", "b", "c", "d"]
    return (
        compare(lines, lines) is None and compare(["a", LEFT_OUT, "c", "d"], lines) is None
        and compare([LEFT_OUT, "b", LEFT_OUT], lines) is None
        and all(compare(shown, lines) is not None for shown in (
            ["a"], ["b", LEFT_OUT], [LEFT_OUT, "c"], [LEFT_OUT, "c", LEFT_OUT, "b", LEFT_OUT],
            [LEFT_OUT, "b", "d", LEFT_OUT],
        ))
        and edit("[a]\nx = 1\n\n[b]\n", "[a]\nx = 2\ny = 3\n[c]\nz = 4\n[d]\n")
        == "[a]\nx = 2\ny = 3\n\n[b]\n\n[c]\nz = 4\n[d]\n"
    )


def main():
    tap = Tap()
    tap.report("the test finds what it should", check_itself())
    tap.report("and what is typed in vain", check_sessions(sys.argv[1]))
    root = pathlib.Path(os.environ["MAILSIM_SOURCE_ROOT"])
    for path in [root / "README.md", *sorted((root / "docs").glob("*.md"))]:
        wrong = list(check_links(path))
        tap.report(f"{path.name}: its links lead somewhere", not wrong, wrong)
        with tempfile.TemporaryDirectory() as folder:
            Document(sys.argv[1], path, folder).try_all(tap)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
