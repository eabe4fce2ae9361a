//! What this context announces, from its table's stream: the mails that somebody is owed.

use authority::mail;
use kernel::Fault;
use platform::stream::{Announcement, Change};

/// Mails that were asked for. Passwords, proofs and tallies are nobody else's business.
pub fn from_change(change: &Change) -> Result<Vec<Announcement>, Fault> {
    Ok(mail::from_change(change)?.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use authority::mail::{Letter, MailId, MailRequested, Postbox};
    use kernel::{Email, Ids, SeededRandom, Time};
    use platform::stream::Change;
    use serde_json::json;

    use super::from_change;

    fn row(pk: &str) -> serde_json::Value {
        json!({
            "pk": pk, "sk": "mail", "mail_id": "mail_01h455vb4pex5vsknk084sn02q", "kind": "magic_unknown",
            "to": "anna@example.com", "sealed": "c2VhbGVk", "requested_at": "2026-01-31T12:00:00.000Z",
            "expires_at": 1,
        })
    }

    #[test]
    fn a_mail_that_is_asked_for_is_announced_once_and_nothing_else_is() {
        let at = Time::from_unix_ms(1_767_268_800_000);
        let mail = row("mail#mail_01h455vb4pex5vsknk084sn02q");
        let asked = from_change(&Change::between(None, Some(&mail), at).unwrap()).unwrap();
        assert_eq!((asked.len(), asked[0].name()), (1, "MailRequested"));
        for (old, new) in [
            (Some(&mail), None),
            (Some(&mail), Some(&mail)),
            (None, Some(&row("user#usr_x"))),
        ] {
            assert!(
                from_change(&Change::between(old, new, at).unwrap())
                    .unwrap()
                    .is_empty()
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_letter_opens_as_the_mail_it_was_sealed_for_and_as_no_other() {
        let world = crate::tests::cheap_world();
        let cloud = testing::cloud(&world, "identity-register");
        let (postbox, table) = (Postbox::new(&cloud), cloud.table("identity"));
        let random = SeededRandom::new(7);
        let ids = Ids::new(world.now(), &random);
        let to = Email::parse("anna@example.com").unwrap();
        let letter = Letter::EmailChangeCode {
            code: "12345678".into(),
            minutes: 10,
        };
        postbox
            .posting(&table, &ids, &to, &letter)
            .unwrap()
            .send()
            .await
            .unwrap();
        let row = world.rows("identity").unwrap().remove(0);
        assert!(!row.to_string().contains("12345678"), "{row}");
        let mail: MailRequested = serde_json::from_value(row).unwrap();
        assert_eq!(postbox.open(&mail).unwrap(), Some(letter));
        let other = MailRequested {
            mail_id: MailId::mint(&ids),
            ..mail.clone()
        };
        assert_eq!(postbox.open(&other).unwrap(), None);
        for sealed in ["", "AAAA", "not base64", &mail.sealed[1..]] {
            let sealed = sealed.to_owned();
            assert_eq!(
                postbox
                    .open(&MailRequested {
                        sealed,
                        ..mail.clone()
                    })
                    .unwrap(),
                None
            );
        }
    }
}
