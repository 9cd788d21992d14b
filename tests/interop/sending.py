#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Programs that send: swaks, msmtp, and mutt where it does.

    sending.py MAILSIM  (as TAP)
"""
from interop import GOES_ON, Refusal, Row, run_rows

# GnuTLS's programs here look at the certificate when the handshake is over, and just leave.
LEFT = "lost connection after"
NO_LOGIN = "disconnect from unknown[198.51.100.254] ehlo=1 quit=1 commands=2"

# ---- swaks: it checks when it is told to, and does not look at the name even then -------------------

SWAKS = (
    "swaks --server {name} --port {port} --ehlo laptop.iesgn.example {tls} {trust} {login}"
    " --from {address} --to {address} --data @{message}"
)
SWAKS_WORDS = {
    "trust": {"": "--tls-verify --tls-ca-path {root}", "distrusting": "--tls-verify", "careless": ""},
    "login": {"": "--auth PLAIN --auth-user {user} --auth-password {password}", "nobody": ""},
}
SWAKS_ENDS = {
    "distrusting": Refusal(29, "TLS startup failed (connect(): error:0A000086:SSL routines::certificate verify failed"),
    "misnamed": GOES_ON,
    "careless": GOES_ON,
    "wrong": Refusal(28, "No authentication type succeeded"),
    "nobody": Refusal(24, "Recipient address rejected: Access denied"),
}
SWAKS_NEEDS = ("swaks --support", "=== TLS supported", "swaks without TLS (Net::SSLeay)")

# ---- msmtp ------------------------------------------------------------------------------------------

MSMTP = "msmtp --file={settings} {address}"
MSMTP_SETTINGS = """
defaults
account default
host {name}
port {port}
domain laptop.iesgn.example
from {address}
{tls}
{trust}
{login}
"""
MSMTP_WORDS = {
    "trust": {"": "tls_trust_file {root}", "distrusting": "", "careless": "tls_certcheck off"},
    "login": {"": "auth plain\nuser {user}\npassword {password}", "nobody": ""},
}
MSMTP_ENDS = {
    "distrusting": Refusal(69, "The certificate is NOT trusted. The certificate issuer is unknown.", LEFT),
    "misnamed": Refusal(69, "The name in the certificate does not match the expected.", LEFT),
    "careless": GOES_ON,
    "wrong": Refusal(77, "server message: 535 5.7.8 Error: authentication failed"),
    "nobody": Refusal(65, "recipient address ana@iesgn.example not accepted by the server"),
}

# ---- mutt -------------------------------------------------------------------------------------------

MUTT = "mutt -F {settings} -s Excursion {address}"
MUTT_SETTINGS = """
set smtp_url="{scheme}://{user}@{name}:{port}" smtp_pass="{password}" from={address} hostname=laptop.iesgn.example
set ssl_force_tls={tls} ssl_starttls={tls} certificate_file={home}/accepted record="" copy=no sleep_time=0 connect_timeout={patience}
{trust}
"""
MUTT_WORDS = {
    "tls": {"": "yes", "clear": "no"},
    "trust": {"": "set ssl_ca_certificates_file={root}", "distrusting": ""},
}
MUTT_ENDS = {
    "distrusting": Refusal(1, "Untrusted server certificate", LEFT),
    "misnamed": Refusal(1, "Untrusted server certificate", LEFT),
    "wrong": Refusal(1, "SASL authentication failed"),
}

run_rows([
    Row(
        "swaks", "smtp", SWAKS, words={**SWAKS_WORDS, "tls": {"": "--tls", "clear": ""}}, needs=SWAKS_NEEDS,
        ends={**SWAKS_ENDS, "clear": Refusal(28, "Host did not advertise authentication", NO_LOGIN)},
    ),
    Row(
        "swaks", "smtps", SWAKS, words={**SWAKS_WORDS, "tls": {"": "--tls-on-connect"}}, needs=SWAKS_NEEDS,
        ends=SWAKS_ENDS,
    ),
    Row(
        "msmtp", "smtp", MSMTP, settings=MSMTP_SETTINGS, reads_message=True,
        words={**MSMTP_WORDS, "tls": {"": "tls on", "clear": "tls off"}},
        ends={**MSMTP_ENDS, "clear": Refusal(69, "the server does not support authentication", NO_LOGIN)},
    ),
    Row(
        "msmtp", "smtps", MSMTP, settings=MSMTP_SETTINGS, reads_message=True,
        words={**MSMTP_WORDS, "tls": {"": "tls on\ntls_starttls off"}}, ends=MSMTP_ENDS,
    ),
    Row(
        "mutt", "smtp", MUTT, settings=MUTT_SETTINGS, reads_message=True,
        words={**MUTT_WORDS, "scheme": {"": "smtp"}},
        ends={**MUTT_ENDS, "clear": Refusal(1, "SMTP session failed: 530 5.7.0 Must issue a STARTTLS command first")},
    ),
    Row(
        "mutt", "smtps", MUTT, settings=MUTT_SETTINGS, reads_message=True,
        words={**MUTT_WORDS, "scheme": {"": "smtps"}}, ends=MUTT_ENDS,
    ),
])
