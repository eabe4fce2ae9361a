//! How attempts are slowed down. ID-5.

use kernel::{Duration, Time};

use super::{CONSECUTIVE_MAX, LETTERS_MAX, LETTERS_WINDOW, Letters, Standing, Tally, delay_after};

fn noon() -> Time {
    Time::from_unix_ms(1_767_268_800_000)
}

#[test]
fn the_delay_grows_from_half_a_minute_to_an_hour() {
    assert_eq!(delay_after(0), None);
    let seconds: Vec<i64> = (1..10)
        .filter_map(delay_after)
        .map(Duration::as_seconds_ceil)
        .collect();
    assert_eq!(seconds, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
    assert_eq!(delay_after(i64::MAX), Some(Duration::hours(1)));
}

#[test]
fn a_fifth_failure_in_a_row_closes_the_pair_for_a_while() {
    let mut standing = Standing::default();
    for _ in 0..4 {
        assert!(standing.is_open(noon()));
        standing = standing.attempted(noon());
    }
    assert!(standing.is_open(noon()));
    let closed = standing.attempted(noon());
    assert!(!closed.is_open(noon()) && closed.is_open(noon().plus(Duration::seconds(30))));
    // What is not looked at lengthens nothing, and is no failure of the account.
    let refused = closed.attempted(noon().plus(Duration::seconds(29)));
    assert_eq!(
        (
            refused.pair.failures,
            refused.account.failures,
            refused.pair.refused
        ),
        (5, 5, 1)
    );
    assert!(refused.is_open(noon().plus(Duration::seconds(30))));
}

/// As strangers from a thousand addresses do.
fn attacked(failures: i64) -> Standing {
    let mut standing = Standing::default();
    for _ in 0..failures {
        standing.pair = Tally::default();
        standing.address = Tally::default();
        standing = standing.attempted(noon());
    }
    standing
}

#[test]
fn nobody_gets_more_than_a_hundred_guesses_in_a_row_from_however_many_addresses() {
    let mut standing = attacked(CONSECUTIVE_MAX);
    standing.pair = Tally::default();
    assert!(!standing.is_open(noon().plus(Duration::days(365))));
    assert_eq!(standing.account.failures, CONSECUTIVE_MAX);
}

#[test]
fn a_stranger_cannot_lock_the_owner_out() {
    let mut standing = attacked(10 * CONSECUTIVE_MAX);
    standing.pair = Tally {
        known: true,
        ..Tally::default()
    };
    assert!(standing.is_open(noon()), "the owner's own address");
    standing.address.next_at = Some(noon().plus(Duration::hours(1)));
    assert!(
        standing.is_open(noon()),
        "others spray passwords from the owner's network"
    );
}

#[test]
fn a_known_address_is_limited_too() {
    let mut standing = Standing::default();
    standing.pair.known = true;
    let (mut now, mut looked_at) = (noon(), 0);
    for _ in 0..100_000 {
        looked_at += i64::from(standing.is_open(now));
        standing = standing.attempted(now);
        now = now.plus(Duration::minutes(1));
    }
    assert!(looked_at <= CONSECUTIVE_MAX, "{looked_at}");
}

#[test]
fn many_accounts_from_one_address_are_slowed_down_by_the_address() {
    let mut address = Tally::default();
    let mut looked_at = 0;
    for _ in 0..1_000 {
        let standing = Standing {
            address,
            ..Standing::default()
        };
        looked_at += i64::from(standing.is_open(noon()));
        address = standing.attempted(noon()).address;
    }
    assert_eq!(looked_at, 51);
}

#[test]
fn after_a_quiet_day_an_address_begins_anew() {
    let tally = Tally {
        failures: 40,
        last_at: Some(noon()),
        ..Tally::default()
    };
    let tomorrow = noon().plus(Duration::days(1));
    assert_eq!(tally.failed(super::Scope::Pair, tomorrow).failures, 1);
    assert_eq!(tally.failed(super::Scope::Account, tomorrow).failures, 41);
}

#[test]
fn nobody_is_flooded_with_letters() {
    let mut letters = None;
    let mut sent = 0;
    for _ in 0..100 {
        let (next, may) = Letters::another(letters, noon());
        letters = Some(next);
        sent += i64::from(may);
    }
    assert_eq!(sent, LETTERS_MAX);
    assert!(Letters::another(letters, noon().plus(LETTERS_WINDOW)).1);
}
