/* SPDX-License-Identifier: MIT
 *
 * A fuzz target on its corpus: each file of the folders named on the command line, and each of
 * their beginnings, so that every way of being cut short is tried. TAP on standard output. */
#include <stdio.h>
#include <stdlib.h>

#include <glib.h>

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

static guint
run_folder(const char *folder, guint count)
{
    g_autoptr(GDir) open = g_dir_open(folder, 0, NULL);
    const char *name;

    while (open && (name = g_dir_read_name(open))) {
        g_autofree char *file = g_build_filename(folder, name, NULL);
        g_autofree char *text = NULL;
        gsize length;

        if (!g_file_get_contents(file, &text, &length, NULL))
            continue;
        for (gsize end = length % 61; end < length; end += 61)
            LLVMFuzzerTestOneInput((const guint8 *)text, end);
        LLVMFuzzerTestOneInput((const guint8 *)text, length);
        printf("ok %u - %s\n", ++count, name);
    }
    return count;
}

int
main(int argc, char **argv)
{
    guint count = 0;

    for (int i = 1; i < argc; i++)
        count = run_folder(argv[i], count);
    printf("1..%u\n", count);
    return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
