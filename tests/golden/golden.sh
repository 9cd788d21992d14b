#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Compares what mailsim prints with the golden files, as TAP. With MAILSIM_UPDATE_GOLDEN=1 it
# writes them instead: then review the change with git diff, every line of it.
#
# Usage: golden.sh MAILSIM FOLDER
. "$(dirname "$0")/tap.sh"
cd "$2" || exit 1

for story in open-relay wrong-port; do
    for language in en es; do
        golden "$story.$language.txt" run --lang=$language "$story"
    done
done
for language in en es; do
    golden mail-log.$language.txt run --lang=$language mail-log.scenario
done
golden mail-log.es.brief.txt run --lang=es --detail=brief mail-log.scenario
golden mail-log.instituto.log run --format=maillog --host=instituto mail-log.scenario
golden mail-log.rsyslog.log run --format=maillog --host=mx.instituto.example --prefix=rsyslog mail-log.scenario
for story in case5 talk mishaps.scenario relays.scenario by-hand.scenario; do
    name=${story%.scenario}
    for language in en es; do
        golden "$name.$language.txt" run --lang=$language "$story"
        golden "$name.$language.json" run --lang=$language --format=json "$story"
    done
done
for language in en es; do
    golden opportunistic-tls.$language.txt run --lang=$language opportunistic-tls
    golden secure-failures.$language.txt run --lang=$language secure-failures
    golden secure-failures.$language.brief.txt run --lang=$language --detail=brief secure-failures
done
for story in may-encrypt-secure forgotten-renewal encrypt-on-an-mx fullchain session-cache read-the-log; do
    for language in en es; do
        golden "$story.$language.txt" run --lang=$language "$story"
    done
done
for story in case4 imap-three-policies imap-password-in-clear pop-or-imap; do
    for language in en es; do
        golden "$story.$language.txt" run --lang=$language "$story"
    done
done
golden case4.es.brief.txt run --lang=es --detail=brief case4
golden case4.en.json run --lang=en --format=json case4
golden case4.mail.log run --format=maillog --host=mail --prefix=rsyslog case4
golden fullchain.es.brief.txt run --lang=es --detail=brief fullchain
golden forgotten-renewal.en.brief.txt run --lang=en --detail=brief forgotten-renewal
for story in dane policy-per-destination verify-or-secure signed.scenario limits.scenario; do
    for language in en es; do
        golden "${story%.scenario}.$language.txt" run --lang=$language "$story"
    done
done
for language in en es; do # its JSON has each of a thousand attempts: megabytes
    golden queue.$language.txt run --lang=$language queue.scenario
done
golden queue.es.brief.txt run --lang=es --detail=brief queue.scenario
golden case5.es.brief.txt run --lang=es --detail=brief case5
golden case5.es.full.txt run --lang=es --detail=full case5
golden case5.es.ascii.txt run --lang=es --ascii case5
golden case5.es.quiet.txt run --lang=es -q case5
golden case5.es.colour.txt run --lang=es --color=always case5
finish
