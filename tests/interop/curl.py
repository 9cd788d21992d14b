#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""curl, which speaks all of the six.

    curl.py MAILSIM  (as TAP)
"""
from interop import GOES_ON, Refusal, Row, run_rows

CURL = "curl --silent --show-error --max-time {patience} {tls} {trust} {login} "
SENDING = "--mail-from {address} --mail-rcpt {address} --upload-file {message} "
WORDS = {
    "tls": {"": "--ssl-reqd", "clear": ""},
    "trust": {"": "--cacert {root}", "distrusting": "", "careless": "--insecure"},
    "login": {"": "--user {user}:{password}", "nobody": ""},
}
# Names are looked at when the handshake is over.
MISNAMED = "no alternative certificate subject name matches target host name"
ENDS = {
    "distrusting": Refusal(60, "SSL certificate problem: unable to get local issuer certificate"),
    "careless": GOES_ON,
    "wrong": Refusal(67, "Login denied"),
}
SENDING_ENDS = {
    **ENDS,
    "misnamed": Refusal(60, MISNAMED, "lost connection after"),
    "nobody": Refusal(55, "RCPT failed: 554"),
}
READING_ENDS = {**ENDS, "misnamed": Refusal(60, MISNAMED, "(no auth attempts")}

run_rows([
    Row(
        "curl", "smtp", CURL + SENDING + "smtp://{name}:{port}/laptop.iesgn.example", words=WORDS,
        ends={**SENDING_ENDS, "clear": Refusal(55, "MAIL failed: 530")},
    ),
    Row(
        "curl", "smtps", CURL + SENDING + "smtps://{name}:{port}/laptop.iesgn.example", words=WORDS,
        ends=SENDING_ENDS,
    ),
    Row(
        "curl", "imap", CURL + "'imap://{name}:{port}/INBOX;MAILINDEX=1'", words=WORDS,
        ends={**READING_ENDS, "clear": Refusal(67, "Login denied")},
    ),
    Row("curl", "imaps", CURL + "'imaps://{name}:{port}/INBOX;MAILINDEX=1'", words=WORDS, ends=READING_ENDS),
    Row(
        "curl", "pop3", CURL + "pop3://{name}:{port}/1", words=WORDS,
        ends={**READING_ENDS, "clear": Refusal(67, "Login denied")},
    ),
    Row("curl", "pop3s", CURL + "pop3s://{name}:{port}/1", words=WORDS, ends=READING_ENDS),
])
