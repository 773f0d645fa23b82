//! The cases by number. Groups: A to E tokens, algorithms, keys, claims and headers (1-124), F cookies and
//! sessions (125-151), G origins (152-174), H credentials (175-204), I refresh tokens (205-220), J revocation
//! (221-242), K isolation (243-265), L limits (266-290), M storage (291-305), N several nodes (306-315), O logs
//! and secrets (316-326), P the front end (327-342), Q dependencies and builds (343-353).

/// Cases that have a test, as ranges of numbers.
pub(super) const TESTED: &[(u16, u16)] = &[
    (1, 166),
    (168, 252),
    (254, 259),
    (264, 264),
    (266, 280),
    (282, 289),
    (291, 303),
    (305, 317),
    (321, 322),
    (325, 326),
    (327, 342),
    (345, 345),
];

/// What must be tested, or stand in [`WITHOUT_TEST`]: everything about tokens, guards, revocation and several
/// nodes, and of the other groups the most dangerous.
pub(super) const REQUIRED: &[(u16, u16)] = &[
    (1, 124),
    (205, 242),
    (243, 245),
    (247, 248),
    (250, 250),
    (254, 255),
    (258, 258),
    (263, 263),
    (268, 268),
    (270, 271),
    (273, 273),
    (279, 279),
    (283, 283),
    (306, 317),
    (319, 319),
    (322, 322),
    (326, 326),
];

/// Cases of [`REQUIRED`] without a test, each with what it waits for.
pub(super) const WITHOUT_TEST: [(&[u16], &str); 2] = [
    (&[263], "`cargo xtask mutants` breaks verifier and guard, not the task services"),
    (&[319], "the audit log is written by the service's own logger"),
];
