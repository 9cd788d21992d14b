#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The program at its limits: large, odd and hostile scenarios, and machines that fail it. Each must
# end in time, with an exit status of its own, and say nothing that a terminal would obey. As TAP.
#
# Usage: limits.sh MAILSIM
. "$(dirname "$0")/tap.sh"
cd "$scratch" || exit 1
export LC_ALL=C

# Runs a command: its exit status, and that neither stream has a control character. A minute is
# far more than any of them takes; what grows with the square of its input takes longer.
try() { # DESCRIPTION STATUS ARGUMENTS...
    description=$1 status=$2
    shift 2
    timeout 60 "$mailsim" "$@" >out 2>err
    seen=$?
    failed=0
    [ "$seen" -eq "$status" ] || { echo "# status $seen, not $status"; failed=1; }
    if tr -d '\n\t' <out | grep -q '[[:cntrl:]]' || tr -d '\n' <err | grep -q '[[:cntrl:]]'; then
        echo "# a control character"
        failed=1
    fi
    [ $failed -eq 0 ] || head -n 5 err | sed 's/^/# /'
    report $failed "$description"
}

said() { # TEXT DESCRIPTION
    cat out err | grep -qF -e "$1"
    report $? "$2"
}

repeat() { # COUNT FORMAT: a format with one %d, joined by commas
    seq 0 $(($1 - 1)) | while read -r i; do
        # shellcheck disable=SC2059
        printf "$2, " "$i"
    done
}

begin() { printf '[scenario]\ntitle = t\n'; }
step() { printf '[step %s]\ntitle = t\ndo = send\nby = %s\n' "$1" "$2"; }

# ---- large ------------------------------------------------------------------------------------

{
    begin
    printf '[host a]\nusers = ana\n[host b]\nusers = %s\n' "$(repeat 1000 u%d)"
    step s ana
    printf 'to = %s\nexpect.outcome = delivered\n' "$(repeat 1000 u%d@b.example)"
} >recipients.scenario
try "a thousand recipients" 0 run -q recipients.scenario

{
    begin
    printf 'include = case5\n'
    step s laptop
    printf 'to = %s\n' "$(repeat 1000 u%d@instituto.example)"
} >refused.scenario
try "a thousand recipients, all refused" 0 run -q --format=json refused.scenario

{
    begin
    printf '[certificate c]\nnames = %s\n' "$(repeat 2500 n%d.example)"
    printf '[host a]\nusers = ana\ncertificate = c\n[host b]\nusers = bob\n'
    step s bob
    printf 'to = ana@a.example\nexpect.outcome = delivered\nexpect.hop.a = encrypted\n'
} >names.scenario
try "a certificate with 2,500 names" 0 run -q names.scenario

{
    begin
    seq 0 99 | while read -r i; do printf '[host h%d]\nusers = u%d\n' "$i" "$i"; done
    step s u0
    printf 'to = u0@h0.example'
    seq 1 99 | while read -r i; do printf ', u%d@h%d.example' "$i" "$i"; done
    printf '\nexpect.outcome = delivered\n'
} >hosts.scenario
try "a hundred hosts" 0 run -q hosts.scenario

{
    begin
    printf 'include = case5\n'
    step s laptop
    printf 'to = bob@instituto.example\ntext = '
    seq 20000 | sed 's/.*/x\\n/' | tr -d '\n'
    printf '\nexpect.outcome = delivered\n'
} >lines.scenario
try "a message of 20,000 lines" 0 run -q lines.scenario
try "the same, a byte at a time" 0 run -q --read-size=1 lines.scenario

# ---- two screens ------------------------------------------------------------------------------

# In the brief form no step, and no page up to the end of its first step, has more than 48 lines.
for language in en es; do
    for story in secure-failures case5 open-relay opportunistic-tls wrong-port; do
        timeout 60 "$mailsim" run --lang=$language --detail=brief $story >out 2>err
        awk 'BEGIN { start = 1 }
             /^━━ / && steps++ { start = NR }
             NR - start >= 48 { print "# line " NR ": " $0; failed = 1; exit }
             END { exit failed || steps == 0 }' out
        report $? "$story in $language: a step on two screens"
    done
done

# ---- odd --------------------------------------------------------------------------------------

{
    begin
    printf '[host a]\nusers = ana\n[host b]\nusers = bob\n'
    printf '[postfix a]\nmydestination =\nrelay_domains = a.example\n'
    printf '[postfix b]\nmydestination =\nrelay_domains = b.example\n'
    step s ana
    printf 'to = bob@b.example, ana@a.example\nexpect.outcome = bounced\n'
    printf 'expect.to.ana@a.example = bounced, 5.4.6\nexpect.to.bob@b.example = bounced, 5.4.6\n'
} >loop.scenario
try "a host that would send to itself" 0 run loop.scenario
said "loops back to myself" "it bounces as Postfix does"

{
    begin
    printf 'include = case5\n'
    step s laptop
    printf 'to = bob@instituto.example\nsubject = .\nexpect.outcome = delivered\n'
    printf 'text = .\\n..\\n.a\\n\\r\\n.\\r\\n\\r.\\r\\n.\\n\\n.\n'
    step t luis
    printf 'to = bob@instituto.example\nsubject =\ntext =\nexpect.outcome = delivered\n'
} >dots.scenario
try "lone dots, lone carriage returns, nothing at all" 0 run dots.scenario

for latency in 0ms 6w 520w; do
    {
        begin
        printf 'include = case5\n[link * *]\nlatency = %s\n' "$latency"
        step s laptop
        printf 'to = bob@instituto.example\n'
    } >latency.scenario
    try "a latency of $latency" 0 run --detail=full latency.scenario
done

{
    begin
    printf '[host a]\nusers = ana\naddress = 2001:db8::25\n'
    printf '[host b]\nusers = bob\naddress = 2001:db8::26\n'
    step s ana
    printf 'to = bob@b.example\nexpect.outcome = delivered\n'
} >ipv6.scenario
try "a world of IPv6 alone" 0 run ipv6.scenario

printf '[scenario]\ntitle = \033[31m\033]0;x\007\302\2332J\n[\033[2J]\n\033 = \033\n' >escape.scenario
try "terminal escapes in a scenario" 2 run escape.scenario
escape=$(printf '\033[31m\377')
try "terminal escapes as a case" 2 run "$escape"
try "terminal escapes as a command" 2 "$escape"
try "terminal escapes as an option" 2 run "--$escape" case5
try "terminal escapes as a language" 2 run "--lang=$escape" case5

# ---- a machine that fails us ------------------------------------------------------------------

# With a sanitizer the program may not even get as far as main().
(ulimit -n 4 && exec "$mailsim" run case5 -o left.txt) >out 2>err
seen=$?
grep -q "^mailsim: " err && { [ $seen -eq 3 ] || echo "# status $seen, not 3"; }
[ $seen -eq 3 ] || { [ $seen -ne 0 ] && ! grep -q "^mailsim: " err; }
report $? "no descriptors: status 3"
[ ! -e left.txt ]
report $? "no descriptors: nothing is left"

# Devices and pipes are written to; a link leads to its file. None is replaced by a file.
mkfifo pipe
cat pipe >piped &
timeout 60 "$mailsim" run case5 -o pipe 2>err
report $? "run: into a pipe"
wait
[ -p pipe ] && [ -s piped ]
report $? "the pipe is still one"
echo before >real && ln -s real link && timeout 60 "$mailsim" run case5 -o link 2>err
report $? "run: through a link"
[ -L link ] && grep -q "expectations hold" real
report $? "the link still leads to the file"
echo before >added && timeout 60 "$mailsim" run case5 -o /proc/self/fd/1 >>added 2>err
[ $? -eq 0 ] && [ "$(head -n 1 added)" = before ] && grep -q "expectations hold" added
report $? "run: into standard output, appended"
try "run: into a folder" 3 run case5 -o .
try "run: into a file without a name" 2 run case5 -o ""

timeout 60 "$mailsim" run case5 >&- 2>err
[ $? -eq 3 ]
report $? "standard output closed is status 3"
timeout 60 env -i "$mailsim" run case5 >out 2>err
report $? "no environment at all"
mkdir gone
(cd gone && rmdir ../gone && timeout 60 "$mailsim" run case5) >out 2>err
report $? "a folder that is gone"
timeout 60 "$mailsim" run case5 >one 2>err &
timeout 60 "$mailsim" run case5 >two 2>err2
wait
cmp -s one two
report $? "two at the same time"
finish
