//! How long a login takes for an account that exists and for one that does not, measured: 500 pairs, taken in
//! turns, at the cost of a real hash, medians compared (ID-7). The calls are answered by embedded tables in
//! this process, so that what is left is the work of the function itself. The hash is optimized in every
//! profile:
//!
//! ```sh
//! cargo run -p identity --example timing -- 500
//! ```
//!
//! A measurement and not a test: it depends on the machine and on whatever else runs on it.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "it measures time, prints, and ends where something is not as it must be"
)]

use std::sync::Arc;
use std::time::Instant;

use identity::{Identity, NewAccount, Visit};
use kernel::{Duration, Email, Origin};
use testing::World;

fn visit() -> Visit {
    Visit {
        origin: Origin {
            address: "192.0.2.1".into(),
            ..Origin::default()
        },
        cart_id: None,
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let pairs: usize = std::env::args().nth(1).map_or(500, |text| text.parse().unwrap());
    let world = Arc::new(World::new().unwrap());
    let identity = Identity::new(&testing::cloud(&world, "identity-verify-email"));
    let known = Email::parse("owner@example.com").unwrap();
    let unknown = Email::parse("nobody@example.com").unwrap();
    identity.create_owner(&known, false).await.unwrap();

    let (mut logins, mut registrations) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    for pair in 0..pairs {
        for turn in 0..2 {
            // Every other pair begins with the other one.
            let which = (pair + turn) % 2;
            let email = if which == 0 { &known } else { &unknown };
            // Long enough that no delay and no limit of letters is in the way.
            world.clock.advance(Duration::days(2));
            let began = Instant::now();
            drop(
                identity
                    .log_in(email, "not the password of anybody", visit())
                    .await,
            );
            logins[which].push(began.elapsed());
            let new = NewAccount {
                email: email.clone(),
                password: "ein Wal im Küchenschrank".into(),
                name: None,
                locale: None,
            };
            let began = Instant::now();
            identity.register(new, &visit()).await.unwrap();
            registrations[which].push(began.elapsed());
        }
    }
    for (name, mut samples) in [("login", logins), ("registration", registrations)] {
        let [known, unknown] = &mut samples;
        known.sort();
        unknown.sort();
        let (known, unknown) = (known[pairs / 2], unknown[pairs / 2]);
        let apart = known.abs_diff(unknown);
        println!("{name}: known {known:?}, unknown {unknown:?}, {apart:?} apart, {pairs} pairs");
    }
}
