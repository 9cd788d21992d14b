#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Another program can be built with what `meson install` leaves: the library, its headers, and what
# pkg-config says of them. Nothing of the source or build folder is used but the example's text.
#
#     library.sh BUILD_ROOT SOURCE_ROOT
set -u

build_root=$1
source_root=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
n=0
failed=0

report() { # STATUS DESCRIPTION
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $n - $2"
    else
        echo "not ok $n - $2"
        failed=1
        sed 's/^/# /' "$folder/said"
    fi
}

tell() { # ARGUMENTS...: what the example says, into “story”, as everybody would hear it
    (cd "$folder" && env -i ./tell "$@") >"$folder/story" 2>"$folder/said"
}

DESTDIR=$folder/root meson install -C "$build_root" --no-rebuild >"$folder/said" 2>&1
report $? 'meson install'
installed=$(find "$folder/root" -name mailsim.pc)
[ -f "$installed" ]
report $? 'mailsim.pc is installed'

# As packagers do: what is staged in a folder is found there.
prefix=$(sed -n 's/^prefix=//p' "$installed")
sed -i "s|^prefix=.*|prefix=$folder/root$prefix|" "$installed"
export PKG_CONFIG_PATH=${installed%/*}

find "$folder/root" -type f | grep -iE 'test|fuzz|bench' >"$folder/said"
[ ! -s "$folder/said" ]
report $? 'nothing is installed that only tests need'

cp "$source_root/docs/example/tell.c" "$folder"
command=$(grep '^cc .*pkg-config' "$source_root/docs/library.md")
(cd "$folder" && bash -c "$command -Werror") >"$folder/said" 2>&1
report $? "$command"

mailsim=$folder/root$prefix/bin/mailsim
tell case5
report $? 'the example runs a case'
"$mailsim" run case5 --lang=en --color=never >"$folder/run" 2>"$folder/said"
head -c "$(wc -c <"$folder/run")" "$folder/story" | cmp - "$folder/run" >"$folder/said" 2>&1
report $? 'the story is that of mailsim run'
grep -qx 'laptop to mail, port 587: TLSv1.3, sent' "$folder/story"
report $? 'hops are read from the recording'

"$mailsim" show talk >"$folder/mine.scenario"
tell mine.scenario
report $? 'the example runs a file'
sed -i 's/^expect.7 .*/expect.7 = 999/' "$folder/mine.scenario"
tell mine.scenario
[ $? -eq 1 ] && grep -q '^mine.scenario:[0-9].*999' "$folder/said"
report $? 'what does not hold is said'
echo 'nonsense' >>"$folder/mine.scenario"
tell mine.scenario
[ $? -eq 2 ] && [ ! -s "$folder/story" ] && grep -q 'mine.scenario:' "$folder/said"
report $? 'mistakes are said'

# All headers together, from the folder of the installed ones alone.
headers=$(cd "$folder/root$prefix/include" && find mailsim -name '*.h' | sort)
printf '#include <%s>\n' $headers |
    cc -Wall -Werror -Wno-unused-function -fsyntax-only $(pkg-config --cflags mailsim) -x c - \
        >"$folder/said" 2>&1
report $? "$(echo "$headers" | wc -l) headers are installed and agree with each other"
cmp <(echo "$headers") <(cd "$source_root/include" && find mailsim -name '*.h' | sort) \
    >"$folder/said" 2>&1
report $? 'no header is missing'

echo "1..$n"
exit $failed
