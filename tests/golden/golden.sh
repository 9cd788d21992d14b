#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Compares what mailsim prints with the golden files, as TAP. With MAILSIM_UPDATE_GOLDEN=1 it
# writes them instead: then review the change with git diff, every line of it.
#
# Usage: golden.sh MAILSIM FOLDER
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
    "$mailsim" run "$@" >"$scratch/out" 2>"$scratch/err"
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

for story in open-relay wrong-port; do
    for language in en es; do
        golden "$story.$language.txt" --lang=$language "$story"
    done
done
for story in case5 talk mishaps.scenario relays.scenario by-hand.scenario; do
    name=${story%.scenario}
    for language in en es; do
        golden "$name.$language.txt" --lang=$language "$story"
        golden "$name.$language.json" --lang=$language --format=json "$story"
    done
done
for language in en es; do
    golden opportunistic-tls.$language.txt --lang=$language opportunistic-tls
    golden secure-failures.$language.txt --lang=$language secure-failures
    golden secure-failures.$language.brief.txt --lang=$language --detail=brief secure-failures
done
for language in en es; do # its JSON has each of a thousand attempts: megabytes
    golden queue.$language.txt --lang=$language queue.scenario
done
golden queue.es.brief.txt --lang=es --detail=brief queue.scenario
golden case5.es.brief.txt --lang=es --detail=brief case5
golden case5.es.full.txt --lang=es --detail=full case5
golden case5.es.ascii.txt --lang=es --ascii case5
golden case5.es.quiet.txt --lang=es -q case5
golden case5.es.colour.txt --lang=es --color=always case5
echo "1..$number"
