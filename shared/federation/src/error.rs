//! Why somebody is not let in by way of a provider.

use kernel::Fault;

/// Why somebody is not let in, or not linked.
#[derive(Debug, thiserror::Error)]
pub enum FederationError {
    /// No such provider, or it is switched off.
    #[error("there is no such provider")]
    NoProvider,
    /// The way back fits no way that was begun in this browser, or was used, or took too long.
    #[error("this way back was used, took too long, or was begun in another browser")]
    NoAttempt,
    /// The provider said no, or said something that cannot be trusted.
    #[error("the provider has not said who you are")]
    Distrusted {
        /// For the log.
        why: &'static str,
    },
    /// An account has this address already. Its owner logs in and links.
    #[error("there is an account with this address; log in and link it")]
    AccountExists,
    /// The provider does not vouch for the address.
    #[error("the provider has not proven your address; register with it and link then")]
    AddressUnproven,
    /// The identity opens another account.
    #[error("this identity is linked to another account")]
    Taken,
    /// Without it nobody could get in.
    #[error("this is the only way into the account; set a password or add another first")]
    OnlyWay,
    /// The account is not usable.
    #[error("the account cannot be used")]
    NotUsable,
    /// It could not be done.
    #[error("it could not be done")]
    Store(#[source] Fault),
}

impl From<Fault> for FederationError {
    fn from(fault: Fault) -> Self {
        Self::Store(fault)
    }
}

impl From<FederationError> for Fault {
    fn from(error: FederationError) -> Self {
        let detail = error.to_string();
        match error {
            FederationError::NoProvider => Self::missing("provider"),
            FederationError::NoAttempt => Self::refused("federation_attempt_over", detail),
            FederationError::Distrusted { .. } => Self::refused("federation_distrusted", detail),
            FederationError::AccountExists => Self::refused("federation_account_exists", detail),
            FederationError::AddressUnproven => Self::refused("federation_address_unproven", detail),
            FederationError::Taken => Self::refused("federation_identity_taken", detail),
            FederationError::OnlyWay => Self::refused("federation_only_way", detail),
            FederationError::NotUsable => Self::refused("federation_account_unusable", detail),
            FederationError::Store(fault) => fault,
        }
    }
}
