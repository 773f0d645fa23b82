//! A verdict as it stands in a line: `ok` with the claims, or `no` with a code.

use serde_json::Value;

#[derive(Clone, Debug)]
pub(crate) enum Verdict {
    /// The claims as JSON, unread: others accept claims that cannot be read here.
    Accepted(String),
    Refused(String),
}

impl Verdict {
    /// `None` when a judge wrote something else.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        match line.split_once(' ')? {
            ("ok", claims) => Some(Self::Accepted(claims.to_owned())),
            ("no", code) => Some(Self::Refused(code.to_owned())),
            _ => None,
        }
    }

    /// The same claims, or both refused, for whatever reason.
    pub(crate) fn agrees(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Accepted(ours), Self::Accepted(theirs)) => {
                let read = |json: &str| serde_json::from_str::<Value>(json).ok();
                read(ours).zip(read(theirs)).is_some_and(|(ours, theirs)| same(&ours, &theirs))
            }
            (Self::Refused(_), Self::Refused(_)) => true,
            _ => false,
        }
    }

    /// The same claims, or refused with the same code. A token that cannot stand in a header line is
    /// refused there already.
    pub(crate) fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Refused(ours), Self::Refused(theirs)) => ours == theirs || theirs == "header",
            _ => self.agrees(other),
        }
    }
}

/// Equal as JavaScript reads them: every number is a double.
fn same(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Number(ours), Value::Number(theirs)) => ours.as_f64() == theirs.as_f64(),
        (Value::Array(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| same(a, b))
        }
        (Value::Object(ours), Value::Object(theirs)) => {
            let twin = |(name, value)| theirs.get(name).is_some_and(|other| same(value, other));
            ours.len() == theirs.len() && ours.iter().all(twin)
        }
        _ => ours == theirs,
    }
}
