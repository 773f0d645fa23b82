//! The reference application: five task operations behind the guard.
fn main() {}
