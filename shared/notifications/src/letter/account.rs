//! What the shop writes to the owners of accounts. Pure.
//!
//! Each letter says what happened and what to do if it was not the reader. None holds more than its
//! reader needs: no password ever, no whole address of another.

use authority::mail::Letter as Account;

use super::{Letter, Part, compose};

impl From<&Account> for Letter {
    fn from(account: &Account) -> Self {
        let (subject, parts) = match account {
            Account::VerifyEmail { .. }
            | Account::ResetPassword { .. }
            | Account::MagicLink { .. }
            | Account::EmailChangeCode { .. }
            | Account::StaffInvitation { .. } => invites(account),
            Account::AlreadyRegistered { .. } | Account::ResetUnknown {} | Account::MagicUnknown {} => {
                explains(account)
            }
            Account::EmailChanged { .. }
            | Account::PasswordChanged { .. }
            | Account::FactorAdded { .. }
            | Account::FactorRemoved { .. }
            | Account::RecoveryCodes { .. }
            | Account::ProviderLinked { .. }
            | Account::ProviderUnlinked { .. }
            | Account::NewSignIn { .. }
            | Account::SessionsEnded {}
            | Account::AccountErased {} => tells(account),
        };
        compose(subject, &parts)
    }
}

const NOT_YOU: &str = "If this was not you, ignore this mail: nothing happens without it.";
const TAKE_CARE: &str =
    "If this was not you, choose a new password at once, look through your sessions, and write to us.";

fn words(text: impl Into<String>) -> Part {
    Part::Paragraph(text.into())
}

fn link(address: &str) -> Part {
    Part::Link(address.to_owned())
}

/// Letters that open something.
fn invites(account: &Account) -> (&'static str, Vec<Part>) {
    match account {
        Account::VerifyEmail {
            code,
            link: address,
            minutes,
        } => (
            "Your code to confirm your e-mail address",
            vec![
                words("Welcome! Type this code where you registered:"),
                words(code),
                words("Or follow this link and give the password that you have chosen:"),
                link(address),
                words(format!("Both are good for {minutes} minutes. {NOT_YOU}")),
            ],
        ),
        Account::ResetPassword {
            link: address,
            minutes,
        } => (
            "Choose a new password",
            vec![
                words("Follow this link to choose a new password:"),
                link(address),
                words(format!("It is good for {minutes} minutes, once. {NOT_YOU}")),
            ],
        ),
        Account::MagicLink {
            link: address,
            minutes,
        } => (
            "Your link to log in",
            vec![
                words("Follow this link in the browser in which you asked for it:"),
                link(address),
                words(format!("It is good for {minutes} minutes, once. {NOT_YOU}")),
            ],
        ),
        Account::EmailChangeCode { code, minutes } => (
            "Your code to confirm your new e-mail address",
            vec![
                words("Type this code where you are changing your e-mail address:"),
                words(code),
                words(format!("It is good for {minutes} minutes. {NOT_YOU}")),
            ],
        ),
        Account::StaffInvitation {
            invited_by,
            roles,
            link: address,
            days,
        } => (
            "You are invited to join the staff",
            vec![
                words(format!(
                    "{invited_by} invites you as {}. Follow this link to accept:",
                    roles.join(", ")
                )),
                link(address),
                words(format!(
                    "It is good for {days} days. If you expected no invitation, ignore this mail."
                )),
            ],
        ),
        _ => ("", Vec::new()),
    }
}

/// Letters to those for whom there is nothing to open.
fn explains(account: &Account) -> (&'static str, Vec<Part>) {
    match account {
        Account::AlreadyRegistered {
            login_link,
            reset_link,
        } => (
            "You have an account already",
            vec![
                words(
                    "Somebody, perhaps you, wanted to use this address for an account. There is one already. To log in:",
                ),
                link(login_link),
                words("If you have forgotten the password, choose a new one:"),
                link(reset_link),
                words("If this was not you, ignore this mail: nothing has changed."),
            ],
        ),
        Account::ResetUnknown {} => (
            "There is no account with this address",
            vec![words(
                "Somebody, perhaps you, wanted a new password for an account with this address. There is none; \
                 perhaps you have registered with another address.",
            )],
        ),
        Account::MagicUnknown {} => (
            "There is no account with this address",
            vec![words(
                "Somebody, perhaps you, wanted to log in with this address. There is no account; \
                 perhaps you have registered with another address.",
            )],
        ),
        _ => ("", Vec::new()),
    }
}

/// Letters about what has happened.
fn tells(account: &Account) -> (&'static str, Vec<Part>) {
    let (subject, happened) = match account {
        Account::EmailChanged { new_email_hint } => (
            "Your account has another e-mail address",
            format!("From now on your account has the address {new_email_hint}. This one is no longer used."),
        ),
        Account::PasswordChanged { address } => (
            "Your password was changed",
            match address {
                Some(address) => format!("The password of your account was changed, from the network address {address}."),
                None => "The password of your account was changed.".to_owned(),
            },
        ),
        Account::FactorAdded { factor } => (
            "Your account has a further factor",
            format!("From now on your account asks for a further factor: {factor}."),
        ),
        Account::FactorRemoved { factor } => (
            "A factor of your account was removed",
            format!("Your account no longer asks for this factor: {factor}."),
        ),
        Account::RecoveryCodes { left } => (
            "Your recovery codes",
            format!("Your recovery codes were used or made anew; {left} are left."),
        ),
        Account::ProviderLinked { provider } => (
            "Your account can be entered in another way",
            format!("From now on you can log in with {provider}."),
        ),
        Account::ProviderUnlinked { provider } => (
            "A way into your account was removed",
            format!("You can no longer log in with {provider}."),
        ),
        Account::NewSignIn { address, user_agent } => (
            "Somebody has logged in to your account",
            match user_agent {
                Some(agent) => format!("There was a login from the network address {address} with {agent}."),
                None => format!("There was a login from the network address {address}."),
            },
        ),
        Account::SessionsEnded {} => (
            "You were logged out",
            "A key to one of your sessions was used twice, as happens when it was copied. We have ended that session.".to_owned(),
        ),
        Account::AccountErased {} => {
            let gone = "Your account is erased, as was asked for, and with it what we knew of you. \
                        What the law makes us keep about orders is kept without your name.";
            return ("Your account is erased", vec![words(gone)]);
        }
        _ => ("", String::new()),
    };
    (subject, vec![words(happened), words(TAKE_CARE)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_has_a_subject_and_says_something() {
        let text = |text: &str| text.to_owned();
        let letters = [
            Account::VerifyEmail {
                code: text("12345678"),
                link: text("https://shop/verify#token=a"),
                minutes: 10,
            },
            Account::AlreadyRegistered {
                login_link: text("https://shop/login"),
                reset_link: text("https://shop/forgot"),
            },
            Account::ResetPassword {
                link: text("https://shop/reset#token=a"),
                minutes: 10,
            },
            Account::ResetUnknown {},
            Account::MagicLink {
                link: text("https://shop/link#token=a"),
                minutes: 10,
            },
            Account::MagicUnknown {},
            Account::EmailChangeCode {
                code: text("12345678"),
                minutes: 10,
            },
            Account::EmailChanged {
                new_email_hint: text("b…@example.com"),
            },
            Account::PasswordChanged { address: None },
            Account::FactorAdded {
                factor: text("an authenticator app"),
            },
            Account::FactorRemoved {
                factor: text("a passkey"),
            },
            Account::RecoveryCodes { left: 9 },
            Account::ProviderLinked {
                provider: text("Example"),
            },
            Account::ProviderUnlinked {
                provider: text("Example"),
            },
            Account::NewSignIn {
                address: text("192.0.2.1"),
                user_agent: None,
            },
            Account::SessionsEnded {},
            Account::StaffInvitation {
                invited_by: text("Olga"),
                roles: vec![text("support")],
                link: text("https://shop/join#token=a"),
                days: 7,
            },
            Account::AccountErased {},
        ];
        for account in letters {
            let letter = Letter::from(&account);
            assert!(letter.subject.len() > 10 && letter.text.len() > 60, "{account:?}");
        }
    }

    #[test]
    fn a_code_stands_alone_and_a_link_can_be_followed() {
        let letter = Letter::from(&Account::VerifyEmail {
            code: "12345678".into(),
            link: "https://shop/verify#token=a".into(),
            minutes: 10,
        });
        assert!(letter.text.contains("\n\n12345678\n\n"), "{}", letter.text);
        assert!(
            letter.html.contains("<a href=\"https://shop/verify#token=a\">"),
            "{}",
            letter.html
        );
    }

    #[test]
    fn what_a_stranger_typed_is_no_markup() {
        let letter = Letter::from(&Account::StaffInvitation {
            invited_by: "<script>".into(),
            roles: vec!["support".into()],
            link: "https://shop/\"onclick=".into(),
            days: 7,
        });
        assert!(
            !letter.html.contains("<script>") && !letter.html.contains("\"onclick"),
            "{}",
            letter.html
        );
    }
}
