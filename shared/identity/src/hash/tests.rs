//! Hashes: that they are Argon2id, carry their cost, and cannot cost what is not wanted. ID-4.

use super::{BadCost, Compared, Cost, Hasher};
use crate::password::Password;

const CHEAP: Cost = Cost {
    memory_kib: 64,
    passes: 1,
    lanes: 1,
};

fn hasher(cost: Cost) -> Hasher {
    Hasher::new(cost).unwrap()
}

// What a shop has that says nothing of it.
#[test]
fn a_hash_costs_what_owasp_asks_for() {
    let hash = hasher(Cost::DEFAULT).hash(&Password::new("whatever it is"), [7; 16]);
    assert!(hash.unwrap().starts_with("$argon2id$v=19$m=47104,t=1,p=1$"));
}

#[test]
fn a_hash_opens_for_its_password_only_and_carries_its_cost() {
    let hasher = hasher(CHEAP);
    let password = Password::new("correct horse battery staple");
    let kept = hasher.hash(&password, [7; 16]).unwrap();
    assert!(kept.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{kept}");
    let compared = hasher.compare(&password, Some(&kept)).unwrap();
    assert_eq!(
        compared,
        Compared {
            right: true,
            outdated: false
        }
    );
    let wrong = Password::new("correct horse battery stable");
    assert!(!hasher.compare(&wrong, Some(&kept)).unwrap().right);
    assert!(!hasher.compare(&password, None).unwrap().right);
}

#[test]
fn what_others_hash_with_argon2id_opens_here() {
    // Reference: `echo -n "password" | argon2 somesalt -t 2 -m 16 -p 1 -id` of the C implementation.
    let kept = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    let compared = hasher(CHEAP)
        .compare(&Password::new("password"), Some(kept))
        .unwrap();
    assert_eq!(
        compared,
        Compared {
            right: true,
            outdated: false
        }
    );
}

#[test]
fn a_cheaper_hash_is_outdated() {
    let password = Password::new("correct horse battery staple");
    let kept = hasher(CHEAP).hash(&password, [7; 16]).unwrap();
    let dearer = hasher(Cost { passes: 2, ..CHEAP });
    let compared = dearer.compare(&password, Some(&kept)).unwrap();
    assert_eq!(
        compared,
        Compared {
            right: true,
            outdated: true
        }
    );
}

#[test]
fn an_imported_hash_cannot_cost_what_it_likes() {
    let hasher = hasher(CHEAP);
    for cost in [
        "m=4194304,t=1,p=1",
        "m=64,t=4000000000,p=1",
        "m=131072,t=32,p=1",
        "m=64,t=1,p=200",
        "m=0,t=0,p=0",
    ] {
        let kept = format!("$argon2id$v=19${cost}$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc");
        let compared = hasher.compare(&Password::new("password"), Some(&kept)).unwrap();
        assert!(!compared.right, "{cost}");
    }
    assert_eq!(
        Hasher::new(Cost {
            memory_kib: 1 << 20,
            ..CHEAP
        })
        .unwrap_err(),
        BadCost
    );
}

#[test]
fn what_is_no_hash_opens_for_nobody() {
    let hasher = hasher(CHEAP);
    let argon2i = "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    for kept in [
        "",
        "password",
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$",
        argon2i,
        "$argon2id$v=19$m=64,t=1,p=1,x=1$c29tZXNhbHQ$AAAA",
    ] {
        assert!(
            !hasher
                .compare(&Password::new("password"), Some(kept))
                .unwrap()
                .right,
            "{kept}"
        );
    }
}
