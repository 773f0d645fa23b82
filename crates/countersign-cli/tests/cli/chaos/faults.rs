//! What goes wrong meanwhile, one after the other, in an order that the seed decides.
//!
//! Half of the faults last for some operations; the other half until the guards that they cut off from
//! what was taken back have noticed.

use std::time::Duration;

use countersign::{Clock, SystemClock};
use countersign_testing::proxy::Proxy;

use super::{
    history::{During, Moment, Span, Verdict},
    people::People,
};

/// The token of every history that nobody takes back.
pub(super) const GOOD: usize = 0;

/// How long a guard may take until it knows everything again.
const PATIENCE: Duration = Duration::from_mins(2);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    NodeKilled,
    NodePaused,
    NodeCutFromDatabase,
    NodeCutFromRedis,
    GuardCutOff,
    GuardHearsNothing,
    DatabaseCrashed,
    RedisEmptied,
    RedisRestarted,
    ClockWrong,
}

pub(super) const ALL: [Fault; 10] = [
    Fault::NodeKilled,
    Fault::NodePaused,
    Fault::NodeCutFromDatabase,
    Fault::NodeCutFromRedis,
    Fault::GuardCutOff,
    Fault::GuardHearsNothing,
    Fault::DatabaseCrashed,
    Fault::RedisEmptied,
    Fault::RedisRestarted,
    Fault::ClockWrong,
];

fn broken(line: &Proxy, is_silent: bool) {
    if is_silent {
        line.silence();
    } else {
        line.cut();
    }
}

impl People<'_> {
    /// Has this go wrong, and mends it.
    pub(super) fn suffer(&self, fault: Fault, random: &mut fastrand::Rng) {
        let cluster = self.cluster;
        self.notes.write(|history| history.faults += 1);
        let node = random.usize(0..cluster.nodes.len());
        let guard = random.usize(0..self.guards.len());
        let of_node: Vec<usize> =
            (0..self.guards.len()).filter(|guard| self.guards[*guard].node == node).collect();
        let all: Vec<usize> = (0..self.guards.len()).collect();
        let (line, node) = (&self.guards[guard].line, &cluster.nodes[node]);
        match fault {
            Fault::NodeKilled => {
                node.kill();
                self.cut_off(&of_node, random);
                let until = SystemClock.steady();
                node.start_again();
                for guard in of_node {
                    self.guards[guard].line.lead_to(node.address());
                }
                self.mended(until);
            }
            Fault::NodePaused => {
                let stopper = node.stopper();
                stopper.pause();
                self.cut_off(&of_node, random);
                self.mended(SystemClock.steady());
                stopper.resume();
            }
            Fault::NodeCutFromDatabase => {
                broken(&node.to_database, random.bool());
                self.cut_off(&of_node, random);
                self.mended(SystemClock.steady());
                node.to_database.mend();
            }
            Fault::NodeCutFromRedis => {
                broken(&node.to_redis, random.bool());
                self.notes.after(random.usize(10..60));
                node.to_redis.mend();
            }
            Fault::GuardCutOff | Fault::GuardHearsNothing => {
                broken(line, fault == Fault::GuardHearsNothing);
                self.cut_off(&[guard], random);
                self.mended(SystemClock.steady());
                line.mend();
            }
            Fault::DatabaseCrashed => {
                cluster.crash_database();
                self.cut_off(&all, random);
                self.mended(SystemClock.steady());
                cluster.start_database();
            }
            Fault::RedisEmptied => cluster.empty_redis(),
            Fault::RedisRestarted => {
                cluster.stop_redis();
                self.notes.after(random.usize(1..30));
                cluster.start_redis();
            }
            Fault::ClockWrong => self.wrong_clock(random),
        }
    }

    /// These guards cannot learn anything from now on: for some operations, or until they notice.
    fn cut_off(&self, guards: &[usize], random: &mut fastrand::Rng) {
        let begun = SystemClock.steady();
        // Until somebody says when it was over.
        let span = Span { begun, ended: Moment::MAX };
        self.notes.write(|history| {
            history.cut_off.extend(guards.iter().map(|guard| During { guard: *guard, span }));
        });
        if random.bool() {
            self.notes.after(random.usize(10..80));
            return;
        }
        for guard in guards {
            while self.ask(*guard, GOOD, false) != Verdict::Unavailable {
                self.notes.after(5);
            }
        }
    }

    /// Whoever was cut off may have learned something again since then.
    fn mended(&self, ended: Moment) {
        self.notes.write(|history| {
            let open = history.cut_off.iter_mut().filter(|during| during.span.ended == Moment::MAX);
            open.for_each(|during| during.span.ended = ended);
        });
    }

    fn wrong_clock(&self, random: &mut fastrand::Rng) {
        let with_clock = (0..self.guards.len()).filter(|at| self.guards[*at].clock().is_some());
        let guard = random.choice(with_clock.collect::<Vec<_>>()).expect("a guard with a clock");
        let clock = self.guards[guard].clock().expect("it has one");
        let ((), span) = super::history::timed(|| {
            for _ in 0..random.usize(1..4) {
                clock.set(random.choice([-90_000, -600, -20, 20, 600, 90_000]).unwrap_or_default());
                self.notes.after(random.usize(5..40));
            }
            clock.set(0);
        });
        self.notes.write(|history| history.wrong_clock.push(During { guard, span }));
    }

    /// With everything mended, every guard comes to know everything; then each decides about each of so
    /// many tokens.
    pub(super) fn settle(&self, tokens: usize, random: &mut fastrand::Rng) {
        let last = self.good_token(random);
        let begun = SystemClock.steady();
        let in_time = || {
            assert!(SystemClock.steady() < begun + PATIENCE, "not everything came to work again");
        };
        while self.revoke(last, random).is_none() {
            in_time();
        }
        let all = self.notes.write(|history| history.tokens.len());
        for guard in 0..self.guards.len() {
            // Who refuses this one has taken in everything before it.
            while self.ask(guard, last, false) != Verdict::Revoked {
                in_time();
            }
            for token in (0..all).step_by((all / tokens).max(1)).chain([GOOD]) {
                self.ask(guard, token, true);
            }
        }
    }
}
