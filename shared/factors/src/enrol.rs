//! Adding a factor: an authenticator app, a passkey; and new recovery codes.

use authority::mail::Letter;
use authority::{User, UserId};
use kernel::{Fault, Ids, Origin, Time};
use platform::http::Customer;
use platform::table::{Transaction, TransactionError, Write};
use platform::trail::Entry;

use crate::Factors;
use crate::held::{FactorId, Held, HeldError, Passkey, PendingTotp};
use crate::passkey::{Expected, register};
use crate::prove::{ProveError, ROUNDS_MAX};
use crate::recovery::RecoveryCode;
use crate::totp::TotpSecret;
use crate::wire::ceremony::Purpose;
use crate::wire::{
    AddedFactorView, CreatePasskey, CreationOptions, FactorView, FactorsView, RecoveryCodesView,
    RegistrationOptionsView, TotpEnrolmentView, UserEntity, user_handle,
};

impl From<HeldError> for Fault {
    fn from(error: HeldError) -> Self {
        let detail = error.to_string();
        match error {
            HeldError::Unknown => Self::missing("factor"),
            HeldError::Last => Self::refused("last_factor", detail),
            HeldError::NotStarted => Self::refused("totp_not_started", detail),
            HeldError::CodeWrong => Self::refused("factor_code_wrong", detail),
            HeldError::TooMany => Self::refused("too_many_passkeys", detail),
            HeldError::NoFactor => Self::refused("no_second_factor", detail),
        }
    }
}

/// Who changes their factors, from where.
#[derive(Debug)]
pub struct Owner<'a> {
    /// The caller.
    pub customer: &'a Customer,
    /// Where the request came from.
    pub origin: Origin,
}

impl Factors {
    /// What the caller holds.
    pub async fn list(&self, customer: &Customer) -> Result<FactorsView, Fault> {
        let held = self.store.held(&user_id(customer)?).await?;
        Ok(FactorsView::from(&held))
    }

    /// Gives out a secret for an authenticator app. The app counts once it has shown a right code
    /// ([`Factors::confirm_totp`]) within an hour, and takes the place of the app there is. Asking
    /// again makes another secret, and the one before opens nothing.
    pub async fn enrol_totp(&self, owner: &Owner<'_>, ids: &Ids<'_>) -> Result<TotpEnrolmentView, Fault> {
        let now = ids.now();
        let secret = TotpSecret::generate(&*self.random);
        let factor_id = FactorId::mint(ids);
        for _ in 0..ROUNDS_MAX {
            let (user, mut held) = self.own(owner).await?;
            held.pending = Some(PendingTotp {
                factor_id: factor_id.clone(),
                sealed: self.seal.close(&secret, user.user_id.as_str())?,
                started_at: now,
            });
            if decided(Transaction::new().with(self.store.keeping(&held)).commit().await)? {
                return Ok(TotpEnrolmentView {
                    factor_id,
                    secret: secret.base32(),
                    uri: secret.uri(&self.party.name, user.email.as_str()),
                });
            }
        }
        Err(crowded())
    }

    /// Makes the app count, by its first right code. With the user's first factor come recovery codes.
    pub async fn confirm_totp(
        &self,
        owner: &Owner<'_>,
        code: &str,
        ids: &Ids<'_>,
    ) -> Result<AddedFactorView, Fault> {
        let now = ids.now();
        let codes = RecoveryCode::generate(&*self.random);
        for _ in 0..ROUNDS_MAX {
            let (user, mut held) = self.own(owner).await?;
            let pending = held.awaited(now).ok_or(HeldError::NotStarted)?;
            let secret = self.seal.open(&pending.sealed, user.user_id.as_str())?;
            held.confirm_totp(&secret, code, now)?;
            let given = self.first_codes(&mut held, &codes);
            let factor = held
                .totp
                .as_ref()
                .map(FactorView::from)
                .ok_or(HeldError::NotStarted)?;
            let added = self.adding(owner, (&user, &held), &factor, ids)?;
            if decided(added.commit().await)? {
                return Ok(view(factor, given, &codes));
            }
        }
        Err(crowded())
    }

    /// What a browser needs to make a passkey. An authenticator that holds one of the user's
    /// makes no other.
    pub async fn begin_passkey(
        &self,
        owner: &Owner<'_>,
        now: Time,
    ) -> Result<RegistrationOptionsView, Fault> {
        let (user, held) = self.own(owner).await?;
        let purpose = Purpose::Register {
            user_id: user.user_id.clone(),
        };
        let (ceremony, sealed) = self.ceremonies.begin(purpose, now)?;
        let shown = UserEntity {
            id: user_handle(user.user_id.as_str()),
            name: user.email.to_string(),
            display_name: user.name.clone().unwrap_or_else(|| user.email.to_string()),
        };
        Ok(RegistrationOptionsView {
            ceremony: sealed,
            public_key: CreationOptions::new(&self.party, shown, &ceremony, &held.passkeys),
        })
    }

    /// Keeps a passkey that a browser has made. Its credential must be nobody's.
    pub async fn create_passkey(
        &self,
        owner: &Owner<'_>,
        made: CreatePasskey,
        ids: &Ids<'_>,
    ) -> Result<AddedFactorView, Fault> {
        let now = ids.now();
        let wanted = Purpose::Register {
            user_id: user_id(owner.customer)?,
        };
        let ceremony = self.ceremonies.open(&made.ceremony, now);
        let ceremony = ceremony
            .filter(|ceremony| ceremony.purpose == wanted)
            .ok_or(ProveError::CeremonyOver)?;
        let registration = made.credential.read()?;
        let expected = Expected {
            party: &self.party,
            challenge: &ceremony.challenge_bytes(),
            user_verification: false,
        };
        let credential = register(&registration.client_data, &registration.attestation, expected)?;
        if credential.id != registration.id {
            return Err(crate::passkey::PasskeyError::Malformed("the credential's id").into());
        }
        let passkey = Passkey {
            factor_id: FactorId::mint(ids),
            name: made.name.unwrap_or_else(|| "Passkey".to_owned()),
            credential,
            transports: registration.transports,
            created_at: now,
            used_at: None,
        };
        let codes = RecoveryCode::generate(&*self.random);
        for _ in 0..ROUNDS_MAX {
            let (user, mut held) = self.own(owner).await?;
            held.add_passkey(passkey.clone())?;
            let given = self.first_codes(&mut held, &codes);
            let factor = FactorView::from(&passkey);
            let added = self
                .adding(owner, (&user, &held), &factor, ids)?
                .with(self.store.using(&ceremony.challenge, now))
                .with(self.store.claiming(&user.user_id, &passkey.credential.id));
            let last = added.len() - 1;
            match added.commit().await {
                Err(error) if error.condition_failed_at(last - 1) => {
                    return Err(ProveError::CeremonyOver.into());
                }
                Err(error) if error.condition_failed_at(last) => {
                    return Err(Fault::refused(
                        "passkey_taken",
                        "the passkey is registered already",
                    ));
                }
                other => {
                    if decided(other)? {
                        return Ok(view(factor, given, &codes));
                    }
                }
            }
        }
        Err(crowded())
    }

    /// Ten new recovery codes in place of all others.
    pub async fn create_recovery_codes(
        &self,
        owner: &Owner<'_>,
        ids: &Ids<'_>,
    ) -> Result<RecoveryCodesView, Fault> {
        let codes = RecoveryCode::generate(&*self.random);
        for _ in 0..ROUNDS_MAX {
            let (user, mut held) = self.own(owner).await?;
            held.replace_recovery(self.hashes(&codes, &user.user_id))?;
            let entry = entry("recovery_codes.created", owner, &user, ids.now());
            let transaction = Transaction::new()
                .with(self.store.keeping(&held))
                .with(self.trail.entry(&entry))
                .with(self.mail_codes_left(ids, &user, &held)?);
            if decided(transaction.commit().await)? {
                return Ok(RecoveryCodesView::of(&codes));
            }
        }
        Err(crowded())
    }

    /// The caller, and what they hold. Somebody who holds a factor must have shown one in this
    /// session: a password alone changes nothing about what guards against a lost password.
    pub(crate) async fn own(&self, owner: &Owner<'_>) -> Result<(User, Held), Fault> {
        let user_id = user_id(owner.customer)?;
        // In this order: what is held is written under the condition that it was not changed since, and
        // whoever changes it changes the user with it, so that condition vouches for the user as well.
        let held = self.store.held(&user_id).await?;
        let user = self.authority.user(&user_id).await?;
        let user = user.ok_or_else(|| Fault::missing("user"))?;
        if held.count() > 0 && owner.customer.presence.assurance < 2 {
            return Err(Fault::refused(
                "show_factor_first",
                "this account has a second factor; show it first (POST /v1/account/step-up/factor)",
            ));
        }
        Ok((user, held))
    }

    /// Everything that happens when a factor is added, but for what is special to a kind.
    fn adding(
        &self,
        owner: &Owner<'_>,
        (user, held): (&User, &Held),
        factor: &FactorView,
        ids: &Ids<'_>,
    ) -> Result<Transaction, Fault> {
        let entry =
            entry("factor.added", owner, user, ids.now()).with("factor_id", factor.factor_id.as_str());
        let letter = Letter::FactorAdded {
            factor: factor.name.clone(),
        };
        let mut transaction = Transaction::new()
            .with(self.store.keeping(held))
            .with(self.trail.entry(&entry))
            .with(self.mail(ids, user, &letter)?);
        if let Some(noting) = self.noting(user, held) {
            transaction = transaction.with(noting);
        }
        Ok(transaction)
    }

    /// The user's row says which kinds of factor a login must be completed with; it changes in the
    /// same transaction as the factors.
    pub(crate) fn noting(&self, user: &User, held: &Held) -> Option<Write> {
        let kinds = held.kinds();
        (kinds != user.second_factors).then(|| self.authority.noting_factors(user, &kinds))
    }

    /// Recovery codes for somebody who has none; whether they were given.
    fn first_codes(&self, held: &mut Held, codes: &[RecoveryCode]) -> bool {
        if !held.recovery.is_empty() {
            return false;
        }
        held.recovery = self.hashes(codes, &held.user_id);
        true
    }

    fn hashes(&self, codes: &[RecoveryCode], user_id: &UserId) -> Vec<String> {
        let key = self.seal.recovery_key();
        codes
            .iter()
            .map(|code| code.hash(&key, user_id.as_str()))
            .collect()
    }
}

fn view(factor: FactorView, given: bool, codes: &[RecoveryCode]) -> AddedFactorView {
    AddedFactorView {
        factor,
        recovery_codes: given.then(|| RecoveryCodesView::of(codes).recovery_codes),
    }
}

pub(crate) fn entry(action: &'static str, owner: &Owner<'_>, user: &User, now: Time) -> Entry {
    Entry::new(action, user.user_id.as_str(), now)
        .about(user.user_id.as_str())
        .from(owner.origin.clone())
}

/// The id of the user who calls.
pub(crate) fn user_id(customer: &Customer) -> Result<UserId, Fault> {
    UserId::parse(&customer.user_id).map_err(Fault::broken)
}

/// Whether it is written; false when somebody else was first, and it is to be tried again.
pub(crate) fn decided(committed: Result<(), TransactionError>) -> Result<bool, Fault> {
    match committed {
        Ok(()) => Ok(true),
        Err(error) if error.is_condition_failed() || error.is_conflict() => Ok(false),
        Err(error) => Err(error.into()),
    }
}

pub(crate) fn crowded() -> Fault {
    Fault::busy("what the user holds is changed by many at once")
}
