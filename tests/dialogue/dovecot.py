# SPDX-License-Identifier: MIT
"""The recordings of Dovecot, read by the grammar in README.md, and how what they write is compared.

A line that the grammar does not know is a Mistake: nothing is passed over.
"""
import re
from dataclasses import dataclass, field

from recordings import Mistake, read_octets, read_said

CAPABILITIES = (
    "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS "
    "THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED "
    "I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE "
    "SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY"
)
GREETING = (
    "* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ STARTTLS AUTH=PLAIN AUTH=LOGIN] "
    "Dovecot (Debian) ready."
)
TOOK = r"\(\d+\.\d{3}(?: \+ \d+\.\d{3})+ secs\)"

# A pattern of what is written, and one of what it stands for; the first that fits.
PLACEHOLDERS = [
    (r"<greeting>", re.escape(GREETING)),
    (r"<capabilities>", re.escape(CAPABILITIES)),
    (r"\(<secs>\)|" + TOOK, TOOK),
    (r"<n>|<pid>|<uid>", r"\d+"),
    (r"<uidvalidity>", r"[0-9a-f]+"),
    (r'"<date>"', r'"[ \d]\d-\w{3}-[^"]+"'),
]
PLACEHOLDER = re.compile("|".join(f"({written})" for written, _ in PLACEHOLDERS))


@dataclass
class Message:
    name: str  # of it in imap/messages.txt
    flags: list = field(default_factory=list)  # and keywords, but for \Recent
    recent: bool = False


@dataclass
class Dialogue:
    title: str  # “imap/login.txt: atoms”
    file: str
    settings: dict  # values by name; a block is a name without a value
    port: int
    address: str = "127.0.0.9"  # the clients'
    clients: dict = field(default_factory=lambda: {1: (0, "connected")})  # port (0: the dialogue's) and state
    mailboxes: list = field(default_factory=list)  # (name, [Message])
    steps: list = field(default_factory=list)  # (kind, number of the client, text or octets)
    old_tls: bool = False  # the clients have TLS 1.2 at most
    distrust: bool = False  # they trust no certificate of the server's
    handed_over: bool = False
    continues: bool = False  # mail is that of the dialogue before it


# ---- comparing -------------------------------------------------------------------------------


def complete_capabilities(line):
    """What is announced after the login may be less than what Dovecot does, in its order."""
    found = re.search(r"(?<=CAPABILITY )IMAP4rev1 [^\]]*?NAMESPACE[^\]\n]*", line)
    words = iter(CAPABILITIES.split(" "))
    if not found or not all(word in words for word in found[0].split(" ")):
        return line
    return line.replace(found[0], CAPABILITIES)


def matches(recorded, seen):
    """Is SEEN what was RECORDED? Both are octets."""
    pattern, end = "", 0
    text = recorded.decode("latin-1")
    for found in PLACEHOLDER.finditer(text):
        pattern += re.escape(text[end : found.start()]) + PLACEHOLDERS[found.lastindex - 1][1]
        end = found.end()
    pattern += re.escape(text[end:])
    return re.fullmatch(pattern, complete_capabilities(seen.decode("latin-1")), re.DOTALL) is not None


# ---- settings --------------------------------------------------------------------------------


def read_setting(settings, text):
    name, sign, value = text.partition(" = ") if "{" not in text else (text, "", "")
    settings[name] = value


def read_settings_line(settings, line):
    if line.startswith("    ") and " = " in line:
        read_setting(settings, line.strip())
    elif line.startswith("Settings besides the certificate: "):
        for text in re.findall(r"`([^`]*)`", line):
            read_setting(settings, text)


def read_services(folder):
    """Settings of each service of imap/services.txt, by its name."""
    base, services = {}, {}
    for line in (folder / "imap" / "services.txt").read_text().splitlines():
        read_settings_line(base, line)
        row = re.fullmatch(r"\| ([a-z0-9-]+) \| (?:as ([a-z-]+), )?(.*?) ?\|", line)
        if row:
            settings = dict(services[row[2]] if row[2] else base)
            for text in re.findall(r"`([^`]*)`", row[3]):
                read_setting(settings, text)
            services[row[1]] = settings
    return services


# ---- messages --------------------------------------------------------------------------------

HANDED_OVER_IMAP = ["From: bob@dest.example\r\nTo: alice@dest.example\r\nSubject: hello\r\n\r\nHello Alice.\r\n"]
HANDED_OVER_POP3 = [
    "Return-Path: <ana@iesgn.example>\r\nFrom: Ana <ana@iesgn.example>\r\nTo: alice@dest.example\r\nSubject: Hola\r\n"
    "Date: Thu, 02 Jul 2026 10:00:00 +0200\r\nMessage-ID: <1@laptop.iesgn.example>\r\n\r\nHola.\r\n.un punto\r\nfin\r\n",
    "Return-Path: <bob@instituto.example>\r\nFrom: Bob <bob@instituto.example>\r\nTo: alice@dest.example\r\n"
    "Subject: Dos\r\nDate: Thu, 02 Jul 2026 11:00:00 +0200\r\nMessage-ID: <2@mx.instituto.example>\r\n\r\n"
    "uno\r\ndos\r\ntres\r\n",
]


def expand(text):
    """TEXT with “<300 x>” written out."""
    return re.sub(r"<(\d+) ([^>]{1,3})>", lambda found: int(found[1]) * found[2], text)


def read_messages(folder):
    """(date, octets) of each, by its name; of what was handed over there is no date."""
    messages = {f"imap-{i}": ("", text.encode()) for i, text in enumerate(HANDED_OVER_IMAP, 1)}
    messages |= {f"pop3-{i}": ("", text.encode()) for i, text in enumerate(HANDED_OVER_POP3, 1)}
    name = None
    for line in (folder / "imap" / "messages.txt").read_text().split("\n"):
        head = re.fullmatch(r'=== (\S+) "(.*)"', line)
        if head:
            name = head[1]
            messages[name] = (head[2], b"")
        elif line.startswith("M:") and name:
            said = read_said(folder, expand(line[3:]))
            messages[name] = (messages[name][0], messages[name][1] + said)
    return messages


def list_handed_over(file):
    names = [f"pop3-{i}" for i in (1, 2)] if "pop3" in file else ["imap-1"]
    return [("INBOX", [Message(name, recent=True) for name in names])]


# ---- dialogues -------------------------------------------------------------------------------

# A remark, and the step that it is; its group is the client where CLIENT says so, else the step's text.
REMARKS = [
    (r"TLS handshake done: (TLSv1\.[0-3])", "tls"),
    (r"TLS begins", "tls"),
    (r"TLS handshake failed: (\w+)", "tls_fails"),
    (r"\(nothing more from the server\)", "silence"),
    (r"wait (\d+(?:\.\d+)?) s", "wait"),
    (r"after (\d+(?:\.\d+)?) s", "after"),
    (r"an octet each (\d+(?:\.\d+)?) s:", "drip"),
    (r"client closes here", "leave"),
    (r"client (?P<client>\d+) closes here", "leave"),
    (r"client (?P<client>\d+) connects", "come"),
    (r"server closed the connection", "closed"),
    (r"connection error: (\w+)", "closed"),
    (r"server closed connection (?P<client>\d+)", "closed"),
    (r"a message ([a-z0-9-]+) arrives in INBOX", "arrive"),
]

# Of the whole dialogue.
TRAITS = {
    "the client has TLS 1.2 at most": "old_tls",
    "the client trusts no certificate of the server's": "distrust",
}


class Reader:
    """One pass over the lines of one file, “imap/login.txt”."""

    def __init__(self, folder, file, services):
        self.folder = folder
        self.file = file
        self.services = services
        self.handed_over = file.endswith(".md")
        self.settings = services["plain"]
        self.dialogues = []
        self.dialogue = None
        self.begun = False  # a dialogue of this group was before
        self.speaking = 0  # the last line was this client's: the packet goes on

    def begin(self, title):
        self.dialogue = Dialogue(
            f"{self.file}: {title}", self.file, self.settings, 110 if "pop3" in self.file else 143,
            handed_over=self.handed_over, continues=self.handed_over and self.begun,
        )
        if self.handed_over:
            self.dialogue.mailboxes = list_handed_over(self.file)
        if "From the server's own address" in title:
            self.dialogue.address = "127.0.0.2"
        self.dialogues.append(self.dialogue)
        self.begun, self.speaking = True, 0

    def begin_group(self):
        self.dialogue, self.begun = None, False
        if self.handed_over:
            self.settings = {"disable_plaintext_auth": "yes", "auth_mechanisms": "plain login", "auth_verbose": "yes"}

    def add(self, kind, client, text):
        self.dialogue.steps.append((kind, client, text))
        self.dialogue.clients.setdefault(client, (0, "not connected"))
        self.speaking = 0

    # What a line means, by the pattern that it fits.

    def read_said(self, number, text):
        client = int(number or 1)
        said = read_said(self.folder, expand(text or ""))
        if self.speaking == client:
            said = self.dialogue.steps.pop()[2] + said
        self.add("say", client, said)
        self.speaking = client

    def read_heard(self, number, text):
        self.add("hear", int(number or 1), read_octets(expand(text or "")))

    def read_remark(self, text):
        if text in TRAITS:
            setattr(self.dialogue, TRAITS[text], True)
            return
        for pattern, kind in REMARKS:
            found = re.fullmatch(pattern, text)
            if found:
                client = int(found.groupdict().get("client") or 1)
                self.add(kind, client, found[1] if found.groups() else "")
                return
        raise Mistake(f"no meaning is given to this remark: {text}")

    def read_refusal(self, error):
        """Of which port is in the title."""
        self.dialogue.port = int(re.search(r": (\d+)", self.dialogue.title)[1])
        self.add("closed", 1, error)

    def read_service(self, name, address, port):
        if name not in self.services:
            raise Mistake(f"there is no service {name}")
        self.dialogue.settings = self.services[name]
        self.dialogue.address = address or self.dialogue.address
        self.dialogue.port = int(port or self.dialogue.port)

    def read_place(self, address, port):
        self.dialogue.address, self.dialogue.port = address, int(port)

    def read_client(self, number, port, state):
        self.dialogue.clients[int(number)] = (int(port or 0), state)

    def read_mailbox(self, name, text):
        messages = []
        for word in text.split("; ") if text else ():
            found = re.fullmatch(r"(?:(\d+) )?([a-z0-9-]+)(?: \(([^)]*)\))?", word)
            if not found:
                raise Mistake(f"what is this message: {word}")
            flags = (found[3] or "").split()
            recent = "\\Recent" in flags
            flags = [flag for flag in flags if flag != "\\Recent"]
            messages += [Message(found[2], flags, recent)] * int(found[1] or 1)
        self.dialogue.mailboxes.append((name, messages))

    def pass_over(self):
        """The log, and what programs told their users, are compared in memory."""

    ADDRESS = r"(\d+\.\d+\.\d+\.\d+)"
    LINES = [
        (r"C(\d*):(?: (.*))?", read_said),
        (r"S(\d*):(?: (.*))?", read_heard),
        (r"-- (.*)", read_remark),
        (r"(?:log|err): .*", pass_over),
        (r"The TCP connection is answered with: (ConnectionRefusedError)", read_refusal),
        (rf"Service `([^`]+)`(?:, client {ADDRESS})?(?:, port (\d+))?\.", read_service),
        (rf"Client {ADDRESS}, server 127\.0\.0\.2:(\d+)\..*", read_place),
        (r"Client (\d+)(?:, port (\d+))?: (not connected|connected|logged in|INBOX selected|INBOX examined)\.",
         read_client),
        (r"Mailbox (.+?): (.*)\.", read_mailbox),
        (r"(?:```)?", pass_over),
    ]

    def read_dialogue_line(self, line):
        for pattern, read in self.LINES:
            found = re.fullmatch(pattern, line)
            if found:
                read(self, *found.groups())
                return
        raise Mistake(f"the grammar does not know this line: {line}")

    def read_line(self, line):
        if line.startswith("### "):
            self.begin(line[4:])
        elif line.startswith("## "):
            self.begin_group()
        elif self.dialogue:
            self.read_dialogue_line(line)
        elif self.handed_over:
            read_settings_line(self.settings, line)

    def read(self):
        for number, line in enumerate((self.folder / self.file).read_text().split("\n"), 1):
            try:
                self.read_line(line)
            except Mistake as mistake:
                raise Mistake(f"{self.file}:{number}: {mistake}") from None
        for dialogue in self.dialogues:
            if not dialogue.steps:
                raise Mistake(f"nothing is said in {dialogue.title}")
            # A port where TLS comes first is not always named.
            if self.handed_over and dialogue.steps[0][0] == "tls":
                dialogue.port = 995 if dialogue.port in (110, 995) else 993
        return self.dialogues


def read_dialogues(folder):
    services = read_services(folder)
    files = [*sorted(folder.glob("imap/*.txt")), *sorted(folder.glob("pop3/*.txt")), folder / "imap-dialogues.md",
             folder / "pop3-dialogues.md"]
    # The last is SMTP.
    no_dialogues = ("imap/services.txt", "imap/messages.txt", "imap/submission.txt")
    names = [str(path.relative_to(folder)) for path in files]
    return [dialogue for name in names if name not in no_dialogues for dialogue in Reader(folder, name, services).read()]
