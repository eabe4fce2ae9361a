//! Words mean what they say.

use crate::{Duration, Email, Handle, Ids, Quantity, SeededRandom, Sku, Time, network_of};

mod thing {
    #![allow(
        dead_code,
        unreachable_pub,
        reason = "the macro makes more than one test needs"
    )]
    crate::typed_id!(
        /// An id under test.
        ThingId,
        "thing"
    );
}
use thing::ThingId;

#[test]
fn an_id_is_ordered_by_time_and_reads_back() {
    let random = SeededRandom::new(7);
    let early = ThingId::mint(&Ids::new(Time::from_unix_ms(1_700_000_000_000), &random));
    let late = ThingId::mint(&Ids::new(Time::from_unix_ms(1_700_000_000_001), &random));
    assert!(early < late);
    assert_eq!(ThingId::parse(early.as_str()), Ok(early.clone()));
    assert_eq!(early.as_str().len(), "thing_".len() + 26);
    assert_ne!(
        early,
        ThingId::mint(&Ids::new(Time::from_unix_ms(1_700_000_000_000), &random))
    );
}

#[test]
fn the_same_seed_mints_the_same_id() {
    let mint = || ThingId::mint(&Ids::new(Time::from_unix_ms(5), &SeededRandom::new(42)));
    assert_eq!(mint(), mint());
}

#[test]
fn a_foreign_prefix_or_a_broken_body_is_no_id() {
    for bad in [
        "",
        "thing_",
        "order_01h455vb4pex5vsknk084sn02q",
        "thing_81h455vb4pex5vsknk084sn02q",
        "thing_01h455vb4pex5vsknk084sn02",
    ] {
        assert!(ThingId::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_time_is_written_so_that_text_sorts_as_time() {
    let time = Time::parse("2026-01-31T13:00:00.1239+01:00").unwrap();
    assert_eq!(time.to_string(), "2026-01-31T12:00:00.123Z");
    assert_eq!(Time::parse(&time.to_string()), Ok(time));
    assert_eq!(time.plus(Duration::days(1)).since(time), Duration::hours(24));
    assert!(Time::parse("1969-12-31T23:59:59Z").is_err());
}

#[test]
fn small_words_refuse_nonsense() {
    assert!(Sku::parse("tea-green-100").is_ok());
    assert!(Sku::parse("-tea").is_err());
    assert!(Sku::parse(&"x".repeat(65)).is_err());
    assert!(Handle::parse("green-tea").is_ok());
    assert!(Handle::parse("Green--tea").is_err());
    assert_eq!(
        Email::parse("Anna@EXAMPLE.com").unwrap().as_str(),
        "Anna@example.com"
    );
    for bad in ["anna", "anna@home", "a b@example.com", "anna@-x.com", "a@b@c.de"] {
        assert!(Email::parse(bad).is_err(), "{bad}");
    }
    assert!(Quantity::new(0).is_err());
    assert!(Quantity::new(10_000).is_err());
}

#[test]
fn a_schema_refuses_by_pattern_what_the_check_refuses() {
    let pattern = |schema: schemars::Schema| {
        let value = schema.to_value();
        value
            .get("pattern")
            .and_then(|text| text.as_str())
            .map(str::to_owned)
    };
    assert_eq!(
        pattern(schemars::schema_for!(Sku)).as_deref(),
        Some("^[A-Za-z0-9][A-Za-z0-9._-]*$")
    );
    assert_eq!(
        pattern(schemars::schema_for!(Handle)).as_deref(),
        Some("^[a-z0-9]+(-[a-z0-9]+)*$")
    );
    assert!(pattern(schemars::schema_for!(crate::CountryCode)).is_some());
    assert!(pattern(schemars::schema_for!(crate::Rate)).is_some());
    assert_eq!(
        pattern(schemars::schema_for!(Email)),
        None,
        "a mail address is checked by hand"
    );
}

#[test]
fn callers_are_counted_by_network() {
    for (address, network) in [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("unknown", "unknown"),
        ("", ""),
    ] {
        assert_eq!(network_of(address), network);
    }
}
