//! Lifetimes that differ a little, so that what was made in one moment is not renewed in one.

use jiff::SignedDuration;

use crate::Entropy;

/// How much of a lifetime chance may take: one part in so many.
const MOST: i64 = 20;

/// The lifetime, up to 5 % shorter. Never longer: others rely on its end.
pub(super) fn jittered(lifetime: SignedDuration, entropy: &dyn Entropy) -> SignedDuration {
    let mut bytes = [0; 2];
    entropy.fill(&mut bytes);
    let seconds = lifetime.as_secs();
    let share = i64::from(u16::from_le_bytes(bytes));
    SignedDuration::from_secs(seconds - (seconds / MOST) * share / i64::from(u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Always(u8);

    impl Entropy for Always {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0);
        }
    }

    #[test]
    fn chance_takes_nothing_to_a_twentieth() {
        let quarter = SignedDuration::from_mins(15);
        assert_eq!(jittered(quarter, &Always(0)), quarter);
        assert_eq!(jittered(quarter, &Always(255)), SignedDuration::from_secs(855));
        let some = jittered(quarter, &Always(128));
        assert!(some > SignedDuration::from_secs(855) && some < quarter, "{some}");
        let second = SignedDuration::from_secs(1);
        assert_eq!(jittered(second, &Always(255)), second);
    }
}
