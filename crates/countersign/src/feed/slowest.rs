//! What time it is for entries that end. It passes as by the steady clock, from the earliest that this
//! machine's clock or the issuer's said of late, so that nothing is lost when they jump ahead and back, not
//! even both. "Of late" is one to two days in which answers came: a clock that was behind by mistake keeps
//! what ended no longer than that.

const DAY: i64 = 24 * 3600;

#[derive(Default)]
pub(super) struct SlowestClock {
    /// When the day began, in seconds of the steady clock.
    began: i64,
    /// How far the slowest was from the steady one, in seconds.
    today: Option<i64>,
    the_day_before: Option<i64>,
}

impl SlowestClock {
    /// The time in seconds. `now` is the earliest that a clock says, `steady` the steady one's in
    /// milliseconds.
    pub(super) fn now(&mut self, now: u32, steady: u64) -> u32 {
        let steady = i64::try_from(steady / 1000).unwrap_or(i64::MAX);
        let ahead = i64::from(now).saturating_sub(steady);
        if self.today.is_none() {
            self.began = steady;
        } else if steady.saturating_sub(self.began) >= DAY {
            self.the_day_before = self.today.take();
            self.began = steady;
        }
        let today = self.today.map_or(ahead, |slowest| slowest.min(ahead));
        self.today = Some(today);
        let slowest = self.the_day_before.map_or(today, |slowest| slowest.min(today));
        u32::try_from(steady.saturating_add(slowest)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u32 = 1_800_000_000;

    fn steady(seconds: i64) -> u64 {
        u64::try_from(seconds * 1000).unwrap()
    }

    fn later(seconds: i64) -> u32 {
        NOW + u32::try_from(seconds).unwrap()
    }

    #[test]
    fn t239_clocks_that_jump_ahead_and_back_do_not_make_it_later() {
        let mut slowest = SlowestClock::default();
        assert_eq!(slowest.now(NOW, steady(5)), NOW);
        assert_eq!(slowest.now(later(DAY), steady(6)), NOW + 1);
        assert_eq!(slowest.now(NOW + 2, steady(7)), NOW + 2);
    }

    #[test]
    fn t239_a_clock_that_was_behind_by_mistake_counts_for_two_days_at_most() {
        let mut slowest = SlowestClock::default();
        assert_eq!(slowest.now(0, steady(0)), 0);
        for (hours, has_recovered) in
            [(1, false), (23, false), (24, false), (47, false), (48, true)]
        {
            let passed = hours * 3600;
            let expected =
                if has_recovered { later(passed) } else { u32::try_from(passed).unwrap() };
            assert_eq!(slowest.now(later(passed), steady(passed)), expected, "{hours}");
        }
    }

    /// Days without an answer are none in which the clocks agreed.
    #[test]
    fn t239_only_days_with_answers_count() {
        let mut slowest = SlowestClock::default();
        slowest.now(NOW, steady(0));
        let long = 30 * DAY;
        assert_eq!(slowest.now(later(2 * long), steady(long)), later(long));
    }
}
