/* SPDX-License-Identifier: MIT
 *
 * Every line of a log that a real server was seen to write, wherever it is recorded, is
 * explained: none is unknown. Recordings have “<pid>” and the like where a value differs from
 * run to run; here such a place gets a plausible one.
 *
 * Usage: test-recorded-logs FOLDER */
#include <mailsim/explain/log.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fewer than these would mean that the recordings are not found. */
#define LINES_MIN 5000

static const struct {
    const char *pattern;
    const char *value;
} places[] = {
    {"delays=<a>/<b>/<c>/<d>",                      "delays=0.02/0.03/0.1/0.05"               },
    {"delay=<s>",                                   "delay=0.2"                               },
    {"(?<=\\S]:\\d\\d), (?=dsn=)",                  ", delay=0.2, delays=0.02/0.03/0.1/0.05, "},
    {"<(?:id|queue-id)>|<id([0-9])>",               "4F1C2A0B3\\1"                            },
    {"<pid>",                                       "123"                                     },
    {"<<session>>",                                 "<qlK0TN9gubLGM2QH>"                      },
    {"<<n>>",                                       "<1>"                                     },
    {"<(?:n|uid)>",                                 "12"                                      },
    {"<secs>",                                      "0.5"                                     },
    {"<port>",                                      "25"                                      },
    {"<date>",                                      "Jul  2 10:00:00"                         },
    {"<time>",                                      "1795360468"                              },
    {"<hash>",                                      "78B8A6B680FC9E00"                        },
    {"<dir>|<run>",                                 "/etc"                                    },
    {"<no such file>|<key of another certificate>", "/etc/ssl/private/none.pem"               },
};

typedef struct {
    MailsimLog *log;
    GRegex *begin; /* where in a line of a document a line of a log begins */
    GRegex *places[G_N_ELEMENTS(places)];
    guint n_lines;
    guint n_unknown;
} Reader;

static char *
fill(const Reader *self, const char *written)
{
    char *line = g_strdup(written);

    for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
        char *filled = g_regex_replace(self->places[i], line, -1, 0, places[i].value, 0, NULL);

        g_free(line);
        line = filled;
    }
    return line;
}

static void
read_line(Reader *self, const char *file, const char *text)
{
    g_autofree char *filled = fill(self, text);
    g_autoptr(MailsimLogLine) line = mailsim_log_line_new(filled, strlen(filled));

    if (line->program == MAILSIM_LOG_NOTHING)
        return;
    self->n_lines++;
    for (guint language = 0; language < MAILSIM_LANGUAGES; language++) {
        g_autoptr(MailsimExplanation) explanation =
            mailsim_log_explain(self->log, line, self->n_lines, (MailsimLanguage)language);

        if (explanation->topic != NULL)
            continue;
        self->n_unknown++;
        printf("# %s: unknown: %s\n", file, filled);
        return;
    }
}

/* Of a log every line is one; of a document those that name a program. */
static void
read_file(Reader *self, const char *path)
{
    g_autofree char *text = NULL;
    g_autofree char *valid = NULL;
    gsize length;
    const gboolean is_log = g_str_has_suffix(path, ".log");

    if (!g_file_get_contents(path, &text, &length, NULL))
        return;
    valid = g_utf8_make_valid(text, (gssize)length);
    g_auto(GStrv) lines = g_strsplit(valid, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        g_autoptr(GMatchInfo) match = NULL;

        if (is_log) {
            read_line(self, path, *line);
        } else if (g_regex_match(self->begin, *line, 0, &match)) {
            g_autofree char *found = g_match_info_fetch(match, 1);
            read_line(self, path, found);
        }
    }
}

static void
read_folder(Reader *self, const char *folder)
{
    g_autoptr(GDir) open = g_dir_open(folder, 0, NULL);
    const char *name;

    while (open != NULL && (name = g_dir_read_name(open)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            read_folder(self, path);
        else
            read_file(self, path);
    }
}

int
main(int argc, char **argv)
{
    g_autoptr(MailsimTopics) topics = mailsim_topics_new();
    g_autoptr(MailsimLog) log = mailsim_log_new(topics);
    Reader reader = {.log = log};

    g_assert_cmpint(argc, ==, 2);
    reader.begin = g_regex_new(
        "(?:^|^log: |[ `])((?:postfix/[a-z0-9/-]+\\[[^\\]]*\\]|dovecot): (?:[^`]|`[a-z_]+')*)",
        0, 0, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(places); i++)
        reader.places[i] = g_regex_new(places[i].pattern, 0, 0, NULL);
    read_folder(&reader, argv[1]);
    printf("%s 1 - there are %u recorded lines\n",
           reader.n_lines >= LINES_MIN ? "ok" : "not ok", reader.n_lines);
    printf("%s 2 - none of them is unknown\n1..2\n", reader.n_unknown == 0 ? "ok" : "not ok");
    g_regex_unref(reader.begin);
    for (guint i = 0; i < G_N_ELEMENTS(places); i++)
        g_regex_unref(reader.places[i]);
    return reader.n_lines >= LINES_MIN && reader.n_unknown == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
