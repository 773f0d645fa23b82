//! The tables of refresh tokens: families, and the tokens of each by their hashes.

use countersign_store::schema::{Kind, Rule, Table, column};

pub(super) static TABLES: [Table; 2] = {
    use Kind::{BigInteger, Boolean, Date, ShortText, Text};
    use Rule::{Key, Of, Optional, Required, Unique};
    [
        Table {
            name: "refreshFamily",
            columns: &[
                column("id", Text, Key),
                column("name", Text, Unique),
                column("userId", Text, Of("user")),
                column("sessionId", ShortText, Required),
                column("session", Text, Required),
                column("remembered", Boolean, Required),
                column("scope", Text, Optional),
                column("password", Text, Optional),
                column("generation", BigInteger, Required),
                column("rotatedAt", Date, Required),
                column("successor", Text, Optional),
                column("retries", BigInteger, Required),
                column("ipAddress", Text, Optional),
                column("userAgent", Text, Optional),
                column("createdAt", Date, Required),
                column("expiresAt", Date, Required),
            ],
            indexes: &[&["userId"], &["expiresAt"]],
        },
        Table {
            name: "refreshToken",
            columns: &[
                column("id", Text, Key),
                column("family", ShortText, Required),
                column("hash", Text, Unique),
                column("generation", BigInteger, Required),
                column("createdAt", Date, Required),
                column("expiresAt", Date, Required),
            ],
            indexes: &[&["family"], &["expiresAt"]],
        },
    ]
};
