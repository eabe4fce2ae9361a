//! A letter is sent once, unless nobody can know that it was.

use super::*;

const NOW: Time = Time::from_unix_ms(1_000_000_000);

#[test]
fn a_sent_message_is_done_for_ever() {
    let sent = Message {
        state: State::Sent,
        ..Message::first(NOW)
    };
    assert_eq!(sent.next(NOW.plus(Duration::days(9))), Next::Done);
}

#[test]
fn a_message_that_is_being_sent_is_waited_for_until_its_sender_must_be_dead() {
    let sending = Message::first(NOW);
    assert_eq!(sending.next(NOW.plus(Duration::seconds(59))), Next::Wait);
    let later = NOW.plus(LEASE);
    assert_eq!(
        sending.next(later),
        Next::Send(Message {
            state: State::Sending,
            started_at: later,
            attempts: 2
        })
    );
}

#[test]
fn a_failed_attempt_is_repeated_at_once() {
    let failed = Message {
        state: State::Failed,
        ..Message::first(NOW)
    };
    assert!(matches!(
        failed.next(NOW),
        Next::Send(Message { attempts: 2, .. })
    ));
}
