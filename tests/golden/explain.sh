#!/bin/sh
# SPDX-License-Identifier: MIT
#
# mailsim explain as a person uses it: what it prints for a dozen topics, as text and as JSON; how it
# answers wrong input; that all of it fits a terminal. As TAP. With MAILSIM_UPDATE_GOLDEN=1 the
# golden files are written instead: then review the change with git diff.
#
# Usage: explain.sh MAILSIM FOLDER
set -u
mailsim=$1
cd "$2" || exit 1
number=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

report() { # STATUS DESCRIPTION
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then echo "ok $number - $2"; else echo "not ok $number - $2"; fi
}

golden() { # FILE ARGUMENTS...
    file=$1
    shift
    LC_ALL=C "$mailsim" explain "$@" >"$scratch/out" 2>"$scratch/err"
    status=$?
    if [ "$status" -ne 0 ]; then
        sed 's/^/# /' "$scratch/err"
        report 1 "$file: exit status $status"
        return
    fi
    if [ "${MAILSIM_UPDATE_GOLDEN:-0}" = 1 ]; then
        cp "$scratch/out" "$file"
    fi
    diff -u "$file" "$scratch/out" >"$scratch/diff" 2>&1
    status=$?
    sed 's/^/# /' "$scratch/diff" | head -40
    report "$status" "$file"
}

# As in commands.sh: exit status, a text of standard output, one of standard error.
try() { # DESCRIPTION STATUS OUT ERR ARGUMENTS...
    description=$1 status=$2 out=$3 err=$4
    shift 4
    LC_ALL=C "$mailsim" explain "$@" >"$scratch/out" 2>"$scratch/err"
    seen=$?
    failed=0
    [ "$seen" -eq "$status" ] || { echo "# status $seen, not $status"; failed=1; }
    contains "$scratch/out" "$out" || { echo "# standard output lacks: $out"; failed=1; }
    contains "$scratch/err" "$err" || { echo "# standard error lacks: $err"; failed=1; }
    report $failed "$description"
}

contains() { # FILE TEXT
    case $2 in
    -) return 0 ;;
    '') [ ! -s "$1" ] ;;
    *) grep -qF -e "$2" "$1" ;;
    esac
}

for language in en es; do
    golden explain.$language.txt --lang=$language 'open relay' port 25 454 4.7.1 4.7.99 Verified \
        secure smtp_tls_security_level 'smtpd_timeout = 5x' always_bcc permit_mynetworks \
        auth_mechanisms snakeoil '[mua]' expect.hop.mail name-bad
    golden explain.$language.json --lang=$language --format=json 5.1.1 smtpd_relay_restrictions \
        certificate
    golden explain-overview.$language.txt --lang=$language
done

try "several words are one topic" 0 "━━ open relay" "" open relay
try "or several topics" 0 "━━ 465" "" 25 465
try "capitals do not count" 0 "━━ STARTTLS" "" StartTLS
try "other meanings are named" 0 "[certificate C]" "" certificate
try "a reply as it was said" 0 "━━ 5.1.1" "" '550 5.1.1 <x@y.example>: Recipient address rejected'
try "a mistyped parameter" 2 "" "did you mean “smtpd_tls_security_level”?" smtpd_tls_securty_level
try "a piece of a name" 2 "" "“smtpd_tls_cert_file”" tls_cert_fi
try "nothing like it" 2 "" "“mailsim explain” lists what is" xyzzyx
try "one that is known, one that is not" 2 "━━ 25" "nothing is known of “xyzzyx”" 25 xyzzyx
try "an empty word" 2 "" "nothing is known of “”" ""
try "bytes that are no text" 2 "" "nothing is known of" "$(printf '\377\376')"
try "a line of a log" 2 "" "not explained yet" 'Jan 12 09:00:00 mail postfix/smtp[9]: 4F: to=<b@c>'
try "unknown format" 2 "" "text, json" --format=html 25
try "unknown language" 2 "" "--lang=fr" --lang=fr 25
try "unknown option" 2 "" "--help" --langg=es 25
try "the list" 0 "parameter    smtpd_banner" "" --list

for language in en es; do
    "$mailsim" explain --list | sed 's/^[a-z]*  *//' | sort -u >"$scratch/topics"
    [ "$(wc -l <"$scratch/topics")" -gt 1500 ]
    report $? "$language: there are topics"
    tr '\n' '\0' <"$scratch/topics" | xargs -0 "$mailsim" explain --lang=$language \
        >"$scratch/all" 2>"$scratch/err"
    report $? "$language: every topic of the list is explained"
    [ "$(LC_ALL=C.UTF-8 wc -L <"$scratch/all")" -le 80 ]
    report $? "$language: no line is longer than 80 columns"
done
"$mailsim" explain --lang=es --ascii STARTTLS | LC_ALL=C grep -q '[^ -~]'
[ $? -eq 1 ]
report $? "--ascii prints nothing beyond ASCII"
LC_ALL= LC_MESSAGES= LANG=es_ES.UTF-8 "$mailsim" explain 25 | grep -q "un puerto TCP"
report $? "LANG chooses the language"
"$mailsim" explain --color=always 25 | grep -q "$(printf '\033')"
report $? "--color=always"
echo "1..$number"
