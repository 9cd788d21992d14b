/* SPDX-License-Identifier: MIT
 *
 * Whatever a teacher may get wrong, by chance. The last step waits until all queues are
 * empty. */
#include "random-world.h"

#define N_ALIASES 4

typedef struct {
    GRand *rand;
    GString *text;
    guint n_hosts;
    guint n_steps;
} Writer;

static guint
choose(Writer *writer, guint count)
{
    return (guint)g_rand_int_range(writer->rand, 0, (gint32)count);
}

static gboolean
happens(Writer *writer, guint percent)
{
    return choose(writer, 100) < percent;
}

#define PICK(WRITER, ARRAY) ((ARRAY)[choose(WRITER, G_N_ELEMENTS(ARRAY))])

/* ---- addresses --------------------------------------------------------------------------- */

static char *
pick_local_part(Writer *writer, guint host)
{
    static const char *const others[] = {"root", "postmaster", "nadie", "Nadie+x",
                                         "MAILER-DAEMON"};
    const guint kind = choose(writer, 20);

    if (kind < 8)
        return g_strdup_printf("u%u%c", host, 'a' + choose(writer, 2));
    if (kind < 10)
        return g_strdup_printf("U%u%c+x", host, 'a' + choose(writer, 2));
    if (kind < 16)
        return g_strdup_printf("al%u", choose(writer, N_ALIASES));
    if (kind < 17)
        return g_strdup_printf("v%u", choose(writer, 2));
    return g_strdup(PICK(writer, others));
}

static char *
pick_address(Writer *writer)
{
    static const char *const elsewhere[] = {"many.test",  "null.test", "fail.test",
                                            "afail.test", "dead.test", "noaddr.test",
                                            "gone.test",  "wild.test"};
    const guint host = choose(writer, writer->n_hosts);
    g_autofree char *local = pick_local_part(writer, host);

    if (happens(writer, 70))
        return g_strdup_printf("%s@d%u.example", local, host);
    if (happens(writer, 30))
        return g_strdup_printf("v%u@virtual%u.test", choose(writer, 3), host);
    return g_strdup_printf("%s@%s", local, PICK(writer, elsewhere));
}

/* As it stands in a file of HOST, or as somebody at its shell writes it. */
static char *
pick_near_address(Writer *writer, guint host)
{
    return happens(writer, 60) ? pick_local_part(writer, host) : pick_address(writer);
}

static char *
pick_addresses(Writer *writer, int host)
{
    GString *list = g_string_new(NULL);
    const guint count = 1 + choose(writer, happens(writer, 50) ? 1 : 5);

    for (guint i = 0; i < count; i++) {
        g_autofree char *address =
            host >= 0 ? pick_near_address(writer, (guint)host) : pick_address(writer);

        g_string_append_printf(list, "%s%s", i > 0 ? ", " : "", address);
    }
    return g_string_free(list, FALSE);
}

/* ---- settings ---------------------------------------------------------------------------- */

/* One of the values, or none of them: Debian's. */
typedef struct {
    const char *name;
    guint percent;
    const char *values[6];
} Choice;

/* clang-format off */
static const Choice choices[] = {
    {"smtp_tls_security_level", 60, {"none", "may", "encrypt", "verify", "secure"}},
    {"smtpd_tls_security_level", 40, {"none", "may", "encrypt"}},
    {"maximal_queue_lifetime", 40, {"0", "1h", "1d", "5d"}},
    {"bounce_queue_lifetime", 30, {"0", "1h", "1d"}},
    {"minimal_backoff_time", 20, {"60s", "1000s"}},
    {"maximal_backoff_time", 20, {"1h", "6h"}},
    {"queue_run_delay", 20, {"60s", "1000s", "1h"}},
    {"delay_warning_time", 30, {"1h", "4h"}},
    {"soft_bounce", 12, {"yes"}},
    {"message_size_limit", 15, {"1500", "4000"}},
    {"hopcount_limit", 30, {"3", "10", "50"}},
    {"inet_interfaces", 10, {"loopback-only"}},
    {"luser_relay", 10, {"al0", "nadie@d0.example", "$user@d1.example"}},
    {"recipient_delimiter", 40, {"+"}},
    {"home_mailbox", 10, {"Maildir/"}},
    {"notify_classes", 25, {"bounce, 2bounce, delay", "2bounce"}},
    {"smtp_destination_recipient_limit", 20, {"1", "2"}},
    {"smtpd_recipient_limit", 10, {"1", "2"}},
    {"smtp_mx_address_limit", 10, {"1"}},
    {"duplicate_filter_limit", 8, {"0", "1"}},
    {"local_recipient_maps", 30, {""}},
    {"enable_original_recipient", 10, {"no"}},
    {"mynetworks", 50, {"192.0.2.0/24, 127.0.0.0/8"}},
    {"mydestination", 10, {"", "localhost", "$myhostname, many.test"}},
    {"smtpd_relay_restrictions", 25, {"permit_mynetworks, reject", "permit", "permit, reject"}},
    {"smtpd_recipient_restrictions", 10, {"reject_unknown_recipient_domain",
                                          "reject_unknown_sender_domain"}},
    {"append_dot_mydomain", 10, {"yes"}},
    {"expand_owner_alias", 20, {"yes"}},
    {"smtp_tls_wrappermode", 2, {"yes"}},
};

/* What may change while mail is waiting. */
static const Choice repairs[] = {
    {"smtp_tls_security_level", 40, {"none", "may"}},
    {"smtpd_tls_security_level", 30, {"may"}},
    {"inet_interfaces", 30, {"all", "loopback-only"}},
    {"soft_bounce", 20, {"yes", "no"}},
};
/* clang-format on */

static void
write_choices(Writer *writer, const Choice *from, gsize count)
{
    for (gsize i = 0; i < count; i++) {
        guint n_values = 0;

        while (n_values < G_N_ELEMENTS(from[i].values) && from[i].values[n_values] != NULL)
            n_values++;
        if (happens(writer, from[i].percent))
            g_string_append_printf(writer->text, "%s = %s\n", from[i].name,
                                   from[i].values[choose(writer, n_values)]);
    }
}

static void
write_routes(Writer *writer, guint host)
{
    const guint other = choose(writer, writer->n_hosts);

    if (happens(writer, 15))
        g_string_append_printf(writer->text, "relayhost = %s\n",
                               happens(writer, 20) ? "gone.test" : "");
    else if (happens(writer, 20))
        g_string_append_printf(writer->text,
                               happens(writer, 50) ? "relayhost = [mail.d%u.example]\n"
                                                   : "relayhost = d%u.example\n",
                               other);
    if (happens(writer, 40))
        g_string_append_printf(writer->text,
                               "relay_domains = many.test, wild.test, d%u.example\n", other);
    if (happens(writer, 40))
        g_string_append(writer->text, "transport_maps = hash:/etc/postfix/transport\n");
    if (happens(writer, 60))
        g_string_append_printf(writer->text,
                               "virtual_alias_maps = hash:/etc/postfix/virtual\n"
                               "virtual_alias_domains = virtual%u.test\n",
                               host);
}

/* ---- tables ------------------------------------------------------------------------------ */

static void
write_transport(Writer *writer, guint host)
{
    static const char *const others[] = {"error:5.1.2 no such thing here", "retry:4.3.2 later",
                                         "discard:gone", "lmtp:nowhere"};

    g_string_append_printf(writer->text, "[file h%u /etc/postfix/transport]\n", host);
    for (guint i = 1; i <= 3; i++) {
        g_string_append_printf(writer->text, "%u = ", i);
        if (i == 3)
            g_string_append(writer->text, "many.test ");
        else
            g_string_append_printf(writer->text, i == 1 ? "d%u.example " : "u%ua@d0.example ",
                                   choose(writer, writer->n_hosts));
        if (happens(writer, 60))
            g_string_append_printf(writer->text, "smtp:[mail.d%u.example]\n",
                                   choose(writer, writer->n_hosts));
        else
            g_string_append_printf(writer->text, "%s\n", PICK(writer, others));
    }
}

static void
write_virtual(Writer *writer, guint host)
{
    g_string_append_printf(writer->text, "[file h%u /etc/postfix/virtual]\n", host);
    for (guint i = 0; i < 3; i++) {
        g_autofree char *targets = pick_addresses(writer, happens(writer, 50) ? (int)host : -1);

        g_string_append_printf(writer->text, "%u = v%u@virtual%u.test %s\n", i + 1, i, host,
                               targets);
    }
    if (happens(writer, 30))
        g_string_append_printf(writer->text, "4 = @d%u.example v0@virtual%u.test\n", host,
                               host);
    if (happens(writer, 20))
        g_string_append_printf(writer->text, "5 = v0 v1\n6 = v1 v0\n");
}

/* Names point to later names more often than to earlier ones: a tree with some circles. */
static void
write_aliases(Writer *writer, guint host)
{
    guint line = 1;

    g_string_append_printf(writer->text, "[file h%u /etc/aliases]\n", host);
    for (guint i = 0; i < N_ALIASES; i++) {
        g_autofree char *targets = pick_addresses(writer, happens(writer, 80) ? (int)host : -1);

        g_string_append_printf(writer->text, "%u = al%u: %s%s\n", line++, i, targets,
                               happens(writer, 8)   ? ", /dev/null"
                               : happens(writer, 4) ? ", |/bin/false"
                               : happens(writer, 8) ? ", :include:/etc/list"
                                                    : "");
        if (happens(writer, 15))
            g_string_append_printf(writer->text, "%u = owner-al%u: u%ua\n", line++, i, host);
    }
    g_string_append_printf(writer->text, "%u = postmaster: root\n", line);
    g_string_append_printf(writer->text, "[file h%u /etc/list]\n1 = u%ua, nadie\n2 = u%ub\n",
                           host, host, host);
}

static void
write_forward(Writer *writer, guint host)
{
    g_autofree char *targets = pick_addresses(writer, (int)host);

    if (!happens(writer, 40))
        return;
    g_string_append_printf(writer->text, "[file h%u /home/u%ub/.forward]\n1 = %s%s\n", host,
                           host, targets, happens(writer, 40) ? ", u0b" : "");
}

/* ---- who there is ------------------------------------------------------------------------ */

static void
write_certificate(Writer *writer)
{
    static const char *const profiles[] = {"letsencrypt",     "letsencrypt", "snakeoil",
                                           "expired",         "wrong-name",  "not-yet-valid",
                                           "no-intermediate", "unknown-ca"};

    g_string_append_printf(writer->text, "certificate = %s\n", PICK(writer, profiles));
}

static void
write_host(Writer *writer, guint host)
{
    GString *text = writer->text;

    g_string_append_printf(text, "[host h%u]\nmailname = d%u.example\n", host, host);
    g_string_append_printf(text, "users = u%ua:a, u%ub:b\n", host, host);
    write_certificate(writer);
    g_string_append_printf(text, "[postfix h%u]\n", host);
    write_choices(writer, choices, G_N_ELEMENTS(choices));
    write_routes(writer, host);
    if (host == 0)
        g_string_append(text, "smtpd_sasl_type = dovecot\nsmtpd_sasl_path = private/auth\n"
                              "[service h0 submission]\n[dovecot h0]\n");
    write_aliases(writer, host);
    write_transport(writer, host);
    write_virtual(writer, host);
    write_forward(writer, host);
}

static void
write_zones(Writer *writer)
{
    static const char *const targets[] = {"mail.d0.example.", "mail.d1.example.",
                                          "gone.test.",       "dead.test.",
                                          "mx.noaddr.test.",  "mx.afail.test."};
    GString *text = writer->text;

    g_string_append(text, "[zone many.test]\n@ MX = ");
    for (guint i = 1 + choose(writer, 4); i > 0; i--)
        g_string_append_printf(text, "%u %s%s", 10 * choose(writer, 3), PICK(writer, targets),
                               i > 1 ? "; " : "\n");
    g_string_append(text, "[zone null.test]\n@ MX = 0 .\n"
                          "[zone fail.test]\nfails = MX\n"
                          "[zone afail.test]\n@ MX = 10 mx\nfails = A\n"
                          "[zone dead.test]\n@ A = 192.0.2.250\n"
                          "[zone noaddr.test]\n@ MX = 10 mx\nmx TXT = nothing\n"
                          "[zone wild.test]\n@ MX = 10 mail.d1.example.\n");
    if (happens(writer, 30))
        g_string_append_printf(text, "[zone d1.example]\n@ MX = %u %s\n", choose(writer, 20),
                               PICK(writer, targets));
}

static void
write_programs(Writer *writer)
{
    g_string_append(writer->text, "[mua laptop]\nuser = u0a\noutgoing = h0:587\ncheck = no\n"
                                  "[mua stranger]\noutgoing = h1:25\n");
    if (happens(writer, 20))
        g_string_append_printf(writer->text, "[link * *]\nlatency = %ums\n",
                               choose(writer, 4000));
}

/* ---- steps ------------------------------------------------------------------------------- */

static void
begin_step(Writer *writer, const char *kind)
{
    g_string_append_printf(writer->text, "[step s%u]\ntitle = t\ndo = %s\n", ++writer->n_steps,
                           kind);
}

static void
write_from(Writer *writer)
{
    g_autofree char *address = pick_address(writer);

    if (happens(writer, 70))
        return;
    g_string_append_printf(writer->text, "from = %s\n",
                           happens(writer, 30)   ? ""
                           : happens(writer, 20) ? "nadie"
                                                 : address);
}

static void
write_send(Writer *writer)
{
    const guint host = choose(writer, writer->n_hosts);
    const guint by = choose(writer, 10);
    g_autofree char *to = pick_addresses(writer, by < 6 ? (int)host : -1);

    begin_step(writer, "send");
    if (by < 6)
        g_string_append_printf(writer->text, "by = u%u%c\n", host, 'a' + choose(writer, 2));
    else
        g_string_append_printf(writer->text, "by = %s\n", by < 8 ? "laptop" : "stranger");
    g_string_append_printf(writer->text, "to = %s\n", to);
    write_from(writer);
    if (happens(writer, 20)) {
        g_string_append(writer->text, "text = ");
        for (guint i = choose(writer, 300); i > 0; i--)
            g_string_append(writer->text, "0123456789\\n");
        g_string_append(writer->text, "end\n");
    }
}

static void
write_talk(Writer *writer)
{
    static const char *const notify[] = {" NOTIFY=NEVER", " NOTIFY=SUCCESS,FAILURE",
                                         " NOTIFY=SUCCESS", " NOTIFY=DELAY", ""};
    g_autofree char *from = happens(writer, 30) ? g_strdup("") : pick_address(writer);
    guint line = 3;

    begin_step(writer, "talk");
    g_string_append_printf(writer->text,
                           "by = stranger\nconnect = h%u:25 clear\n"
                           "1 = EHLO stranger.example\n2 = MAIL FROM:<%s>%s\n",
                           choose(writer, writer->n_hosts), from,
                           happens(writer, 30) ? " RET=HDRS ENVID=e1" : "");
    for (guint i = 1 + choose(writer, 3); i > 0; i--) {
        g_autofree char *to = pick_address(writer);

        g_string_append_printf(writer->text, "%u = RCPT TO:<%s>%s\n", line++, to,
                               PICK(writer, notify));
    }
    g_string_append_printf(writer->text, "%u = DATA\n%u = Subject: x\\n\\nHola.\\n.\n", line,
                           line + 1);
    g_string_append_printf(writer->text, "%u = QUIT\n", line + 2);
}

static void
write_wait(Writer *writer)
{
    static const char *const times[] = {"0s", "10s", "20m", "5h", "2d"};

    begin_step(writer, "wait");
    g_string_append_printf(writer->text, "for = %s\n", PICK(writer, times));
}

static void
write_repair(Writer *writer)
{
    const guint host = choose(writer, writer->n_hosts);

    g_string_append_printf(writer->text, "[postfix h%u @s%u]\n", host, writer->n_steps);
    write_choices(writer, repairs, G_N_ELEMENTS(repairs));
    if (!happens(writer, 40))
        return;
    g_string_append_printf(writer->text, "[host h%u @s%u]\n", host, writer->n_steps);
    write_certificate(writer);
}

char *
random_world_write(guint32 seed)
{
    Writer writer = {.rand = g_rand_new_with_seed(seed), .text = g_string_new(NULL)};
    guint n_actions;

    writer.n_hosts = 2 + choose(&writer, 5);
    g_string_append_printf(writer.text, "# seed %u\n[scenario]\ntitle = random\n", seed);
    for (guint i = 0; i < writer.n_hosts; i++)
        write_host(&writer, i);
    write_zones(&writer);
    write_programs(&writer);
    n_actions = 3 + choose(&writer, 6);
    for (guint i = 0; i < n_actions; i++) {
        const guint kind = choose(&writer, 10);

        if (kind < 6)
            write_send(&writer);
        else if (kind < 8)
            write_talk(&writer);
        else
            write_wait(&writer);
        if (happens(&writer, 20))
            write_repair(&writer);
    }
    begin_step(&writer, "wait");
    g_string_append(writer.text, "until = queue-empty\n");
    g_rand_free(writer.rand);
    return g_string_free(writer.text, FALSE);
}
