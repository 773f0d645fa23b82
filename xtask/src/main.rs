//! cargo xtask up | test: run everything, test everything.
fn main() {}
