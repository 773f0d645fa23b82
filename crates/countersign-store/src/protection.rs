//! Columns by which plugins of Better Auth keep somebody out. Who knows nothing of them lets in whom they keep out.

/// What a plugin of Better Auth wrote into a database to keep somebody out.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Protection {
    /// Better Auth's id of the plugin.
    pub plugin: &'static str,
    /// Its column, `table.column` in Better Auth's names.
    pub column: &'static str,
    /// Who is kept out.
    pub keeps_out: &'static str,
    pub(crate) place: (&'static str, &'static str),
}

/// Every such column that is known here.
pub(crate) const PROTECTIONS: [Protection; 2] = [
    Protection {
        plugin: "two-factor",
        column: "user.twoFactorEnabled",
        keeps_out: "who has a password and no second factor",
        place: ("user", "twoFactorEnabled"),
    },
    Protection {
        plugin: "admin",
        column: "user.banned",
        keeps_out: "who is banned",
        place: ("user", "banned"),
    },
];
