# SPDX-License-Identifier: MIT
"""Real programs against mailsim serve: what the check of each of them needs.

A script of this folder has a table of rows, one for a program and a protocol that it speaks, and ends with
run_rows(ROWS). A row says how the program is called, and how each attempt ends:

    trusting     TLS, the password and the lab's root: mail is sent and arrives, or is read
    distrusting  without the lab's root
    misnamed     with the root, and asked for under a name that is not in the certificate
    careless     told not to check
    clear        without TLS
    wrong        with a wrong password
    nobody       without a password

The command, and the settings if the program has a file of them, are texts with places, {like this}: those of
make_fields, and the row's own, `words`, which say for each attempt what stands there ("": in all others).
"""
import base64
import concurrent.futures
import ctypes
import dataclasses
import fcntl
import imaplib
import os
import pathlib
import pty
import select
import shlex
import shutil
import smtplib
import struct
import subprocess
import sys
import tempfile
import termios
import time

FOLDER = pathlib.Path(__file__).parent
sys.path.append(str(FOLDER.parent / "golden"))
from serving import MAILSIM, PATIENCE, Server, trusting  # noqa: E402
from tap import finish, report, skip  # noqa: E402

CASE = "case5"
NAME, OTHER_NAME = "mail.iesgn.example", "correo.iesgn.example"
USER, PASSWORD, WRONG_PASSWORD = "ana", "melocoton", "cereza"
# As it is seen on a wire: as it is, and as AUTH PLAIN says it with or without the user twice, and AUTH LOGIN.
SECRETS = [PASSWORD] + [
    base64.b64encode(text.encode()).decode()
    for text in (f"\0{USER}\0{PASSWORD}", f"{USER}\0{USER}\0{PASSWORD}", PASSWORD)
]
ADDRESS = "ana@iesgn.example"
TEXT = "El autobus sale a las ocho."
MESSAGE = f"From: {ADDRESS}\r\nTo: {ADDRESS}\r\nSubject: Excursion\r\n\r\n{TEXT}\r\n.dot\r\n"

# Programs ask for a host by its name, and find it at a loopback address: https://cwrap.org/nss_wrapper.html
NAMES_LIBRARY = "libnss_wrapper.so"
ROWS_AT_ONCE = 8
# So long may a program take to end when it has closed what it writes to.
LEAVING_S = 10

SERVICES = {
    "smtp": "submission",
    "smtps": "submissions",
    "imap": "imap",
    "imaps": "imaps",
    "pop3": "pop3",
    "pop3s": "pop3s",
}
ATTEMPTS = {
    "trusting": "TLS, the password, the lab's root",
    "distrusting": "without the lab's root",
    "misnamed": "under a name that is not in the certificate",
    "careless": "told not to check",
    "clear": "without TLS",
    "wrong": "with a wrong password",
    "nobody": "without a password",
}
GOES_ON = "goes on"

# What mailsim tells of an attempt, unless the row knows better. Blanks and ends of lines are the same.
ALERT = "TLS failed: the other side sent an alert"
TOLD = {
    (GOES_ON, "smtp"): f"In the mailbox of {ADDRESS}",
    (GOES_ON, "imap"): f"imap-login: Login: user=<{USER}>",
    (GOES_ON, "pop3"): f"pop3-login: Login: user=<{USER}>",
    ("distrusting", "smtp"): ALERT,
    ("distrusting", "imap"): ALERT,
    ("distrusting", "pop3"): ALERT,
    ("misnamed", "smtp"): ALERT,
    ("misnamed", "imap"): ALERT,
    ("misnamed", "pop3"): ALERT,
    ("clear", "smtp"): "530 5.7.0 Must issue a STARTTLS command first",
    ("clear", "imap"): "(no auth attempts",
    ("clear", "pop3"): "(no auth attempts",
    ("wrong", "smtp"): "535 5.7.8 Error: authentication failed",
    ("wrong", "imap"): "NO [AUTHENTICATIONFAILED] Authentication failed.",
    ("wrong", "pop3"): "-ERR [AUTH] Authentication failed.",
    ("nobody", "smtp"): f"554 5.7.1 <{ADDRESS}>: Recipient address rejected: Access denied",
}


@dataclasses.dataclass(frozen=True)
class Refusal:
    """The program's exit status, its words, and what mailsim tells of it (as in TOLD, if nothing is said)."""

    status: int
    says: str
    told: str = None
    # Whether the right password has crossed the wire all the same.
    exposes: bool = False


@dataclasses.dataclass(frozen=True)
class Row:
    program: str
    protocol: str
    command: str
    # Of each attempt but trusting: a Refusal, or GOES_ON.
    ends: dict
    words: dict = dataclasses.field(default_factory=dict)
    settings: str = ""
    # What is typed, attempt by attempt: pairs of what is waited for, and what is said then.
    answers: dict = dataclasses.field(default_factory=dict)
    # Whether it has to be typed at a terminal.
    terminal: bool = False
    # Whether it reads the message from its standard input.
    reads_message: bool = False
    # A command that says whether the program can do it, what it says then, and what is missing if it does not.
    needs: tuple = ()

    def __post_init__(self):
        assert "distrusting" in self.ends and {"clear", "wrong", "nobody"} & set(self.ends), self
        assert set(self.ends) < set(ATTEMPTS), self

    @property
    def family(self):
        return self.protocol.removesuffix("s")

    @property
    def sends(self):
        return self.family == "smtp"


# ---- what a program is given ------------------------------------------------------------------------


def make_root(folder):
    """The lab's root, as anybody gets it who wants to trust it."""
    subprocess.run([MAILSIM, "certs", folder, CASE], check=True, stdout=subprocess.DEVNULL, timeout=PATIENCE)
    return pathlib.Path(folder, "lab-root-x1.pem")


def make_environment(server, home):
    """Nothing of whoever runs the tests: no settings, and no authorities but those of the system."""
    names = pathlib.Path(home, "hosts")
    address = server.at("smtp", NAME)[0]
    names.write_text(f"{address} {NAME}\n{address} {OTHER_NAME}\n")
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LC_ALL": "C",
        "TERM": "vt100",
        "LD_PRELOAD": NAMES_LIBRARY,
        "NSS_WRAPPER_HOSTS": str(names),
    }


def make_fields(row, attempt, server, root, home):
    return {
        "name": OTHER_NAME if attempt == "misnamed" else NAME,
        "port": server.at(SERVICES[row.protocol], NAME)[1],
        "user": USER,
        "password": WRONG_PASSWORD if attempt == "wrong" else PASSWORD,
        "address": ADDRESS,
        "text": TEXT,
        "root": root,
        "home": home,
        "folder": FOLDER,
        "message": pathlib.Path(home, "message"),
        "settings": pathlib.Path(home, "settings"),
        "patience": PATIENCE,
    }


def fill(text, row, attempt, fields):
    words = {place: texts.get(attempt, texts.get("", "")) for place, texts in row.words.items()}
    return text.format(**fields, **{place: word.format(**fields) for place, word in words.items()})


def make_files(row, attempt, fields):
    fields["message"].write_text(MESSAGE, newline="")
    fields["settings"].write_text(fill(row.settings, row, attempt, fields))
    fields["settings"].chmod(0o600)


# ---- running it -------------------------------------------------------------------------------------


def start(command, environment, terminal, given):
    """The program, and the files by which it is read and written, of which the second may be None."""
    if not terminal:
        program = subprocess.Popen(
            command, bufsize=0, env=environment, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        return program, program.stdout, program.stdin
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    program = subprocess.Popen(
        command, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    screen = os.fdopen(ours, "r+b", buffering=0)
    return program, screen, screen


def read_piece(output, end):
    """Nothing where the program has ended, or has not said anything in time."""
    if not select.select([output], [], [], max(0, end - time.monotonic()))[0]:
        return b""
    try:
        return output.read(4096)
    except OSError:  # a terminal that nobody has open any more
        return b""


def converse(output, keyboard, answers):
    """All that comes; each answer is given when what it waits for has come since the one before."""
    said, heard, left, end = b"", 0, list(answers), time.monotonic() + PATIENCE
    piece = b" "
    while piece:
        while left and left[0][0].encode() in said[heard:]:
            heard = len(said)
            try:
                keyboard.write(left.pop(0)[1].encode())
            except OSError:  # the program has gone
                left = []
        piece = read_piece(output, end)
        said += piece
    return said.decode(errors="replace")


def run_program(command, environment, answers, terminal, given):
    """Its exit status, negative if it had to be ended, and what it says. It reads what is typed, otherwise GIVEN."""
    program, output, keyboard = start(command, environment, terminal, subprocess.PIPE if answers else given)
    try:
        said = converse(output, keyboard, answers)
        return program.wait(LEAVING_S), said
    except subprocess.TimeoutExpired:
        program.kill()
        return -program.wait(), said
    finally:
        for file in {output, keyboard} - {None}:
            file.close()


def read_files(home, fields):
    """What the program has written into files: mail, if it fetches any."""
    ours = {fields["message"], fields["settings"], pathlib.Path(home, "hosts")}
    files = sorted(path for path in pathlib.Path(home).rglob("*") if path.is_file() and path not in ours)
    return "\n".join(path.read_text(errors="replace") for path in files)


# ---- a row ------------------------------------------------------------------------------------------


def write_to_ana(server, subject="Excursion"):
    """Through port 25, as another server would; until it is in the mailbox."""
    before = server.count(f"In the mailbox of {ADDRESS}")
    with smtplib.SMTP(*server.at("smtp", NAME), timeout=PATIENCE) as program:
        program.ehlo("mx.elsewhere.example")
        program.sendmail("bob@elsewhere.example", [ADDRESS], MESSAGE.replace("Excursion", subject))
    return server.wait_for(f"In the mailbox of {ADDRESS}", before + 1)


def read_mailbox(server):
    """Every message that lies there."""
    with imaplib.IMAP4_SSL(*server.at("imaps", NAME), ssl_context=trusting(), timeout=PATIENCE) as program:
        program.login(USER, PASSWORD)
        program.select("INBOX", readonly=True)
        fetched = program.fetch("1:*", "(BODY[])")[1]
        return [part[1].decode(errors="replace") for part in fetched if isinstance(part, tuple)]


def run_row(row, attempt, server, root):
    """The program's exit status, what it says, and that with what it has written into files."""
    with tempfile.TemporaryDirectory() as home:
        fields = make_fields(row, attempt, server, root, home)
        make_files(row, attempt, fields)
        answers = row.answers.get(attempt, row.answers.get("", ()))
        with open(fields["message"] if row.reads_message else os.devnull, "rb") as given:
            status, said = run_program(
                shlex.split(fill(row.command, row, attempt, fields)),
                make_environment(server, home),
                [(awaited, fill(answer, row, attempt, fields)) for awaited, answer in answers],
                row.terminal,
                given,
            )
        return status, said, said + read_files(home, fields)


def squeeze(lines):
    return " ".join(" ".join(line for line in lines if line is not None).split())


def is_told(row, told, heard):
    """Whether mailsim has told it, and each conversation to its end."""
    ended = "disconnect from unknown[" if row.sends else "Disconnected: "
    return told in heard and 0 < heard.count("(TCP connection to port") <= heard.count(ended)


def attempt_row(row, attempt, server, root):
    """Whether it ends as the row says, its name, and what there is to say of it otherwise."""
    end = GOES_ON if attempt == "trusting" else row.ends[attempt]
    told = end.told if end != GOES_ON and end.told else TOLD[GOES_ON if end == GOES_ON else attempt, row.family]
    already = len(server.lines)
    status, said, got = run_row(row, attempt, server, root)
    holds = server.wait_until(lambda: is_told(row, told, squeeze(server.lines[already:])))
    if end == GOES_ON:
        holds = holds and status == 0 and (row.sends or TEXT in got)
    else:
        heard = squeeze(server.lines[already:])
        holds = holds and status == end.status and end.says in squeeze(said.splitlines())
        holds = holds and (row.sends or TEXT not in got) and end.exposes == any(secret in heard for secret in SECRETS)
    name = f"{row.program}, {row.protocol}, {ATTEMPTS[attempt]}: {'goes on' if end == GOES_ON else 'refused'}"
    remark = [f"status {status}", got, f"---- mailsim, which should tell: {told}", *server.lines[already:]]
    return holds, name, "\n".join(line for line in remark if line is not None)


def check_row(row, root):
    """All its attempts, at a server of its own."""
    with Server("--detail=full", case=CASE) as server:
        if not server.ready:
            return [(False, f"{row.program}, {row.protocol}: mailsim serves", server)]
        if not row.sends:
            write_to_ana(server)
        attempts = ["trusting", *(attempt for attempt in ATTEMPTS if attempt in row.ends)]
        results = [attempt_row(row, attempt, server, root) for attempt in attempts]
        n_sent = 1 + list(row.ends.values()).count(GOES_ON) if row.sends else 1
        mailbox = read_mailbox(server)
        complaints = server.complaints
    what = f"{n_sent} sent" if row.sends else "and is left there"
    results.append((
        len(mailbox) == n_sent and all(f"\r\n{TEXT}\r\n.dot\r\n" in message for message in mailbox),
        f"{row.program}, {row.protocol}: the mail lies in the mailbox whole, {what}",
        "\n".join(mailbox),
    ))
    results.append((not complaints, f"{row.program}, {row.protocol}: mailsim has nothing to complain of", complaints))
    return results


# ---- all rows ---------------------------------------------------------------------------------------


def find_lack(row):
    """What is missing for this row, None if nothing is."""
    try:
        ctypes.CDLL(NAMES_LIBRARY)
    except OSError:
        return f"no {NAMES_LIBRARY}"
    program = shlex.split(row.command)[0]
    if shutil.which(program) is None:
        return f"no {program}"
    if row.needs:
        command, text, lack = row.needs
        asked = subprocess.run(shlex.split(command.format(folder=FOLDER)), capture_output=True, text=True)
        if text not in asked.stdout:
            return lack
    return None


def check_or_skip(row, root):
    lack = find_lack(row)
    if lack:
        return [(None, f"{row.program}, {row.protocol}", lack)]
    try:
        return check_row(row, root)
    except Exception as error:  # whatever it is, the other rows go on
        return [(False, f"{row.program}, {row.protocol}: goes to its end", repr(error))]


def run_rows(rows):
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(ROWS_AT_ONCE) as pool:
        root = make_root(folder)
        for results in pool.map(lambda row: check_or_skip(row, root), rows):
            for holds, name, remark in results:
                if holds is None:
                    skip(name, remark)
                else:
                    report(holds, name, remark)
    finish()
