#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The commands as a person uses them: exit status, what goes to which stream, nothing half-written.
# As TAP.
#
# Usage: commands.sh MAILSIM FOLDER
. "$(dirname "$0")/tap.sh"
cd "$2" || exit 1

try "run: everything holds" 0 "expectations hold" "" run case5
try "run, quiet" 0 "expectations hold" "" run -q case5
try "run: Spanish" 0 "Caso 5" "" run --lang=es case5
try "run: several" 0 "Mishaps" - run case5 mishaps.scenario
try "run: no case" 2 "" "which case" run
try "run: unknown case" 2 "" "did you mean “case5”" run cas5
try "run: no such file" 2 "" "nowhere.scenario" run nowhere.scenario
try "run: a folder" 2 "" "." run .
try "run: unknown option" 2 "" "--help" run --langg=es case5
try "run: unknown language" 2 "" "--lang=fr" run --lang=fr case5
try "run: unknown format" 2 "" "text, json" run --format=html case5
try "run: mail logs" 0 "==> /var/log/mail.log on mx.instituto.example <==" "" run --format=maillog case5
grep -qFx "==> /var/log/mail.log on mail.iesgn.example <==" "$scratch/out" && [ "$(grep -c '^$' "$scratch/out")" -eq 1 ]
report $? "each under its heading, an empty line between"
try "run: one mail log" 0 "09:00:00 mail postfix/smtpd[" "" run --format=maillog --host=mail case5
! grep -qv '^Jan 12 09:00:[0-9][0-9] mail postfix/' "$scratch/out"
report $? "no line of another host, no heading"
try "run: a mail log of rsyslog's" 0 "2026-01-12T09:00:01.400000+00:00 mx postfix/smtpd[" "" run --format=maillog --prefix=rsyslog --host=mx.instituto.example case5
try "run: several scenarios' logs" 0 "mail postfix/" "" run --format=maillog --host=mail case5 talk
[ "$(grep -c '^$' "$scratch/out")" -eq 1 ]
report $? "an empty line between the two"
try "run: a host whose log is empty" 0 "" "" run --format=maillog --host=instituto talk
try "run: the log of no host" 2 "" "did you mean “mail”" run --format=maillog --host=mial case5
try "run: the log of a host quite unknown" 2 "" "it has mail, mail.iesgn.example, instituto" run --format=maillog --host=x case5
try "run: the log of a mail program" 2 "" "keeps no mail log" run --format=maillog --host=laptop case5
try "run: --host without a log" 2 "" "--host is for --format=maillog" run --host=mail case5
try "run: --prefix without a log" 2 "" "--prefix is for --format=maillog" run --format=json --prefix=rsyslog case5
try "run: unknown prefix" 2 "" "journal, rsyslog" run --format=maillog --prefix=syslog case5
try "run: a log step by step" 2 "" "--format=maillog is written at once" run --format=maillog --step case5
try "run: a log into a file" 0 "" "" run --format=maillog --host=instituto --output="$scratch/mail.log" case5
head -n 1 "$scratch/mail.log" | grep -q "mx postfix/smtpd\[1201\]: connect from"
report $? "it is there"
try "list" 0 "case5" "" list
try "list: unknown language" 2 "" "--lang=fr: there is es, en" list --lang=fr
try "list: too much" 2 "" "no argument" list case5
try "certs" 0 "$scratch/lab/lab-root-x1.pem" "" certs "$scratch/lab" case5
try "certs: into no folder" 2 "" "into which folder" certs
try "certs: unknown case" 2 "" "did you mean “case5”" certs "$scratch/lab" cas5
try "certs: a file in the way" 3 "" "cannot make the folder" certs "$scratch/lab/lab-root-x1.pem" case5
try "show" 0 "[scenario]" "" show case5
try "show: unknown" 2 "" "did you mean “case5”" show case55
try "show: a file is not a case" 2 "" "--world shows" show relays.scenario
try "show: the world" 0 "[postfix instituto]" "" show --world case5
try "show: the world in Spanish" 0 "por defecto" "" show --world --lang=es relays.scenario
try "show: the world without comments" 0 "[host mail]" "" show --world -q case5
try "show: one world" 2 "" "one scenario" show --world case5 talk
try "show: whose world" 2 "" "which case" show --world
try "show: no such world" 2 "" "did you mean “case5”" show --world cas5
try "show: no such file" 2 "" "nowhere.scenario" show --world nowhere.scenario
try "show: an option of --world" 2 "" "for --world" show --lang=es case5
try "check: fine" 0 "relays.scenario: ok" - check relays.scenario
try "check: nothing doubtful" 0 "talk: ok, 3 steps" "" check talk
try "check: an open relay" 0 "open-relay: ok, 11 steps, 4 warnings" "is everybody: an open relay" check open-relay
try "check: warnings of two files" 0 "case5: ok, 13 steps, 1 warning" "on port 25" check talk case5
try "check, quiet: warnings all the same" 0 "" "is everybody" check -q open-relay
try "run: a lesson's open relay is not warned of" 0 - "" run -q open-relay
try "run: nor of the line that is wrong on purpose" 0 - "" run -q policy-per-destination
try "check: who asks is told" 0 - "did you mean “match”" check policy-per-destination
try "check: nothing" 2 "" "which file" check
try "help" 0 "Exit status" "" --help
try "help of a command" 0 "Usage: mailsim run [OPTION...] CASE|FILE..." "" run --help
try "its options" 0 "--output=FILE" "" help run
for word in --listen --version serve; do
    grep -qF -e "$word" "$scratch/out"
    [ $? -eq 1 ]
    report $? "nothing else: $word"
done
try "help of a command, among other things" 0 "--until-idle=SECONDS" "" serve case5 -h
try "help of no command" 2 "" "did you mean “run”" rn --help
try "help of a planned command" 2 "" "not built yet" help quiz
LC_ALL=es_ES.UTF-8 "$mailsim" new --help | grep -qF "Uso: mailsim new [OPCIÓN...] NOMBRE"
report $? "help in Spanish"
try "version" 0 "mailsim 0." "" --version
try "no command" 2 "Usage" -
try "unknown command" 2 "" "did you mean “list”" lst
try "a planned command" 2 "" "not built yet" quiz

printf '[scenario]\ntitle = x\n[hots a]\n' >"$scratch/bad.scenario"
try "a mistake stops everything" 2 "" "did you mean" run "$scratch/bad.scenario"
try "show: the world of a mistake" 2 "" "bad.scenario:3:2: error" show --world "$scratch/bad.scenario"
try "check: a mistake" 2 "" "bad.scenario:3:2: error" check "$scratch/bad.scenario"

printf '[scenario]\ntitle = x\n[host mail]\n[postfix mail]\nbiff = no\nreadme_directory = no\ndebug_peer_level = 2\n' >"$scratch/idle.scenario"
printf 'compatibility_level = 3.6\nmail_spool_directory = /var/mail\nmynetworks = 0.0.0.0/0\n[step a]\ntitle = x\ndo = set\n' >>"$scratch/idle.scenario"
try "parameters without effect are counted" 0 - "5 parameters have no effect in the lab: biff, readme_directory, debug_peer_level, compatibility_level, …" check "$scratch/idle.scenario"
try "--all names them" 0 - "mail_spool_directory" check --all "$scratch/idle.scenario"
try "run counts them, and has no lint" 0 - "they may stay (--all names them)" run -q "$scratch/idle.scenario"

printf '[scenario]\ntitle = x\ninclude = case5\n[step a]\ntitle = y\ndo = send\nby = laptop\nto = bob@instituto.example\nexpect.outcome = deferred\n' >"$scratch/fails.scenario"
try "an expectation that does not hold" 1 - "fails.scenario:9:18: error" run "$scratch/fails.scenario"
try "its log comes all the same" 1 "mail postfix/smtp[" "fails.scenario:9:18: error" run --format=maillog --host=mail "$scratch/fails.scenario"

{
    printf '[scenario]\ntitle = x\n[host mail]\nmailname = a.example\n[mua laptop]\noutgoing = mail:25\n[postfix mail]\n'
    printf 'smtpd_soft_error_limit = 1\nsmtpd_error_sleep_time = 100000s\n'
    printf '[step a]\ntitle = y\ndo = talk\nby = laptop\nconnect = mail:25\n1 = WRONG\n2 = WRONG\n'
    awk 'BEGIN { for (i = 0; i < 60000; i++) x = x "x"; for (i = 3; i < 15; i++) print i " = " x }'
} >"$scratch/long.scenario"
try "a server that rests is typed to, however much" 0 - "" run --quiet "$scratch/long.scenario"

try "run: into a file" 0 "" "" run case5 -o "$scratch/file.txt"
[ -s "$scratch/file.txt" ]
report $? "the file is there"
try "run: into a file that cannot be" 3 "" "cannot write" run case5 -o "$scratch/no/file.txt"
(umask 022 && chmod 600 "$scratch/file.txt" && "$mailsim" run -q case5 -o "$scratch/file.txt")
[ "$(stat -c %a "$scratch/file.txt")" = 600 ]
report $? "a file that is written over keeps its permissions: not more"
(umask 077 && chmod 666 "$scratch/file.txt" && "$mailsim" run -q case5 -o "$scratch/file.txt")
[ "$(stat -c %a "$scratch/file.txt")" = 666 ]
report $? "and not less"
(umask 027 && "$mailsim" run -q case5 -o "$scratch/new.txt")
[ "$(stat -c %a "$scratch/new.txt")" = 640 ]
report $? "a new file gets what the umask leaves"
mkdir "$scratch/far" && ln -s far/there.txt "$scratch/near.txt"
try "run: through a link to nothing" 0 "" "" run -q case5 -o "$scratch/near.txt"
[ -L "$scratch/near.txt" ] && [ -s "$scratch/far/there.txt" ]
report $? "the file is where the link leads to"
chmod 600 "$scratch/far/there.txt"
try "run: through a link to a file" 0 "" "" run case5 -o "$scratch/near.txt"
[ -L "$scratch/near.txt" ] && [ "$(stat -c %a "$scratch/far/there.txt")" = 600 ] &&
    [ "$(ls "$scratch/far")" = there.txt ]
report $? "the link stays, and so do the permissions of the file"
ln -s circle.txt "$scratch/circle.txt"
try "run: through a link to itself" 3 "" "cannot write" run case5 -o "$scratch/circle.txt"
try "nothing is left of a failed run" 2 "" - run "$scratch/bad.scenario" -o "$scratch/left.txt"
[ ! -e "$scratch/left.txt" ]
report $? "no file is left of a failed run"
if [ -w /dev/full ]; then
    LC_ALL=C "$mailsim" run case5 >/dev/full 2>"$scratch/err"
    [ $? -eq 3 ]
    report $? "a full disk is status 3"
fi
LC_ALL= LC_MESSAGES= LANG=es_ES.UTF-8 "$mailsim" run -q case5 | grep -q "Caso 5"
report $? "LANG chooses the language without any locale installed"
LC_ALL=C "$mailsim" run --ascii --lang=es case5 | LC_ALL=C grep -q '[^ -~]'
[ $? -eq 1 ]
report $? "--ascii prints nothing beyond ASCII"
[ "$("$mailsim" run --lang=es case5 | LC_ALL=C.UTF-8 wc -L)" -le 80 ]
report $? "no line is longer than 80 columns"
"$mailsim" show case5 >"$scratch/case5.scenario" && try "a file wins over a built-in name" 0 "expectations hold" "" run "$scratch/case5.scenario"
finish
