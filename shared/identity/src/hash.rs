//! How passwords are kept: Argon2id, as PHC strings that carry their own cost (ID-4). Pure, and slow on purpose.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use kernel::Fault;

use crate::password::Password;

/// What one hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// How often the memory is gone over.
    pub passes: u32,
    /// Lanes; they are computed one after the other.
    pub lanes: u32,
}

impl Cost {
    /// The first choice of OWASP's ASVS 5.0, appendix C: 46 MiB, one pass, one lane.
    pub const DEFAULT: Self = Self {
        memory_kib: 47_104,
        passes: 1,
        lanes: 1,
    };

    /// The work, in KiB that are gone over.
    const fn work(self) -> u64 {
        self.memory_kib as u64 * self.passes as u64
    }

    /// Whether a hash of this cost may be computed for a stranger: a hash that was imported must
    /// neither exhaust the function's memory nor its time.
    fn is_bearable(self) -> bool {
        (8..=131_072).contains(&self.memory_kib)
            && (1..=32).contains(&self.passes)
            && (1..=4).contains(&self.lanes)
            && self.work() <= 524_288
    }
}

/// Hashes and compares passwords at one cost.
#[derive(Debug, Clone)]
pub struct Hasher {
    cost: Cost,
}

/// What a comparison came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    /// It is the password.
    pub right: bool,
    /// It was hashed more cheaply than is done today.
    pub outdated: bool,
}

/// A cost that no function could bear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the password hash's cost is out of bounds: at most 128 MiB, 32 passes, 4 lanes and 512 MiB gone over"
)]
pub struct BadCost;

/// A PHC string in its parts.
#[derive(Debug, PartialEq, Eq)]
struct Phc {
    cost: Cost,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

const HASH_BYTES: usize = 32;

impl Default for Hasher {
    fn default() -> Self {
        Self { cost: Cost::DEFAULT }
    }
}

impl Hasher {
    /// Hashes at this cost.
    pub fn new(cost: Cost) -> Result<Self, BadCost> {
        if cost.is_bearable() {
            Ok(Self { cost })
        } else {
            Err(BadCost)
        }
    }

    /// The password's PHC string. The salt is random and used once.
    pub fn hash(&self, password: &Password, salt: [u8; 16]) -> Result<String, Fault> {
        let mut hash = [0_u8; HASH_BYTES];
        compute(self.cost, password, &salt, &mut hash)?;
        let Cost {
            memory_kib,
            passes,
            lanes,
        } = self.cost;
        Ok(format!(
            "$argon2id$v=19$m={memory_kib},t={passes},p={lanes}${}${}",
            STANDARD_NO_PAD.encode(salt),
            STANDARD_NO_PAD.encode(hash)
        ))
    }

    /// Compares a password with what is kept; `None` when nothing is, or nothing usable. The work is
    /// that of one hash in any case, so that time says nothing about who has an account.
    pub fn compare(&self, password: &Password, kept: Option<&str>) -> Result<Compared, Fault> {
        let nobody = Phc {
            cost: self.cost,
            salt: vec![0; 16],
            hash: vec![0; HASH_BYTES],
        };
        let parsed = kept.and_then(Phc::parse).filter(|phc| phc.cost.is_bearable());
        let is_kept = parsed.is_some() && password.is_possible();
        let phc = parsed.unwrap_or(nobody);
        let mut hash = vec![0_u8; phc.hash.len()];
        let empty = Password::new("");
        // A text that nobody can have chosen is not worth its length in work.
        let typed = if password.is_possible() { password } else { &empty };
        compute(phc.cost, typed, &phc.salt, &mut hash)?;
        let same = same_bytes(&hash, &phc.hash);
        Ok(Compared {
            right: is_kept && same,
            outdated: phc.cost.work() < self.cost.work(),
        })
    }
}

#[cfg(test)]
thread_local! {
    /// How many hashes this thread has computed.
    pub(crate) static COMPUTED: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

fn compute(cost: Cost, password: &Password, salt: &[u8], hash: &mut [u8]) -> Result<(), Fault> {
    #[cfg(test)]
    COMPUTED.set(COMPUTED.get() + 1);
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(hash.len()));
    let params = params.map_err(|error| Fault::broken(error.to_string()))?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.as_bytes(), salt, hash)
        .map_err(|error| Fault::broken(error.to_string()))
}

/// Compares in a time that does not depend on where they differ.
pub(crate) fn same_bytes(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && left.iter().zip(right).fold(0_u8, |all, (a, b)| all | (a ^ b)) == 0
}

impl Phc {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("$argon2id$v=19$")?.split('$');
        let (costs, salt, hash) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let mut costs = costs.split(',');
        let mut cost = |name: &str| costs.next()?.strip_prefix(name)?.parse::<u32>().ok();
        let (memory_kib, passes, lanes) = (cost("m=")?, cost("t=")?, cost("p=")?);
        let salt = STANDARD_NO_PAD.decode(salt).ok()?;
        let hash = STANDARD_NO_PAD.decode(hash).ok()?;
        let plausible = (8..=64).contains(&salt.len()) && (16..=64).contains(&hash.len());
        (plausible && costs.next().is_none()).then_some(Self {
            cost: Cost {
                memory_kib,
                passes,
                lanes,
            },
            salt,
            hash,
        })
    }
}

#[cfg(test)]
mod tests;
