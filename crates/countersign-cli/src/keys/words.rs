//! What `countersign keys` says of keys.

use countersign_server::{Holders, Kept, Plan, Stage, StoredKey};

use crate::{Outcome, say::say};

pub(super) fn next_step(plan: &Plan) -> String {
    match plan {
        Plan::NoKey => "there is no key yet; the first request for a token makes one".to_owned(),
        Plan::Stage => "next: `countersign keys stage` publishes the next key".to_owned(),
        Plan::Wait { kid, safe_at } => {
            format!("next: {kid} may sign from {safe_at:.0} on; then `countersign keys activate`")
        }
        Plan::Activate { kid } => {
            format!(
                "next: `countersign keys activate` lets {kid} sign; token.publish_ahead is over"
            )
        }
        _ => "the next step is not known to this program".to_owned(),
    }
}

/// What became of each key; an error when one cannot be opened, so that nobody removes a secret
/// on the strength of this.
pub(super) fn report(keys: &[StoredKey], done: &str) -> Outcome {
    for key in keys {
        let what = match &key.kept {
            Kept::Older(_) => format!("{}; it {done} with the current one", how(&key.kept)),
            kept => format!("{}; left as it is", how(kept)),
        };
        say!("{}: {what}", describe(key));
    }
    let count = |wanted: fn(&Kept) -> bool| keys.iter().filter(|key| wanted(&key.kept)).count();
    let older = count(|kept| matches!(kept, Kept::Older(_)));
    say!("{older} of {} keys {done} with the current secret", keys.len());
    match count(|kept| matches!(kept, Kept::Closed(_))) {
        0 => Ok(()),
        closed => Err(format!(
            "{closed} of {} keys cannot be opened and sign nothing; keep every secret until they \
             are, or remove their rows once their last tokens are over",
            keys.len()
        )
        .into()),
    }
}

pub(super) fn describe(key: &StoredKey) -> String {
    let algorithm = key.algorithm.as_deref().unwrap_or("no algorithm");
    format!("{} {algorithm}", key.kid)
}

pub(super) fn stage(key: &StoredKey) -> String {
    let until = key.expires_at.map_or_else(String::new, |at| format!(" until {at:.0}"));
    match key.stage {
        Stage::Staged(since) => format!("staged since {since:.0}"),
        Stage::Signing => format!("signs, made {:.0}{until}", key.created_at),
        Stage::Spare => format!("could sign{until}, made {:.0}", key.created_at),
        Stage::Retired(published) => format!("retired{until}, published until {published:.0}"),
        Stage::Withdrawn => format!("withdrawn, signed{until}"),
        _ => "in a stage that this program does not know".to_owned(),
    }
}

/// Which registered guards hold a key; `None` where there are none.
pub(super) fn by_whom(holders: &Holders) -> Option<String> {
    let Holders { holding, lacking, silent, .. } = holders;
    let guards = holders.guards();
    if guards == 0 {
        return None;
    }
    let but = |what: &str, names: &[String]| match names {
        [] => String::new(),
        names => format!(", {what} {}", names.join(", ")),
    };
    let (lacking, silent) = (but("not held by", lacking), but("not known of", silent));
    Some(format!("held by {} of {guards} guards{lacking}{silent}", holding.len()))
}

pub(super) fn how(kept: &Kept) -> String {
    match kept {
        Kept::Current => "encrypted with the current secret".to_owned(),
        Kept::Older(Some(number)) => format!("encrypted with secret {number}"),
        Kept::Older(None) => "encrypted with the secret without a number".to_owned(),
        Kept::Clear => "in the clear".to_owned(),
        Kept::Closed(reason) => format!("cannot be opened: {reason}"),
        _ => "kept in another way".to_owned(),
    }
}
