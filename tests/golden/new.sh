#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What mailsim new writes has no mistake and holds, in both languages, also with all that stands in
# it as a comment to be tried. As TAP.
#
# Usage: new.sh MAILSIM FOLDER
. "$(dirname "$0")/tap.sh"
cd "$scratch" || exit 1

# A warning does no harm: what is there to be tried may be a thing that people should not do.
holds() { # FILE DESCRIPTION
    "$mailsim" check "$1" 2>err >/dev/null
    report $? "$2: no mistake"
    sed 's/^/# /' err
    "$mailsim" run -q --lang=en "$1" >out 2>err
    report $? "$2: all expectations hold"
    sed 's/^/# /' err
}

try() { # DESCRIPTION STATUS TEXT ARGUMENTS...
    description=$1 status=$2 text=$3
    shift 3
    LC_ALL=C "$mailsim" new "$@" >out 2>&1
    [ $? -eq "$status" ] && grep -qF -e "$text" out
    failed=$?
    [ $failed -eq 0 ] || sed 's/^/# /' out
    report $failed "$description"
}

for language in en es; do
    "$mailsim" new --lang=$language "lab-$language" >out
    report $? "new --lang=$language"
    grep -qF "mailsim run lab-$language.scenario" out
    report $? "it says what to do next"
    holds "lab-$language.scenario" "$language"
    "$mailsim" check "lab-$language.scenario" 2>&1 >/dev/null | cmp -s - /dev/null
    report $? "$language: no warning either"
    [ "$(LC_ALL=C.UTF-8 wc -L <"lab-$language.scenario")" -le 80 ]
    report $? "$language: no line is longer than 80 columns"
    sed 's/^#\([^ ]\)/\1/' "lab-$language.scenario" >"tried-$language.scenario"
    holds "tried-$language.scenario" "$language, with its comments tried"
    grep -q '5 of 5' out
    report $? "$language: the second step was run, too"
    for case in $("$mailsim" list | cut -d' ' -f1); do
        "$mailsim" new -q --lang=$language --from="$case" "$case-$language" >out 2>&1 && [ ! -s out ]
        report $? "$language: a variant of $case"
        holds "$case-$language.scenario" "$language, of $case"
        # An @STEP group is no comment: those with # are the world's.
        sed 's/^#\(\[\)/\1/' "$case-$language.scenario" >"tried.scenario"
        "$mailsim" check tried.scenario >out 2>&1
        report $? "$language: the groups of $case can be opened"
    done
done
grep -q '[áéíóúñ¿]' lab-es.scenario && ! grep -q '[áéíóúñ¿]' lab-en.scenario
report $? "each is in its language"

try "which name" 2 "which name" --lang=en
try "one at a time" 2 "one name" a b
try "a name as people write them" 2 "write “mi-caso-2”" "Mi Caso 2"
try "an accent" 2 "write “leccion”" lección
try "nothing left of it" 2 "a-z, 0-9 and -" "···"
try "a folder without a name" 2 "folder/mine" folder/
try "an option" 2 "write “x”" -- -x
try "the name of a case" 2 "mailsim show case5 > case5.scenario" case5
try "an unknown language" 2 "--lang=fr" --lang=fr mine
try "with the suffix" 0 "mine.scenario" mine.scenario
try "there already" 2 "--force" mine
try "over it" 0 "Written: mine.scenario" --force mine
chmod 600 mine.scenario
try "over one that others may not read" 0 "Written" --force mine
[ "$(stat -c %a mine.scenario)" = 600 ]
report $? "and they still may not"
(ulimit -c 0 && ulimit -f 0 && "$mailsim" new -q killed) 2>/dev/null
[ $? -gt 128 ] && [ ! -e killed.scenario ]
report $? "killed while it writes, it leaves no empty file of that name"
rm -f killed.scenario.*
mkdir "two words" lessons
try "a path to be quoted" 0 "mailsim run 'two words/mine.scenario'" "two words/mine"
break=$(printf 'a\n[host x]\nb')
mkdir "$break" "$(printf 'a\377b')"
cp lab-en.scenario "$break/"
try "a folder with a line break" 2 "cannot be named in a scenario" "$break/mine"
try "a file in such a folder" 2 "cannot be named in a scenario" --from="$break/lab-en.scenario" x
try "a folder that is no text" 2 "cannot be named in a scenario" "$(printf 'a\377b')/mine"
try "into a folder" 0 "lessons/mine.scenario" lessons/mine
try "no such folder" 3 "cannot write" nowhere/mine
try "below a file" 3 "cannot write" mine.scenario/mine
ln -s nowhere dangling.scenario
try "a link to nothing is something" 2 "is there already" dangling
mkdir taken.scenario
try "a folder of that name" 2 "is there already" taken
try "and by force" 3 "cannot write" --force taken

try "a variant of an unknown case" 2 "did you mean “case5”" --from=cas5 other
try "of a file" 0 "other.scenario" --from=mine other
grep -qx 'include   = mine' other.scenario
report $? "it includes it"
holds other.scenario "a variant of a file"
printf '[scenario]\ntitle = x\n[host a]\nmailname = a.example\n' >stepless.scenario
for language in en es; do
    "$mailsim" new -q --lang=$language --from=stepless --force steps
    holds steps.scenario "$language, of a file without steps"
    grep -q '^#.* stepless .*:' steps.scenario && ! grep -qE '@|first of|primero de' steps.scenario
    report $? "$language: it does not say that here is one"
    [ "$(LC_ALL=C.UTF-8 wc -L <steps.scenario)" -le 80 ]
    report $? "$language: and no line is longer than 80 columns"
done
try "of a file elsewhere" 2 "beside it" --from=lessons/mine.scenario another
try "of itself" 2 "include itself" --from=mine --force mine
printf '[scenario]\ntitle = x\n[hots a]\n' >bad.scenario
try "of a file with a mistake" 2 "did you mean “host”" --from=bad another
printf '[scenario]\ntitle = x\n[host a]\n' >Bad.scenario
try "of a file that cannot be included" 2 "cannot be included" --from=Bad.scenario another
[ ! -e another.scenario ] && [ ! -e nowhere ]
report $? "nothing is left of what failed"

LC_ALL=C "$mailsim" new - >stdin.scenario 2>err && [ ! -s err ] && holds stdin.scenario "standard output"
LC_ALL=C "$mailsim" new --stdout --from=talk x >out.scenario && [ ! -e x.scenario ]
report $? "--stdout writes no file"
if [ -w /dev/full ]; then
    "$mailsim" new - >/dev/full 2>err
    [ $? -eq 3 ]
    report $? "a full disk is status 3"
fi
finish
