//! The cookie `session_data`: a session that need not be looked up.
//!
//! It is believed until its own end, whatever becomes of its session meanwhile; what must not be done with
//! a session that was ended looks it up nevertheless. A cookie of another session, version or user, or
//! one that is not in the form that we write, is taken back, and the session is looked up.

use countersign_cookies::{
    CookieNames, SecretError, SessionDataReader, SessionDataWriter, Unrepeated,
};
use countersign_store::{AdditionalColumns, Database, sessions::Session, users::User};
use jiff::{SignedDuration, Timestamp};

use crate::{
    Entropy,
    cookies::RequestCookies,
    settings::Settings,
    wire::{ApiError, SessionBody, UserBody, session_of, user_of},
};

/// The longest life that Better Auth gives to a cookie whose life is not set.
const LIFE_WITHOUT_SETTING: SignedDuration = SignedDuration::from_mins(5);

/// Reads and writes `session_data`.
pub(crate) struct SessionCache {
    reader: SessionDataReader,
    writer: SessionDataWriter,
    /// The columns that features added to users.
    of_users: AdditionalColumns,
    /// And to sessions.
    of_sessions: AdditionalColumns,
    max_age: SignedDuration,
}

/// What a request's `session_data` says.
pub(crate) enum Cached {
    /// It has none.
    Absent,
    /// Nothing that counts for the session of the request.
    Unusable,
    /// The session and its user.
    Found(Box<(Session, User)>),
}

impl SessionCache {
    /// Where the settings ask for one.
    pub(crate) fn open(
        settings: &Settings,
        database: &Database,
    ) -> Result<Option<Self>, SecretError> {
        let Some(cache) = &settings.cookie_cache else { return Ok(None) };
        let secret = String::from_utf8_lossy(settings.secrets.current().expose());
        let mut reader = SessionDataReader::new(cache.strategy, &secret)?
            .with_version(&cache.version)
            .with_max_lifetime(cache.max_age.max(LIFE_WITHOUT_SETTING));
        for (_, former) in settings.secrets.all().skip(1) {
            reader = reader.with_former_secret(&String::from_utf8_lossy(former.expose()))?;
        }
        let writer = SessionDataWriter::new(cache.strategy, &secret, &cache.version)?;
        let of_users = database.additional_columns();
        let of_sessions = database.session_additional_columns();
        Ok(Some(Self { reader, writer, of_users, of_sessions, max_age: cache.max_age }))
    }

    /// What the request brought, if it is of the session with this token.
    pub(crate) fn read(
        &self,
        request: &RequestCookies,
        names: &CookieNames,
        token: &str,
        now: Timestamp,
    ) -> Cached {
        let value = match request.whole(&names.session_data) {
            Ok(None) => return Cached::Absent,
            Ok(Some(value)) if value.is_empty() => return Cached::Absent,
            Ok(Some(value)) => value,
            Err(_incomplete) => return Cached::Unusable,
        };
        let found = self.reader.read(&value, now).ok().filter(|data| data.is_of(token));
        let parsed = found.and_then(|data| {
            let session = session_of(data.session(), &self.of_sessions)?;
            Some((session, user_of(data.user(), &self.of_users)?))
        });
        parsed.map_or(Cached::Unusable, |both| Cached::Found(Box::new(both)))
    }

    /// The cookie's value and life. One that is not to be remembered ends with the browser.
    pub(crate) fn write(
        &self,
        session: &Session,
        user: &User,
        remembered: bool,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<(String, Option<SignedDuration>), ApiError> {
        let mut unrepeated = Unrepeated { iv: [0; 16], jti: [0; 16] };
        entropy.fill(&mut unrepeated.iv);
        entropy.fill(&mut unrepeated.jti);
        let life = remembered.then_some(self.max_age);
        let (session, user) = (SessionBody::from(session), UserBody::from(user));
        let written = self.writer.write(&session, &user, now, life, unrepeated);
        let value = written
            .map_err(|error| ApiError::internal("session_data could not be written", &error))?;
        Ok((value, life))
    }
}
