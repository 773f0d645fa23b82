//! What came of it, and whether that is as it should be.

use std::collections::BTreeMap;

use countersign_testing::forgery::Forged;

use super::{
    STRICTER,
    judges::{JOSE, PYTHON},
    verdict::Verdict,
};
use crate::Outcome;

/// How many disagreements are shown.
const SHOWN: usize = 20;

/// The share of tokens, one in so many, that both must accept. Below it the test would be blind.
const ACCEPTED: usize = 10;

#[derive(Default)]
pub(crate) struct Tally {
    tokens: usize,
    both_accept: usize,
    /// Refused by us, by our code: all, and those that jose accepts.
    refused: BTreeMap<String, (usize, usize)>,
    disagreements: usize,
}

impl Tally {
    /// Adds the verdicts on one token, ours first.
    pub(crate) fn add<'v>(
        &mut self,
        token: &Forged,
        mut verdicts: impl Iterator<Item = (&'static str, &'v Verdict)>,
    ) {
        let Some((_, ours)) = verdicts.next() else { return };
        self.tokens += 1;
        for (judge, theirs) in verdicts {
            let right = match judge {
                PYTHON => ours.equals(theirs),
                _ => self.holds_against_jose(ours, theirs),
            };
            if !right {
                self.disagree(token, judge, ours, theirs);
            }
        }
    }

    fn holds_against_jose(&mut self, ours: &Verdict, theirs: &Verdict) -> bool {
        match ours {
            Verdict::Accepted(_) => {
                let agrees = ours.agrees(theirs);
                self.both_accept += usize::from(agrees);
                agrees
            }
            Verdict::Refused(code) => {
                let accepted = matches!(theirs, Verdict::Accepted(_));
                let count = self.refused.entry(code.clone()).or_default();
                count.0 += 1;
                count.1 += usize::from(accepted);
                !accepted || STRICTER.iter().any(|(reason, _)| reason == code)
            }
        }
    }

    fn disagree(&mut self, token: &Forged, judge: &str, ours: &Verdict, theirs: &Verdict) {
        self.disagreements += 1;
        if self.disagreements <= SHOWN {
            println!("   DISAGREEMENT with {judge}: {}", token.story);
            println!("     shown to {:?}: {}", token.trust, token.text);
            println!("     ours   {ours:?}\n     theirs {theirs:?}");
        }
    }

    pub(crate) fn report(&self) {
        println!("   {:>9}  both accept, the same claims", self.both_accept);
        for (code, (all, accepted)) in &self.refused {
            println!("   {all:>9}  {code}, of which {JOSE} accepts {accepted}");
        }
    }

    /// Whether all is as it should be; with enough tokens, every reason to be stricter must show.
    pub(crate) fn conclude(&self, enough: bool) -> Outcome {
        if self.disagreements > 0 {
            return Err(format!("{} disagreements", self.disagreements).into());
        }
        if self.both_accept * ACCEPTED < self.tokens {
            return Err(format!("only {} of {} accepted", self.both_accept, self.tokens).into());
        }
        let shows = |code: &str| self.refused.get(code).is_some_and(|count| count.1 > 0);
        match STRICTER.iter().find(|(code, _)| enough && !shows(code)) {
            Some((code, _)) => Err(format!("no token shows that we are stricter by {code}").into()),
            None => Ok(()),
        }
    }
}
