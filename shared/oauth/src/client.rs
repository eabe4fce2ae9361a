//! A client: another program that may ask people for access, or act for itself.

use kernel::{Random, Time};

use crate::redirect::RedirectUri;
use crate::refusal::{Code, Refusal};
use crate::scope::Scopes;
use crate::secret;

kernel::typed_id!(
    /// Names one client; not a secret.
    ClientId,
    "cli"
);
kernel::typed_id!(
    /// Names one secret of a client, so that people can tell two of them apart.
    SecretId,
    "cls"
);

/// How many secrets a client has at once: the old one works while the new one is rolled out.
pub const SECRETS_MAX: usize = 2;
/// What every client secret begins with. Scanners find leaked ones by it.
const SECRET_PREFIX: &str = "cw_cs_";

/// A client as the shop knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Names the client.
    pub client_id: ClientId,
    /// What a person reads on the consent page.
    pub name: String,
    /// Whether it can keep a secret. A program on a person's device cannot.
    pub confidential: bool,
    /// Where a browser may be sent back to.
    pub redirect_uris: Vec<RedirectUri>,
    /// What it may ask people for.
    pub scopes: Scopes,
    /// What it may do in its own name, by client credentials: permissions of staff.
    pub permissions: Vec<String>,
    /// Whether its authorization requests must be pushed first (RFC 9126).
    pub pushed_only: bool,
    /// A disabled client gets nothing, and what it has is over.
    pub enabled: bool,
    /// At most two, newest last. None for a public client.
    pub secrets: Vec<ClientSecret>,
    /// When it was registered.
    pub created_at: Time,
    /// When it was last changed.
    pub updated_at: Time,
    /// Counts its changes.
    pub version: u64,
}

/// One secret, as far as the shop knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSecret {
    /// Names it.
    pub secret_id: SecretId,
    /// SHA-256 of it.
    pub hash: String,
    /// When it was made.
    pub created_at: Time,
}

/// How a client showed who it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Which client it says it is.
    pub client_id: ClientId,
    /// What it gave to prove it.
    pub secret: Option<String>,
}

impl Client {
    /// Refuses whoever has not shown to be this client. A confidential one needs one of its
    /// secrets; a public one has none, and giving one is a mistake that is not passed over.
    pub fn authenticate(&self, credentials: &Credentials) -> Result<(), Refusal> {
        let right = match &credentials.secret {
            Some(given) => {
                let given = secret::hash(given);
                // Every secret is compared, so that time does not tell which one was near.
                let hits = self
                    .secrets
                    .iter()
                    .map(|known| u8::from(secret::same(&known.hash, &given)));
                hits.fold(0, |sum, hit| sum | hit) == 1
            }
            None => !self.confidential,
        };
        if right && self.enabled {
            Ok(())
        } else {
            Err(Refusal::client())
        }
    }

    /// The registered address that a request names.
    pub fn trusts(&self, redirect_uri: &str) -> bool {
        self.redirect_uris.iter().any(|known| known.matches(redirect_uri))
    }

    /// What it may do in its own name, of what it asks for; everything when it asks for nothing.
    pub fn own_permissions(&self, asked: Option<&str>) -> Result<Vec<String>, Refusal> {
        if !self.confidential || self.permissions.is_empty() {
            return Err(Refusal::new(
                Code::UnauthorizedClient,
                "this client has no permissions of its own",
            ));
        }
        let Some(asked) = asked else {
            return Ok(self.permissions.clone());
        };
        let asked: Vec<String> = asked
            .split(' ')
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        let held = |permission: &String| {
            self.permissions.contains(permission) || self.permissions.iter().any(|own| own == "*")
        };
        if !asked.is_empty() && asked.iter().all(held) {
            Ok(asked)
        } else {
            Err(Refusal::new(
                Code::InvalidScope,
                "the client does not have all of these permissions",
            ))
        }
    }

    /// Adds a secret. Of those before, only the newest stays, or none.
    pub fn add_secret(&mut self, secret: ClientSecret, alone: bool) {
        if alone {
            self.secrets.clear();
        }
        let surplus = (self.secrets.len() + 1).saturating_sub(SECRETS_MAX);
        self.secrets.drain(..surplus);
        self.secrets.push(secret);
    }
}

impl ClientSecret {
    /// A secret and its text, which nobody can read again.
    pub fn mint(secret_id: SecretId, random: &dyn Random, now: Time) -> (Self, String) {
        let text = format!("{SECRET_PREFIX}{}", secret::fresh(random));
        let kept = Self {
            secret_id,
            hash: secret::hash(&text),
            created_at: now,
        };
        (kept, text)
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Credentials")
            .field("client_id", &self.client_id)
            .field("has_secret", &self.secret.is_some())
            .finish_non_exhaustive()
    }
}
