# SPDX-License-Identifier: MIT
"""A real Postfix that only sends: an instance of its own in a temporary folder, where nothing listens and nothing of
the machine's own Postfix is read or touched. Mail is put in by sendmail(1); it goes where `transport` says, through
services that are smtp(8) with parameters of their own."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

PATIENCE = 60
VERSION = "3.7."

PARAMETERS = {
    "compatibility_level": "3.6",
    "inet_interfaces": "loopback-only",
    "inet_protocols": "ipv4",
    "mydestination": "",
    "alias_maps": "",
    "notify_classes": "",
}

# Of master.cf, what a message meets on its way out; chroot is “n” throughout, and no service is of type inet.
SERVICES = """\
pickup unix n - n 1 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def find_program(name):
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"]))


def find_other(program):
    """Why PROGRAM of Postfix cannot be asked what it does; None: nothing is in the way."""
    if find_program(program) is None:
        return f"no {program}"
    asked = subprocess.run([find_program("postconf"), "-dh", "mail_version"], capture_output=True, text=True)
    version = asked.stdout.strip()
    return None if version.startswith(VERSION) else f"this is Postfix {version}; the lab is like {VERSION}x"


def find_hindrance():
    """Why there cannot be a Postfix here; None: nothing is in the way."""
    if os.getuid() != 0:
        return "only root can start Postfix"
    return find_other("postfix")


class Postfix:
    """From `with` on it runs. TRANSPORTS: name and parameters of each service; TABLES: files beside main.cf, for
    texthash; what stands in PARAMETERS may name them by $config_directory."""

    def __init__(self, parameters, transports, tables):
        self.folder = tempfile.TemporaryDirectory(prefix="mailsim-postfix-", ignore_cleanup_errors=True)
        root = pathlib.Path(self.folder.name)
        root.chmod(0o755)
        self.configuration = root / "etc"
        self.log_file = root / "mail.log"
        for name in ("etc", "queue", "data"):
            (root / name).mkdir()
        shutil.chown(root / "data", "postfix")
        own = {
            "queue_directory": root / "queue",
            "data_directory": root / "data",
            "maillog_file": self.log_file,
            "maillog_file_prefixes": root,
        }
        lines = [f"{name} = {value}\n" for name, value in {**PARAMETERS, **own, **parameters}.items()]
        self.write("main.cf", "".join(lines))
        services = [
            " ".join([f"{name} unix - - n - - smtp", *(f"-o {{ {key} = {value} }}" for key, value in options.items())])
            for name, options in transports.items()
        ]
        self.write("master.cf", SERVICES + "\n".join(services) + "\n")
        for name, rows in tables.items():
            self.write(name, "".join(f"{key} {value}\n" for key, value in rows.items()))

    def write(self, name, text):
        (self.configuration / name).write_text(text, encoding="utf-8")

    def control(self, command):
        return subprocess.run(
            [find_program("postfix"), "-c", self.configuration, command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    def __enter__(self):
        started = self.control("start")
        if started.returncode != 0:
            self.folder.cleanup()
            raise RuntimeError(f"postfix start: {started.stderr}")
        return self

    def __exit__(self, *_):
        self.control("stop")
        self.folder.cleanup()

    def send(self, sender, recipients, text):
        subprocess.run(
            [find_program("sendmail"), "-C", self.configuration, "-f", sender, *recipients],
            input=text,
            text=True,
            check=True,
            timeout=PATIENCE,
        )

    def read_log(self):
        """Lines without time and host: “postfix/smtp[1234]: …”."""
        text = self.log_file.read_text(encoding="utf-8", errors="replace")
        return [line[1] for line in re.finditer(r"^\w{3} [ \d]\d [\d:]{8} \S+ (.*)$", text, re.MULTILINE)]

    def wait_for(self, texts):
        """Until the log has a line with each of them; False: patience is over."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            log = "\n".join(self.read_log())
            if all(text in log for text in texts):
                return True
            time.sleep(0.1)
        return False
