//! Between the first and the second step of a login: a sealed text, five minutes good.

use kernel::{Duration, Fault, Ids, Origin, Time};
use serde::{Deserialize, Serialize};

use crate::Authority;
use crate::session::Method;
use crate::user::{User, UserId};

const PURPOSE: &str = "second step of a login";
const LASTS: Duration = Duration::minutes(5);

/// What the first step of a login has proven, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondStep {
    /// How it was proven who they are, so far.
    pub methods: Vec<Method>,
    /// The application that the session is for.
    pub client_id: String,
    /// What that application may do; `None` when the user acts themselves.
    pub scopes: Option<Vec<String>>,
    /// The cart they came with.
    pub cart_id: Option<String>,
    /// Where the first step came from.
    pub origin: Origin,
}

/// A login that waits for its second step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Names the attempt, so that its tries can be counted.
    pub step_id: String,
    /// Who it is, as far as the first step has shown.
    pub user_id: UserId,
    /// The user's epoch at that time: when it has moved on, the login begins anew.
    pub epoch: u64,
    /// Until when it waits.
    pub expires_at: Time,
    /// What was proven, and for what.
    pub step: SecondStep,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    step_id: String,
    user_id: UserId,
    epoch: u64,
    expires_at: Time,
    methods: Vec<String>,
    client_id: String,
    scopes: Option<Vec<String>>,
    cart_id: Option<String>,
    origin: Origin,
}

impl Authority {
    /// A text that stands for the first step. Whoever brings it back still needs the second.
    pub fn second_step(&self, user: &User, step: SecondStep) -> Result<String, Fault> {
        let now = self.clock.now();
        let expires_at = now.plus(LASTS);
        let sealed = Sealed {
            step_id: Ids::new(now, &*self.random).body(),
            user_id: user.user_id.clone(),
            epoch: user.epoch,
            expires_at,
            methods: step
                .methods
                .iter()
                .map(|method| method.as_str().to_owned())
                .collect(),
            client_id: step.client_id,
            scopes: step.scopes,
            cart_id: step.cart_id,
            origin: step.origin,
        };
        self.vault.sealer()?.seal(PURPOSE, &sealed, expires_at)
    }

    /// What such a text stands for, if we made it less than five minutes ago.
    pub fn open_second_step(&self, text: &str) -> Result<Option<Waiting>, Fault> {
        let opened = self
            .vault
            .sealer()?
            .open::<Sealed>(PURPOSE, text, self.clock.now());
        Ok(opened.ok().map(|sealed| Waiting {
            step_id: sealed.step_id,
            user_id: sealed.user_id,
            epoch: sealed.epoch,
            expires_at: sealed.expires_at,
            step: SecondStep {
                methods: sealed
                    .methods
                    .iter()
                    .filter_map(|word| Method::parse(word))
                    .collect(),
                client_id: sealed.client_id,
                scopes: sealed.scopes,
                cart_id: sealed.cart_id,
                origin: sealed.origin,
            },
        }))
    }
}
