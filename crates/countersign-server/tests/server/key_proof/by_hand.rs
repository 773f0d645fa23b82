//! An operator lets a key sign as soon as every guard holds it.

use std::time::Duration;

use countersign_server::{OperateError, Stage, activate_key, retire_key};

use super::House;

#[tokio::test]
async fn proof_lets_a_key_sign_before_its_time_and_anything_less_does_not() {
    let house = House::new(&[]).await;
    let old = house.signs().await;
    let next = house.stage().await;
    let not_held = async |lacking: &[&str], silent: &[&str]| {
        let refused = house.activate_when_held(Duration::ZERO).await;
        let Err(error @ OperateError::NotHeld { .. }) = refused else { panic!("{refused:?}") };
        let told = error.to_string();
        assert!(lacking.iter().chain(silent).all(|name| told.contains(name)), "{told}");
        let OperateError::NotHeld { holders, .. } = error else { unreachable!() };
        assert!(holders.lacking == lacking && holders.silent == silent, "{holders:?}");
        let [Stage::Signing, Stage::Staged(_)] = house.stages().await[..] else {
            panic!("nothing changes: {:?}", house.stages().await)
        };
    };
    // Nobody proves nothing.
    not_held(&[], &[]).await;
    house.says("a", &[&old]).await;
    house.says("b", &[]).await;
    not_held(&["tasks/a"], &["tasks/b"]).await;
    house.says("a", &[&old, &next]).await;
    not_held(&[], &["tasks/b"]).await;
    house.says("b", &[&old, &next]).await;
    let signs = house.activate_when_held(Duration::ZERO).await;
    assert_eq!(signs.expect("everybody has it"), next);
    house.advance(1);
    assert_eq!(house.signs().await, next);
    let none = house.activate_when_held(Duration::ZERO).await;
    assert!(matches!(none, Err(OperateError::NoSuchKey { .. })), "{none:?}");
}

#[tokio::test]
async fn when_its_time_has_come_only_guards_that_lack_a_key_are_waited_for() {
    let house = House::new(&[]).await;
    let old = house.signs().await;
    let next = house.stage().await;
    house.advance(15 * 60);
    house.says("a", &[&old]).await;
    house.says("b", &[]).await;
    let lacks = house.activate_when_held(Duration::ZERO).await;
    assert!(matches!(lacks, Err(OperateError::NotHeld { .. })), "{lacks:?}");
    // It is not heard of any more; the other one is.
    house.advance(59);
    house.says("b", &[]).await;
    house.advance(2);
    let signs = house.activate_when_held(Duration::ZERO).await;
    assert_eq!(signs.expect("nobody lacks it"), next);
}

#[tokio::test]
async fn two_who_wait_for_the_same_key_let_it_sign_once() {
    let house = House::new(&[]).await;
    let old = house.signs().await;
    let next = house.stage().await;
    house.advance(1);
    house.says("a", &[&old]).await;
    let wait = || house.activate_when_held(Duration::from_mins(1));
    let (one, other, ()) = tokio::join!(wait(), wait(), async {
        house.says("a", &[&old, &next]).await;
    });
    assert_eq!((one.expect("it signs"), other.expect("it signs")), (next.clone(), next));
    let [Stage::Signing, Stage::Retired(_)] = house.stages().await[..] else {
        panic!("{:?}", house.stages().await)
    };
}

#[tokio::test]
async fn a_key_that_is_withdrawn_while_it_is_waited_with_never_signs() {
    let house = House::new(&[]).await;
    let old = house.signs().await;
    let next = house.stage().await;
    house.says("a", &[&old]).await;
    let withdraw = retire_key(&house.settings, &house.database, &next, house.now(), true);
    let wait = house.activate_when_held(Duration::from_mins(1));
    let (waited, withdrawn) = tokio::join!(wait, withdraw);
    withdrawn.expect("it is withdrawn");
    let told = waited.expect_err("it does not sign").to_string();
    assert!(told.contains("was ended while it was waited with"), "{told}");
    house.says("a", &[&old, &next]).await;
    let at_once = activate_key(&house.settings, &house.database, house.now(), true).await;
    assert!(matches!(at_once, Err(OperateError::NoSuchKey { .. })), "{at_once:?}");
    house.advance(1);
    assert_eq!(house.signs().await, old);
    // Another one can follow.
    let another = house.stage().await;
    assert_ne!(another, next);
    assert_eq!(house.stage().await, another, "one key is staged at a time");
    let signs = activate_key(&house.settings, &house.database, house.now(), true).await;
    assert_eq!(signs.expect("it signs"), another);
    house.advance(1);
    assert_eq!(house.signs().await, another);
}
