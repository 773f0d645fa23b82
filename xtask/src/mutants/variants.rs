//! The ways in which verifier and guard are broken: a text of a source file, and what stands there
//! instead.

mod feed;
mod guard;
mod verifier;

/// A broken variant of a crate.
pub(crate) struct Variant {
    /// What it does, in a sentence.
    pub(crate) breaks: &'static str,
    pub(crate) package: &'static str,
    pub(crate) edits: &'static [Edit],
}

pub(crate) struct Edit {
    /// Below the crate's `src`.
    pub(crate) file: &'static str,
    /// A text that occurs there once.
    pub(crate) original: &'static str,
    pub(crate) broken: &'static str,
}

/// The crates, those first whose tests take less time.
pub(crate) const PACKAGES: [&str; 2] = [verifier::PACKAGE, guard::PACKAGE];

pub(crate) fn all() -> impl Iterator<Item = &'static Variant> {
    verifier::VARIANTS.iter().chain(guard::VARIANTS).chain(feed::VARIANTS)
}

/// A change of one place in the crate of the module.
macro_rules! variant {
    ($breaks:literal, $file:literal: $original:literal => $broken:literal) => {
        Variant {
            breaks: $breaks,
            package: PACKAGE,
            edits: &[Edit { file: $file, original: $original, broken: $broken }],
        }
    };
}

use variant;
