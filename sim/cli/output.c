/* SPDX-License-Identifier: MIT
 *
 * Where a transcript goes: standard output, a file, or whatever a path leads to. */
#include "cli-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* As of open(2): less what the umask takes away. */
#define NEW_FILE_MODE 0666

/* Of a file that is replaced. Setuid and its like are not for a text that somebody else may
 * have written: writing into the file would have taken them away, too (write(2)). */
#define PERMISSIONS 0777

/* As many as the kernel follows (path_resolution(7)). */
#define LINKS_MAX 40

static gboolean
write_all(FILE *stream, const GString *out)
{
    gboolean written = fwrite(out->str, 1, out->len, stream) == out->len;

    return fclose(stream) == 0 && written;
}

static gboolean
complain_of(const char *path)
{
    mailsim_cli_complain("cannot write “%s”: %s", path, g_strerror(errno));
    return FALSE;
}

/* A device or a pipe is written to: renaming a file to its name, as below, would destroy it. */
static gboolean
write_special(const char *path, const GString *out)
{
    FILE *stream = fopen(path, "wbe");

    if (stream != NULL && write_all(stream, out))
        return TRUE;
    return complain_of(path);
}

/* ---- whole or not at all ----------------------------------------------------------------- */

/* Where the symbolic links from PATH on lead to, also when nothing is there yet. */
static char *
dup_target(const char *path)
{
    char *target = g_strdup(path);

    for (guint i = 0; i < LINKS_MAX; i++) {
        g_autofree char *link = g_file_read_link(target, NULL);
        g_autofree char *folder = g_path_get_dirname(target);

        if (link == NULL)
            break;
        g_free(target);
        target = g_path_is_absolute(link) ? g_steal_pointer(&link)
                                          : g_build_filename(folder, link, NULL);
    }
    return target;
}

/* OUT in a new file beside PATH, whose name is returned; NULL with errno: there is none. It has
 * the permissions of OLD, unless that is NULL. */
static char *
write_beside(const char *path, const struct stat *old, const GString *out)
{
    g_autofree char *name = g_strconcat(path, ".XXXXXX", NULL);
    const int descriptor = g_mkstemp_full(name, O_WRONLY | O_CLOEXEC, NEW_FILE_MODE);
    FILE *stream = descriptor < 0 ? NULL : fdopen(descriptor, "wb");
    gboolean fine;
    int reason;

    if (stream == NULL)
        return NULL;
    fine = old == NULL || fchmod(descriptor, old->st_mode & PERMISSIONS) == 0;
    fine = write_all(stream, out) && fine;
    if (fine)
        return g_steal_pointer(&name);
    reason = errno;
    unlink(name);
    errno = reason;
    return NULL;
}

/* OLD: what is there now; NULL: nothing. */
static gboolean
write_file(const char *path, const struct stat *old, const GString *out)
{
    g_autofree char *target = dup_target(path);
    g_autofree char *beside = write_beside(target, old, out);

    if (beside == NULL)
        return complain_of(path);
    if (rename(beside, target) == 0)
        return TRUE;
    complain_of(path);
    unlink(beside);
    return FALSE;
}

/* Give the file BESIDE the name PATH, unless something has it; FALSE with errno: it does not
 * get it. */
static gboolean
take_name(const char *beside, const char *path)
{
    int descriptor;

    if (link(beside, path) == 0)
        return TRUE;
    if (errno == EEXIST)
        return FALSE;
    /* No hard links on FAT and the like: the name is taken first, and empty for a moment. */
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, NEW_FILE_MODE);
    if (descriptor < 0)
        return FALSE;
    close(descriptor);
    if (rename(beside, path) == 0)
        return TRUE;

    const int reason = errno;

    unlink(path);
    errno = reason;
    return FALSE;
}

/* ---- to wherever ------------------------------------------------------------------------- */

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
        return errno == ENOENT ? write_file(path, NULL, out) : complain_of(path);
    if (is_standard_output(&file))
        return mailsim_cli_write(out->str, out->len);
    return S_ISREG(file.st_mode) ? write_file(path, &file, out) : write_special(path, out);
}

MailsimExit
mailsim_cli_create(const char *path, const GString *out)
{
    g_autofree char *beside = write_beside(path, NULL, out);
    MailsimExit exit = MAILSIM_EXIT_SUCCESS;

    if (beside == NULL) {
        complain_of(path);
        return MAILSIM_EXIT_ENVIRONMENT;
    }
    if (!take_name(beside, path)) {
        exit = errno == EEXIST ? MAILSIM_EXIT_INPUT : MAILSIM_EXIT_ENVIRONMENT;
        if (errno == EEXIST)
            mailsim_cli_complain("“%s” is there already; --force writes over it", path);
        else
            complain_of(path);
    }
    unlink(beside); /* its second name, or all of it; or it has been renamed */
    return exit;
}
