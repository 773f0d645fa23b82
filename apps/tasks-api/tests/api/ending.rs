//! How it ends.

use countersign_testing::http::{open, send, until_closed};

use crate::fixture::{Api, Service};

#[test]
fn t279_sigterm_ends_it_while_a_client_holds_half_a_head() {
    let mut api = Api::with_secret(Service::Axum);
    let half = open(api.origin(), b"GET /livez HTTP/1.1\r\nHost: ");
    // While others are answered, the half is read.
    for _ in 0..20 {
        assert_eq!(send(api.origin(), "GET", "/livez", &[], None).status, 200);
    }
    let process = api.process();
    process.stopper().stop();
    let said: Vec<_> = std::iter::from_fn(|| process.next_line()).collect();
    assert!(said.iter().any(|line| line.contains("tasks-api stopped")), "{said:?}");
    assert_eq!(until_closed(half), "");
}
