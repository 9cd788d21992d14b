#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The layers that only think must not be able to do: no input or output, no clock, no chance, no
# threads, no TLS and no SASL library. What an archive needs from outside tells.
#
#     pure-layers.sh COMPILER ARCHIVE...
set -eu

compiler=$1
shift

forbidden='send|sendto|sendmsg|recv|recvfrom|recvmsg|read|pread|write|pwrite|writev|readv
open|open64|openat|close|fopen|fopen64|fread|fwrite|fgets|fputs|puts|printf|vprintf|getline
socket|socketpair|connect|bind|listen|accept|accept4|shutdown|ioctl|fcntl|pipe|dup|dup2
poll|ppoll|select|pselect|epoll_.*|kqueue|getaddrinfo|gethostby.*|getnameinfo
time|clock|clock_.*|gettimeofday|localtime|localtime_r|mktime|ctime|strftime|tzset|setitimer
sleep|usleep|nanosleep|alarm|pause
rand|rand_r|srand|random|srandom|drand48|getrandom|getentropy|arc4random.*
fork|vfork|exec.*|system|popen|posix_spawn.*|kill|signal|sigaction|getpid|gethostname
pthread_.*|thrd_.*|mtx_.*
getenv|secure_getenv|setenv|setlocale|localeconv
g_get_real_time|g_get_monotonic_time|g_get_current_time|g_date_time_new_now.*|g_usleep|g_timer_.*
g_random_.*|g_rand_.*|g_uuid_string_random|g_thread_.*|g_async_queue_.*|g_main_.*|g_timeout_.*
g_idle_.*|g_print|g_printerr|g_file_.*|g_fopen|g_open|g_mapped_file_.*|g_io_.*|g_socket_.*
g_spawn_.*|g_getenv|g_environ_.*|g_get_host_name|g_get_user_name|g_get_home_dir|g_get_tmp_dir
g_poll|g_dir_.*|g_resources?_.*
gnutls_.*|gsasl_.*|nettle_.*|inotify_.*'
pattern="^($(printf '%s' "$forbidden" | tr '\n' '|'))\$"

# The symbols of an archive or object that are forbidden, one a line.
find_forbidden() {
    nm -u "$1" | sed -n 's/^ *U //p' | sed 's/@.*//' | sort -u | grep -E "$pattern" || true
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
n=0
failed=0

report() { # OK? DESCRIPTION
    n=$((n + 1))
    if [ "$1" = yes ]; then
        echo "ok $n - $2"
    else
        echo "not ok $n - $2"
        failed=1
    fi
}

# The check itself must be able to fail.
for call in send read fopen time clock_gettime rand pthread_create g_get_real_time \
    g_random_int_range g_print gnutls_init gsasl_init; do
    printf 'extern int %s();\nint sinner(void);\nint sinner(void) { return %s(); }\n' \
        "$call" "$call" >"$folder/sinner.c"
    $compiler -w -fno-builtin -c "$folder/sinner.c" -o "$folder/sinner.o"
    [ "$(find_forbidden "$folder/sinner.o")" = "$call" ] && found=yes || found=no
    report $found "an object that calls $call() is found out"
done

for archive; do
    [ -s "$archive" ] || { echo "Bail out! no such archive: $archive"; exit 1; }
    sinful=$(find_forbidden "$archive")
    [ -z "$sinful" ] && pure=yes || pure=no
    report $pure "$(basename "$archive") is pure"
    [ -z "$sinful" ] || echo "$sinful" | sed 's/^/# it calls /'
done

echo "1..$n"
exit $failed
