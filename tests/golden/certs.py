#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""mailsim certs: what it writes is what mailsim serve shows, and what programs of the real world trust. What
“mailsim explain trust-the-lab” tells people to type is typed.

    certs.py MAILSIM  (as TAP)
"""
import hashlib
import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import tempfile
import time

from serving import MAILSIM, PATIENCE, Server
from tap import finish, report, skip

ROOT = "lab-root-x1.pem"
UNKNOWN = "unknown-root-x9.pem"
HOST = "mail.iesgn.example"

# Programs that were told to trust it once go on doing so: this may never change.
ROOT_DIGEST = "0e187e5021810b5585017d00e6c60f6faef7423165875d4c57aa2d395bd204b2"

CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", re.DOTALL)
TYPED = "mailsim", "openssl", "curl", "swaks", "/etc/hosts", "mutt"
STARTTLS = {"smtp": "smtp", "submission": "smtp", "imap": "imap", "pop3": "pop3"}


def run(*command, folder=None, **options):
    return subprocess.run(
        command, cwd=folder, capture_output=True, encoding="utf-8", errors="replace", timeout=PATIENCE,
        stdin=subprocess.DEVNULL, **options
    )


def certs(*arguments, folder):
    return run(MAILSIM, "certs", *arguments, folder=folder, env={**os.environ, "LC_ALL": "C"})


def list_files(folder):
    return sorted(str(path.relative_to(folder)) for path in pathlib.Path(folder).rglob("*") if not path.is_dir())


def has(program, name):
    if shutil.which(program) is not None:
        return True
    skip(name, f"no {program}")
    return False


# ---- files --------------------------------------------------------------------------------------


def check_files(folder):
    done = certs("lab", "case5", folder=folder)
    expected = [f"lab/{ROOT}", f"lab/{UNKNOWN}", f"lab/case5/{HOST}.pem", "lab/case5/mx.instituto.example.pem"]
    report(
        done.returncode == 0 and done.stdout.splitlines() == expected and done.stderr == "",
        "the folder is made, and what is written into it is named",
        done,
    )
    report(list_files(folder) == sorted(expected), "that is all there is", list_files(folder))
    report(
        all("PRIVATE" not in pathlib.Path(folder, path).read_text() for path in expected),
        "no private key among them",
    )
    root = pathlib.Path(folder, "lab", ROOT)
    report(
        hashlib.sha256(root.read_bytes()).hexdigest() == ROOT_DIGEST,
        "the root is the one that it has always been",
        root.read_text(),
    )


def check_again(folder):
    lab = pathlib.Path(folder, "lab")
    own = lab / "case5" / "notes.txt"
    own.write_text("mine\n")
    (lab / ROOT).write_text("old\n")
    (lab / ROOT).chmod(0o600)
    before = (lab / ROOT).stat().st_ino
    done = certs("-q", "lab", "case5", folder=folder)
    report(
        done.returncode == 0 and done.stdout == "" and "BEGIN CERTIFICATE" in (lab / ROOT).read_text(),
        "what has the name is replaced; nothing is said with -q",
        done,
    )
    report(
        (lab / ROOT).stat().st_ino != before and stat.S_IMODE((lab / ROOT).stat().st_mode) == 0o600,
        "by a whole new file with the old one's permissions",
    )
    report(own.read_text() == "mine\n" and len(list_files(lab)) == 5, "other files stay, none is left over")


def check_own_scenario(folder):
    text = "[scenario]\ntitle = x\n[host mail]\nmailname = own.example\n[step a]\ntitle = y\ndo = set\n"
    pathlib.Path(folder, "Mine.scenario").write_text(text)
    done = certs("own", "Mine.scenario", folder=folder)
    report(
        done.returncode == 0 and "own/Mine/mail.own.example.pem" in done.stdout.splitlines(),
        "a file's certificates are in a folder of its name",
        done,
    )
    pathlib.Path(folder, "...scenario").write_text(text)
    done = certs("dots", "...scenario", folder=folder)
    report(
        done.returncode == 2 and not pathlib.Path(folder, "dots").exists(),
        "a name that leads out of the folder is refused",
        done,
    )


def check_refusals(folder):
    pathlib.Path(folder, "file").write_text("mine\n")
    pathlib.Path(folder, "bad.scenario").write_text("[scenario]\ntitle = x\n[hots a]\n")
    pathlib.Path(folder, "blocked", ROOT).mkdir(parents=True)
    for arguments, status, words in (
        ((), 2, "into which folder"),
        (("",), 2, "into which folder"),
        (("new", "case5", "case4"), 2, "one case at a time"),
        (("new", "cas5"), 2, "did you mean “case5”"),
        (("new", "bad.scenario"), 2, "bad.scenario:3:2: error"),
        (("new", "--keys"), 2, "--help"),
        (("file", "case5"), 3, "cannot make the folder “file”"),
        (("file/lab", "case5"), 3, "cannot make the folder “file/lab”"),
        (("/proc/lab", "case5"), 3, "cannot make the folder “/proc/lab”"),
        (("blocked", "case5"), 3, f"cannot write “blocked/{ROOT}”"),
    ):
        done = certs(*arguments, folder=folder)
        report(
            done.returncode == status and words in done.stderr and done.stdout == "",
            f"certs {' '.join(arguments)}: {words}",
            done,
        )
    report(
        pathlib.Path(folder, "file").read_text() == "mine\n"
        and not pathlib.Path(folder, "new").exists()
        and list_files(pathlib.Path(folder, "blocked")) == [],
        "nothing is written then",
    )


# ---- what serve shows ---------------------------------------------------------------------------


def fetch(address, port, service):
    """The chain that comes, as one text; empty: no TLS."""
    words = ["-starttls", STARTTLS[service]] if service in STARTTLS else []
    done = run("openssl", "s_client", "-showcerts", "-connect", f"{address}:{port}", *words)
    chain = done.stdout.partition("Certificate chain")[2].partition("\nServer certificate")[0]
    return "".join(CERTIFICATE.findall(chain))


def read_by_host(folder):
    """Of each host, the chains in the files of a case."""
    files = {}
    for path in pathlib.Path(folder).glob("*.pem"):
        host = path.name.removesuffix(".pem").removesuffix("-dovecot")
        files.setdefault(host, set()).add(path.read_text())
    return files


def fetch_by_host(case):
    shown = {}
    with Server("-q", case=case) as server:
        for (host, service), (address, port) in server.services.items():
            if chain := fetch(address, port, service):
                shown.setdefault(host, set()).add(chain)
    return shown


def check_what_is_shown(folder):
    name = "what every host of every case shows, and nothing else"
    if not has("openssl", name):
        return
    today = None
    while today != time.gmtime().tm_yday:  # the hosts' certificates are new each day
        today = time.gmtime().tm_yday
        done = certs("all", folder=folder)
        cases = run(MAILSIM, "list").stdout.split("\n")
        wrong = []
        for case in [line.split()[0] for line in cases if line]:
            files, shown = read_by_host(pathlib.Path(folder, "all", case)), fetch_by_host(case)
            if files != shown:
                wrong.append(f"{case}: in files {sorted(files)}, shown {sorted(shown)}")
    report(done.returncode == 0 and wrong == [], name, "\n".join(wrong))
    report(
        all(f"all/{path}" in done.stdout.splitlines() for path in (ROOT, f"fullchain/{HOST}-dovecot.pem")),
        "where Dovecot shows another certificate, it has a file of its own",
        done,
    )


# ---- who trusts what ----------------------------------------------------------------------------


def verify(folder, root, path, *words):
    return run("openssl", "verify", "-no-CApath", "-no-CAstore", "-CAfile", root, *words, "-untrusted", path, path,
               folder=folder).returncode == 0


def check_openssl(folder):
    name = "openssl: the root proves the host"
    if not has("openssl", name):
        return
    path, good = f"case5/{HOST}.pem", lambda *words: verify(folder, ROOT, f"case5/{HOST}.pem", *words)
    month = str(int(time.time()) + 30 * 86400)
    report(good("-verify_hostname", HOST, "-purpose", "sslserver", "-x509_strict"), name)
    report(not good("-verify_hostname", "mx.instituto.example"), "openssl: for its own name alone")
    report(good("-attime", month), "openssl: in a month, too")
    report(not verify(folder, UNKNOWN, path), "openssl: with another root it proves nothing")
    other = "secure-failures/mail.unknown.example.pem"
    report(
        not verify(folder, ROOT, other) and verify(folder, UNKNOWN, other),
        "openssl: the unknown root is for those that nobody trusts",
    )
    report(
        not verify(folder, ROOT, "secure-failures/mail.expired.example.pem"), "openssl: an expired one has expired"
    )


def check_certtool(folder):
    name = "certtool: the root proves the host"
    if not has("certtool", name):
        return

    def prove(root, host):
        return run("certtool", "--verify", "--load-ca-certificate", root, "--infile", f"case5/{HOST}.pem",
                   "--verify-hostname", host, folder=folder).returncode == 0

    report(prove(ROOT, HOST), name)
    report(not prove(ROOT, "mx.instituto.example"), "certtool: for its own name alone")
    report(not prove(UNKNOWN, HOST), "certtool: with another root it proves nothing")


def check_nss(folder):
    """What Thunderbird asks, in a profile's own store."""
    name = "NSS: the root, once imported as an authority, proves the host"
    if not has("certutil", name):
        return
    store = os.path.join(folder, "nss")
    os.mkdir(store)
    chain = CERTIFICATE.findall(pathlib.Path(folder, "case5", f"{HOST}.pem").read_text())

    def certutil(*words):
        return run("certutil", *words, "-d", store, folder=folder).returncode == 0

    def add(nickname, trust, text):
        path = pathlib.Path(store, "one.pem")
        path.write_text(text)
        return certutil("-A", "-n", nickname, "-t", trust, "-i", str(path))

    made = certutil("-N", "--empty-password") and add("host", ",,", chain[0]) and add("sent", ",,", chain[1])
    before = certutil("-V", "-n", "host", "-u", "V", "-e")
    imported = add("lab", "C,,", pathlib.Path(folder, ROOT).read_text())
    report(made and imported and not before and certutil("-V", "-n", "host", "-u", "V", "-e"), name)


# ---- what people are told to type ---------------------------------------------------------------


def read_commands():
    """By program, a command as it can be pasted into a shell."""
    commands = []
    for language in "en", "es":
        done = run(MAILSIM, "explain", "--format=json", f"--lang={language}", "trust-the-lab")
        facts = json.loads(done.stdout)["explanations"][0]["facts"]
        commands.append({name: "\n".join(row["word"] for row in facts[name]) for name in TYPED})
    report(commands[0] == commands[1], "the same is typed in both languages", commands)
    return commands[0]


def type_into(command, server, folder, lead=""):
    """As it is printed, but for where this server listens."""
    path = f"{pathlib.Path(MAILSIM).resolve().parent}:{os.environ['PATH']}"
    text = command.replace("127.0.0.1", server.at("imaps")[0])
    return run("sh", "-c", lead + text, folder=folder, env={**os.environ, "PATH": path, "LC_ALL": "C", "HOME": folder})


def check_printed(folder, program, commands, server, seen, root_option):
    """It works as it stands; without the root it does not."""
    name = f"{program}, as it is printed"
    if not has(program, name):
        return
    command = commands[program]
    done = type_into(command, server, folder)
    report(done.returncode == 0 and seen in done.stdout, name, f"{command}\n{done}")
    without = re.sub(root_option, "", command)
    done = type_into(without, server, folder)
    report(
        without != command and done.returncode != 0 and seen not in done.stdout,
        f"{program}: without the root it does not go on",
        f"{without}\n{done}",
    )


def drive_mutt(folder, commands, command):
    """What a server tells of COMMAND, to which /etc/hosts is what people are told to make it, in a mount namespace."""
    with Server(case="case5") as server:
        address = server.at("imaps")[0]
        pathlib.Path(folder, "hosts").write_text(commands["/etc/hosts"].replace("127.0.0.1", address) + "\n")
        keys = "-e 'set imap_pass=melocoton' -e 'push <exit>'"
        typed = command.replace("mutt ", f"mutt {keys} ", 1)
        pathlib.Path(folder, "script.sh").write_text(f"mount --bind hosts /etc/hosts && {typed}\n")
        subprocess.run(
            ["script", "-qec", "unshare -rm sh script.sh", "/dev/null"],
            cwd=folder,
            input=b"r",  # reject
            stdout=subprocess.DEVNULL,
            timeout=PATIENCE,
            env={**os.environ, "HOME": folder, "TERM": "vt100", "LC_ALL": "C"},
        )
        server.stop()
        return server


def check_mutt(folder, commands):
    name = "mutt, as it is printed, with the line in /etc/hosts"
    if not has("mutt", name) or not has("script", name):
        return
    if run("unshare", "-rm", "mount", "--bind", ".", "/mnt", folder=folder).returncode != 0:
        skip(name, "no mount namespace to be had")
        return
    pathlib.Path(folder, "Mail").mkdir()
    server = drive_mutt(folder, commands, commands["mutt"])
    report(server.count("Password of ana: right") == 1, name, server)
    server = drive_mutt(folder, commands, re.sub(r"-e '[^']*'", "", commands["mutt"]))
    report(
        server.count(f"asks for {HOST}") == 1 and server.count("Password of ana") == 0,
        "mutt: without the root no password is sent",
        server,
    )


def check_commands(folder):
    commands = read_commands()
    with Server(case="case5") as server:
        pathlib.Path(folder, "typed").mkdir()
        folder = os.path.join(folder, "typed")
        done = type_into(commands["mailsim"], server, folder)
        report(done.returncode == 0 and f"lab/{ROOT}" in done.stdout, "mailsim, as it is printed", done)
        check_printed(folder, "openssl", commands, server, "OK", r"-CAfile \S+")
        check_printed(folder, "curl", commands, server, "INBOX", r"--cacert \S+")
        check_printed(folder, "swaks", commands, server, "queued as", r"--tls-ca-path \S+")
    check_mutt(folder, commands)


def main():
    with tempfile.TemporaryDirectory() as folder:
        check_files(folder)
        check_again(folder)
        check_own_scenario(folder)
        check_refusals(folder)
        check_what_is_shown(folder)
        if pathlib.Path(folder, "all").exists():
            check_openssl(os.path.join(folder, "all"))
            check_certtool(os.path.join(folder, "all"))
            check_nss(os.path.join(folder, "all"))
        check_commands(folder)
    finish()


main()
