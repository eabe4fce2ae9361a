//! Passkeys: what a browser and an authenticator send (WebAuthn Level 3), judged.
//!
//! Written here, over `ring`, and not taken from a crate. `webauthn-rs` links OpenSSL. `webauthn_rp`
//! brings `p256`, `p384`, `rsa`, `ed25519-dalek` and `precis` beside the `ring` that is linked
//! anyway, reads the machine's clock and makes its own randomness, neither of which a replayable
//! history can have. What a relying party needs without attestation is one page of the standard:
//! [`register`] is §7.1, [`assert`](Assertion::verify) is §7.2, each step in the standard's order.
//!
//! Attestation is not asked for (`none`): a shop does not choose its customers' authenticators. A
//! self-signed statement, which browsers pass on all the same, is verified; any other is refused.

mod cbor;
mod data;
mod key;

use kernel::Fault;
use ring::digest;

use self::cbor::Value;
use self::data::AuthenticatorData;
pub(crate) use self::key::ALGORITHMS;
use self::key::PublicKey;

/// The shop, as browsers and authenticators know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RelyingParty {
    /// The domain that passkeys are bound to.
    pub id: String,
    /// What a person reads.
    pub name: String,
    /// Where ceremonies may take place: scheme, host and port.
    pub origins: Vec<String>,
}

/// What a browser says of a ceremony (§5.8.1), read from its JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClientData {
    /// The bytes as they were sent: a signature is of their hash.
    pub bytes: Vec<u8>,
    /// `webauthn.create` or `webauthn.get`.
    pub kind: String,
    /// The challenge, decoded.
    pub challenge: Vec<u8>,
    /// Whose page asked.
    pub origin: String,
    /// Whether that page was framed by another origin's.
    pub cross_origin: bool,
}

/// What a ceremony must fulfil.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected<'a> {
    /// Where.
    pub party: &'a RelyingParty,
    /// The challenge that was given out for it.
    pub challenge: &'a [u8],
    /// Whether the authenticator must have verified its user (by PIN, finger, face).
    pub user_verification: bool,
}

/// A credential that a registration has proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its id, chosen by the authenticator.
    pub id: Vec<u8>,
    /// Its public key as it was sent (COSE).
    pub public_key: Vec<u8>,
    /// How often it has signed, by its own count; 0 where it does not count.
    pub sign_count: u32,
    /// Whether it can be copied to other devices. Never changes.
    pub backup_eligible: bool,
    /// Whether it has been copied.
    pub backed_up: bool,
    /// The authenticator's make, zeroes when it does not say.
    pub aaguid: [u8; 16],
    /// Whether the user was verified.
    pub user_verified: bool,
}

/// What an authenticator answers with its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Assertion {
    /// What the browser says.
    pub client_data: ClientData,
    /// What the authenticator says.
    pub authenticator_data: Vec<u8>,
    /// The signature of both.
    pub signature: Vec<u8>,
}

/// What a right assertion tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asserted {
    /// The counter from now on.
    pub sign_count: u32,
    /// Whether the credential is copied now.
    pub backed_up: bool,
    /// Whether the user was verified.
    pub user_verified: bool,
}

/// Why a ceremony is not what it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyError {
    /// A part cannot be read, or is not as the standard writes it.
    #[error("{0} cannot be read")]
    Malformed(&'static str),
    /// `webauthn.get` where `webauthn.create` is due, or the other way round.
    #[error("the browser's data is of another kind of ceremony")]
    Kind,
    /// Not the challenge that was given out.
    #[error("the challenge is not the one that was given out")]
    Challenge,
    /// A page that may not ask, or one in another origin's frame.
    #[error("passkeys of this shop are not used on this origin")]
    Origin,
    /// Made for another relying party.
    #[error("the passkey is for another site")]
    RpId,
    /// Nobody touched the authenticator.
    #[error("the authenticator did not notice its user")]
    UserAbsent,
    /// The authenticator did not verify its user, as it must here.
    #[error("the authenticator did not verify its user")]
    UserNotVerified,
    /// The backup flags contradict each other or what was registered.
    #[error("the passkey's backup flags are not possible")]
    BackupFlags,
    /// A key of an algorithm that was not offered.
    #[error("the key's algorithm is not one that was offered")]
    Algorithm,
    /// An attestation that was not asked for, or a wrong one.
    #[error("the attestation is not one that was asked for")]
    Attestation,
    /// Not signed by this credential.
    #[error("the signature is not right")]
    Signature,
    /// The counter does not go forward: the credential may have been cloned.
    #[error("the passkey's counter went back")]
    Counter,
}

impl From<PasskeyError> for Fault {
    fn from(error: PasskeyError) -> Self {
        let detail = error.to_string();
        match error {
            PasskeyError::Malformed(_) => Self::invalid("passkey_malformed", detail),
            PasskeyError::Kind => Self::invalid("passkey_kind", detail),
            PasskeyError::Challenge => Self::invalid("passkey_challenge", detail),
            PasskeyError::Origin => Self::invalid("passkey_origin", detail),
            PasskeyError::RpId => Self::invalid("passkey_rp_id", detail),
            PasskeyError::UserAbsent => Self::invalid("passkey_user_absent", detail),
            PasskeyError::UserNotVerified => Self::invalid("passkey_user_not_verified", detail),
            PasskeyError::BackupFlags => Self::invalid("passkey_backup_flags", detail),
            PasskeyError::Algorithm => Self::invalid("passkey_algorithm", detail),
            PasskeyError::Attestation => Self::invalid("passkey_attestation", detail),
            PasskeyError::Signature => Self::Unauthenticated {
                code: "passkey_signature",
                detail: "the signature is not right",
            },
            PasskeyError::Counter => Self::Unauthenticated {
                code: "passkey_counter",
                detail: "the passkey's counter went back: it may have been copied",
            },
        }
    }
}

impl PasskeyError {
    /// How it is called in the audit trail.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::Kind => "kind",
            Self::Challenge => "challenge",
            Self::Origin => "origin",
            Self::RpId => "rp_id",
            Self::UserAbsent => "user_absent",
            Self::UserNotVerified => "user_not_verified",
            Self::BackupFlags => "backup_flags",
            Self::Algorithm => "algorithm",
            Self::Attestation => "attestation",
            Self::Signature => "signature",
            Self::Counter => "counter",
        }
    }
}

impl RelyingParty {
    /// Whether a page of this origin may use the shop's passkeys. A shop on `localhost` is one
    /// under development, whose pages come from any port.
    fn serves(&self, origin: &str) -> bool {
        self.origins.iter().any(|known| known == origin)
            || self.id == "localhost"
                && origin.strip_prefix("http://localhost").is_some_and(|port| {
                    port.is_empty()
                        || port
                            .strip_prefix(':')
                            .is_some_and(|port| port.parse::<u16>().is_ok())
                })
    }
}

impl Expected<'_> {
    fn check_client(&self, client: &ClientData, kind: &str) -> Result<(), PasskeyError> {
        if client.kind != kind {
            return Err(PasskeyError::Kind);
        }
        if self.challenge.is_empty() || client.challenge != self.challenge {
            return Err(PasskeyError::Challenge);
        }
        if client.cross_origin || !self.party.serves(&client.origin) {
            return Err(PasskeyError::Origin);
        }
        Ok(())
    }

    fn check_data(&self, data: &AuthenticatorData) -> Result<(), PasskeyError> {
        if data.rp_id_hash != sha256(self.party.id.as_bytes()) {
            return Err(PasskeyError::RpId);
        }
        if !data.user_present {
            return Err(PasskeyError::UserAbsent);
        }
        if self.user_verification && !data.user_verified {
            return Err(PasskeyError::UserNotVerified);
        }
        if data.backed_up && !data.backup_eligible {
            return Err(PasskeyError::BackupFlags);
        }
        Ok(())
    }
}

/// Proves a registration (§7.1): the credential that it brings, ready to be kept if its id is
/// nobody's yet.
pub(crate) fn register(
    client: &ClientData,
    attestation: &[u8],
    expected: Expected<'_>,
) -> Result<Credential, PasskeyError> {
    expected.check_client(client, "webauthn.create")?;
    let malformed = || PasskeyError::Malformed("the attestation");
    let attestation = cbor::read_whole(attestation).map_err(|_| malformed())?;
    let format = attestation
        .named("fmt")
        .and_then(Value::text)
        .ok_or_else(malformed)?;
    let statement = attestation.named("attStmt").ok_or_else(malformed)?;
    let bytes = attestation
        .named("authData")
        .and_then(Value::bytes)
        .ok_or_else(malformed)?;
    if attestation.entries() != Some(3) || statement.entries().is_none() {
        return Err(malformed());
    }
    let data = AuthenticatorData::parse(bytes)?;
    expected.check_data(&data)?;
    let credential = data
        .credential
        .ok_or(PasskeyError::Malformed("the attested credential"))?;
    let signed = signed(bytes, client);
    check_statement(format, statement, &credential.key, &signed)?;
    Ok(Credential {
        id: credential.id,
        public_key: credential.key_bytes,
        sign_count: data.sign_count,
        backup_eligible: data.backup_eligible,
        backed_up: data.backed_up,
        aaguid: credential.aaguid,
        user_verified: data.user_verified,
    })
}

/// `none` says nothing; `packed` without a certificate is signed by the new key itself (§8.2).
fn check_statement(
    format: &str,
    statement: &Value<'_>,
    key: &PublicKey,
    signed: &[u8],
) -> Result<(), PasskeyError> {
    let right = match (format, statement.entries()) {
        ("none", Some(0)) => true,
        ("packed", Some(2)) => {
            let algorithm = statement.named("alg").and_then(Value::integer);
            let signature = statement.named("sig").and_then(Value::bytes);
            algorithm == Some(i128::from(key.algorithm()))
                && signature.is_some_and(|signature| key.verifies(signed, signature))
        }
        _ => false,
    };
    if right {
        Ok(())
    } else {
        Err(PasskeyError::Attestation)
    }
}

impl Assertion {
    /// Proves that the credential's holder signed this ceremony (§7.2).
    pub(crate) fn verify(
        &self,
        credential: &Credential,
        expected: Expected<'_>,
    ) -> Result<Asserted, PasskeyError> {
        expected.check_client(&self.client_data, "webauthn.get")?;
        let data = AuthenticatorData::parse(&self.authenticator_data)?;
        if data.credential.is_some() {
            return Err(PasskeyError::Malformed("the authenticator data"));
        }
        expected.check_data(&data)?;
        if data.backup_eligible != credential.backup_eligible {
            return Err(PasskeyError::BackupFlags);
        }
        let key = PublicKey::parse(&credential.public_key)?;
        if !key.verifies(
            &signed(&self.authenticator_data, &self.client_data),
            &self.signature,
        ) {
            return Err(PasskeyError::Signature);
        }
        let counts = data.sign_count != 0 || credential.sign_count != 0;
        if counts && data.sign_count <= credential.sign_count {
            return Err(PasskeyError::Counter);
        }
        Ok(Asserted {
            sign_count: data.sign_count,
            backed_up: data.backed_up,
            user_verified: data.user_verified,
        })
    }
}

fn signed(authenticator_data: &[u8], client: &ClientData) -> Vec<u8> {
    let mut bytes = authenticator_data.to_vec();
    bytes.extend_from_slice(&sha256(&client.bytes));
    bytes
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    hash
}

#[cfg(test)]
mod tests;
