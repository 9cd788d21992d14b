#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What show --world prints of a scenario is that scenario: loaded, it prints the same once more and
# gives the same transcript, but for places in files. And what it looks like: world.LANGUAGE.txt,
# which MAILSIM_UPDATE_GOLDEN=1 writes. As TAP.
#
# Usage: world.sh MAILSIM FOLDER
. "$(dirname "$0")/tap.sh"
cd "$2" || exit 1

without_places() {
    sed 's/\.scenario:[0-9]*/.scenario/'
}

# Run in the folder of the file, so that both have the same name.
transcript() { # FOLDER CASE
    (cd "$1" && "$mailsim" run --lang=es --detail=full "$2" 2>"$scratch/err") | without_places
}

# Each once: what is taken over with “like” is written out, and warned of there, too.
list_warnings() {
    sed -n 's/.*: warning: //p' | sort -u
}

trip() { # FOLDER CASE
    name=${2%.scenario}
    "$mailsim" show --world -q "$1/$2" >"$scratch/once" 2>"$scratch/err" ||
        "$mailsim" show --world -q "$2" >"$scratch/once" 2>"$scratch/err"
    report $? "$name is shown"
    (cd "$1" && "$mailsim" show --world --lang=en "$2") >"$scratch/$name.scenario" 2>/dev/null
    (cd "$scratch" && "$mailsim" check "$name.scenario") >"$scratch/checked" 2>&1
    report $? "$name: what is shown has no mistake"
    (cd "$1" && "$mailsim" check "$2") 2>&1 | list_warnings >"$scratch/warnings"
    list_warnings <"$scratch/checked" >"$scratch/warnings-again"
    same "$scratch/warnings" "$scratch/warnings-again" "$name: and it is warned of the same"
    "$mailsim" show --world -q "$scratch/$name.scenario" >"$scratch/twice" 2>"$scratch/err"
    same "$scratch/once" "$scratch/twice" "$name: shown again, it is the same"
    transcript "$1" "$2" >"$scratch/one.txt"
    transcript "$scratch" "$name.scenario" >"$scratch/two.txt"
    [ -s "$scratch/one.txt" ]
    report $? "$name has a transcript"
    same "$scratch/one.txt" "$scratch/two.txt" "$name: the same transcript"
}

for case in $("$mailsim" list | cut -d' ' -f1); do
    trip . "$case"
done
for case in mishaps relays by-hand queue world; do
    trip . "$case.scenario"
done

for language in en es; do
    "$mailsim" show --world --lang=$language world.scenario >"$scratch/out"
    [ "${MAILSIM_UPDATE_GOLDEN:-0}" = 1 ] && cp "$scratch/out" world.$language.txt
    same world.$language.txt "$scratch/out" "world.$language.txt"
    [ "$(LC_ALL=C.UTF-8 wc -L <world.$language.txt)" -le 80 ]
    report $? "its lines are no longer than 80 columns"
done
finish
