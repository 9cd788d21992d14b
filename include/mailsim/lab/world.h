/* SPDX-License-Identifier: MIT
 *
 * What a scenario says of its world, typed and checked: plain data that the scenario layer
 * makes and the lab obeys. Strings and arrays are owned. Spans tell the line of the scenario
 * that said it, for explanations; their source is borrowed from the scenario. */
#pragma once

#include <mailsim/base/mail-protocol.h>
#include <mailsim/base/source.h>
#include <mailsim/base/time.h>

typedef struct {
    char *name;
    char *password;
} MailsimUser;

/* One line of main.cf, of a master.cf service's -o options, or of dovecot.conf. */
typedef struct {
    char *name;
    char *value; /* as written, $names not expanded */
    MailsimSpan span;
} MailsimSetting;

/* The last of SETTINGS (of MailsimSetting; NULL: none) with this name, which counts; lent. */
const MailsimSetting *mailsim_settings_find(const GPtrArray *settings, const char *name);

/* A service of master.cf; or, where its protocol is not SMTP, a listener of Dovecot's. */
typedef struct {
    char *name; /* “submission”, “submissions”, “smtp”, or any other; “imap”, “imaps” … */
    MailsimProtocol protocol;
    guint port;
    GPtrArray
        *settings; /* of MailsimSetting: only what the scenario says, not Debian's block */
    MailsimSpan span;
} MailsimServiceDefinition;

/* A file that a parameter names. A table is postmapped, or postaliased, already. */
typedef struct {
    char *path;
    GPtrArray *lines; /* of char *, none of them empty */
    MailsimSpan span;
} MailsimFileDefinition;

typedef struct {
    char *name; /* “mail” */
    char *mailname;
    char *hostname;
    GPtrArray *addresses;    /* of char *, at least one */
    GPtrArray *users;        /* of MailsimUser, root first */
    char *certificate;       /* a profile's or a certificate's name */
    guint certificate_issue; /* how often an @STEP group has issued it anew */
    GPtrArray *postfix;      /* of MailsimSetting */
    GPtrArray *services; /* of MailsimServiceDefinition; port 25 is there without being said */
    gboolean has_dovecot;
    GPtrArray *dovecot;    /* of MailsimSetting; values without quotes around them */
    GArray *dovecot_ports; /* of guint; NULL: by protocols */
    GPtrArray *files; /* of MailsimFileDefinition; /etc/aliases is there without being said */
    MailsimSpan span;
} MailsimHostDefinition;

typedef enum {
    MAILSIM_ENDPOINT_CLEAR,
    MAILSIM_ENDPOINT_STARTTLS_IF_OFFERED,
    MAILSIM_ENDPOINT_STARTTLS,
    MAILSIM_ENDPOINT_TLS,
} MailsimEndpointMode;

typedef struct {
    char *name; /* the DNS name to look up: a host's hostname, or as written */
    guint port;
    MailsimEndpointMode mode;
    MailsimSpan span;
} MailsimEndpoint;

typedef struct {
    char *name;                /* “laptop” */
    char *user;                /* “ana”; NULL: a program without account */
    char *user_host;           /* the host that has this user; NULL without user */
    char *password;            /* what it sends; NULL without user */
    gboolean login;            /* does it try to log in */
    gboolean check;            /* does it insist on a good certificate */
    gboolean keep;             /* does it leave at the server what it fetches by POP3 */
    MailsimEndpoint *outgoing; /* NULL: not set */
    MailsimEndpoint *incoming;
    char *address;
    MailsimSpan span;
} MailsimMailProgramDefinition;

typedef struct {
    char *a; /* host, mail program, “dns” or “*” */
    char *b;
    gint64 latency_us; /* one way */
} MailsimLinkDefinition;

typedef struct {
    char *name;            /* “c1” */
    char *profile;         /* “letsencrypt” … */
    GPtrArray *names;      /* of char *; NULL: the profile's */
    char *cn;              /* NULL: the profile's */
    char *issuer;          /* another certificate's name, or “self”; NULL: the profile's */
    char *key;             /* “ecdsa”, “rsa”, “ed25519”; NULL: the profile's */
    MailsimTime issued_us; /* G_MININT64: the profile's */
    int days;              /* 0: the profile's */
    gboolean is_authority; /* CA:TRUE */
    char **key_usage;      /* words of the language; NULL: the profile's */
    char **extended_key_usage;
    MailsimSpan span;
} MailsimCertificateDefinition;

/* The zone of a DNS blocklist. */
typedef struct {
    char *name;        /* “bl.example” */
    GPtrArray *listed; /* of char *: addresses */
    guint listings;    /* how often an @STEP group has said who is listed */
    char *trap;        /* whoever delivers mail to this address is listed; NULL: none */
    MailsimSpan span;
} MailsimBlocklistDefinition;

/* All records of one type at one name. */
typedef struct {
    char *owner; /* “www.iesgn.example”, “*.iesgn.example”: whole, without final dot */
    char *type;  /* “MX” */
    GPtrArray *data; /* of char *: as in a zone file, names whole, with final dot; empty: there
                        are none, not even those that hosts imply */
} MailsimRecordsDefinition;

/* What a resolver that checks finds of a zone's signatures (RFC 4033 §5). */
typedef enum {
    MAILSIM_DNSSEC_INSECURE, /* not signed */
    MAILSIM_DNSSEC_SECURE,   /* signed, and well */
    MAILSIM_DNSSEC_BOGUS,    /* signed, but not so that it holds */
} MailsimDnssec;

typedef struct {
    char *name; /* “iesgn.example” */
    MailsimDnssec dnssec;
    GPtrArray *records; /* of MailsimRecordsDefinition */
    GPtrArray *fails;   /* of char *: types that are answered SERVFAIL */
    MailsimSpan span;
} MailsimZoneDefinition;

typedef struct {
    MailsimTime start_us;
    GPtrArray *hosts;         /* of MailsimHostDefinition, in the order of the file */
    GPtrArray *mail_programs; /* of MailsimMailProgramDefinition */
    GPtrArray *links;         /* of MailsimLinkDefinition; the last that fits wins */
    GPtrArray *certificates;  /* of MailsimCertificateDefinition */
    GPtrArray *zones;         /* of MailsimZoneDefinition */
    GPtrArray *blocklists;    /* of MailsimBlocklistDefinition */
} MailsimWorld;

MailsimWorld *mailsim_world_new(void);
void mailsim_world_free(MailsimWorld *world);
MailsimSetting *
mailsim_setting_new(const char *name, const char *value, const MailsimSpan *span);
MailsimUser *mailsim_user_new(const char *name, const char *password);
MailsimHostDefinition *mailsim_host_definition_new(void);
MailsimServiceDefinition *mailsim_service_definition_new(void);
void mailsim_service_definition_free(MailsimServiceDefinition *service);
MailsimFileDefinition *mailsim_file_definition_new(const char *path, const MailsimSpan *span);
MailsimMailProgramDefinition *mailsim_mail_program_definition_new(void);
MailsimMailProgramDefinition *
mailsim_mail_program_definition_copy(const MailsimMailProgramDefinition *from);
void mailsim_mail_program_definition_free(MailsimMailProgramDefinition *p);
MailsimLinkDefinition *
mailsim_link_definition_new(const char *a, const char *b, gint64 latency_us);
MailsimCertificateDefinition *mailsim_certificate_definition_new(void);

/* NULL: WORLD defines no such certificate. Lent. */
const MailsimCertificateDefinition *mailsim_world_find_certificate(const MailsimWorld *world,
                                                                   const char *name);
MailsimZoneDefinition *mailsim_zone_definition_new(const char *name);

/* Records without data so far; those of ZONE are lent. */
MailsimRecordsDefinition *mailsim_records_definition_new(const char *owner, const char *type);
void mailsim_records_definition_free(MailsimRecordsDefinition *records);
MailsimRecordsDefinition *
mailsim_zone_definition_add(MailsimZoneDefinition *zone, const char *owner, const char *type);
MailsimBlocklistDefinition *mailsim_blocklist_definition_new(const char *name);
MailsimEndpoint *mailsim_endpoint_new(const char *name,
                                      guint port,
                                      MailsimEndpointMode mode,
                                      const MailsimSpan *span);
void mailsim_endpoint_free(MailsimEndpoint *endpoint);

const char *mailsim_endpoint_mode_name(MailsimEndpointMode mode);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimWorld, mailsim_world_free)
