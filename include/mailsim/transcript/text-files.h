/* SPDX-License-Identifier: MIT
 *
 * The texts that people write for the program (notes, topics), read: folders of key files among
 * its resources, of which each text has a group. They are part of the program: a file that
 * cannot be read is an assertion. Where G_RESOURCE_OVERLAYS puts a folder of the sources in
 * their place, that one is read. */
#pragma once

#include <gio/gio.h>

#include <mailsim/recording/recording.h>

/* The names of the key files in FOLDER, “/org/mailsim/notes”, in the order of the alphabet.
 * Free with g_strfreev(). */
char **mailsim_text_files_list(const char *folder);

/* The key file NAME of FOLDER; free with g_key_file_unref(). */
GKeyFile *mailsim_text_file_load(const char *folder, const char *name);

/* TEXTS, of MAILSIM_LANGUAGES: what “KEY[en]” and “KEY[es]” of a group say, NULL where it does
 * not. The texts are the caller's. */
void mailsim_text_file_read_translated(GKeyFile *file,
                                       const char *group,
                                       const char *key,
                                       char **texts);
