#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Every public header compiles alone: it includes what it needs, and may be included first.
#
#     public-headers.sh COMPILER FOLDER
set -eu

compiler=$1
folder=$2
flags="-std=gnu17 -Wall -Wextra -Werror -Wno-unused-function $(pkg-config --cflags gio-2.0 gnutls)"
n=0
failed=0

# Twice, because a header may also be included twice.
compile() { # HEADER
    printf '#include <%s>\n#include <%s>\n' "$1" "$1" |
        $compiler $flags -I"$folder" -fsyntax-only -x c - 2>&1
}

report() { # OK? DESCRIPTION
    n=$((n + 1))
    [ "$1" = yes ] && echo "ok $n - $2" || { echo "not ok $n - $2"; failed=1; }
}

# The check itself must be able to fail.
compile mailsim/no-such-header.h >/dev/null && found=no || found=yes
report $found 'a header that is not there is found out'

for header in $(cd "$folder" && find mailsim -name '*.h' | sort); do
    if said=$(compile "$header"); then
        report yes "<$header>"
    else
        report no "<$header>"
        echo "$said" | sed 's/^/# /'
    fi
done

[ $n -gt 20 ] || { echo "Bail out! only $n headers under $folder"; exit 1; }
echo "1..$n"
exit $failed
