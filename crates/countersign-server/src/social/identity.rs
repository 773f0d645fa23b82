//! Who somebody is, by the word of a provider: an ID token or a profile, in the members that Better Auth shows.

use countersign_jwt::dangerous;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{calls::Calls, provider::Provider, tokens::Tokens};
use crate::{settings::social::ProviderKind, wire::is_email};

/// A person at a provider.
pub(crate) struct Identity {
    /// What is taken over: `name`, `email`, `image`, `emailVerified`, as far as they are there.
    pub(crate) user: Map<String, Value>,
    /// Everything the provider said.
    pub(crate) data: Map<String, Value>,
    /// Who the person is there, for good.
    pub(crate) account_id: Option<String>,
}

impl Identity {
    pub(crate) fn name(&self) -> &str {
        self.user.get("name").and_then(Value::as_str).unwrap_or_default()
    }

    /// The address in lower case. One that nobody could sign up with is none: letters that become others in lower
    /// case would otherwise make one person's address another's.
    pub(crate) fn email(&self) -> Option<String> {
        let email = self.user.get("email").and_then(Value::as_str)?;
        is_email(email).then(|| email.to_lowercase())
    }

    pub(crate) fn email_verified(&self) -> bool {
        self.user.get("emailVerified").is_some_and(is_true)
    }

    pub(crate) fn image(&self) -> Option<String> {
        self.user.get("image").and_then(Value::as_str).map(str::to_owned)
    }
}

impl Provider {
    /// Who the tokens belong to; the log says why nobody.
    ///
    /// `shown` is what Apple tells the browser of a new user, once: the name is in no token.
    pub(crate) async fn identify(
        &self,
        calls: &Calls,
        tokens: &Tokens,
        nonce: Option<&str>,
        shown: Option<&Value>,
        now: Timestamp,
    ) -> Option<Identity> {
        let claims = match &tokens.id_token {
            Some(token) if self.takes_id_tokens() => {
                Some(self.verified_claims(calls, token, nonce, now).await?)
            }
            _ => None,
        };
        self.identity_of(calls, tokens, claims, shown).await
    }

    /// Who stored tokens belong to. The ID token was verified before it was stored, and may be old by now; a provider
    /// of OpenID Connect is asked for the profile then.
    pub(crate) async fn recall(
        &self,
        calls: &Calls,
        tokens: &Tokens,
        now: Timestamp,
    ) -> Option<Identity> {
        if self.settings.kind == ProviderKind::Generic {
            return self.identify(calls, tokens, None, None, now).await;
        }
        let read = |token: &String| dangerous::read_without_verifying(token).ok();
        let claims = tokens.id_token.as_ref().and_then(read).map(|said| said.claims);
        self.identity_of(calls, tokens, claims, None).await
    }

    async fn identity_of(
        &self,
        calls: &Calls,
        tokens: &Tokens,
        claims: Option<Map<String, Value>>,
        shown: Option<&Value>,
    ) -> Option<Identity> {
        match (self.settings.kind, claims) {
            (ProviderKind::Apple, Some(claims)) => Some(apple(claims, shown)),
            (ProviderKind::Google, Some(claims)) => Some(google(claims)),
            (ProviderKind::Microsoft, Some(claims)) => microsoft(claims),
            (ProviderKind::Generic, claims) => self.generic(calls, tokens, claims).await,
            (ProviderKind::GitHub, _) => self.github(calls, tokens).await,
            (ProviderKind::Discord, _) => self.discord(calls, tokens).await,
            (ProviderKind::Apple | ProviderKind::Google | ProviderKind::Microsoft, None) => {
                tracing::error!(provider = self.id(), "the provider gave no id token");
                None
            }
        }
    }

    /// OpenID Connect Core 1.0 §5.3: the profile has to be that of the ID token's subject.
    async fn generic(
        &self,
        calls: &Calls,
        tokens: &Tokens,
        claims: Option<Map<String, Value>>,
    ) -> Option<Identity> {
        let speaks_openid =
            !self.addresses.algorithms.is_empty() && self.addresses.issuer.is_some();
        let subject = claims.as_ref().and_then(|claims| claims.get("sub").cloned());
        let complete = claims.filter(|claims| truthy(claims, "sub") && truthy(claims, "email"));
        let mut data;
        if let Some(claims) = complete {
            data = Map::new();
            data.insert("id".to_owned(), claims.get("sub").cloned().unwrap_or_default());
            data.insert("emailVerified".to_owned(), says_verified(&claims).into());
            put(&mut data, "image", claims.get("picture"));
            data.extend(claims);
        } else {
            data = self.profile(calls, tokens).await?;
            let (verified, picture) = (says_verified(&data), data.get("picture").cloned());
            data.insert("emailVerified".to_owned(), verified.into());
            match picture {
                Some(picture) => drop(data.insert("image".to_owned(), picture)),
                None => drop(data.shift_remove("image")),
            }
        }
        if let Some(subject) = &subject
            && as_text(data.get("sub")) != as_text(Some(subject))
        {
            tracing::error!(provider = self.id(), "the profile is that of somebody else");
            return None;
        }
        let account_id = match (speaks_openid, subject) {
            (false, _) => as_text(data.get("id")),
            (true, Some(subject)) => as_text(Some(&subject)),
            (true, None) => as_text(data.get("sub")),
        };
        let mut user = Map::new();
        put(&mut user, "email", data.get("email"));
        user.insert(
            "emailVerified".to_owned(),
            data.get("emailVerified").is_some_and(is_true).into(),
        );
        put(&mut user, "image", data.get("image").filter(|image| !image.is_null()));
        put(&mut user, "name", data.get("name"));
        Some(Identity { user, data, account_id })
    }

    async fn github(&self, calls: &Calls, tokens: &Tokens) -> Option<Identity> {
        let mut data = self.profile(calls, tokens).await?;
        let emails = match (&self.addresses.emails, &tokens.access_token) {
            (Some(url), Some(token)) => calls.get_as(url, token).await.ok(),
            _ => None,
        };
        let emails = emails.as_ref().and_then(Value::as_array);
        if let Some(emails) = emails.filter(|_| !truthy(&data, "email")) {
            let primary = emails.iter().find(|one| one.get("primary").is_some_and(is_true));
            match primary.or(emails.first()).and_then(|one| one.get("email")) {
                Some(email) => drop(data.insert("email".to_owned(), email.clone())),
                None => drop(data.shift_remove("email")),
            }
        }
        let own = emails.into_iter().flatten().find(|one| one.get("email") == data.get("email"));
        let verified = own.and_then(|own| own.get("verified")).cloned().unwrap_or(false.into());
        let mut user = Map::new();
        user.insert("name".to_owned(), first_text(&data, &["name", "login"]).into());
        put(&mut user, "email", data.get("email"));
        put(&mut user, "image", data.get("avatar_url"));
        user.insert("emailVerified".to_owned(), verified);
        let account_id = as_text(data.get("id"));
        Some(Identity { user, data, account_id })
    }

    async fn discord(&self, calls: &Calls, tokens: &Tokens) -> Option<Identity> {
        let mut data = self.profile(calls, tokens).await?;
        data.insert("image_url".to_owned(), discord_avatar(&data).into());
        let mut user = Map::new();
        user.insert("name".to_owned(), first_text(&data, &["global_name", "username"]).into());
        put(&mut user, "email", data.get("email"));
        put(&mut user, "emailVerified", data.get("verified"));
        put(&mut user, "image", data.get("image_url"));
        let account_id = as_text(data.get("id"));
        Some(Identity { user, data, account_id })
    }

    async fn profile(&self, calls: &Calls, tokens: &Tokens) -> Option<Map<String, Value>> {
        let (url, token) = (self.addresses.userinfo.as_ref()?, tokens.access_token.as_ref()?);
        match calls.get_as(url, token).await {
            Ok(Value::Object(profile)) => Some(profile),
            Ok(_) => {
                tracing::error!(provider = self.id(), "the profile is no object");
                None
            }
            Err(error) => {
                tracing::error!(provider = self.id(), %error, "the profile cannot be read");
                None
            }
        }
    }
}

fn apple(mut data: Map<String, Value>, shown: Option<&Value>) -> Identity {
    let part = |name: &str| {
        let name = shown.and_then(|shown| shown.get("name")?.get(name));
        name.and_then(Value::as_str).unwrap_or_default()
    };
    let name = if shown.is_some_and(|shown| shown.get("name").is_some_and(Value::is_object)) {
        format!("{} {}", part("firstName"), part("lastName")).trim().to_owned()
    } else {
        first_text(&data, &["name"])
    };
    let verified = data.get("email_verified").is_some_and(is_true);
    data.insert("name".to_owned(), name.clone().into());
    let mut user = Map::new();
    user.insert("name".to_owned(), name.into());
    user.insert("emailVerified".to_owned(), verified.into());
    put(&mut user, "email", data.get("email"));
    let account_id = as_text(data.get("sub"));
    Identity { user, data, account_id }
}

fn google(data: Map<String, Value>) -> Identity {
    let mut user = Map::new();
    put(&mut user, "name", data.get("name"));
    put(&mut user, "email", data.get("email"));
    put(&mut user, "image", data.get("picture"));
    put(&mut user, "emailVerified", data.get("email_verified"));
    let account_id = as_text(data.get("sub"));
    Identity { user, data, account_id }
}

/// Without the photo, which is another call to another service. The object id is the same for every
/// application; the subject is not.
fn microsoft(data: Map<String, Value>) -> Option<Identity> {
    let account_id = data.get("oid").and_then(Value::as_str).filter(|id| !id.trim().is_empty());
    let account_id = Some(account_id?.to_owned());
    let verified = match (data.get("email_verified"), data.get("email")) {
        (Some(verified), _) => is_true(verified),
        (None, Some(email)) => ["verified_primary_email", "verified_secondary_email"]
            .iter()
            .filter_map(|name| data.get(*name)?.as_array())
            .any(|verified| verified.contains(email)),
        (None, None) => false,
    };
    let mut user = Map::new();
    put(&mut user, "name", data.get("name"));
    put(&mut user, "email", data.get("email"));
    put(&mut user, "image", data.get("picture"));
    user.insert("emailVerified".to_owned(), verified.into());
    Some(Identity { user, data, account_id })
}

fn discord_avatar(data: &Map<String, Value>) -> String {
    let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
    let (id, number) = (text("id"), text("discriminator"));
    if let Some(avatar) = data.get("avatar").and_then(Value::as_str) {
        let form = if avatar.starts_with("a_") { "gif" } else { "png" };
        return format!("https://cdn.discordapp.com/avatars/{id}/{avatar}.{form}");
    }
    let usual = if number == "0" {
        (id.parse::<u64>().unwrap_or_default() >> 22) % 6
    } else {
        number.parse::<u64>().unwrap_or_default() % 5
    };
    format!("https://cdn.discordapp.com/embed/avatars/{usual}.png")
}

fn put(map: &mut Map<String, Value>, name: &str, value: Option<&Value>) {
    if let Some(value) = value {
        map.insert(name.to_owned(), value.clone());
    }
}

fn truthy(map: &Map<String, Value>, name: &str) -> bool {
    map.get(name).is_some_and(|value| !matches!(value, Value::Null) && *value != json!(""))
}

fn first_text(map: &Map<String, Value>, names: &[&str]) -> String {
    let texts = names.iter().filter_map(|name| map.get(*name)?.as_str());
    texts.filter(|text| !text.is_empty()).map(str::to_owned).next().unwrap_or_default()
}

fn says_verified(map: &Map<String, Value>) -> bool {
    map.get("email_verified").is_some_and(is_true)
}

/// `true`, or the text some providers send instead.
fn is_true(value: &Value) -> bool {
    *value == json!(true) || *value == json!("true")
}

/// A text or number that names somebody; what names nobody is none.
fn as_text(value: Option<&Value>) -> Option<String> {
    let text = match value? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let names_nobody = text.trim().is_empty() || text == "undefined" || text == "null";
    (!names_nobody).then_some(text)
}
