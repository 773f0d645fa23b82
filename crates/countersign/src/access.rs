//! What a route asks of who calls it: a pure function of a verified identity, the same for every
//! framework.
//!
//! ```
//! use countersign::Access;
//!
//! let access = Access::user().owner().any_scope(["tasks:write", "tasks:admin"]);
//! assert_eq!(access.to_string(), "owner, scope tasks:write or tasks:admin");
//! ```

use std::{borrow::Cow, fmt};

use crate::{identity::Identity, refusal::Refusal};

/// Who may call: a signed-in user who meets every demand that was added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    owner: bool,
    once: bool,
    scopes: Vec<Names>,
    roles: Vec<Names>,
}

/// Names of which one has to be there.
type Names = Vec<Cow<'static, str>>;

impl Access {
    /// Whoever holds a good token.
    pub fn user() -> Self {
        Self::default()
    }

    /// Only the user whose id stands in the path as `{user_id}`.
    #[must_use]
    pub fn owner(mut self) -> Self {
        self.owner = true;
        self
    }

    /// Only with this scope, compared exactly. Called again: with each of them.
    #[must_use]
    pub fn scope(self, name: impl Into<Cow<'static, str>>) -> Self {
        self.any_scope([name])
    }

    /// Only with one of these scopes. Without any name nobody gets in.
    #[must_use]
    pub fn any_scope<N: Into<Cow<'static, str>>>(
        mut self,
        names: impl IntoIterator<Item = N>,
    ) -> Self {
        self.scopes.push(names.into_iter().map(Into::into).collect());
        self
    }

    /// Only with this role, compared exactly. Called again: with each of them.
    #[must_use]
    pub fn role(self, name: impl Into<Cow<'static, str>>) -> Self {
        self.any_role([name])
    }

    /// Only with one of these roles. Without any name nobody gets in.
    #[must_use]
    pub fn any_role<N: Into<Cow<'static, str>>>(
        mut self,
        names: impl IntoIterator<Item = N>,
    ) -> Self {
        self.roles.push(names.into_iter().map(Into::into).collect());
        self
    }

    /// Only once with each token.
    #[must_use]
    pub fn once(mut self) -> Self {
        self.once = true;
        self
    }

    /// Whether the path has to name the user.
    pub fn needs_owner(&self) -> bool {
        self.owner
    }

    /// Whether a token counts once.
    pub fn needs_once(&self) -> bool {
        self.once
    }

    /// The decision about a verified identity. `user_id` is what stands in the path, percent-decoded once;
    /// whether such a user exists does not matter.
    pub fn check(&self, identity: &Identity, user_id: Option<&str>) -> Result<(), Refusal> {
        if self.owner && user_id != Some(identity.subject()) {
            return Err(Refusal::NotOwner);
        }
        self.scopes.iter().try_for_each(|names| any_scope(identity, names))?;
        self.roles.iter().try_for_each(|names| any_role(identity, names))
    }
}

/// One of the scopes.
pub(crate) fn any_scope(identity: &Identity, names: &[impl AsRef<str>]) -> Result<(), Refusal> {
    if names.iter().any(|name| identity.has_scope(name.as_ref())) {
        return Ok(());
    }
    Err(Refusal::MissingScope { scope: listed(names) })
}

/// One of the roles.
pub(crate) fn any_role(identity: &Identity, names: &[impl AsRef<str>]) -> Result<(), Refusal> {
    if names.iter().any(|name| identity.has_role(name.as_ref())) {
        return Ok(());
    }
    Err(Refusal::MissingRole { role: listed(names) })
}

fn listed(names: &[impl AsRef<str>]) -> Cow<'static, str> {
    names.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(" ").into()
}

/// For lists of routes: `owner, scope tasks:read, once`.
impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.owner { "owner" } else { "user" })?;
        for names in &self.scopes {
            write!(f, ", scope {}", names.join(" or "))?;
        }
        for names in &self.roles {
            write!(f, ", role {}", names.join(" or "))?;
        }
        f.write_str(if self.once { ", once" } else { "" })
    }
}
