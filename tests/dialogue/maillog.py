# SPDX-License-Identifier: MIT
"""A recorded mail log beside the one that the lab's daemons wrote.

What differs from run to run stands in the recording as <pid>, <id1>, <s>, <a>, <date> …; an id stands for the
same message wherever it comes again. The lines of one program are in order, and so are those of one message; how
the lines of different programs lie between each other is chance.
"""
import re

LINE = re.compile(r"(postfix(?:/[a-z-]+)+)(?:\[<pid>\])?: (.*)")
# Where in OpenSSL's source something happened: Debian has moved it since.
OPENSSL_LINE = re.compile(r"(\.\./(?:ssl|crypto)/[\w/]+\.c):\d+:")
# Which of these it is depends on what comes first.
LOSS = re.compile(r"(SSL_connect error to \S+: )(?:-1|lost connection|Connection reset by peer)$")
NUMBERS = re.compile(r"(?<=delay=)[\d.]+|(?<=delays=)[\d./]+")
PLACES = {
    "pid": r"\d+",
    "s": r"[\d./]+",
    "a": r"[\d.]+",
    "b": r"[\d.]+",
    "c": r"[\d.]+",
    "d": r"[\d.]+",
    "date": r"[A-Za-z0-9 :,+()]+",
}


class Ids:
    """Which of the lab's queue ids is which of the recording's."""

    def __init__(self):
        self.there = {}
        self.here = {}

    def is_same(self, recorded, seen):
        return self.there.setdefault(recorded, seen) == seen and self.here.setdefault(seen, recorded) == recorded


def split(line):
    """(program, text) of a recorded line; None: it is none."""
    match = LINE.fullmatch(line)
    return match.groups() if match else None


def has_same_delays(recorded, seen):
    """To the second: real queue runs keep to no fractions. Where a place stands in the recording, any will do."""
    wanted = re.findall(r"(delays?)=([\d./]+)(?=,)", recorded)
    found = dict(re.findall(r"(delays?)=([\d./]+)(?=,)", seen))
    return all(name in found and abs(float(a) - float(b)) <= 1.1
               for name, numbers in wanted for a, b in zip(numbers.split("/"), found.get(name, numbers).split("/")))


def is_same(recorded, seen, ids):
    """Texts of two lines."""
    pattern, names = "", []
    near = has_same_delays(recorded, seen)
    recorded = re.sub(NUMBERS, "<s>", recorded)
    recorded, seen = (re.sub(LOSS, r"\1lost", re.sub(OPENSSL_LINE, r"\1:", text)) for text in (recorded, seen))
    for part in re.split(r"(<\w+>)", recorded):
        name = part[1:-1] if part.startswith("<") else ""
        if re.fullmatch(r"id\d+", name):
            names.append(name)
            pattern += r"([0-9A-F]{9,12})"
        else:
            pattern += PLACES[name] if name in PLACES else re.escape(part)
    match = re.fullmatch(pattern, seen)
    return near and bool(match) and all(ids.is_same(name, found) for name, found in zip(names, match.groups()))


def sort_out(lines):
    """{program: [texts]}, in order."""
    streams = {}
    for program, text in lines:
        streams.setdefault(program, []).append(text)
    return streams


def find_difference(recorded, seen, ids=None):
    """Two logs, lists of (program, text), of one host; None: they are the same."""
    ids = ids or Ids()
    expected, found = sort_out(recorded), sort_out(seen)
    for program in sorted(expected.keys() | found.keys()):
        a, b = expected.get(program, []), found.get(program, [])
        for i in range(max(len(a), len(b))):
            if i >= len(a) or i >= len(b) or not is_same(a[i], b[i], ids):
                return "\n".join([f"{program}, recorded:", *("  " + t for t in a), "the lab's:", *("  " + t for t in b)])
    return find_disorder(recorded, seen, ids)


def find_disorder(recorded, seen, ids):
    """The lines of a message come in one order, whoever writes them."""
    for name, queue_id in ids.there.items():
        a = [program for program, text in recorded if text.startswith(f"<{name}>: ")]
        b = [program for program, text in seen if text.startswith(f"{queue_id}: ")]
        if a != b:
            return f"{name} ({queue_id}): recorded {' '.join(a)}\nthe lab's {' '.join(b)}"
    return None
