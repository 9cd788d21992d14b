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

# Lines of a log (mail.log: of real servers, and at its end two that nobody knows).
line="Jul  2 10:00:00 mail postfix/smtp[9]: 4F1C2A0B3D: to=<bob@instituto.example>, orig_to=<info>, \
relay=mx.instituto.example[192.0.2.25]:25, delay=30.2, delays=0.07/0.02/30/0.05, dsn=4.7.1, status=deferred \
(host mx.instituto.example[192.0.2.25] said: 454 4.7.1 <bob@instituto.example>: Relay access denied \
(in reply to RCPT TO command))"
for language in en es; do
    golden explain-line.$language.txt explain --lang=$language "$line"
    golden explain-log.$language.txt explain --lang=$language - <mail.log
done
golden explain-line.en.json explain --lang=en --format=json "$line"
try "a line without quotes" 0 "454 4.7.1 <b@c>: Relay access denied" "" explain NOQUEUE: reject: RCPT from 'a[192.0.2.1]:' \
    454 4.7.1 '<b@c>:' Relay access denied
try "several lines" 0 "2 qmgr: done: the message has left the queue" "" explain 'postfix/qmgr[9]: 4F1C2A0B3D: removed' \
    'postfix/qmgr[9]: removed'
try "a line that nobody knows" 2 "unknown: this kind of line" "" explain 'postfix/smtp[9]: the moon is made of cheese'
try "a line of another program" 2 "neither Postfix nor Dovecot" "" explain 'Jul  2 10:00:00 mail sshd[9]: Accepted'
lines() { # FORMAT: what standard input holds
    printf "$1" >"$scratch/lines"
}
lines 'x\n'
try "lines that nobody knows" 2 "unknown: no line of Postfix" "" explain - <"$scratch/lines"
try "a line that nobody knows as JSON" 2 '"unknown-line"' "" explain --format=json - <"$scratch/lines"
lines '\n\n'
try "no lines" 2 "" "no line to explain" explain - <"$scratch/lines"
lines ''
try "an empty file" 0 "What can be explained" "" explain <"$scratch/lines"
try "no file at all" 0 "What can be explained" "" explain </dev/null
lines 'postfix/qmgr[9]: removed\n'
try "a file without a dash" 0 "the message has left the queue" "" explain <"$scratch/lines"
try "a file that is not meant" 0 "━━ 25" "" explain 25 <"$scratch/lines"
cat "$scratch/lines" | "$mailsim" explain | grep -q "the message has left the queue"
report $? "a pipe without a dash"
lines 'postfix/qmgr[9]: removed'
try "no line feed at the end" 0 "has left the queue" "" explain - <"$scratch/lines"
lines 'postfix/qmgr[9]: removed\r\n'
try "a line of Windows" 0 "has left the queue" "" explain - <"$scratch/lines"
lines 'postfix/smtpd[1]: \033[31m\377\000\n'
"$mailsim" explain - <"$scratch/lines" | LC_ALL=C grep -q "$(printf '[\033\001-\010]')"
[ $? -eq 1 ]
report $? "what a line does to a terminal is not done"
head -c 1000000 /dev/zero | tr '\0' x >"$scratch/lines"
try "a line of a megabyte" 2 "xxxxx" "" explain - <"$scratch/lines"
memory=200000 # kilobytes; sanitizers take far more before main()
(ulimit -v $memory && "$mailsim" list) >/dev/null 2>&1 || memory=unlimited
head -c 200000000 /dev/zero | (ulimit -v $memory && "$mailsim" explain - >"$scratch/out")
[ $? -eq 2 ] && grep -q x00 "$scratch/out"
report $? "and one of 200, in little memory"
for language in en es; do
    cat ../dialogue/recorded/logs/*.log | "$mailsim" explain --lang=$language - >"$scratch/all"
    [ "$(LC_ALL=C.UTF-8 wc -L <"$scratch/all")" -le 80 ]
    report $? "$language: no line about a log is longer than 80 columns"
    cat ../dialogue/recorded/logs/*.log | "$mailsim" explain --lang=$language --ascii - | LC_ALL=C grep -q '[^ -~]'
    [ $? -eq 1 ]
    report $? "$language: --ascii of a log prints nothing beyond ASCII"
done
"$mailsim" list | cut -d' ' -f1 | while read -r case; do
    "$mailsim" run --format=maillog "$case"
done >"$scratch/lines" 2>"$scratch/err"
"$mailsim" run --format=maillog --prefix=rsyslog case5 >>"$scratch/lines" 2>>"$scratch/err"
[ "$(grep -c postfix/ "$scratch/lines")" -gt 3000 ]
report $? "the lab's hosts write logs"
"$mailsim" explain --format=json - <"$scratch/lines" | grep -q '"unknown-line"'
[ $? -eq 1 ]
report $? "and no line of them is unknown"
"$mailsim" explain - <mail.log | head -n 1 >"$scratch/out"
report $? "who reads no further ends it"

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
