//! The hidden value of a form: which request, which step, which browser.

use kernel::{Fault, Time};
use platform::Cloud;
use platform::token::{BadSeal, Sealer};
use serde::{Deserialize, Serialize};

use crate::grant::{AuthorizationId, Pending};

/// Seals and opens the hidden value.
#[derive(Debug)]
pub(crate) struct Transactions(Option<Sealer>);

/// A form's place in its request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Step {
    pub(crate) authorization_id: AuthorizationId,
    pub(crate) step: u32,
}

impl Transactions {
    /// Under the vault, when the manifest entry grants it: most functions of the provider show no form.
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self(
            cloud
                .setting("SECRET_VAULT")
                .map(|_| Sealer::new(cloud.secret("vault").bytes())),
        )
    }

    /// Good in the browser of this request, for the page of its present step.
    pub(crate) fn seal(&self, pending: &Pending) -> Result<String, Fault> {
        let step = Step {
            authorization_id: pending.authorization_id.clone(),
            step: pending.step,
        };
        let sealer = self
            .0
            .as_ref()
            .ok_or_else(|| Fault::broken("the vault was not granted"))?;
        sealer.seal(&purpose(&pending.browser), &step, pending.expires_at)
    }

    /// What a form of this browser carries. Another browser's form does not open: who lures a person
    /// into posting a foreign form gets nothing done.
    pub(crate) fn open(&self, text: &str, browser_hash: &str, now: Time) -> Result<Step, BadSeal> {
        let sealer = self.0.as_ref().ok_or(BadSeal::Forged)?;
        sealer.open(&purpose(browser_hash), text, now)
    }
}

fn purpose(browser_hash: &str) -> String {
    format!("authorization transaction of {browser_hash}")
}
