//! Services that may ask this server about tokens, each with a credential of its own.

use std::collections::BTreeSet;

use aws_lc_rs::digest;
use base64ct::{Base64, Encoding};
use countersign_jwt::check_secret;
use http::{HeaderMap, header};
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use super::{SettingsError, reader::Reader};
use crate::secret::Secret;

const KEY: &str = "resource_servers.credentials";

const EXPECTED: &str = "NAME:SECRET, comma-separated; names of up to 64 letters, digits, . _ and -, \
     each once; secrets of at least 32 of these or ~ (`countersign secret generate` makes one)";

/// Services that show themselves by HTTP Basic (RFC 7617).
///
/// What a secret may consist of is the same in every form in which clients write it: RFC 6749 §2.3.1 has it
/// form-encoded, and most libraries do not. The secrets have no `Debug`.
#[derive(Clone, Default)]
pub struct ResourceServers(Vec<ResourceServer>);

#[derive(Clone)]
struct ResourceServer {
    name: String,
    secret: Secret,
}

impl ResourceServers {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, SettingsError> {
        let entries = reader.list(KEY).into_iter().map(parse).collect::<Option<Vec<_>>>();
        let entries = entries.ok_or_else(|| SettingsError::invalid(KEY, EXPECTED))?;
        let mut seen = BTreeSet::new();
        if !entries.iter().all(|(name, _)| seen.insert(*name)) {
            return Err(SettingsError::invalid(KEY, EXPECTED));
        }
        if entries.iter().any(|(_, secret)| check_secret(secret).is_err()) {
            let why = "a secret in it can be guessed; `countersign secret generate` makes one that cannot";
            return Err(SettingsError::Unsafe { key: KEY, why });
        }
        let server = |(name, secret): (&str, &str)| ResourceServer {
            name: name.to_owned(),
            secret: Secret::new(secret),
        };
        Ok(Self(entries.into_iter().map(server).collect()))
    }

    /// Which service these headers show, if any: one `Authorization: Basic` with its name and secret.
    ///
    /// Every secret is compared, in constant time, whatever the name.
    pub(crate) fn authenticate(&self, headers: &HeaderMap) -> Option<&str> {
        let (name, secret) = basic(headers)?;
        let shown = digest::digest(&digest::SHA256, secret.as_bytes());
        let mut found = None;
        for server in &self.0 {
            let known = digest::digest(&digest::SHA256, server.secret.expose());
            let is_secret = shown.as_ref().ct_eq(known.as_ref());
            if bool::from(is_secret & Choice::from(u8::from(server.name == *name))) {
                found = Some(server.name.as_str());
            }
        }
        found
    }
}

fn parse(entry: &str) -> Option<(&str, &str)> {
    let (name, secret) = entry.split_once(':')?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let is_name = (1..=64).contains(&name.len()) && name.chars().all(is_plain);
    let is_secret = secret.len() >= 32 && secret.chars().all(|c| is_plain(c) || c == '~');
    (is_name && is_secret).then_some((name, secret))
}

fn basic(headers: &HeaderMap) -> Option<(Zeroizing<String>, Zeroizing<String>)> {
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(line), None) = (lines.next(), lines.next()) else { return None };
    let (scheme, encoded) = line.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = Zeroizing::new(Base64::decode_vec(encoded.trim()).ok()?);
    let (name, secret) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some((Zeroizing::new(name.to_owned()), Zeroizing::new(secret.to_owned())))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const FIRST: &str = "4f1d0c9b8a7e6f5d4c3b2a19087f6e5d4c3b2a1908f7e6d5";
    const SECOND: &str = "zQ3~kV.x9_Lr-T2mBn7wYc5HdPf8sJg4uEa6";

    fn read(text: &str) -> Result<ResourceServers, SettingsError> {
        let values = BTreeMap::from([(KEY, text.to_owned())]);
        ResourceServers::read(&Reader { values: &values })
    }

    fn headers(lines: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::AUTHORIZATION, line.parse().expect("a header"));
        }
        headers
    }

    fn shown(name: &str, secret: &str) -> String {
        format!("Basic {}", Base64::encode_string(format!("{name}:{secret}").as_bytes()))
    }

    #[test]
    fn a_service_is_who_shows_its_name_and_its_secret() {
        let servers = read(&format!("tasks:{FIRST}, mail:{SECOND}"))
            .unwrap_or_else(|error| panic!("{error}"));
        let found = |line: &str| servers.authenticate(&headers(&[line])).map(str::to_owned);
        assert_eq!(found(&shown("tasks", FIRST)).as_deref(), Some("tasks"));
        assert_eq!(found(&shown("mail", SECOND)).as_deref(), Some("mail"));
        for line in [
            shown("tasks", SECOND),
            shown("mail", FIRST),
            shown("Tasks", FIRST),
            shown("", FIRST),
            shown("tasks", &FIRST[1..]),
            shown("tasks", ""),
            shown("tasks", FIRST).replace("Basic", "Bearer"),
            "Basic".to_owned(),
            "Basic tasks".to_owned(),
        ] {
            assert_eq!(found(&line), None, "{line}");
        }
        let twice = [&*shown("tasks", FIRST), &*shown("tasks", FIRST)];
        assert_eq!(servers.authenticate(&headers(&twice)), None);
        assert_eq!(ResourceServers::default().authenticate(&headers(&twice[..1])), None);
    }

    #[test]
    fn a_list_that_cannot_be_used_is_refused_and_no_secret_is_said() {
        for text in [
            "tasks",
            &format!("tasks:{}", &FIRST[..31]),
            &format!(":{FIRST}"),
            &format!("ta sks:{FIRST}"),
            &format!("tasks:{FIRST}+"),
            &format!("tasks:{FIRST},tasks:{SECOND}"),
            &format!("{}:{FIRST}", "x".repeat(65)),
            &format!("tasks:{}", "a".repeat(40)),
        ] {
            let error = read(text).err().expect("it is refused").to_string();
            assert!(error.contains(KEY) && !error.contains(&FIRST[..20]), "{error}");
        }
        assert!(read("").is_ok());
    }
}
