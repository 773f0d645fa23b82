//! Bodies that do not come to an end.

use std::error::Error;

use tower_http::timeout::TimeoutError;

/// Whether reading a body failed because its time was over, so that the answer is a 408 and not a
/// word about its size or form.
pub fn came_too_slowly(error: &(dyn Error + 'static)) -> bool {
    error.is::<TimeoutError>() || error.source().is_some_and(came_too_slowly)
}
