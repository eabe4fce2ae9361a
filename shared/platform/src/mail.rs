//! Mail through Amazon SES, API version 2.

use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};
use kernel::{Email, Fault};

/// Sends mail in the shop's name.
#[derive(Debug, Clone)]
pub struct Mailer {
    client: aws_sdk_sesv2::Client,
    from: String,
}

/// One mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Who receives it.
    pub to: Email,
    /// Subject, in plain text.
    pub subject: String,
    /// The mail for every reader.
    pub text: String,
    /// The same with markup, for those who show it.
    pub html: Option<String>,
}

/// A mail was not accepted.
#[derive(Debug, thiserror::Error)]
#[error("the mail was not accepted")]
pub struct SendError {
    refused: bool,
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl From<SendError> for Fault {
    fn from(error: SendError) -> Self {
        if error.refused {
            Self::broken(error)
        } else {
            Self::busy(error)
        }
    }
}

impl Mailer {
    pub(crate) fn new(client: aws_sdk_sesv2::Client, from: String) -> Self {
        Self { client, from }
    }

    /// Hands one mail over for delivery. A lost answer may mean that it was accepted: the service
    /// has no idempotency key, so a repeated call may send twice.
    pub async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let content = |text: &str| Content::builder().data(text).charset("UTF-8").build();
        let parts = (|| {
            let mut body = Body::builder().text(content(&mail.text)?);
            if let Some(html) = &mail.html {
                body = body.html(content(html)?);
            }
            Ok(Message::builder()
                .subject(content(&mail.subject)?)
                .body(body.build())
                .build())
        })();
        let message = parts.map_err(|source: aws_sdk_sesv2::error::BuildError| SendError {
            refused: true,
            source: source.into(),
        })?;
        let sent = self
            .client
            .send_email()
            .from_email_address(&self.from)
            .destination(Destination::builder().to_addresses(mail.to.as_str()).build())
            .content(EmailContent::builder().simple(message).build())
            .send()
            .await;
        sent.map(drop).map_err(|error| {
            let refused = error.as_service_error().is_some_and(|error| {
                error.is_message_rejected()
                    || error.is_bad_request_exception()
                    || error.is_mail_from_domain_not_verified_exception()
            });
            SendError {
                refused,
                source: error.into(),
            }
        })
    }
}
