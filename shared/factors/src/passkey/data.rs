//! Authenticator data (WebAuthn Level 3, §6.1): what the authenticator says of itself and signs.

use super::PasskeyError;
use super::cbor;
use super::key::PublicKey;

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const CREDENTIAL_INCLUDED: u8 = 1 << 6;
const EXTENSIONS_INCLUDED: u8 = 1 << 7;
/// Bits 1 and 5: reserved.
const RESERVED: u8 = 1 << 1 | 1 << 5;

/// Credential ids are at most this long (§7.1).
pub(super) const CREDENTIAL_ID_BYTES_MAX: usize = 1_023;
/// Shorter ones could be guessed, and would not be unique by themselves (§4).
const CREDENTIAL_ID_BYTES_MIN: usize = 16;

/// The parts that are looked at.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a bit of the standard's flags"
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AuthenticatorData {
    pub(super) rp_id_hash: [u8; 32],
    pub(super) user_present: bool,
    pub(super) user_verified: bool,
    pub(super) backup_eligible: bool,
    pub(super) backed_up: bool,
    pub(super) sign_count: u32,
    pub(super) credential: Option<NewCredential>,
}

/// The credential that a registration brings along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewCredential {
    pub(super) aaguid: [u8; 16],
    pub(super) id: Vec<u8>,
    /// The COSE key as it was sent.
    pub(super) key_bytes: Vec<u8>,
    pub(super) key: PublicKey,
}

impl AuthenticatorData {
    /// Reads all of it. A byte too many, a flag without its part or a part without its flag is
    /// refused.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, PasskeyError> {
        let malformed = || PasskeyError::Malformed("the authenticator data");
        let (rp_id_hash, rest) = bytes.split_first_chunk::<32>().ok_or_else(malformed)?;
        let (&[flags], rest) = rest.split_first_chunk::<1>().ok_or_else(malformed)?;
        let (counter, rest) = rest.split_first_chunk::<4>().ok_or_else(malformed)?;
        let has = |flag: u8| flags & flag != 0;
        if flags & RESERVED != 0 {
            return Err(malformed());
        }
        let (credential, rest) = if has(CREDENTIAL_INCLUDED) {
            let (credential, rest) = credential(rest)?;
            (Some(credential), rest)
        } else {
            (None, rest)
        };
        let rest = if has(EXTENSIONS_INCLUDED) {
            let (extensions, rest) = cbor::read(rest).map_err(|_| malformed())?;
            extensions.entries().ok_or_else(malformed)?;
            rest
        } else {
            rest
        };
        if !rest.is_empty() {
            return Err(malformed());
        }
        Ok(Self {
            rp_id_hash: *rp_id_hash,
            user_present: has(USER_PRESENT),
            user_verified: has(USER_VERIFIED),
            backup_eligible: has(BACKUP_ELIGIBLE),
            backed_up: has(BACKED_UP),
            sign_count: u32::from_be_bytes(*counter),
            credential,
        })
    }
}

/// Attested credential data (§6.5.1): whose make, id, public key.
fn credential(bytes: &[u8]) -> Result<(NewCredential, &[u8]), PasskeyError> {
    let malformed = || PasskeyError::Malformed("the attested credential");
    let (aaguid, rest) = bytes.split_first_chunk::<16>().ok_or_else(malformed)?;
    let (length, rest) = rest.split_first_chunk::<2>().ok_or_else(malformed)?;
    let length = usize::from(u16::from_be_bytes(*length));
    if !(CREDENTIAL_ID_BYTES_MIN..=CREDENTIAL_ID_BYTES_MAX).contains(&length) {
        return Err(malformed());
    }
    let (id, at_key) = rest.split_at_checked(length).ok_or_else(malformed)?;
    let (key, rest) = cbor::read(at_key).map_err(|_| PasskeyError::Malformed("the public key"))?;
    let key_bytes = &at_key[..at_key.len() - rest.len()];
    let credential = NewCredential {
        aaguid: *aaguid,
        id: id.to_vec(),
        key_bytes: key_bytes.to_vec(),
        key: PublicKey::of(&key)?,
    };
    Ok((credential, rest))
}
