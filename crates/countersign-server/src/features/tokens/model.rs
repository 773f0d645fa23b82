//! Rotation as a model whose every state is visited: several requests at once with any token that somebody has,
//! answers that get lost, servers that stop between two statements, and a clock that also goes back.
//!
//! What is decided is decided by [`Standing::judged`] itself. What is done is done as the statements do it: in
//! one step that names the generation it was decided on, or, to see that the model can tell the difference,
//! in ways that look as good and are not.

use jiff::Timestamp;
use stateright::{Checker, HasDiscoveries, Model, Property};

use super::judgement::{Judgement, Patience, Standing, tests::patience};

const ROWS: usize = 3;
const REQUESTS: usize = 2;

/// How the next token is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Making {
    /// As it is: a guarded update and an insert, both or none.
    Guarded,
    /// One transaction, and the update does not say which generation it was decided on.
    Unguarded,
    /// The guarded update and the insert, each by itself.
    InTwoSteps,
}

struct Rotation {
    making: Making,
    patience: Patience,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State {
    clock: i8,
    family: Option<Family>,
    /// The tokens there are.
    tokens: Vec<Token>,
    requests: [Request; REQUESTS],
    gave_again: bool,
    was_stolen: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Family {
    live: i8,
    rotated_at: i8,
    retries: i8,
    /// Which token is sealed there.
    newest: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Token {
    generation: i8,
    /// Whether somebody has it.
    is_known: bool,
    successors: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Request {
    None,
    /// It has read this.
    Decides {
        token: usize,
        seen: Family,
        at: i8,
    },
    /// It has counted the next generation and not made its token.
    Halfway {
        generation: i8,
    },
}

#[derive(Clone, Debug, PartialEq)]
enum Action {
    Show { request: usize, token: usize },
    Go { request: usize, answer_arrives: bool },
    Stop { request: usize },
    ClockGoes(i8),
}

fn at(clock: i8) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + i64::from(clock)).expect("a time")
}

impl Rotation {
    fn judged(&self, token: &Token, family: &Family, clock: i8) -> Judgement {
        let never = Timestamp::MAX;
        let standing = Standing {
            generation: token.generation.into(),
            expires_at: never,
            live: family.live.into(),
            rotated_at: at(family.rotated_at),
            retries: family.retries.into(),
            family_expires_at: never,
        };
        standing.judged(self.patience, at(clock))
    }

    fn go(&self, state: &mut State, request: usize, answer_arrives: bool) -> Option<()> {
        match std::mem::replace(&mut state.requests[request], Request::None) {
            Request::None => None,
            Request::Halfway { generation } => {
                let is_known = answer_arrives;
                state.tokens.push(Token { generation, is_known, successors: 0 });
                Some(())
            }
            Request::Decides { token, seen, at } => {
                let judgement = self.judged(&state.tokens[token], &seen, at);
                let newest = state.tokens.len();
                let family = state.family.as_mut()?;
                match judgement {
                    Judgement::Use => {
                        if self.making != Making::Unguarded && family.live != seen.live {
                            return Some(());
                        }
                        let generation = seen.live + 1;
                        *family = Family { live: generation, rotated_at: at, retries: 0, newest };
                        state.tokens[token].successors += 1;
                        if self.making == Making::InTwoSteps {
                            state.requests[request] = Request::Halfway { generation };
                            return Some(());
                        }
                        let is_known = answer_arrives;
                        state.tokens.push(Token { generation, is_known, successors: 0 });
                    }
                    Judgement::GiveAgain => {
                        let is_as_seen = family.live == seen.live;
                        if is_as_seen && i64::from(family.retries) < self.patience.retries() {
                            family.retries += 1;
                            if let Some(newest) = state.tokens.get_mut(family.newest) {
                                newest.is_known |= answer_arrives;
                            }
                            state.gave_again = true;
                        }
                    }
                    Judgement::Stolen => {
                        state.family = None;
                        state.was_stolen = true;
                    }
                    Judgement::Refuse | Judgement::Over => {}
                }
                Some(())
            }
        }
    }
}

impl Model for Rotation {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            clock: 0,
            family: Some(Family { live: 0, rotated_at: 0, retries: 0, newest: 0 }),
            tokens: vec![Token { generation: 0, is_known: true, successors: 0 }],
            requests: [const { Request::None }; REQUESTS],
            gave_again: false,
            was_stolen: false,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        let Some(_) = &state.family else { return };
        for (request, doing) in state.requests.iter().enumerate() {
            if *doing == Request::None {
                let known = state.tokens.iter().enumerate().filter(|(_, token)| token.is_known);
                actions.extend(known.map(|(token, _)| Action::Show { request, token }));
            } else {
                let arrives =
                    [true, false].map(|answer_arrives| Action::Go { request, answer_arrives });
                actions.extend(arrives);
                actions.push(Action::Stop { request });
            }
        }
        actions.extend([Action::ClockGoes(1), Action::ClockGoes(-2)]);
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        match action {
            Action::Show { request, token } => {
                let (seen, at) = (state.family.clone()?, state.clock);
                state.requests[request] = Request::Decides { token, seen, at };
            }
            Action::Go { request, answer_arrives } => {
                self.go(&mut state, request, answer_arrives)?;
            }
            Action::Stop { request } => state.requests[request] = Request::None,
            Action::ClockGoes(by) => state.clock += by,
        }
        Some(state)
    }

    fn within_boundary(&self, state: &State) -> bool {
        state.tokens.len() <= ROWS && (-1..=2).contains(&state.clock)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("a family has one live token", |_, state: &State| {
                let Some(family) = &state.family else { return true };
                let live = state.tokens.iter().filter(|token| token.generation == family.live);
                live.count() == 1
            }),
            Property::always("a token has one successor", |_, state: &State| {
                state.tokens.iter().all(|token| token.successors <= 1)
            }),
            Property::always("a token that was used is not used again", |model, state: &State| {
                let Some(family) = &state.family else { return true };
                let used = state.tokens.iter().filter(|token| token.successors > 0);
                let mut judged = used.map(|token| model.judged(token, family, state.clock));
                judged.all(|judgement| judgement != Judgement::Use)
            }),
            Property::sometimes("the live token is given again", |_, state: &State| {
                state.gave_again
            }),
            Property::sometimes("a family ends for theft", |_, state: &State| state.was_stolen),
            Property::sometimes("three generations follow", |_, state: &State| {
                state.tokens.len() == ROWS && state.family.is_some()
            }),
        ]
    }
}

/// Every state; of a model that breaks a property, those up to there.
fn explored(making: Making) -> impl Checker<Rotation> {
    let rotation = Rotation { making, patience: patience(1, 1) };
    rotation.checker().finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join()
}

#[test]
fn in_every_state_a_family_has_one_live_token_or_is_gone() {
    let checker = explored(Making::Guarded);
    println!("{} states", checker.unique_state_count());
    checker.assert_properties();
}

#[test]
fn an_update_that_names_no_generation_makes_two_live_tokens() {
    let checker = explored(Making::Unguarded);
    assert!(checker.discovery("a family has one live token").is_some());
}

#[test]
fn two_steps_leave_a_family_without_a_live_token() {
    let checker = explored(Making::InTwoSteps);
    assert!(checker.discovery("a family has one live token").is_some());
}
