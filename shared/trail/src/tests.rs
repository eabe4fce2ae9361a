//! The chain's rules and the canonical form.

use kernel::Time;
use platform::stream::Change;
use serde_json::json;

use crate::Day;
use crate::chain::{Head, Link, Sealed, sha256};
use crate::store::entry::{canonical, sealed};

fn entry(sk: &str) -> Sealed {
    Sealed {
        shard: 2,
        pk: "day#2026-01-31#2".into(),
        sk: sk.into(),
        hash: sha256(sk),
    }
}

#[test]
fn a_link_names_the_one_before_and_hashes_all_it_says() {
    let first = Link::after(&Head::beginning(), &entry("a"));
    let second = Link::after(&first.head(), &entry("b"));
    assert_eq!((first.seq, second.seq), (1, 2));
    assert_eq!(second.previous, first.hash);
    let text = format!("{}\n2\nday#2026-01-31#2\nb\n{}", first.hash, sha256("b"));
    assert_eq!(second.hash, sha256(&text));
    let others = [
        Link::after(&Head::beginning(), &entry("b")),
        Link::after(
            &Head {
                seq: 1,
                hash: sha256("x"),
            },
            &entry("b"),
        ),
        Link::after(
            &Head {
                seq: 2,
                ..first.head()
            },
            &entry("b"),
        ),
        Link::after(
            &first.head(),
            &Sealed {
                hash: sha256("c"),
                ..entry("b")
            },
        ),
        Link::after(
            &first.head(),
            &Sealed {
                pk: "day#2026-02-01#2".into(),
                ..entry("b")
            },
        ),
    ];
    assert!(others.iter().all(|other| other.hash != second.hash));
}

#[test]
fn the_canonical_form_does_not_depend_on_the_order_of_names() {
    let one = json!({ "b": { "d": 1, "c": [true, null, "x\"y"] }, "a": "é" });
    assert_eq!(canonical(&one), r#"{"a":"é","b":{"c":[true,null,"x\"y"],"d":1}}"#);
}

#[test]
fn an_entry_is_sealed_with_everything_that_its_row_holds() {
    let row = |detail: &str| json!({ "pk": "day#2026-01-31#3", "sk": "s", "actor": "usr_1", "detail": { "a": detail } });
    let seal = |row: serde_json::Value| {
        let change = Change::between(None, Some(&row), Time::from_unix_ms(0)).unwrap();
        sealed(&change).unwrap()
    };
    let one = seal(row("x")).unwrap();
    assert_eq!(
        (one.shard, one.pk.as_str(), one.sk.as_str()),
        (3, "day#2026-01-31#3", "s")
    );
    assert_ne!(one.hash, seal(row("y")).unwrap().hash);
    assert_eq!(seal(json!({ "pk": "chain#1", "sk": "head" })), None);
}

#[test]
fn a_day_is_in_the_calendar() {
    for bad in ["", "2026-02-30", "2026-1-1", "31.01.2026", "2026-01-31T00"] {
        assert!(Day::parse(bad).is_err(), "{bad}");
    }
    let day = Day::parse("2026-03-01").unwrap();
    assert_eq!(day.minus(1).to_string(), "2026-02-28");
    assert!(day > day.minus(1));
    assert!(day.end().as_str() > "2026-03-01T23:59:59.999Z#ent_z" && day.end().as_str() < "2026-03-02");
}
