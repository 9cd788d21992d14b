#!/bin/sh
# SPDX-License-Identifier: MIT
#
# mailsim explain as a person uses it: what it prints for a dozen topics, as text and as JSON; how it
# answers wrong input; that all of it fits a terminal. As TAP. With MAILSIM_UPDATE_GOLDEN=1 the
# golden files are written instead: then review the change with git diff.
#
# Usage: explain.sh MAILSIM FOLDER
. "$(dirname "$0")/tap.sh"
cd "$2" || exit 1

for language in en es; do
    golden explain.$language.txt explain --lang=$language 'open relay' port 25 454 4.7.1 4.7.99 Verified \
        secure smtp_tls_security_level 'smtpd_timeout = 5x' always_bcc permit_mynetworks \
        auth_mechanisms snakeoil '[mua]' expect.hop.mail name-bad
    golden explain.$language.json explain --lang=$language --format=json 5.1.1 smtpd_relay_restrictions \
        certificate
    golden explain-overview.$language.txt explain --lang=$language
done

try "several words are one topic" 0 "━━ open relay" "" explain open relay
try "or several topics" 0 "━━ 465" "" explain 25 465
try "capitals do not count" 0 "━━ STARTTLS" "" explain StartTLS
try "other meanings are named" 0 "[certificate C]" "" explain certificate
try "a reply as it was said" 0 "━━ 5.1.1" "" explain '550 5.1.1 <x@y.example>: Recipient address rejected'
try "a mistyped parameter" 2 "" "did you mean “smtpd_tls_security_level”?" explain smtpd_tls_securty_level
try "a piece of a name" 2 "" "“smtpd_tls_cert_file”" explain tls_cert_fi
try "nothing like it" 2 "" "“mailsim explain” lists what is" explain xyzzyx
try "one that is known, one that is not" 2 "━━ 25" "nothing is known of “xyzzyx”" explain 25 xyzzyx
try "an empty word" 2 "" "nothing is known of “”" explain ""
try "bytes that are no text" 2 "" "nothing is known of" explain "$(printf '\377\376')"
try "unknown format" 2 "" "text, json" explain --format=html 25
try "unknown language" 2 "" "--lang=fr" explain --lang=fr 25
try "unknown option" 2 "" "--help" explain --langg=es 25
try "an option of run" 2 "" "Unknown option --detail=full" explain --detail=full 25
try "another" 2 "" "Unknown option -q" explain -q 25
try "and another" 2 "" "Unknown option --all" explain --all 25
try "the list, and a word" 2 "" "--list lists every topic" explain --list 25
try "the list as JSON" 2 "" "--list is text alone" explain --list --format=json
try "the list" 0 "parameter    smtpd_banner" "" explain --list

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
finish
