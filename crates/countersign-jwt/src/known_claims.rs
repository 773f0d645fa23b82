//! The claims that are looked at, found in one walk over the payload.

use crate::json::{Json, Object};

/// The registered claims (RFC 7519 §4.1) and the few others that a check or a caller always needs.
#[derive(Default)]
pub(crate) struct KnownClaims<'o, 't> {
    pub(crate) iss: Option<&'o Json<'t>>,
    pub(crate) sub: Option<&'o Json<'t>>,
    pub(crate) aud: Option<&'o Json<'t>>,
    pub(crate) exp: Option<&'o Json<'t>>,
    pub(crate) nbf: Option<&'o Json<'t>>,
    pub(crate) iat: Option<&'o Json<'t>>,
    pub(crate) jti: Option<&'o Json<'t>>,
    pub(crate) sid: Option<&'o Json<'t>>,
    pub(crate) session_id: Option<&'o Json<'t>>,
    pub(crate) scope: Option<&'o Json<'t>>,
    pub(crate) cnf: Option<&'o Json<'t>>,
}

impl<'o, 't> KnownClaims<'o, 't> {
    pub(crate) fn of(payload: &'o Object<'t>) -> Self {
        let mut known = Self::default();
        for (name, value) in payload.members() {
            let place = match name {
                "iss" => &mut known.iss,
                "sub" => &mut known.sub,
                "aud" => &mut known.aud,
                "exp" => &mut known.exp,
                "nbf" => &mut known.nbf,
                "iat" => &mut known.iat,
                "jti" => &mut known.jti,
                "sid" => &mut known.sid,
                "sessionId" => &mut known.session_id,
                "scope" => &mut known.scope,
                "cnf" => &mut known.cnf,
                _ => continue,
            };
            *place = Some(value);
        }
        known
    }
}
