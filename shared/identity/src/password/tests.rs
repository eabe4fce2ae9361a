//! Which passwords are accepted. ID-1, ID-2, ID-3.

use super::{Context, Password, WeakPassword};

fn check(typed: &str) -> Result<(), WeakPassword> {
    Password::new(typed).check(&context(true))
}

fn context(alone: bool) -> Context<'static> {
    Context {
        shop: "Cartwright",
        email: "anna.beispiel@example.com",
        alone,
    }
}

#[test]
fn length_is_all_that_is_asked_for() {
    // ID-1: no rule of composition.
    for fine in [
        "correct horse battery staple",
        "the quick brown f",
        "ein Wal im Küchenschrank",
        "квашеная капуста зимой",
        "十五個以上の文字からなる合言葉",
        "        spaces everywhere   ",
    ] {
        assert_eq!(check(fine), Ok(()), "{fine}");
    }
    let long: String = "wholly unlike any other thing, "
        .chars()
        .cycle()
        .take(249)
        .chain("the end".chars())
        .collect();
    assert_eq!(check(&long), Ok(()), "256 code points");
    assert_eq!(check(&format!("{long}!")), Err(WeakPassword::TooLong));
}

#[test]
fn fifteen_where_it_stands_alone_and_never_fewer_than_eight() {
    assert_eq!(check("fourteen chars"), Err(WeakPassword::TooShort { min: 15 }));
    let beside = |typed: &str| Password::new(typed).check(&context(false));
    assert_eq!(beside("fourteen chars"), Ok(()));
    assert_eq!(beside("seven c"), Err(WeakPassword::TooShort { min: 8 }));
    // Code points are counted, not bytes.
    assert_eq!(beside("äöüäö€ß"), Err(WeakPassword::TooShort { min: 8 }));
}

#[test]
fn two_that_differ_after_their_first_72_bytes_differ() {
    let common = "a phrase that goes on and on until it is longer than what bcrypt looks at, ";
    assert_ne!(
        Password::new(&format!("{common}one")),
        Password::new(&format!("{common}two"))
    );
}

#[test]
fn the_same_password_typed_on_another_keyboard_is_the_same() {
    // ID-2: composed and decomposed, and full width digits.
    assert_eq!(
        Password::new("Ko\u{308}nig 12"),
        Password::new("K\u{f6}nig \u{ff11}\u{ff12}")
    );
}

#[test]
fn what_attackers_try_first_is_refused_whatever_its_case() {
    let beside = |typed: &str| Password::new(typed).check(&context(false));
    for common in ["password1", "PASSWORD1", "Qwertyuiop", "iloveyou", "1qaz2wsx3edc"] {
        assert_eq!(beside(common), Err(WeakPassword::Common), "{common}");
    }
}

#[test]
fn one_thing_repeated_and_runs_are_refused() {
    for repetitive in [
        "aaaaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "password1password1",
        "abcdefghijklmnopq",
        "12345678901234567890",
        "ponmlkjihgfedcba",
    ] {
        assert_eq!(check(repetitive), Err(WeakPassword::Repetitive), "{repetitive}");
    }
}

#[test]
fn names_of_the_shop_and_the_account_do_not_count() {
    for contextual in [
        "cartwrightcartwr1ght",
        "anna.beispiel123",
        "Beispiel-Beispiel1",
        "CARTWRIGHT!2026",
        "anna.beispiel@example.com",
    ] {
        let refused = check(contextual);
        let expected = Err(WeakPassword::Contextual);
        if contextual == "cartwrightcartwr1ght" {
            // Ten characters are left: it may be used.
            assert_eq!(refused, Ok(()), "{contextual}");
        } else {
            assert_eq!(refused, expected, "{contextual}");
        }
    }
}

#[test]
fn a_password_is_never_printed() {
    assert_eq!(format!("{:?}", Password::new("hunter2")), "Password(…)");
}
