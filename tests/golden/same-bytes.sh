#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The same scenario prints the same bytes, whatever the machine is like: a second run, another time
# zone, locale, folder, memory allocator and size of reads. As TAP; nothing is compared with a file.
#
# Usage: same-bytes.sh MAILSIM FOLDER
. "$(dirname "$0")/tap.sh"
cd "$2" || exit 1

same() { # DESCRIPTION COMMAND...
    description=$1
    shift
    "$@" >"$scratch/again" 2>/dev/null
    cmp -s "$scratch/first" "$scratch/again" && [ -s "$scratch/again" ]
    report $? "$description"
}

for story in case5 "$PWD/mishaps.scenario" "$PWD/relays.scenario" "$PWD/by-hand.scenario"; do
    name=$(basename "$story" .scenario)
    for format in text json maillog; do
        run="$mailsim run $story --lang=es --format=$format"
        $run >"$scratch/first" 2>/dev/null
        same "$name, $format: a second run" $run
        for zone in Asia/Tokyo America/Caracas; do
            same "$name, $format: TZ=$zone" env TZ=$zone $run
        done
        for locale in C de_DE.UTF-8 tr_TR.UTF-8; do
            same "$name, $format: LC_ALL=$locale" env LC_ALL=$locale LANG=$locale $run
        done
        for byte in 1 170 255; do
            same "$name, $format: MALLOC_PERTURB_=$byte" env MALLOC_PERTURB_=$byte $run
        done
        for size in 1 7 4096; do
            same "$name, $format: reading $size at a time" $run --read-size=$size
        done
        cd "$scratch" || exit 1
        same "$name, $format: another folder" $run
        cd "$2" || exit 1
        # The colour of a terminal is nobody's environment but a terminal's.
        same "$name, $format: TERM and NO_COLOR" env TERM=xterm-256color NO_COLOR=1 $run
    done
done

# And the opposite: a test that cannot fail is worth nothing.
"$mailsim" run case5 --lang=en >"$scratch/again" 2>/dev/null
"$mailsim" run case5 --lang=es >"$scratch/first" 2>/dev/null
! cmp -s "$scratch/first" "$scratch/again"
report $? "the comparison notices another language"
finish
