/* SPDX-License-Identifier: MIT
 *
 * What Postfix makes of an address before it decides anything: trivial-rewrite(8). It completes
 * the address, follows routes through the local domains (“x%next@here” is for next), and says
 * whether the domain that remains can be one. */
#pragma once

#include <glib.h>

/* The parameters of a host that matter here. */
typedef struct {
    const char *hostname;    /* myhostname */
    const char *origin;      /* myorigin, appended to addresses without domain; NULL: nothing is
                              * (append_at_myorigin = no) */
    const char *parent;      /* mydomain, appended to domains without dot; NULL: nothing is
                              * (append_dot_mydomain = no) */
    gboolean percent_hack;   /* allow_percent_hack */
    gboolean bang_path;      /* swap_bangpath */
    gboolean numeric_domain; /* resolve_numeric_domain */
    gboolean null_domain;    /* resolve_null_domain */
    gboolean leading_hyphen; /* allow_min_user */
    gboolean utf8;           /* smtputf8_enable */

    /* Is DOMAIN in mydestination, or the literal of one of the host's own addresses? DATA is
     * borrowed. NULL: no domain is local. */
    gboolean (*is_local)(const char *domain, gpointer data);
    gpointer data;
} MailsimRewriteRules;

/* Postfix's defaults, of a host called “localhost” that has no other local domain. Copy it, and
 * change the copy. */
extern const MailsimRewriteRules mailsim_rewrite_rules_default;

/* ADDRESS in external form, the local part in quotes where it needs them: “"a b"@c.example”. As
 * Return-Path, Delivered-To and the log show it. Free with g_free(). */
char *mailsim_address_quote(const char *address);

/* The same of the envelope, where an empty address stands for nobody, <>. */
char *mailsim_address_quote_envelope(const char *address);

/* ADDRESS, in internal form, as the queue file has it: with domain, without routes. Free with
 * g_free(). */
char *mailsim_address_rewrite(const char *address, const MailsimRewriteRules *rules);

typedef struct {
    char *recipient; /* internal form, always with a domain: who it is really for */
    gboolean routed; /* the local part names another domain (“x%y@relay.example”): Postfix then
                      * takes nobody's word that the destination is permitted */
    gboolean bad;    /* the domain, or the local part, can be none */
} MailsimResolution;

/* ADDRESS is in internal form, and not empty. */
void mailsim_address_resolve(const char *address,
                             const MailsimRewriteRules *rules,
                             MailsimResolution *resolution);
void mailsim_resolution_clear(MailsimResolution *resolution);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailsimResolution, mailsim_resolution_clear)
