//! Queue `notifications-mail-requested`: the owner of an account gets the mail that was asked for, once.

use authority::mail::MailRequested;
use kernel::Fault;
use notifications::AccountMails;
use platform::queue::{self, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    queue::serve_once(AccountMails::new, on_mail_requested).await
}

async fn on_mail_requested(
    mails: &'static AccountMails,
    message: Message<MailRequested>,
) -> Result<(), Fault> {
    mails.send(&message.fact).await
}
