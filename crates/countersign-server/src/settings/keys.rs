//! The list of settings: each with its default, Better Auth's name for it, and what it is for.

/// One setting.
#[derive(Debug)]
pub struct Key {
    /// `section.key`, as in the TOML file.
    pub name: &'static str,
    /// Better Auth's variable for it, where there is one.
    pub alias: Option<&'static str>,
    /// What it is when not set; empty means absent.
    pub default: &'static str,
    /// What it is for.
    pub help: &'static str,
}

impl Key {
    /// The variable that sets it: `COUNTERSIGN_<SECTION>__<KEY>`.
    pub fn variable(&self) -> String {
        format!("COUNTERSIGN_{}", self.name.replace('.', "__").to_uppercase())
    }
}

const fn key(name: &'static str, default: &'static str, help: &'static str) -> Key {
    Key { name, alias: None, default, help }
}

const fn known(
    name: &'static str,
    alias: &'static str,
    default: &'static str,
    help: &'static str,
) -> Key {
    Key { name, alias: Some(alias), default, help }
}

/// Every setting there is.
pub const KEYS: &[Key] = &[
    key("server.listen", "127.0.0.1:4000", "address and port to listen on"),
    key("server.development", "false", "relaxed rules for a machine that serves nobody else"),
    known(
        "server.base_url",
        "BETTER_AUTH_URL",
        "",
        "where browsers see this server; default http://<listen>",
    ),
    known(
        "server.secret",
        "BETTER_AUTH_SECRET",
        "",
        "at least 32 bytes; `countersign secret generate` makes one",
    ),
    known(
        "server.secrets",
        "BETTER_AUTH_SECRETS",
        "",
        "numbered secrets for a rotation, 2:NEW,1:OLD; the first is the current one",
    ),
    key("server.secret_file", "", "a file that holds the secret, instead of server.secret"),
    known(
        "server.trusted_origins",
        "BETTER_AUTH_TRUSTED_ORIGINS",
        "",
        "further origins, comma-separated; * and ? are wildcards",
    ),
    key("server.trusted_proxies", "", "addresses or networks whose X-Forwarded-For is believed"),
    known(
        "database.url",
        "DATABASE_URL",
        "sqlite:countersign.db",
        "sqlite:FILE, sqlite::memory:, postgres://… or mysql://…",
    ),
    key("database.pool_size", "10", "most connections to PostgreSQL or MySQL at once"),
    key("database.names", "camelCase", "camelCase, or snake_case for names such as email_verified"),
    key("database.tables", "", "tables with other names: user=people, session=logins"),
    key("database.columns", "", "columns with other names: user.email=address"),
    key(
        "database.without_protection_of",
        "",
        "plugins of Better Auth on this database, two-factor or admin, whose protection is given up",
    ),
    key("database.connect_timeout", "5s", "how long to wait for such a connection"),
    key(
        "database.purge_every",
        "1h",
        "how often rows of sessions and links whose time is over are removed; off for never",
    ),
    key(
        "rate_limit.enabled",
        "",
        "count requests by client and path; default true outside development",
    ),
    key("account.encrypt_tokens", "false", "encrypt identity providers' tokens in the database"),
    key("account.linking", "true", "whether a user may have accounts at several providers"),
    key("account.link_other_emails", "false", "link accounts whose address is not the user's"),
    key(
        "rate_limit.storage",
        "",
        "memory, redis or database; default redis where redis.url is set, else memory",
    ),
    key("rate_limit.window", "10s", "the time in which requests are counted"),
    key("rate_limit.max", "100", "requests of one client for one path in that time"),
    key("rate_limit.rules", "", "further rules, such as /sign-in/* 5/1m or /get-session off"),
    key(
        "rate_limit.account_attempts",
        "10",
        "sign-ins that may fail for one account, from any address; 0 is any number",
    ),
    key("rate_limit.account_window", "15m", "the time in which failed sign-ins are counted"),
    known("redis.url", "REDIS_URL", "", "redis://HOST:PORT/NUMBER: sessions are there"),
    key("redis.key_prefix", "better-auth:", "what keys in Redis start with"),
    key("cookies.prefix", "better-auth", "what cookie names start with"),
    key("cookies.session_token", "", "another name for this cookie, instead of prefix and key"),
    key("cookies.session_data", "", "another name for this cookie, instead of prefix and key"),
    key("cookies.dont_remember", "", "another name for this cookie, instead of prefix and key"),
    key("cookies.secure", "", "cookies are sent over TLS only; default: the base URL is https"),
    key("cookies.same_site", "lax", "lax, strict or none"),
    key("cookies.cross_subdomain", "false", "hosts below a domain share the cookies"),
    key("cookies.domain", "", "that domain; default the host of server.base_url"),
    key("session.expires_in", "7d", "from sign-in or refresh to the end of a session"),
    key("session.update_age", "1d", "a session older than this is extended when used"),
    key(
        "session.absolute_lifetime",
        "0",
        "no session outlives this, however often it is extended; 0 is no limit, as in Better Auth",
    ),
    key(
        "session.fresh_age",
        "1d",
        "for how long after sign-in a session counts as fresh; 0 is always",
    ),
    key("session.disable_refresh", "false", "sessions are never extended"),
    key("session.defer_refresh", "false", "GET get-session writes nothing; POST extends"),
    key(
        "session.cookie_cache",
        "off",
        "compact, jwt or jwe: session and user in a cookie, read instead of the database",
    ),
    key("session.cookie_cache_max_age", "5m", "for how long that cookie is believed"),
    key(
        "session.cookie_cache_version",
        "1",
        "a new one makes cookies of the old one count no more",
    ),
    key("session.store_in_database", "false", "with Redis: sessions are in the database, too"),
    key(
        "session.preserve_in_database",
        "false",
        "with Redis: rows of sessions that were ended stay in the database",
    ),
    key(
        "verification.store_in_database",
        "false",
        "with Redis: links of mails and sign-ins at providers wait in the database instead",
    ),
    key("password.min_length", "8", "fewest characters (UTF-16 units) of a password"),
    key("password.max_length", "128", "most characters (UTF-16 units) of a password"),
    key(
        "password.refused_file",
        "",
        "a file of passwords that nobody may choose, one a line; letters' case does not matter",
    ),
    key("password.threads", "", "threads that hash passwords, 32 MiB each; default one a core"),
    key("password.queue", "64", "sign-ins that may wait for such a thread"),
    key(
        "password.firebase_signer_key",
        "",
        "base64_signer_key of the Firebase project whose password hashes were brought along",
    ),
    key("password.firebase_salt_separator", "Bw==", "base64_salt_separator of that project"),
    key("password.firebase_rounds", "8", "rounds of that project"),
    key("password.firebase_memory_cost", "14", "mem_cost of that project"),
    key(
        "token.algorithm",
        "EdDSA",
        "EdDSA, ES256, ES384, ES512, RS256 to PS512, or HS256 with the shared secret",
    ),
    key("token.issuer", "", "the claim iss; default the origin of server.base_url"),
    key(
        "token.audience",
        "",
        "the claim aud, or several, comma-separated; default the origin of server.base_url",
    ),
    key("token.lifetime", "15m", "from iat to exp"),
    key("token.scope", "", "the claim scope, space-separated; no claim when empty"),
    key(
        "token.role_scopes",
        "",
        "further scopes by the user's role, such as admin=tasks:read tasks:write, user=tasks:read",
    ),
    key(
        "token.claims",
        "minimal",
        "minimal, or user for every field of the user as Better Auth does, or a JSON object such as \
         {\"name\":\"{user.name}\"}",
    ),
    key(
        "token.enabled",
        "auto",
        "the plugin jwt: tokens for services, and the keys to verify them; auto: where the database \
         is new or has the table jwks",
    ),
    key("token.header", "true", "whether get-session carries a token in the header set-auth-jwt"),
    key("token.rsa_bits", "2048", "how long new RSA keys are: 2048, 3072 or 4096"),
    key("token.rotation_interval", "", "for how long a key signs; for ever when empty"),
    key(
        "token.publish_ahead",
        "15m",
        "for how long the next key is published before it signs; at most half of token.rotation_interval",
    ),
    key(
        "token.activation_patience",
        "",
        "for how much longer the next key waits for registered guards that lack it; default token.publish_ahead, 0 is not at all",
    ),
    key("token.grace_period", "30d", "for how long a key is published after it signed last"),
    key("token.encrypt_private_keys", "true", "whether private keys are encrypted at rest"),
    key("token.jwks_path", "/jwks", "where the public keys are; the last part has to contain jwks"),
    key(
        "revocation.enabled",
        "auto",
        "the revocation feed for services; auto: where its tables are there and tokens are signed",
    ),
    key(
        "revocation.retention",
        "",
        "for how long what was taken back is remembered; default 1d, or token.lifetime if that is longer",
    ),
    key(
        "revocation.poll_interval_ms",
        "200",
        "milliseconds between two looks at the database while a service waits for news",
    ),
    key(
        "revocation.guard_remembered",
        "1m",
        "for how long a registered guard that says nothing is waited for",
    ),
    key(
        "admin.enabled",
        "auto",
        "the plugin admin: bans, roles, and endpoints that change them; auto: who is banned is kept out where user has the \
         column banned, without the endpoints",
    ),
    key("admin.default_role", "user", "the role of who signs up"),
    key("admin.user_ids", "", "ids of users who may do everything at /admin, whatever their role"),
    key(
        "admin.banned_user_message",
        "You have been banned from this application. Please contact support if you believe this is an error.",
        "what a banned user is told who signs in",
    ),
    key("admin.default_ban_reason", "No reason", "why somebody is banned where nobody says so"),
    key(
        "admin.default_ban_expires_in",
        "",
        "for how long somebody is banned where nobody says so; for good when empty",
    ),
    key(
        "bearer.enabled",
        "false",
        "the plugin bearer: a session's token in Authorization instead of the cookie",
    ),
    key(
        "bearer.require_signature",
        "true",
        "only signed tokens; false takes bare ones of the table session too",
    ),
    key(
        "multi_session.enabled",
        "false",
        "the plugin multi-session: several people signed in in one browser",
    ),
    key("multi_session.maximum_sessions", "5", "the most sessions of one browser"),
    key(
        "username.enabled",
        "false",
        "the plugin username: sign-in with a name; auto: where user has the columns for it",
    ),
    key("username.min_length", "3", "fewest characters (UTF-16 units) of a username"),
    key("username.max_length", "30", "most characters (UTF-16 units) of a username"),
    key("open_api.enabled", "false", "the plugin open-api: a description of this server"),
    key("open_api.page", "true", "whether the description is a page at /reference, too"),
    key(
        "refresh_tokens.enabled",
        "false",
        "POST /token: tokens for services, renewed by refresh tokens",
    ),
    key(
        "refresh_tokens.lifetime",
        "14d",
        "from the making of a refresh token to its end, when it is not used",
    ),
    key(
        "refresh_tokens.absolute_lifetime",
        "30d",
        "from the first refresh token to the end of all that came out of it",
    ),
    key(
        "refresh_tokens.retry_window",
        "30s",
        "for how long a used refresh token gets its successor again, if that was not used; 0 is never",
    ),
    key("refresh_tokens.retries", "10", "how often it gets that"),
    key(
        "refresh_tokens.families_per_user",
        "100",
        "most devices with refresh tokens of one user; the one unused for longest makes room",
    ),
    key(
        "refresh_tokens.password_grant",
        "false",
        "whether POST /token takes an address and a password, for programs without cookies",
    ),
    key(
        "spent_tokens.enabled",
        "auto",
        "POST /spent-tokens: tokens that count once, in all processes of a service; auto: where its table is there",
    ),
    key(
        "resource_servers.credentials",
        "",
        "NAME:SECRET, comma-separated: services that may ask about tokens, by HTTP Basic",
    ),
    key("email_password.enabled", "true", "sign-up and sign-in with a password"),
    key("email_password.disable_sign_up", "false", "nobody can sign up with a password"),
    key(
        "email_password.require_email_verification",
        "false",
        "only proven addresses can sign in; sign-up does not tell which addresses are taken",
    ),
    key("email_password.auto_sign_in", "true", "a sign-up begins a session"),
    key(
        "email_password.reset_password_token_expires_in",
        "1h",
        "how long the link to reset a password is good",
    ),
    key(
        "email_password.revoke_sessions_on_password_reset",
        "false",
        "a password that is reset ends every session of the user",
    ),
    key(
        "email_verification.send_on_sign_up",
        "",
        "sign-up mails the link that proves the address; default as require_email_verification, at a \
         provider as its require_verified_email",
    ),
    key(
        "email_verification.send_on_sign_in",
        "false",
        "a sign-in that is refused because the address is not proven mails the link again, at a \
         provider, too",
    ),
    key(
        "email_verification.auto_sign_in_after_verification",
        "false",
        "the link that proves an address begins a session",
    ),
    key("email_verification.expires_in", "1h", "how long the link that proves an address is good"),
    key("change_email.enabled", "false", "users can change their address"),
    key(
        "change_email.update_email_without_verification",
        "false",
        "an address that was never proven is changed at once",
    ),
    key(
        "change_email.send_confirmation",
        "false",
        "a proven address has to confirm the change before the new one is asked",
    ),
    key("delete_user.enabled", "false", "users can delete themselves"),
    key("delete_user.send_verification", "false", "deleting oneself takes the link of a mail"),
    key("delete_user.token_expires_in", "1d", "how long the link to delete oneself is good"),
    known(
        "mail.url",
        "COUNTERSIGN_MAIL",
        "",
        "outbox:FOLDER, smtp://user:password@host:587 or smtps://user:password@host:465",
    ),
    key("mail.from", "", "the sender, such as Example <no-reply@example.com>; needed for SMTP"),
    key(
        "mail.app_name",
        "",
        "what mails call the application; default the host of server.base_url",
    ),
    key("mail.templates", "", "a folder with templates that replace those of the same name"),
    key("mail.timeout", "30s", "how long each step of a conversation with the relay may take"),
    key("mail.queue", "256", "mails that may wait; beyond, requests that need one are a 503"),
];
