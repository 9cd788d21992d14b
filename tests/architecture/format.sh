#!/bin/sh
# SPDX-License-Identifier: MIT
#
# All sources are as clang-format 14 leaves them, which is Debian 12's; skipped where it is not. As TAP.
#
# Usage: format.sh SOURCE_ROOT
set -u
cd "$1" || exit 1
echo 1..1
if ! command -v clang-format-14 >/dev/null; then
    echo 'ok 1 - the format # SKIP there is no clang-format-14 here'
    exit
fi
if said=$(find include sim tests docs -name '*.[ch]' -print0 | xargs -0 clang-format-14 --dry-run -Werror 2>&1); then
    echo 'ok 1 - the format'
else
    echo "$said" | sed 's/^/# /'
    echo 'not ok 1 - the format'
fi
