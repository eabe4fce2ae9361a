//! Mails about accounts: opened, worded, handed over.

use authority::mail::{MailRequested, Postbox};
use kernel::Fault;
use platform::Cloud;
use platform::mail::{Mail, Mailer};

use crate::letter::Letter;

/// Sends mails that accounts ask for. It keeps nothing: a fact is handled once by its claim.
#[derive(Debug)]
pub struct AccountMails {
    postbox: Postbox,
    mailer: Mailer,
}

impl AccountMails {
    /// Needs the mail service and the secret `vault`.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            postbox: Postbox::new(cloud),
            mailer: cloud.mailer(),
        }
    }

    /// Sends one mail. What was not sealed here is missing, and nothing is sent.
    pub async fn send(&self, mail: &MailRequested) -> Result<(), Fault> {
        let letter = self.postbox.open(mail)?.ok_or(Fault::missing("letter"))?;
        let Letter { subject, text, html } = Letter::from(&letter);
        let mail = Mail {
            to: mail.to.clone(),
            subject,
            text,
            html: Some(html),
        };
        Ok(self.mailer.send(&mail).await?)
    }
}
