//! A row survives what it holds, and the first version still reads.

use super::*;

fn first() -> HeldRow {
    serde_json::from_str(include_str!("../held.v1.json")).unwrap()
}

#[test]
fn the_first_version_of_a_row_still_reads() {
    let held = Held::try_from(first()).unwrap();
    assert_eq!(
        (held.count(), held.recovery.len(), held.attempts.failures),
        (2, 1, 2)
    );
    assert_eq!((held.passkeys[0].credential.sign_count, held.version), (7, 5));
}

#[test]
fn what_is_held_reads_back_as_it_was_written_one_version_later() {
    let held = Held::try_from(first()).unwrap();
    let written = serde_json::to_string(&HeldRow::following(&held)).unwrap();
    let mut read = Held::try_from(serde_json::from_str::<HeldRow>(&written).unwrap()).unwrap();
    assert_eq!(read.version, 6);
    read.version = 5;
    assert_eq!(read, held);
}

#[test]
fn a_credential_that_cannot_be_read_is_not_guessed() {
    let mut row = first();
    row.passkeys[0].aaguid = "short".into();
    assert!(Held::try_from(row).is_err());
}
