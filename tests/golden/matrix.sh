#!/bin/sh
# SPDX-License-Identifier: MIT
#
# mailsim matrix as a person uses it: its tables, why a cell is as it is, a cell as a scenario, how it
# answers wrong input; that all of it fits a terminal. As TAP. With MAILSIM_UPDATE_GOLDEN=1 the
# golden files are written instead: then review the change with git diff.
#
# Usage: matrix.sh MAILSIM FOLDER
. "$(dirname "$0")/tap.sh"
cd "$2" || exit 1

for language in en es; do
    golden matrix.$language.txt matrix --lang=$language
    golden matrix-levels.$language.txt matrix --lang=$language --columns=server-level --tlsa=none
done
golden matrix.es.ascii.txt matrix --lang=es --ascii --server-level=may-1.2,454
golden matrix.es.colour.txt matrix --lang=es --color=always --client-level=may,verify --server-level=encrypt
golden matrix-dane.en.txt matrix --lang=en --client-level=dane,dane-only --columns=tlsa --cert=ca-ok,ca-wrongname
golden matrix-attempts.es.txt matrix --lang=es --server-level=handshake-fails --cert=ca-ok --attempts=2
golden matrix.json matrix --format=json --client-level=may,secure --cert=ca-wrongname --server-level=handshake-fails --attempts=3

# One line each: the cells whose reasons are told.
cat >"$scratch/cells" <<'END'
--client-level=none
--client-level=none --server-level=encrypt
--client-level=may --server-level=none
--client-level=may --cert=ca-wrongname
--client-level=may --server-level=may-1.2
--client-level=may --server-level=handshake-fails
--client-level=may --server-level=handshake-fails --attempts=2
--client-level=may --server-level=454
--client-level=encrypt --cert=self-signed
--client-level=encrypt --server-level=none
--client-level=encrypt --server-level=454
--client-level=verify --nexthop=other-domain
--client-level=secure --nexthop=other-domain
--client-level=secure --cert=ca-expired
--client-level=secure --cert=ca-untrusted
--client-level=secure --server-level=handshake-fails
--client-level=fingerprint --cert=self-signed
--client-level=other-fingerprint
--client-level=dane --cert=self-signed
--client-level=dane --tlsa=wrong
--client-level=dane --tlsa=ca
--client-level=dane --tlsa=ca --cert=ca-wrongname
--client-level=dane --tlsa=none
--client-level=dane --zone=unsigned
--client-level=dane --tlsa=none --server-level=none
--client-level=dane-only --tlsa=none
--client-level=dane-only --zone=unsigned
--client-level=dane-only --tlsa=fails
END

# What is told before the conversation, which the cases have goldens enough of.
tell() { # LANGUAGE
    while read -r cell; do
        # shellcheck disable=SC2086 # words of a command
        "$mailsim" matrix --why --lang="$1" --detail=brief $cell 2>&1 >"$scratch/why" || echo "status $?"
        sed '/^client level\|^nivel cliente/,$d' "$scratch/why"
    done <"$scratch/cells"
}

for language in en es; do
    file=matrix-why.$language.txt
    tell $language >"$scratch/told"
    if [ "${MAILSIM_UPDATE_GOLDEN:-}" = 1 ]; then cp "$scratch/told" "$file"; fi
    same "$file" "$scratch/told" "$file"
done
try "why: the conversation follows" 0 "~>  MAIL FROM" "" matrix --why --lang=en
try "why: briefly" 0 "━━ may → may, ca-ok: delivered" "" matrix --why --lang=en --detail=brief

"$mailsim" matrix --scenario --client-level=dane --cert=ca-expired >"$scratch/cell.scenario"
report $? "a cell as a scenario"
try "it can be checked" 0 "ok, 1 step" - check "$scratch/cell.scenario"
try "and run" 0 "Verified" - run "$scratch/cell.scenario"

try "an unknown value" 2 "" "--cert: no “ca-expird”; did you mean “ca-expired”?" matrix --cert=ca-ok,ca-expird
try "nothing like it" 2 "" "there is none, match, wrong, ca, fails" matrix --tlsa=xyzzyx
try "no value at all" 2 "" "no “”" matrix --zone=
try "an unknown axis" 2 "" "did you mean “client-level”?" matrix --rows=client-levl
try "another" 2 "" "there is client-level, server-level, cert" matrix --columns=xyzzyx
try "one axis twice" 2 "" "rows and columns are both cert" matrix --rows=cert
try "no such cell" 2 "" "no such cell" matrix --server-level=454 --cert=ca-ok
try "nor why" 2 "" "no such cell" matrix --why --server-level=454 --cert=ca-ok
try "why, of several" 2 "" "--why is of one cell: name one value with --cert" matrix --why --cert=all
try "a scenario of several" 2 "" "--scenario is of one cell" matrix --scenario --zone=signed,unsigned
try "why as JSON" 2 "" "without --rows, --columns and --format" matrix --why --format=json
try "why, and a scenario" 2 "" "choose one" matrix --why --scenario
try "detail of a table" 2 "" "--detail is for --why" matrix --detail=full
try "no attempts" 2 "" "from 1 to 3" matrix --attempts=0
try "too many attempts" 2 "" "from 1 to 3" matrix --attempts=4
try "attempts that are no number" 2 "" "--help" matrix --attempts=many
try "an unknown format" 2 "" "text, tsv, json" matrix --format=csv
try "no file" 2 "" "into which file" matrix --output=
try "a word too many" 2 "" "what is “may”?" matrix may
try "an unknown option" 2 "" "--help" matrix --client=may
try "the names of the record" 0 "fingerprint(nomatch)" "" matrix --format=tsv '--client-level=fingerprint(nomatch)' \
    '--server-level=may (TLS<=1.2 only)'
try "even with a comma" 0 "starttls-offered, 454 to STARTTLS" "" matrix --format=tsv \
    '--server-level=starttls-offered, 454 to STARTTLS'
try "a broken certificate brings its server" 0 "454 – STARTTLS" "" matrix --cert=broken --lang=en

"$mailsim" matrix --format=tsv --output="$scratch/whole" --client-level=all --cert=all --server-level=all
[ "$(wc -l <"$scratch/whole")" -eq $((1 + 9 * (5 * 6 + 1))) ]
report $? "all values of three axes, into a file"
for language in en es; do
    "$mailsim" matrix --lang=$language --server-level=all >"$scratch/all"
    "$mailsim" matrix --lang=$language --rows=server-level --columns=client-level --tlsa=all >>"$scratch/all"
    tell $language >>"$scratch/all"
    [ "$(LC_ALL=C.UTF-8 wc -L <"$scratch/all")" -le 80 ]
    report $? "$language: no line is longer than 80 columns"
done
"$mailsim" matrix --lang=es --ascii --server-level=all | LC_ALL=C grep -q '[^ -~]'
[ $? -eq 1 ]
report $? "--ascii prints nothing beyond ASCII"
"$mailsim" matrix --tlsa=none | sed "s/$(printf '\033')\[[0-9;]*m//g" >"$scratch/plain"
"$mailsim" matrix --tlsa=none --color=always | sed "s/$(printf '\033')\[[0-9;]*m//g" >"$scratch/colour"
same "$scratch/plain" "$scratch/colour" "colour adds nothing but colour"
finish
