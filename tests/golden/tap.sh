# SPDX-License-Identifier: MIT
#
# What the tests of the whole program share, for a script whose $1 is mailsim; “finish” ends it. As TAP.
set -u
mailsim=$1
number=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

report() { # STATUS DESCRIPTION
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then echo "ok $number - $2"; else echo "not ok $number - $2"; fi
}

finish() {
    echo "1..$number"
}

# “-” is not looked at, an empty text says that the file is empty.
contains() { # FILE TEXT
    case $2 in
    -) return 0 ;;
    '') [ ! -s "$1" ] ;;
    *) grep -qF -e "$2" "$1" ;;
    esac
}

# Runs a command: its exit status, a text of standard output, one of standard error, as contains
# takes them.
try() { # DESCRIPTION STATUS OUT ERR ARGUMENTS...
    description=$1 status=$2 out=$3 err=$4
    shift 4
    LC_ALL=C "$mailsim" "$@" >"$scratch/out" 2>"$scratch/err"
    seen=$?
    failed=0
    [ "$seen" -eq "$status" ] || { echo "# status $seen, not $status"; failed=1; }
    contains "$scratch/out" "$out" || { echo "# standard output lacks: $out"; failed=1; }
    contains "$scratch/err" "$err" || { echo "# standard error lacks: $err"; failed=1; }
    [ $failed -eq 0 ] || sed 's/^/# /' "$scratch/err"
    report $failed "$description"
}

same() { # FILE FILE DESCRIPTION
    diff -u "$1" "$2" >"$scratch/diff" 2>&1
    status=$?
    sed 's/^/# /' "$scratch/diff" | head -40
    report "$status" "$3"
}

# What a command prints is in FILE, which MAILSIM_UPDATE_GOLDEN=1 writes anew.
golden() { # FILE ARGUMENTS...
    file=$1
    shift
    LC_ALL=C "$mailsim" "$@" >"$scratch/out" 2>"$scratch/err"
    status=$?
    if [ "$status" -ne 0 ]; then
        sed 's/^/# /' "$scratch/err"
        report 1 "$file: exit status $status"
        return
    fi
    if [ "${MAILSIM_UPDATE_GOLDEN:-0}" = 1 ]; then
        cp "$scratch/out" "$file"
    fi
    same "$file" "$scratch/out" "$file"
}
