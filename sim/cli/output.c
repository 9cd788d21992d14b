/* SPDX-License-Identifier: MIT
 *
 * Where a transcript goes: standard output, a file, or whatever a path leads to. */
#include "cli-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
write_all(FILE *stream, const GString *out)
{
    gboolean written = fwrite(out->str, 1, out->len, stream) == out->len;

    return fclose(stream) == 0 && written;
}

/* A device or a pipe is written to: renaming a file to its name, as below, would destroy it. */
static gboolean
write_special(const char *path, const GString *out)
{
    FILE *stream = fopen(path, "wbe");

    if (stream != NULL && write_all(stream, out))
        return TRUE;
    mailsim_cli_complain("cannot write “%s”: %s", path, g_strerror(errno));
    return FALSE;
}

/* A file is written whole or not at all; behind a symbolic link, the file that it leads to. */
static gboolean
write_file(const char *path, const GString *out)
{
    g_autofree char *target = realpath(path, NULL);
    g_autoptr(GError) error = NULL;

    if (g_file_set_contents(target != NULL ? target : path, out->str, (gssize)out->len, &error))
        return TRUE;
    mailsim_cli_complain("cannot write “%s”: %s", path, error->message);
    return FALSE;
}

static gboolean
is_standard_output(const struct stat *file)
{
    struct stat output;

    return fstat(STDOUT_FILENO, &output) == 0 && output.st_dev == file->st_dev &&
           output.st_ino == file->st_ino;
}

gboolean
mailsim_cli_deliver(const char *path, const GString *out)
{
    struct stat file;

    if (path == NULL)
        return mailsim_cli_write(out->str, out->len);
    if (stat(path, &file) != 0)
        return write_file(path, out);
    if (is_standard_output(&file))
        return mailsim_cli_write(out->str, out->len);
    return S_ISREG(file.st_mode) ? write_file(path, out) : write_special(path, out);
}

/* The name is taken before the text is there, so that of two who want it only one gets it. */
MailsimExit
mailsim_cli_create(const char *path, const GString *out)
{
    g_autoptr(GError) error = NULL;
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

    if (descriptor < 0 && errno == EEXIST) {
        mailsim_cli_complain("“%s” is there already; --force writes over it", path);
        return MAILSIM_EXIT_INPUT;
    }
    if (descriptor < 0) {
        mailsim_cli_complain("cannot write “%s”: %s", path, g_strerror(errno));
        return MAILSIM_EXIT_ENVIRONMENT;
    }
    close(descriptor);
    if (g_file_set_contents(path, out->str, (gssize)out->len, &error))
        return MAILSIM_EXIT_SUCCESS;
    unlink(path);
    mailsim_cli_complain("cannot write “%s”: %s", path, error->message);
    return MAILSIM_EXIT_ENVIRONMENT;
}
