/* SPDX-License-Identifier: MIT
 *
 * The parameters of main.cf that the lab obeys, with the type of their values. Whoever gives a
 * parameter an effect adds a row here. */
#include "postfix-parameter-private.h"

#include <string.h>

#include <mailsim/settings/postfix-parameter.h>

static MailsimPostfixCheck check_default_only;
static const MailsimPostfixType default_only = {.name = "default-only",
                                                .check = check_default_only};

#define BOOLEAN      &mailsim_postfix_boolean
#define REWRITE      &mailsim_postfix_rewrite_boolean
#define COUNT        &mailsim_postfix_count
#define NUMBER       &mailsim_postfix_number
#define LIMIT        &mailsim_postfix_limit
#define LINE_LENGTH  &mailsim_postfix_line_length
#define SIZE         &mailsim_postfix_size
#define TIME         &mailsim_postfix_time
#define TIMEOUT      &mailsim_postfix_timeout
#define CACHE        &mailsim_postfix_session_cache
#define CACHE_TIME   &mailsim_postfix_cache_time
#define REPLY_CODE   &mailsim_postfix_reply_code
#define CLIENT_LEVEL &mailsim_postfix_client_level
#define SERVER_LEVEL &mailsim_postfix_server_level
#define BARE_NEWLINE &mailsim_postfix_bare_newline
#define INSECURE_MX  &mailsim_postfix_insecure_mx_policy
#define DNS_SUPPORT  &mailsim_postfix_dns_support
#define NAMES        &mailsim_postfix_names
#define FINGERPRINTS &mailsim_postfix_fingerprints
#define DANE_DIGESTS &mailsim_postfix_dane_digests
#define CIPHER_GRADE &mailsim_postfix_cipher_grade
#define DIGEST       &mailsim_postfix_digest
#define HOST_LOOKUP  &mailsim_postfix_host_lookup
#define PER_SITE     &mailsim_postfix_per_site
#define SASL_TYPE    &mailsim_postfix_sasl_type
#define SERVER_SASL  &mailsim_postfix_server_sasl_options
#define CLIENT_SASL  &mailsim_postfix_client_sasl_options
#define DOMAINS      &mailsim_postfix_domains
#define NETWORKS     &mailsim_postfix_networks
#define TABLES       &mailsim_postfix_tables
#define RESTRICTIONS &mailsim_postfix_restrictions
#define PROTOCOLS    &mailsim_postfix_tls_protocols
#define TLS_LOGLEVEL &mailsim_postfix_tls_loglevel
#define SSL_OPTIONS  &mailsim_postfix_ssl_options
#define TEXT         &mailsim_postfix_text
#define DEFAULT_ONLY &default_only

/* clang-format off */
static const MailsimPostfixEffect smtpd_effects[] = {
    /* who we are, and what is ours */
    {"myhostname", TEXT,
     "this host's name: in the greeting, in EHLO, in Received:"},
    {"mydomain", TEXT,
     "this host's domain: myhostname without its first label"},
    {"myorigin", TEXT,
     "the domain that an address without one is given"},
    {"mydestination", DOMAINS,
     "the domains whose mail is delivered on this host"},
    {"mynetworks", NETWORKS,
     "the clients that permit_mynetworks trusts"},
    {"relay_domains", DOMAINS,
     "domains of others that mail may be relayed to"},
    {"virtual_alias_domains", DOMAINS,
     "domains whose addresses are all rewritten to others"},
    {"virtual_mailbox_domains", DEFAULT_ONLY,
     "domains whose users are no users of the system"},
    {"parent_domain_matches_subdomains", TEXT,
     "the lists in which a domain stands for its subdomains too"},
    {"recipient_delimiter", TEXT,
     "what separates a user's name from an extension"},
    {"alias_maps", TABLES,
     "the tables of aliases that local delivery looks in"},
    {"alias_database", TABLES,
     "the tables that newaliases makes of files of aliases"},
    {"local_recipient_maps", TABLES,
     "the users of mydestination; empty: everybody"},
    {"relay_recipient_maps", TABLES,
     "the users of relay_domains; empty: everybody"},
    {"mail_name", TEXT,
     "the word that the greeting and Received: call this mail system"},
    {"inet_interfaces", TEXT,
     "the addresses at which Postfix listens: all, or loopback-only"},
    {"inet_protocols", TEXT,
     "the kinds of address that Postfix uses: all, ipv4, ipv6"},
    {"double_bounce_sender", TEXT,
     "the sender of what must never bounce"},
    {"address_verify_sender", TEXT,
     "another that is always a user of this host"},
    /* addresses */
    {"strict_rfc821_envelopes", BOOLEAN,
     "addresses stand in <>, and nothing else does"},
    {"allow_percent_hack", REWRITE,
     "user%domain is for user@domain"},
    {"swap_bangpath", REWRITE,
     "domain!user is for user@domain"},
    {"resolve_numeric_domain", REWRITE,
     "user@192.0.2.1 is for user@[192.0.2.1]"},
    {"resolve_null_domain", REWRITE,
     "user@ is for a user of this host"},
    {"allow_min_user", REWRITE,
     "a user's name may begin with a hyphen"},
    {"append_at_myorigin", REWRITE,
     "an address without a domain is given myorigin"},
    {"append_dot_mydomain", REWRITE,
     "a domain without a dot is given mydomain"},
    {"always_add_missing_headers", REWRITE,
     "Message-ID:, Date: and From: are added for strangers too"},
    /* the server side */
    {"smtpd_banner", TEXT,
     "what follows 220 in the greeting"},
    {"disable_vrfy_command", BOOLEAN,
     "VRFY is refused and not offered"},
    {"message_size_limit", SIZE,
     "the largest message in bytes; SIZE in the reply to EHLO"},
    {"soft_bounce", BOOLEAN,
     "whatever is refused is refused for now: 4xx, not 5xx"},
    {"line_length_limit", LINE_LENGTH,
     "longer lines are cut into pieces"},
    {"smtputf8_enable", BOOLEAN,
     "SMTPUTF8 is offered, and letters of any language taken"},
    {"smtpd_helo_required", BOOLEAN,
     "MAIL is refused before HELO or EHLO"},
    {"smtpd_discard_ehlo_keywords", TEXT,
     "what the reply to EHLO does not offer"},
    {"smtpd_forbid_bare_newline", BARE_NEWLINE,
     "what becomes of lines that end in LF alone"},
    {"smtpd_forbid_bare_newline_exclusions", NETWORKS,
     "the clients whose lines may end so all the same"},
    {"smtpd_forbid_unauth_pipelining", BOOLEAN,
     "clients that do not wait for their turn are disconnected"},
    {"smtpd_noop_commands", TEXT,
     "commands that are answered 250 2.0.0 Ok, and no more"},
    {"smtpd_forbidden_commands", TEXT,
     "commands that end the conversation"},
    {"smtpd_timeout", TIMEOUT,
     "how long the server waits for a line"},
    {"smtpd_starttls_timeout", TIMEOUT,
     "how long the server waits for the TLS handshake"},
    {"smtpd_recipient_limit", COUNT,
     "how many recipients a message may have"},
    {"smtpd_recipient_overshoot_limit", COUNT,
     "how many recipients beyond that are no errors yet"},
    {"smtpd_soft_error_limit", COUNT,
     "after this many errors every reply waits"},
    {"smtpd_hard_error_limit", COUNT,
     "after this many errors the client is disconnected"},
    {"smtpd_error_sleep_time", TIME,
     "how long a reply waits after errors"},
    {"smtpd_junk_command_limit", COUNT,
     "how many NOOP, VRFY, ETRN and RSET are no error"},
    {"smtpd_client_connection_count_limit", LIMIT,
     "how many connections one address may have at a time"},
    {"smtpd_client_connection_rate_limit", LIMIT,
     "how many it may make in a unit of time"},
    {"smtpd_client_message_rate_limit", LIMIT,
     "how many messages it may begin in that time: MAIL FROM"},
    {"smtpd_client_recipient_rate_limit", LIMIT,
     "how many recipients it may name in that time: RCPT TO and VRFY"},
    {"smtpd_client_auth_rate_limit", LIMIT,
     "how often it may say AUTH in that time, rightly or wrongly"},
    {"smtpd_client_new_tls_session_rate_limit", LIMIT,
     "how many TLS sessions it may begin in that time; those resumed do not count"},
    {"smtpd_client_event_limit_exceptions", NETWORKS,
     "the clients that none of these limits hold for"},
    {"fast_flush_domains", DOMAINS,
     "the domains that ETRN takes"},
    {"smtpd_tls_security_level", SERVER_LEVEL,
     "TLS for clients: none, may (offered), encrypt (demanded)"},
    {"smtpd_use_tls", BOOLEAN,
     "without a level: may"},
    {"smtpd_enforce_tls", BOOLEAN,
     "without a level: encrypt"},
    {"smtpd_tls_protocols", PROTOCOLS,
     "the TLS versions that clients may use: >=TLSv1.2, !TLSv1"},
    {"smtpd_tls_mandatory_protocols", PROTOCOLS,
     "the same where TLS is demanded"},
    {"smtpd_tls_wrappermode", BOOLEAN,
     "TLS from the first byte, without STARTTLS"},
    {"smtpd_tls_auth_only", BOOLEAN,
     "AUTH is neither offered nor taken outside TLS"},
    {"smtpd_tls_received_header", BOOLEAN,
     "Received: says which TLS version and cipher there was"},
    {"smtpd_tls_loglevel", TLS_LOGLEVEL,
     "how much of TLS with clients is in the mail log: 0 nothing, 1 a line, 2 each step"},
    {"smtpd_tls_session_cache_timeout", CACHE_TIME,
     "how long clients may resume a TLS session, with a ticket or without; 0: not at all"},
    {"smtpd_tls_session_cache_database", CACHE,
     "where smtpd keeps TLS sessions itself; clients with tickets need it not"},
    {"syslog_name", TEXT,
     "how the mail log calls the program, before the daemon's name: postfix/submission"},
    {"smtpd_tls_ask_ccert", BOOLEAN,
     "clients are asked for a certificate"},
    {"smtpd_tls_req_ccert", BOOLEAN,
     "clients without a certificate are refused"},
    {"smtpd_tls_chain_files", TEXT,
     "key and certificates of the server, in one file"},
    {"smtpd_tls_cert_file", TEXT,
     "the server's certificate, and the chain after it"},
    {"smtpd_tls_key_file", TEXT,
     "its private key; that of another certificate: no TLS"},
    {"smtpd_sasl_auth_enable", BOOLEAN,
     "clients may log in with AUTH"},
    {"smtpd_sasl_type", SASL_TYPE,
     "who checks passwords: cyrus or dovecot"},
    {"smtpd_sasl_path", TEXT,
     "where that one is: Dovecot's socket, private/auth"},
    {"smtpd_sasl_security_options", SERVER_SASL,
     "which mechanisms are not offered"},
    /* who may do what */
    {"smtpd_delay_reject", BOOLEAN,
     "client, helo and sender lists wait for RCPT TO"},
    {"smtpd_client_restrictions", RESTRICTIONS,
     "which clients may connect"},
    {"smtpd_helo_restrictions", RESTRICTIONS,
     "which names after EHLO are taken"},
    {"smtpd_sender_restrictions", RESTRICTIONS,
     "which senders are taken"},
    {"smtpd_relay_restrictions", RESTRICTIONS,
     "who may send to domains that are not ours"},
    {"smtpd_recipient_restrictions", RESTRICTIONS,
     "which recipients are taken"},
    {"smtpd_data_restrictions", RESTRICTIONS,
     "what is asked at DATA"},
    {"smtpd_end_of_data_restrictions", RESTRICTIONS,
     "what is asked at the end of the message"},
    {"smtpd_etrn_restrictions", RESTRICTIONS,
     "who may say ETRN"},
    {"smtpd_relay_before_recipient_restrictions", BOOLEAN,
     "the relay list is asked before the recipient list"},
    {"smtpd_reject_unlisted_recipient", BOOLEAN,
     "unknown users of our own domains are refused at RCPT TO"},
    {"smtpd_reject_unlisted_sender", BOOLEAN,
     "senders that claim to be unknown users of ours are refused"},
    {"default_rbl_reply", TEXT,
     "what a client that is on a blocklist is told"},
    {"rbl_reply_maps", TABLES,
     "the same for single blocklists"},
    {"maps_rbl_domains", TEXT,
     "the blocklists that reject_maps_rbl asks"},
    {"smtpd_sender_login_maps", TABLES,
     "which users own which sender addresses"},
    {"smtpd_null_access_lookup_key", TEXT,
     "what access tables call the sender of bounces"},
    {"smtpd_restriction_classes", TEXT,
     "names for lists of restrictions"},
    {"show_user_unknown_table_name", BOOLEAN,
     "who is refused is told which list lacks the user"},
    /* the codes of refusals */
    {"access_map_defer_code", REPLY_CODE,
     "of an access table's DEFER"},
    {"access_map_reject_code", REPLY_CODE,
     "of an access table's REJECT"},
    {"defer_code", REPLY_CODE,
     "of defer"},
    {"invalid_hostname_reject_code", REPLY_CODE,
     "of reject_invalid_helo_hostname"},
    {"maps_rbl_reject_code", REPLY_CODE,
     "of reject_rbl_client and its like"},
    {"multi_recipient_bounce_reject_code", REPLY_CODE,
     "of reject_multi_recipient_bounce"},
    {"non_fqdn_reject_code", REPLY_CODE,
     "of reject_non_fqdn_recipient and its like"},
    {"plaintext_reject_code", REPLY_CODE,
     "of reject_plaintext_session"},
    {"reject_code", REPLY_CODE,
     "of reject"},
    {"relay_domains_reject_code", REPLY_CODE,
     "of reject_unauth_destination"},
    {"unknown_address_reject_code", REPLY_CODE,
     "of reject_unknown_sender_domain and its like"},
    {"unknown_address_tempfail_action", TEXT,
     "what they do where DNS gives no answer: defer_if_permit or defer"},
    {"unknown_client_reject_code", REPLY_CODE,
     "of reject_unknown_client_hostname"},
    {"unknown_hostname_reject_code", REPLY_CODE,
     "of reject_unknown_helo_hostname"},
    {"unknown_helo_hostname_tempfail_action", TEXT,
     "what it does where DNS gives no answer: defer_if_permit or defer"},
    {"reject_tempfail_action", TEXT,
     "what rules do where they learn nothing: defer_if_permit or defer"},
    {"unknown_local_recipient_reject_code", REPLY_CODE,
     "of users that local_recipient_maps lacks"},
    {"unknown_virtual_alias_reject_code", REPLY_CODE,
     "of addresses of virtual_alias_domains that virtual_alias_maps lacks"},
    {"unknown_relay_recipient_reject_code", REPLY_CODE,
     "of users that relay_recipient_maps lacks"},
};

/* What other daemons read: smtpd(8) does not die of it. */
static const MailsimPostfixEffect delivery_effects[] = {
    /* where mail goes */
    {"relayhost", TEXT,
     "the server that all mail for others is handed to"},
    {"transport_maps", TABLES,
     "where the mail of single domains is handed to"},
    {"local_transport", TEXT,
     "who delivers mail for mydestination"},
    {"relay_transport", TEXT,
     "who delivers mail for relay_domains"},
    {"default_transport", TEXT,
     "who delivers mail for everybody else"},
    {"virtual_alias_maps", TABLES,
     "addresses that are rewritten to others"},
    {"virtual_alias_recursion_limit", COUNT,
     "so often an address is rewritten before it is taken for a circle"},
    {"virtual_alias_expansion_limit", COUNT,
     "so many addresses may one be rewritten to"},
    {"virtual_alias_address_length_limit", COUNT,
     "so long may an address be that others are rewritten to"},
    {"propagate_unmatched_extensions", TEXT,
     "the tables whose results keep the extension of the address"},
    {"duplicate_filter_limit", NUMBER,
     "so many recipients are remembered, to deliver to each once"},
    {"enable_original_recipient", BOOLEAN,
     "X-Original-To: is written, and tells recipients apart"},
    {"hopcount_limit", COUNT,
     "so many Received: lines, and the message goes round in a circle"},
    /* anvil(8) */
    {"anvil_rate_time_unit", TIMEOUT,
     "the unit of time in which the smtpd_client_…_rate_limit count"},
    /* the queue */
    {"queue_run_delay", TIME,
     "how often the queue manager looks for deferred mail"},
    {"minimal_backoff_time", TIME,
     "a deferred message waits at least so long"},
    {"maximal_backoff_time", TIME,
     "a deferred message waits at most so long"},
    {"maximal_queue_lifetime", TIME,
     "a message older than this is returned"},
    {"bounce_queue_lifetime", TIME,
     "the same for a message without a sender, which is dropped"},
    {"delay_warning_time", TIME,
     "when the sender is told that his message still waits; 0: never"},
    {"notify_classes", TEXT,
     "what postmaster is told of"},
    {"bounce_notice_recipient", TEXT,
     "who is told of bounced mail, with notify_classes = bounce"},
    {"2bounce_notice_recipient", TEXT,
     "who is told of mail that cannot even be returned, with 2bounce"},
    {"delay_notice_recipient", TEXT,
     "who is told of delayed mail, with delay"},
    {"bounce_size_limit", SIZE,
     "of a larger message only the header comes back"},
    /* smtp(8), the client */
    {"smtp_tls_security_level", CLIENT_LEVEL,
     "TLS to other servers: none, may (if offered), encrypt …"},
    {"smtp_use_tls", BOOLEAN,
     "the old way to say smtp_tls_security_level = may"},
    {"smtp_enforce_tls", BOOLEAN,
     "the old way to say smtp_tls_security_level = verify"},
    {"smtp_tls_enforce_peername", BOOLEAN,
     "with smtp_enforce_tls: must the certificate have the right name"},
    {"smtp_tls_policy_maps", TABLES,
     "TLS levels for single destinations"},
    {"smtp_tls_trust_anchor_file", DEFAULT_ONLY,
     "authorities for verify and secure in place of smtp_tls_CAfile"},
    {"smtp_tls_servername", DEFAULT_ONLY,
     "the name that TLS asks the server for"},
    {"smtp_tls_per_site", PER_SITE,
     "the old way to say smtp_tls_policy_maps"},
    {"smtp_tls_CAfile", TEXT,
     "authorities that the client trusts: a file"},
    {"smtp_tls_CApath", TEXT,
     "authorities that the client trusts: a directory"},
    {"smtp_tls_verify_cert_match", NAMES,
     "the names that a certificate may have at level verify"},
    {"smtp_tls_secure_cert_match", NAMES,
     "the names that a certificate may have at level secure"},
    {"smtp_tls_fingerprint_cert_match", FINGERPRINTS,
     "the certificates, or keys, that level fingerprint takes"},
    {"smtp_tls_fingerprint_digest", DIGEST,
     "the digest that fingerprints are made with: sha256"},
    {"smtp_dns_support_level", DNS_SUPPORT,
     "what DNS is asked: dnssec wants signed answers, as dane needs"},
    {"smtp_host_lookup", HOST_LOOKUP,
     "how servers' addresses are looked up: native alone knows no dane"},
    {"smtp_tls_dane_insecure_mx_policy", INSECURE_MX,
     "dane, where the MX record is not signed: dane, encrypt, may"},
    {"smtp_tls_force_insecure_host_tlsa_lookup", BOOLEAN,
     "ask for TLSA records where the server's address is not signed"},
    {"tls_dane_digests", DANE_DIGESTS,
     "the digests of TLSA records, the one that counts more first"},
    {"smtp_dns_resolver_options", TEXT,
     "how names are completed; res_defnames goes ill with dane"},
    {"ignore_mx_lookup_error", BOOLEAN,
     "where no MX records can be had, take the domain for a host"},
    {"smtp_fallback_relay", TEXT,
     "where mail goes that its own servers do not take for now"},
    {"smtp_tls_cert_file", TEXT,
     "the client's own certificate; one that is not there ends its TLS"},
    {"smtp_tls_ciphers", CIPHER_GRADE,
     "how good the ciphers have to be at level may: medium, high"},
    {"smtp_tls_mandatory_ciphers", CIPHER_GRADE,
     "the same from level encrypt on"},
    {"smtp_tls_exclude_ciphers", TEXT,
     "ciphers never to be used; aNULL: the anonymous ones"},
    {"smtp_tls_mandatory_exclude_ciphers", TEXT,
     "the same, besides, from level encrypt on"},
    {"smtp_tls_protocols", PROTOCOLS,
     "the TLS versions that the client uses at level may: >=TLSv1.2"},
    {"smtp_tls_mandatory_protocols", PROTOCOLS,
     "the same from level encrypt on"},
    {"smtp_tls_wrappermode", BOOLEAN,
     "TLS before the first word, as port 465 expects it"},
    {"smtp_tls_loglevel", TLS_LOGLEVEL,
     "how much of TLS with servers is in the mail log: 0 nothing, 1 a line, 2 each step"},
    {"smtp_tls_note_starttls_offer", BOOLEAN,
     "does the mail log say which servers offer TLS that the client does not use"},
    {"smtp_tls_session_cache_database", CACHE,
     "where the client keeps TLS sessions to resume; empty: nowhere"},
    {"smtp_tls_session_cache_timeout", CACHE_TIME,
     "for how long; less than two minutes counts as two, and 0 keeps nothing"},
    {"tls_ssl_options", SSL_OPTIONS,
     "NO_TICKET: smtpd gives its clients no tickets to resume TLS sessions"},
    {"smtp_helo_name", TEXT,
     "the name that the client says in EHLO"},
    {"smtp_sasl_auth_enable", BOOLEAN,
     "the client logs in at other servers"},
    {"smtp_sasl_password_maps", TABLES,
     "with which name and password: user:password, by server"},
    {"smtp_sasl_security_options", CLIENT_SASL,
     "mechanisms that the client does not use: noplaintext, noanonymous"},
    {"smtp_sasl_tls_security_options", CLIENT_SASL,
     "the same inside TLS"},
    {"smtp_sasl_mechanism_filter", TEXT,
     "the only mechanisms that the client uses; empty: all"},
    {"smtp_destination_recipient_limit", NUMBER,
     "recipients in one delivery; the others get one of their own"},
    {"initial_destination_concurrency", COUNT,
     "deliveries to one destination at a time, to begin with"},
    {"smtp_mx_address_limit", NUMBER,
     "addresses of exchangers that one delivery tries"},
    {"smtp_mx_session_limit", NUMBER,
     "conversations that one delivery holds"},
    {"smtp_connect_timeout", TIME,
     "how long the client waits for a machine to answer at all"},
    {"smtp_helo_timeout", TIMEOUT,
     "how long the client waits for greeting and EHLO"},
    {"smtp_starttls_timeout", TIMEOUT,
     "how long the client waits for STARTTLS"},
    {"smtp_mail_timeout", TIMEOUT,
     "how long the client waits for the answer to MAIL"},
    {"smtp_rcpt_timeout", TIMEOUT,
     "how long the client waits for the answer to RCPT"},
    {"smtp_data_init_timeout", TIMEOUT,
     "how long the client waits for the answer to DATA"},
    {"smtp_data_done_timeout", TIMEOUT,
     "how long the client waits for the answer to the message"},
    {"smtp_rset_timeout", TIMEOUT,
     "how long the client waits for the answer to RSET"},
    {"smtp_quit_timeout", TIMEOUT,
     "how long the client waits for the answer to QUIT"},
    /* local(8) */
    {"home_mailbox", TEXT,
     "where below a user's home mail is delivered; empty: /var/mail"},
    {"forward_path", TEXT,
     "where a user says to whom his mail goes on"},
    {"luser_relay", TEXT,
     "who gets the mail of unknown users"},
    {"owner_request_special", BOOLEAN,
     "the mail of an alias NAME is from owner-NAME, if that is one"},
    {"reset_owner_alias", BOOLEAN,
     "an alias without owner- forgets who has sent mail there"},
    {"expand_owner_alias", BOOLEAN,
     "that is said by the address that owner-NAME stands for"},
    {"mailbox_size_limit", SIZE,
     "the largest mailbox in bytes; 0: none"},
    {"mailbox_command", DEFAULT_ONLY,
     "the program that delivers to mailboxes"},
    {"mailbox_command_maps", DEFAULT_ONLY,
     "the program that delivers to the mailboxes of single users"},
    {"mailbox_transport", DEFAULT_ONLY,
     "the daemon that delivers to mailboxes"},
    {"mailbox_transport_maps", DEFAULT_ONLY,
     "the daemon that delivers to the mailboxes of single users"},
    {"fallback_transport", DEFAULT_ONLY,
     "the daemon that delivers the mail of unknown users"},
    {"fallback_transport_maps", DEFAULT_ONLY,
     "the daemon that delivers the mail of single unknown users"},
};
/* clang-format on */

static GHashTable *
index_effects(void)
{
    GHashTable *by_name = g_hash_table_new(g_str_hash, g_str_equal);
    for (gsize i = 0; i < G_N_ELEMENTS(smtpd_effects); i++)
        g_hash_table_insert(by_name, (gpointer)smtpd_effects[i].name,
                            (gpointer)&smtpd_effects[i]);
    for (gsize i = 0; i < G_N_ELEMENTS(delivery_effects); i++) {
        g_hash_table_insert(by_name, (gpointer)delivery_effects[i].name,
                            (gpointer)&delivery_effects[i]);
    }
    return by_name;
}

const MailsimPostfixEffect *
mailsim_postfix_find_effect(const char *name)
{
    static GHashTable
        *by_name; /* asked at each look at a parameter; lives as long as the program */
    if (g_once_init_enter(&by_name))
        g_once_init_leave(&by_name, index_effects());
    return g_hash_table_lookup(by_name, name);
}

gboolean
mailsim_postfix_effect_is_smtpds(const MailsimPostfixEffect *effect)
{
    return effect >= smtpd_effects && effect < smtpd_effects + G_N_ELEMENTS(smtpd_effects);
}

/* A parameter of which only Debian's value is built. Where that is another parameter
 * ($virtual_maps), the other is empty. */
static char *
check_default_only(const char *name,
                   const char *value,
                   char **hint,
                   G_GNUC_UNUSED gboolean *is_warning)
{
    const char *standard = mailsim_postfix_parameter_get_default(name);
    if (*standard == '$')
        standard = "";
    if (g_ascii_strcasecmp(value, standard) == 0)
        return NULL;
    if (*standard == '\0')
        *hint = g_strdup("so far it can only be empty");
    else
        *hint = g_strdup_printf("so far it can only be “%s”", standard);
    return g_strdup_printf("%s is not built yet", name);
}
