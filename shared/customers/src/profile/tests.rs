//! A profile changes only where it is told to, and remembers when consent was given.

use kernel::{Duration, Time};

use super::{CONSENTS_MAX, Change, Consent, Profile};

const NOW: Time = Time::from_unix_ms(1_767_225_600_000);

fn marketing(granted: bool) -> Change {
    Change {
        marketing: Some(granted),
        ..Change::default()
    }
}

#[test]
fn nobody_wants_marketing_before_they_say_so() {
    let mut profile = Profile::default();
    assert!(!profile.wants_marketing());
    assert!(!profile.apply(marketing(false), NOW), "a no that was a no before");
    assert_eq!(profile, Profile::default());
}

#[test]
fn consent_keeps_its_first_moment_and_every_change_of_mind() {
    let mut profile = Profile::default();
    let later = NOW.plus(Duration::days(1));
    assert!(profile.apply(marketing(true), NOW));
    assert!(!profile.apply(marketing(true), later), "given already");
    assert!(profile.apply(marketing(false), later));
    let said = |granted, at| Consent { granted, at };
    assert_eq!(profile.consents, [said(true, NOW), said(false, later)]);
    assert_eq!(profile.version, 2);
}

#[test]
fn of_many_changes_of_mind_the_newest_are_kept() {
    let mut profile = Profile::default();
    for turn in 0..(2 * CONSENTS_MAX) {
        assert!(profile.apply(marketing(turn % 2 == 0), NOW));
    }
    assert_eq!(profile.consents.len(), CONSENTS_MAX);
    assert!(!profile.wants_marketing());
}

#[test]
fn what_is_not_named_stays_and_null_empties() {
    let mut profile = Profile::default();
    let phone = |text: Option<&str>| Change {
        phone: Some(text.map(str::to_owned)),
        ..Change::default()
    };
    assert!(profile.apply(phone(Some("+49 30 1234")), NOW));
    assert!(!profile.apply(Change::default(), NOW));
    assert_eq!(profile.phone.as_deref(), Some("+49 30 1234"));
    assert!(profile.apply(phone(None), NOW));
    assert_eq!(profile.phone, None);
}
