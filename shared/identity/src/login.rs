//! Logging in: from a proven first step to a session, or to the second step.

use authority::mail::Letter;
use authority::{FactorKind, Method, SecondStep, Start, Tokens, User};
use kernel::{Email, Fault, Origin};

use crate::Identity;
use crate::ask::Subject;
use crate::check::Checked;
use crate::error::Refusal;
use crate::proof::Purpose;

/// The application that logs in by itself, without being registered.
const STOREFRONT: &str = "storefront";

/// Where somebody comes from, and with what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Where the request came from.
    pub origin: Origin,
    /// The cart whose token was presented beside.
    pub cart_id: Option<String>,
}

/// What a login came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoggedIn {
    /// A session has begun.
    Authenticated(Tokens),
    /// A further factor is to be shown, with this challenge, within five minutes.
    SecondFactorRequired {
        /// Stands for the first step.
        challenge: String,
        /// Which factors the account has.
        methods: Vec<FactorKind>,
    },
    /// The password was chosen by somebody else and is good only for choosing one's own.
    PasswordChangeRequired {
        /// Opens the reset.
        reset_token: String,
    },
}

impl Identity {
    /// A visit with the cart that the token opens. A cart token that is not valid any more is no reason
    /// not to log in: then no cart comes along.
    pub fn visit(&self, origin: Origin, cart_token: Option<&str>) -> Visit {
        let opened = self.cart_tokens.as_ref().zip(cart_token);
        let cart_id = opened.and_then(|(tokens, token)| tokens.verify(token, self.clock.now()).ok());
        Visit { origin, cart_id }
    }

    /// Logs in by password.
    pub async fn log_in(&self, email: &Email, password: &str, visit: Visit) -> Result<LoggedIn, Refusal> {
        match self.check_password(email, password, &visit.origin).await? {
            Checked::Right(user) => Ok(self.let_in(&user, vec![Method::Password], visit).await?),
            Checked::MustChange(user) => {
                let reset_token = self.reset_in_place(&user, &visit.origin).await?;
                Ok(LoggedIn::PasswordChangeRequired { reset_token })
            }
            Checked::Wrong => Err(Refusal::Credentials),
        }
    }

    /// Begins a session of somebody who has shown one factor, or asks for the second. No way in goes
    /// past it (ID-6): not a reset, not a link.
    pub(crate) async fn let_in(
        &self,
        user: &User,
        methods: Vec<Method>,
        visit: Visit,
    ) -> Result<LoggedIn, Fault> {
        if user.second_factors.is_empty() {
            let start = Start {
                client_id: STOREFRONT.to_owned(),
                scopes: None,
                methods,
                assurance: 1,
                origin: visit.origin,
                cart_id: visit.cart_id,
                authenticated_at: self.clock.now(),
            };
            return Ok(LoggedIn::Authenticated(
                self.authority.start_session(user, start).await?,
            ));
        }
        let step = SecondStep {
            methods,
            client_id: STOREFRONT.to_owned(),
            scopes: None,
            cart_id: visit.cart_id,
            origin: visit.origin,
        };
        Ok(LoggedIn::SecondFactorRequired {
            challenge: self.authority.second_step(user, step)?,
            methods: user.second_factors.clone(),
        })
    }

    /// A reset for somebody who has shown a one-time password: no mail, the token at once.
    async fn reset_in_place(&self, user: &User, origin: &Origin) -> Result<String, Fault> {
        let fresh = self.fresh(self.secrets.of_email(&user.email));
        let subject = Subject {
            purpose: Purpose::Reset,
            email: &user.email,
            user_id: Some(user.user_id.clone()),
            pending: None,
        };
        let proof = self.proof_of(subject, &fresh);
        let entry = self.note("reset.requested", Some(&user.user_id), origin);
        let transaction = platform::table::Transaction::new()
            .with(self.store.keeping(&proof))
            .with(self.trail.entry(&entry.with("by", "one_time_password")));
        transaction.commit().await?;
        Ok(fresh.token.text(Purpose::Reset.token_prefix()))
    }

    /// The letter about a changed password.
    pub(crate) fn password_changed(origin: &Origin) -> Letter {
        Letter::PasswordChanged {
            address: Some(origin.address.clone()).filter(|address| !address.is_empty()),
        }
    }
}
