//! Quote ids: sealed texts that prove which quote a buyer saw. Nothing is stored for them.

use std::fmt::Write as _;

use kernel::{Duration, Fault, Time};
use platform::token::{BadSeal, Sealer};
use serde::{Deserialize, Serialize};

use crate::cart::{Cart, CartId};
use crate::quote::Quote;

/// How long a quote holds at least.
pub const QUOTE_LIFE: Duration = Duration::minutes(15);

const PURPOSE: &str = "quote";

/// What a quote is bound to: the cart, its version, and everything the buyer agrees to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seen {
    #[serde(rename = "c")]
    cart_id: CartId,
    #[serde(rename = "v")]
    version: u64,
    #[serde(rename = "t")]
    terms: String,
}

/// A quote's name, as the client gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QuoteId {
    pub(crate) text: String,
    pub(crate) expires_at: Time,
}

impl Seen {
    pub(crate) fn of(cart: &Cart, quote: &Quote) -> Self {
        let terms = digest(quote.terms().as_bytes());
        Self {
            cart_id: cart.cart_id.clone(),
            version: cart.version,
            terms,
        }
    }

    /// The quote's name. It expires at a full minute, so that asking twice within one gives the
    /// same answer and `If-None-Match` can be of use.
    pub(crate) fn seal(&self, sealer: &Sealer, now: Time) -> Result<QuoteId, Fault> {
        let minute_ms = Duration::minutes(1).as_millis();
        let minute_end = Time::from_unix_ms((now.unix_ms() / minute_ms + 1) * minute_ms);
        let expires_at = minute_end.plus(QUOTE_LIFE);
        Ok(QuoteId {
            text: sealer.seal(PURPOSE, self, expires_at)?,
            expires_at,
        })
    }

    /// Whether it was said of this cart, at whatever version.
    pub(crate) fn is_of(&self, cart: &Cart) -> bool {
        self.cart_id == cart.cart_id
    }

    /// The cart that a quote was made for, also when its time is over.
    pub(crate) fn cart_named(sealer: &Sealer, text: &str) -> Option<CartId> {
        let whenever = Time::from_unix_ms(0);
        Self::open(sealer, text, whenever).ok().map(|seen| seen.cart_id)
    }

    pub(crate) fn open(sealer: &Sealer, text: &str, now: Time) -> Result<Self, BadSeal> {
        sealer.open(PURPOSE, text, now)
    }
}

/// The first 16 bytes of SHA-256, in hex.
pub(crate) fn digest(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    digest
        .as_ref()
        .iter()
        .take(16)
        .fold(String::with_capacity(32), |mut hex, byte| {
            // Writing into a `String` cannot fail.
            write!(hex, "{byte:02x}").ok();
            hex
        })
}
