# SPDX-License-Identifier: MIT
"""The recordings of a real server, read by the grammar in README.md.

A line that the grammar does not know is a Mistake: nothing is passed over.
"""
import pathlib
import re
from dataclasses import dataclass, field

DATE = r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4} \([A-Z]+\)"
PLACEHOLDERS = {
    "<queue-id>": r"[0-9A-Z]+", "<unique>": r"[0-9A-Z.]+", "<date>": DATE,
    "<challenge>": r"[0-9A-Za-z+/]+=*",
}
USUAL = "250-... [EHLO reply: the usual keywords"

# Name, value when it is usual (None: it is not).
EHLO_KEYWORDS = [
    ("PIPELINING", ""), ("SIZE", "10240000"), ("VRFY", ""), ("ETRN", ""), ("STARTTLS", None),
    ("AUTH", None), ("AUTH=", None), ("ENHANCEDSTATUSCODES", ""), ("8BITMIME", ""),
    ("DSN", ""), ("SMTPUTF8", ""), ("CHUNKING", ""),
]

# A remark, and the step that it is; None: it tells what is to be seen in the lines anyway.
REMARKS = [
    (r"TLS handshake done: (TLSv1\.[0-3])", "tls"),
    (r"\(nothing more from the server\)", "silence"),
    (r"client says nothing", "wait"),
    (r"client closes here", "leave"),
    (r"server closed the connection", "closed"),
    (r"connection error: \w+", "closed"),
    (r"delays before each reply: (\d+s(?: \d+s)*)", "delays"),
    (r"after (\d+(?:\.\d+)?) s", "after"),
    (r"an octet each (\d+(?:\.\d+)?) s:", "drip"),
    (r"the server speaks before the text is complete", None),
    (r"send failed: \w+", None),
    (r"inside TLS: does a reply to the injected commands come by itself\?", None),
]


class Mistake(Exception):
    """What a recording says is no dialogue."""


@dataclass
class Dialogue:
    title: str
    service: str = ""  # empty: the one on port
    port: int = 0
    client: str = "127.0.0.9"
    later_s: float = None  # after the dialogue before it ended; None: they are apart
    before: "Dialogue" = None  # that one
    n_more: int = 0  # connections of the same client to the same service
    steps: list = field(default_factory=list)  # (kind, text or octets)


@dataclass
class Cell:
    """What one client is told that writes to one recipient; no reply: smtpd does not serve."""
    title: str
    service: str
    client: str
    authenticated: bool = False
    recipient: str = ""
    reply: str = ""


# ---- octets and abbreviations ----------------------------------------------------------------


def read_octets(text):
    """The octets that \\r, \\n, \\t and \\xHH stand for among the others."""
    octets = {"r": b"\r", "n": b"\n", "t": b"\t"}
    parts = re.split(r"\\(r|n|t|x[0-9a-fA-F]{2})", text)
    said = b""
    for plain, escape in zip(parts[::2], parts[1::2] + [""]):
        said += plain.encode()
        if escape:
            said += octets.get(escape) or bytes([int(escape[1:], 16)])
    return said


def read_said(folder, text):
    """A line of the client's as what it sent."""
    long_message = re.fullmatch(r"<a (\d+) kB message, then \.>", text)
    chunk = re.fullmatch(r"(BDAT .*) <(\d+) octets>", text)
    if text == "<ClientHello, binary>":
        return bytes.fromhex((folder / "client-hello.hex").read_text())
    if long_message:
        lines = int(long_message[1]) * 1024 // 64
        return b"Subject: long\r\n\r\n" + (b"0" * 62 + b"\r\n") * lines + b".\r\n"
    if chunk:
        return chunk[1].encode() + b"\r\n" + b"0" * int(chunk[2])
    for end in ("\\c", "   (no CRLF)"):
        if text.endswith(end):
            return read_octets(text[: -len(end)])
    said = read_octets(text)
    return said if said.endswith(b"\n") else said + b"\r\n"


def list_ehlo_lines(text):
    """“250-... [EHLO reply: the usual keywords + SIZE 2000 - VRFY]” as the lines meant."""
    changes = text[len(USUAL) : -1]
    pieces = re.findall(r" ([+-]) ([A-Z0-9]+(?:[ =][A-Z0-9 -]*?)?)(?= [+-] |$)", changes)
    if not text.endswith("]") or "".join(f" {sign} {word}" for sign, word in pieces) != changes:
        raise Mistake(f"what EHLO keywords are these: {text}")
    lines = ["mx.dest.example"]
    for keyword, usual in EHLO_KEYWORDS:
        line = None if usual is None else f"{keyword} {usual}".rstrip()
        for sign, word in pieces:
            if re.split(r"(?<==)| ", word)[0] == keyword:
                line = word if sign == "+" else None
        if line is not None:
            lines.append(line)
    return [f"250-{line}" for line in lines[:-1]] + [f"250 {lines[-1]}"]


def matches(recorded, seen):
    """Is SEEN what was RECORDED, but for placeholders and dates? Both are octets."""
    pattern = ""
    for piece in re.split(f"({'|'.join(PLACEHOLDERS)}|{DATE})", recorded.decode("latin-1")):
        is_date = re.fullmatch(DATE, piece)
        pattern += PLACEHOLDERS.get(piece) or (DATE if is_date else re.escape(piece))
    return re.fullmatch(pattern, seen.decode("latin-1"), re.DOTALL) is not None


# ---- files of dialogues ----------------------------------------------------------------------


class Reader:
    """One pass over the lines of one file."""

    def __init__(self, path):
        self.path = path
        self.dialogues = []
        self.dialogue = None
        self.title = None
        self.speaking = False  # the last line was the client's: the packet goes on
        self.in_message = False
        self.fenced = False

    def begin(self, **known):
        self.dialogue = Dialogue(f"{self.path.name}: {self.title}", **known)
        self.dialogues.append(self.dialogue)

    def add(self, kind, text):
        if self.dialogue is None:
            self.begin()
        if kind == "say" and self.speaking:
            text = self.dialogue.steps.pop()[1] + text
        self.dialogue.steps.append((kind, text))
        self.speaking = kind == "say"

    def read_remark(self, text):
        straight = re.fullmatch(r"client sends a TLS ClientHello straight to port (\d+)", text)
        later = re.fullmatch(r"(\d+) s after the dialogue before ended", text)
        more = re.fullmatch(r"(\d+) more of this client are connected", text)
        if straight:
            self.begin(port=int(straight[1]))
            return
        if later:
            self.dialogue.later_s, self.dialogue.before = int(later[1]), self.dialogues[-2]
            return
        if more:
            self.dialogue.n_more = int(more[1])
            return
        for pattern, kind in REMARKS:
            found = re.fullmatch(pattern, text)
            if found:
                if kind:
                    self.add(kind, found[1] if found.groups() else "")
                return
        raise Mistake(f"no meaning is given to this remark: {text}")

    def read_heard(self, text):
        lines = list_ehlo_lines(text) if text.startswith(USUAL) else [text]
        for line in lines:
            self.add("hear", read_octets(line))

    def read_dialogue_line(self, line):
        """What was delivered is compared where mailboxes are at hand: test-recorded.c."""
        if line.startswith("== "):
            self.in_message = line == "== a delivered message"
        elif self.in_message or not line or re.match(r"log: |Received: |\\t", line):
            return
        elif line.startswith("C: "):
            self.add("say", read_said(self.path.parent, line[3:]))
        elif line.startswith("S: "):
            self.read_heard(line[3:])
        elif line.startswith("-- "):
            self.read_remark(line[3:])
        else:
            raise Mistake(f"the grammar does not know this line: {line}")

    def read_line(self, line):
        service = re.fullmatch(r"Service `([^`]+)`, client ([0-9.]+)\.", line)
        heading = re.fullmatch(r"(##|###) (.*)", line)
        if heading and not self.fenced:
            if self.dialogue and not self.dialogue.steps:
                raise Mistake("nothing was said before this line")
            self.title = heading[2] if heading[1] == "###" else None
            self.dialogue, self.speaking, self.in_message = None, False, False
        elif line == "```":
            self.fenced, self.in_message = not self.fenced, False
        elif self.title is None:
            return
        elif service and not self.in_message:
            self.begin(service=service[1], client=service[2])
        else:
            self.read_dialogue_line(line)

    def read(self):
        for number, line in enumerate(self.path.read_text().split("\n"), 1):
            try:
                self.read_line(line)
            except Mistake as mistake:
                raise Mistake(f"{self.path.name}:{number}: {mistake}") from None
        return self.dialogues


def read_services(folder):
    """The settings, “name=value”, of each service in the tables."""
    services = {}
    for path in list_files(folder):
        for row in re.finditer(r"(?m)^\| ([a-z0-9-]+) \| (`.*`) \|$", path.read_text()):
            services[row[1]] = re.findall(r"`([^`]*)`", row[2])
    return services


def list_files(folder):
    return sorted(folder.glob("*.txt")) + [folder / "smtp-dialogues.md"]


def read_dialogues(folder):
    return [dialogue for path in list_files(folder) for dialogue in Reader(path).read()]


# ---- the tables of report-relay.md -----------------------------------------------------------

CLIENTS = {
    "outside": ("127.0.0.9", False),
    "in mynetworks": ("127.0.0.1", False),
    "authenticated, outside": ("127.0.0.9", True),
}
RECIPIENTS = {
    "local, known": "alice@dest.example",
    "local, unknown": "nobody@dest.example",
    "relay domain, known": "rita@relayed.example",
    "relay domain, unknown": "nobody@relayed.example",
    "elsewhere": "x@elsewhere.example",
}


def read_table_row(title, service, columns, cells):
    client, authenticated = CLIENTS[cells[0]]
    for column, reply in zip(columns[1:], cells[1:], strict=True):
        recipient = RECIPIENTS[column]
        yield Cell(
            f"{title}: {cells[0]}, {column}", service, client, authenticated, recipient,
            reply.strip("`").replace("<rcpt>", recipient),
        )


def read_cells(folder):
    """A section is a service, named after its letter."""
    text = (folder / "report-relay.md").read_text()
    for section in re.split(r"(?m)^### ", text)[1:]:
        title = section.split("\n")[0]
        service = title[0].lower()
        rows = [line[2:-2].split(" | ") for line in re.findall(r"(?m)^\| .*", section)]
        if "No greeting at all, smtpd exits:" in section:
            yield Cell(f"{title}: no greeting", service, "127.0.0.9")
        elif not rows:
            raise Mistake(f"report-relay.md: {title}: neither a table nor an exit")
        for row in rows[1:]:
            yield from read_table_row(title, service, rows[0], row)


def read_folder(root):
    """Dialogues, cells, and the settings of services by name."""
    folder = pathlib.Path(root) / "tests" / "dialogue" / "recorded"
    return read_dialogues(folder), list(read_cells(folder)), read_services(folder)
