//! Why somebody could not prove who they are, or set what they prove it with.

use kernel::{Fault, FieldFault};

use crate::password::WeakPassword;

/// A refusal. None tells whether an account exists.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The password cannot be chosen.
    #[error("the password cannot be chosen")]
    Weak {
        /// The field that holds it.
        field: &'static str,
        /// Why.
        #[source]
        weak: WeakPassword,
    },
    /// Wrong password, unknown or locked account, or too many attempts: one and the same.
    #[error("the e-mail address or the password is wrong")]
    Credentials,
    /// Somebody who is logged in did not know their password.
    #[error("the password is wrong")]
    Password,
    /// Somebody who has a second factor proves once more who they are with that, not by password.
    #[error("the account has a second factor, which counts here")]
    Factor,
    /// Wrong, used, replaced, expired, or tried too often: one and the same.
    #[error("the code is not valid, or not any more")]
    Code,
    /// The same of a link.
    #[error("the link is not valid, or not any more")]
    Link,
    /// Something else.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Weak { field, weak } => {
                Self::invalid_fields(vec![FieldFault::new(field, weak.code(), weak.to_string())])
            }
            Refusal::Credentials => Self::Unauthenticated {
                code: "bad_credentials",
                detail: "the e-mail address or the password is wrong, or there were too many attempts",
            },
            Refusal::Password => Self::refused(
                "wrong_password",
                "the password is wrong, or there were too many attempts",
            ),
            Refusal::Factor => Self::refused(
                "factor_wanted",
                "the account has a second factor: prove with that who you are, at /v1/account/step-up/factor",
            ),
            Refusal::Code => Self::refused(
                "bad_code",
                "the code is not valid, or not any more; ask for another",
            ),
            Refusal::Link => Self::refused(
                "bad_link",
                "the link is not valid, or not any more; ask for another",
            ),
            Refusal::Fault(fault) => fault,
        }
    }
}

impl From<platform::table::TransactionError> for Refusal {
    fn from(error: platform::table::TransactionError) -> Self {
        Self::Fault(error.into())
    }
}
