//! A passkey ceremony between its two requests: sealed and carried by the client, so that asking for
//! options writes nothing. What is written is the mark of the one use.

use std::sync::Arc;

use authority::{SessionId, UserId};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{Duration, Fault, Random, Time};
use platform::Cloud;
use platform::token::Sealer;
use serde::{Deserialize, Serialize};

/// How long a ceremony may take.
pub(crate) const CEREMONY_LASTS: Duration = Duration::minutes(5);

const PURPOSE: &str = "passkey ceremony";
/// Twice the sixteen bytes that the standard asks for (§13.4.3).
const CHALLENGE_BYTES: usize = 32;

/// What was asked of a browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ceremony {
    /// Random, single use: names the ceremony and is what is signed.
    pub(crate) challenge: String,
    /// What its signature is good for, and nothing else.
    pub(crate) purpose: Purpose,
}

/// What a ceremony is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Purpose {
    /// A new passkey of this user.
    Register { user_id: UserId },
    /// Logging in, whoever it will turn out to be.
    Login,
    /// The second step of this login.
    SecondStep { user_id: UserId, step_id: String },
    /// Proving once more who one is, in this session.
    StepUp { user_id: UserId, session_id: SessionId },
    /// A page of the shop's own that asks for a factor.
    Page { user_id: UserId },
}

/// Gives ceremonies out and takes them back.
pub(crate) struct Ceremonies {
    sealer: Sealer,
    random: Arc<dyn Random>,
}

impl Ceremonies {
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self {
            sealer: Sealer::new(cloud.secret("vault").bytes()),
            random: cloud.random(),
        }
    }

    /// A new ceremony, and the sealed text that brings it back.
    pub(crate) fn begin(&self, purpose: Purpose, now: Time) -> Result<(Ceremony, String), Fault> {
        let mut bytes = [0; CHALLENGE_BYTES];
        self.random.fill(&mut bytes);
        let ceremony = Ceremony {
            challenge: URL_SAFE_NO_PAD.encode(bytes),
            purpose,
        };
        let sealed = self.sealer.seal(PURPOSE, &ceremony, now.plus(CEREMONY_LASTS))?;
        Ok((ceremony, sealed))
    }

    /// The ceremony of a sealed text, unless it is over or none of ours.
    pub(crate) fn open(&self, sealed: &str, now: Time) -> Option<Ceremony> {
        self.sealer.open(PURPOSE, sealed, now).ok()
    }
}

impl Ceremony {
    /// The bytes to be signed.
    pub(crate) fn challenge_bytes(&self) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(&self.challenge).unwrap_or_default()
    }
}

impl std::fmt::Debug for Ceremonies {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Ceremonies")
    }
}
