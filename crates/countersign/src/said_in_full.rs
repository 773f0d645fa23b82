//! How the error of a setting reads where a `main` returns it. Rust prints it with `Debug` there: that is its text,
//! and the texts of what caused it.

use std::{
    error::Error,
    fmt::{self, Debug, Display, Formatter},
};

#[cfg(feature = "axum")]
use crate::axum::RouteError;
use crate::{
    BuildError, FeedError, PolicyError, SharedSpentTokensError, SourceError,
    cookies::CookiePolicyError,
};

macro_rules! said_in_full {
    ($($error:ty),+) => {$(
        impl Debug for $error {
            fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
                say(self, formatter)
            }
        }
    )+};
}

said_in_full!(
    BuildError,
    CookiePolicyError,
    FeedError,
    PolicyError,
    SharedSpentTokensError,
    SourceError
);
#[cfg(feature = "axum")]
said_in_full!(RouteError);

fn say(error: &dyn Error, formatter: &mut Formatter<'_>) -> fmt::Result {
    Display::fmt(error, formatter)?;
    let mut cause = error.source();
    while let Some(error) = cause {
        write!(formatter, ": {error}")?;
        cause = error.source();
    }
    Ok(())
}
