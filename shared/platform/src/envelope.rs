//! The envelope in which a fact travels from a stream to its listeners.

use kernel::{Fault, Time};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Something that happened, told to whoever listens. Its shape changes only by addition; another
/// meaning is another version.
pub trait Fact: Serialize + DeserializeOwned {
    /// Noun and past participle, for example `OrderPlaced`.
    const NAME: &'static str;
    /// The version of the shape.
    const VERSION: u32;
}

/// A fact on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Derived from the stream record, so that a replay yields the same id.
    pub id: String,
    /// [`Fact::NAME`].
    #[serde(rename = "type")]
    pub name: String,
    /// [`Fact::VERSION`].
    pub version: u32,
    /// When it happened.
    pub occurred_at: Time,
    /// The id of the request that began it all.
    pub correlation_id: String,
    /// The fact itself.
    pub data: Value,
}

/// Why an envelope could not be opened. It never can be, so it is parked and not tried again.
#[derive(Debug, thiserror::Error)]
pub enum BadEnvelope {
    /// Not an envelope, or the fact in it has another shape.
    #[error("the message is not a readable fact")]
    Shape(#[from] serde_json::Error),
    /// Another fact, or a version this listener does not know.
    #[error("the message is `{found}`, not `{wanted}`")]
    Foreign {
        /// What came.
        found: String,
        /// What this listener handles.
        wanted: String,
    },
}

impl From<BadEnvelope> for Fault {
    fn from(error: BadEnvelope) -> Self {
        Self::broken(error)
    }
}

impl Envelope {
    /// Opens the envelope of a fact of the kind and version that `F` is.
    pub(crate) fn open<F: Fact>(body: &str) -> Result<(Self, F), BadEnvelope> {
        let mut envelope: Self = serde_json::from_str(body)?;
        if envelope.name != F::NAME || envelope.version != F::VERSION {
            let found = format!("{} v{}", envelope.name, envelope.version);
            return Err(BadEnvelope::Foreign {
                found,
                wanted: format!("{} v{}", F::NAME, F::VERSION),
            });
        }
        let fact = serde_json::from_value(envelope.data.take())?;
        Ok((envelope, fact))
    }
}
