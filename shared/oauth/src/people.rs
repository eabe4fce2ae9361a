//! How the forms ask who somebody is: identity knows passwords, factors the rest.

use authority::{Method, User};
use factors::{Factors, Proof};
use identity::{Checked, Identity};
use kernel::{Email, Fault, Origin};
use platform::Cloud;

/// The code with which factors refuses while wrong codes have to wait.
const WAIT: &str = "second_factor_wait";

/// Those who know who people are.
pub(crate) struct People {
    identity: Identity,
    factors: Factors,
}

/// What address and password came to.
pub(crate) enum WithPassword {
    /// They belong together.
    Right(Box<User>),
    /// They do, and the password is good only for choosing another.
    MustChange,
    /// They do not, or one has to wait; nobody learns which.
    Wrong,
}

/// What a code came to.
pub(crate) enum WithCode {
    /// It is the person's, and used up.
    Right(Method),
    /// It is not.
    Wrong,
    /// Too many were not.
    Wait,
}

impl People {
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self {
            identity: Identity::new(cloud),
            factors: Factors::new(cloud),
        }
    }

    /// Throttled, audited, and as long whoever is asked for: identity sees to that.
    pub(crate) async fn with_password(
        &self,
        email: &str,
        password: &str,
        origin: &Origin,
    ) -> Result<WithPassword, Fault> {
        let Ok(email) = Email::parse(email.trim()) else {
            return Ok(WithPassword::Wrong);
        };
        Ok(
            match self.identity.check_password(&email, password, origin).await? {
                Checked::Right(user) => WithPassword::Right(user),
                Checked::MustChange(_) => WithPassword::MustChange,
                Checked::Wrong => WithPassword::Wrong,
            },
        )
    }

    /// A code of the authenticator app, or a recovery code.
    pub(crate) async fn with_code(
        &self,
        user: &User,
        code: &str,
        origin: &Origin,
    ) -> Result<WithCode, Fault> {
        let code: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
        let is_totp = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
        let (proof, method) = match is_totp {
            true => (Proof::Totp(code), Method::Totp),
            false => (Proof::RecoveryCode(code), Method::Recovery),
        };
        match self.factors.verify(user, proof, origin).await {
            Ok(true) => Ok(WithCode::Right(method)),
            Ok(false) => Ok(WithCode::Wrong),
            Err(Fault::Refused { code: WAIT, .. }) => Ok(WithCode::Wait),
            Err(fault) => Err(fault),
        }
    }
}
