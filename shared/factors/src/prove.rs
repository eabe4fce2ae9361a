//! Judging what somebody shows, and using it up.
//!
//! A proof is accepted in one transaction with everything that it uses up (the code's step, the
//! recovery code, the ceremony, the login it completes) and with its entry in the audit trail. Two
//! requests with one proof: one is first, the other finds it used.

use authority::{Method, User};
use kernel::{Fault, Ids, Origin, Time};
use platform::table::{Transaction, Write};
use platform::trail::{Entry, Outcome};

use crate::Factors;
use crate::attempts::Turn;
use crate::held::Held;
use crate::passkey::{Expected, PasskeyError};
use crate::recovery::RecoveryCode;
use crate::wire::PasskeyProof;
use crate::wire::ceremony::Purpose;

/// How often a change is tried again when somebody else changes what the user holds meanwhile.
pub(crate) const ROUNDS_MAX: usize = 5;

/// What somebody shows.
#[derive(Debug, Clone)]
pub enum Proof {
    /// Six digits of the authenticator app.
    Totp(String),
    /// A recovery code.
    RecoveryCode(String),
    /// A passkey's signature.
    Passkey(PasskeyProof),
}

/// What a proof is wanted for.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    /// Whose it must be.
    pub(crate) user: &'a User,
    /// What a passkey's ceremony must have been begun for.
    pub(crate) purpose: Purpose,
    /// Whether a passkey must have verified its user.
    pub(crate) user_verification: bool,
    /// What happens if, and only if, the proof is accepted.
    pub(crate) beside: Vec<Write>,
    /// Where the request came from.
    pub(crate) origin: &'a Origin,
    /// When.
    pub(crate) now: Time,
}

/// Why a proof was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    /// It is not right, or was used before.
    #[error("the code is not right, or was used already")]
    Wrong,
    /// Too many wrong codes: none is looked at before this moment.
    #[error("too many wrong codes; the next one is looked at {0}")]
    Wait(Time),
    /// Far too many wrong codes.
    #[error("too many wrong codes; use a passkey or a recovery code")]
    Locked,
    /// The login was completed, tried too often, or took longer than five minutes.
    #[error("the login is over; begin it anew")]
    StepOver,
    /// The ceremony was used, took longer than five minutes, or was for something else.
    #[error("the passkey's ceremony is over; begin it anew")]
    CeremonyOver,
    /// The credential is not one of the user's.
    #[error("the passkey is not known here")]
    Unknown,
    /// The passkey's answer is not what it must be.
    #[error(transparent)]
    Passkey(#[from] PasskeyError),
    /// Something else.
    #[error("the proof could not be judged")]
    Fault(#[from] Fault),
}

impl From<ProveError> for Fault {
    fn from(error: ProveError) -> Self {
        let detail = error.to_string();
        match error {
            ProveError::Wrong => Self::Unauthenticated {
                code: "second_factor_wrong",
                detail: "the code is not right, or was used already",
            },
            ProveError::Wait(_) => Self::refused("second_factor_wait", detail),
            ProveError::Locked => Self::refused("second_factor_locked", detail),
            ProveError::StepOver => Self::Unauthenticated {
                code: "login_step_over",
                detail: "the login was completed, tried too often or took too long; begin it anew",
            },
            ProveError::CeremonyOver => Self::refused("passkey_ceremony_over", detail),
            ProveError::Unknown => Self::Unauthenticated {
                code: "passkey_not_recognized",
                detail: "the passkey is not known here",
            },
            ProveError::Passkey(error) => error.into(),
            ProveError::Fault(fault) => fault,
        }
    }
}

/// A proof that is right, before it is used up.
struct Accepted {
    method: Method,
    ceremony: Option<String>,
}

impl Proof {
    /// How it is called in the audit trail.
    fn word(&self) -> &'static str {
        match self {
            Self::Totp(_) => "totp",
            Self::RecoveryCode(_) => "recovery_code",
            Self::Passkey(_) => "passkey",
        }
    }
}

impl Factors {
    /// Accepts a proof once, or says why not. What is refused is in the audit trail as well.
    pub(crate) async fn prove(&self, wanted: &Wanted<'_>, proof: &Proof) -> Result<Method, ProveError> {
        for _ in 0..ROUNDS_MAX {
            let read = self.store.held(&wanted.user.user_id).await?;
            let mut held = read.clone();
            let refused = match self.judge(&mut held, wanted, proof) {
                Ok(accepted) => match self.use_up(&held, wanted, proof, &accepted).await? {
                    Some(method) => return Ok(method),
                    None => continue,
                },
                Err(ProveError::Fault(fault)) => return Err(fault.into()),
                Err(refused) => self.told_apart(refused, wanted, proof).await?,
            };
            // A wrong code is counted before anybody learns that it is wrong.
            if held != read && !self.kept(&held).await? {
                continue;
            }
            self.trail.append(&refusal(wanted, proof, &refused)).await?;
            return Err(refused);
        }
        Err(Fault::busy("what the user holds is changed by many at once").into())
    }

    /// A signature that comes a second time has an old counter as well: that is a repeated request,
    /// and no sign of a copied passkey.
    async fn told_apart(
        &self,
        refused: ProveError,
        wanted: &Wanted<'_>,
        proof: &Proof,
    ) -> Result<ProveError, Fault> {
        if let (ProveError::Passkey(PasskeyError::Counter), Proof::Passkey(proof)) = (&refused, proof)
            && let Some(ceremony) = self.ceremonies.open(&proof.ceremony, wanted.now)
            && self.store.is_used(&ceremony.challenge).await?
        {
            return Ok(ProveError::CeremonyOver);
        }
        Ok(refused)
    }

    /// Whether a proof is right; `held` is changed by what it uses up, or by a wrong guess.
    fn judge(&self, held: &mut Held, wanted: &Wanted<'_>, proof: &Proof) -> Result<Accepted, ProveError> {
        let accepted = |method| Accepted {
            method,
            ceremony: None,
        };
        match proof {
            Proof::Totp(code) => self
                .judge_totp(held, code, wanted.now)
                .map(|()| accepted(Method::Totp)),
            Proof::RecoveryCode(text) => {
                let code = RecoveryCode::parse(text).ok_or(ProveError::Wrong)?;
                let hash = code.hash(&self.seal.recovery_key(), held.user_id.as_str());
                let right = held.accept_recovery(&hash);
                right.then(|| accepted(Method::Recovery)).ok_or(ProveError::Wrong)
            }
            Proof::Passkey(proof) => self.judge_passkey(held, wanted, proof),
        }
    }

    fn judge_totp(&self, held: &mut Held, code: &str, now: Time) -> Result<(), ProveError> {
        let Some(totp) = &held.totp else {
            return Err(ProveError::Wrong);
        };
        match held.turn(now) {
            Turn::Now => {}
            Turn::At(moment) => return Err(ProveError::Wait(moment)),
            Turn::Never => return Err(ProveError::Locked),
        }
        let secret = self.seal.open(&totp.sealed, held.user_id.as_str())?;
        if held.accept_totp(&secret, code, now) {
            Ok(())
        } else {
            Err(ProveError::Wrong)
        }
    }

    fn judge_passkey(
        &self,
        held: &mut Held,
        wanted: &Wanted<'_>,
        proof: &PasskeyProof,
    ) -> Result<Accepted, ProveError> {
        let ceremony = self.ceremonies.open(&proof.ceremony, wanted.now);
        let ceremony = ceremony
            .filter(|ceremony| ceremony.purpose == wanted.purpose)
            .ok_or(ProveError::CeremonyOver)?;
        let authentication = proof.credential.read()?;
        let named = authentication.user_handle.as_deref();
        if named.is_some_and(|named| named != held.user_id.as_str()) {
            return Err(ProveError::Unknown);
        }
        let passkey = held.passkey(&authentication.id).ok_or(ProveError::Unknown)?;
        let expected = Expected {
            party: &self.party,
            challenge: &ceremony.challenge_bytes(),
            user_verification: wanted.user_verification,
        };
        let told = authentication.assertion.verify(&passkey.credential, expected)?;
        let factor_id = passkey.factor_id.clone();
        held.accept_passkey(&factor_id, told, wanted.now);
        Ok(Accepted {
            method: Method::Passkey,
            ceremony: Some(ceremony.challenge),
        })
    }

    /// One transaction: none when somebody else has changed what the user holds since it was read.
    async fn use_up(
        &self,
        held: &Held,
        wanted: &Wanted<'_>,
        proof: &Proof,
        accepted: &Accepted,
    ) -> Result<Option<Method>, ProveError> {
        let user_id = wanted.user.user_id.as_str();
        let entry = Entry::new("factor.verified", user_id, wanted.now)
            .about(user_id)
            .from(wanted.origin.clone())
            .with("method", proof.word());
        let mut transaction = Transaction::new()
            .with(self.store.keeping(held))
            .with(self.trail.entry(&entry));
        let ceremony_at = accepted.ceremony.as_ref().map(|_| transaction.len());
        if let Some(ceremony) = &accepted.ceremony {
            transaction = transaction.with(self.store.using(ceremony, wanted.now));
        }
        if accepted.method == Method::Recovery {
            let ids = Ids::new(wanted.now, &*self.random);
            transaction = transaction.with(self.mail_codes_left(&ids, wanted.user, held)?);
        }
        for write in &wanted.beside {
            transaction = transaction.with(write.clone());
        }
        match transaction.commit().await {
            Ok(()) => Ok(Some(accepted.method)),
            Err(error) if error.condition_failed_at(0) || error.is_conflict() => Ok(None),
            Err(error) if ceremony_at.is_some_and(|at| error.condition_failed_at(at)) => {
                Err(ProveError::CeremonyOver)
            }
            Err(error) if error.is_condition_failed() => Err(ProveError::StepOver),
            Err(error) => Err(ProveError::Fault(error.into())),
        }
    }

    /// Keeps what the user holds; false when somebody else was first.
    async fn kept(&self, held: &Held) -> Result<bool, Fault> {
        match self.store.keeping(held).send().await {
            Ok(()) => Ok(true),
            Err(error) if error.is_condition_failed() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

fn refusal(wanted: &Wanted<'_>, proof: &Proof, refused: &ProveError) -> Entry {
    let user_id = wanted.user.user_id.as_str();
    let cloned = matches!(refused, ProveError::Passkey(PasskeyError::Counter));
    let action = if cloned {
        "passkey.counter_went_back"
    } else {
        "factor.refused"
    };
    Entry::new(action, user_id, wanted.now)
        .about(user_id)
        .outcome(Outcome::Denied)
        .from(wanted.origin.clone())
        .with("method", proof.word())
        .with("reason", refused.word())
}

impl ProveError {
    fn word(&self) -> &'static str {
        match self {
            Self::Wrong => "wrong",
            Self::Wait(_) => "wait",
            Self::Locked => "locked",
            Self::StepOver => "step_over",
            Self::CeremonyOver => "ceremony_over",
            Self::Unknown => "unknown_passkey",
            Self::Passkey(error) => error.word(),
            Self::Fault(_) => "fault",
        }
    }
}
