//! Signing keys: made, published, used, retired.
//!
//! A key's state follows from the clock and its successor: *pending* until `active_from`, *active*
//! until its successor is, then *retired*, and removed when no token of it can still be good. So no
//! write moves a key, and two rotations at once cannot disagree.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kernel::{Duration, Fault, Time};
use platform::token::{Es256Key, Es256Public, Unverified};
use serde_json::{Map, Value};

use crate::Authority;
use crate::claims::{Claims, Parties};
use crate::store::{SigningRow, Store};
use crate::vault::Vault;

/// How old a key gets before its successor is made.
const ROTATES_AFTER: Duration = Duration::days(30);
/// How long a key is published before it signs; longer than anybody may keep the published set.
pub const PUBLISHED_BEFORE: Duration = Duration::hours(2);
/// How long a key is published after it signed last; longer than any token is good.
const PUBLISHED_AFTER: Duration = Duration::days(1);
/// How long a verifier believes what it has read.
const BELIEVED: Duration = Duration::minutes(5);
/// How soon a verifier that meets an unknown key may read again, however many it meets.
const REREAD_AFTER: Duration = Duration::seconds(10);

/// The name under which private halves are sealed.
const PURPOSE: &str = "signing key";

/// A published key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// What tokens call it.
    pub kid: String,
    /// The point's first coordinate, base64url.
    pub x: String,
    /// The point's second coordinate, base64url.
    pub y: String,
}

/// What a rotation did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rotated {
    /// New keys.
    pub made: u32,
    /// Keys that nobody needed any more.
    pub removed: u32,
}

/// Checks tokens against the keys of the table, which it reads seldom.
pub(crate) struct Verifier {
    store: Store,
    pub(crate) parties: Parties,
    read: Mutex<Read>,
}

#[derive(Default)]
struct Read {
    at: Option<Time>,
    rows: Vec<SigningRow>,
    signer: Option<Arc<Es256Key>>,
}

impl Verifier {
    pub(crate) fn new(store: Store, shop_url: &str) -> Self {
        Self {
            store,
            parties: Parties {
                issuer: shop_url.to_owned(),
                api: format!("{shop_url}/v1"),
            },
            read: Mutex::default(),
        }
    }

    /// The claims of a token that one of our keys signed, for this audience, good now.
    pub(crate) async fn verify(
        &self,
        token: &str,
        typ: &str,
        audience: &str,
        now: Time,
    ) -> Result<Option<Claims>, Fault> {
        let claims = self.signed(token, typ, now).await?;
        Ok(claims.and_then(|claims| Claims::check(claims, &self.parties.issuer, audience, now)))
    }

    /// What a token says that one of our keys signed, whether or not it is good now.
    pub(crate) async fn signed(
        &self,
        token: &str,
        typ: &str,
        now: Time,
    ) -> Result<Option<Map<String, Value>>, Fault> {
        let Ok(unverified) = Unverified::read(token, typ) else {
            return Ok(None);
        };
        let Some(key) = self.public(unverified.kid(), now).await? else {
            return Ok(None);
        };
        Ok(unverified.verify(&key).ok())
    }

    async fn public(&self, kid: &str, now: Time) -> Result<Option<Es256Public>, Fault> {
        let known = |read: &Read| {
            let row = read.rows.iter().find(|row| row.kid == kid)?;
            Es256Public::from_coordinates(&row.x, &row.y)
        };
        {
            let mut read = self.lock();
            let age = read.at.map(|at| now.since(at));
            if age.is_some_and(|age| age < BELIEVED)
                && let Some(key) = known(&read)
            {
                return Ok(Some(key));
            }
            if age.is_some_and(|age| age < REREAD_AFTER) {
                return Ok(None);
            }
            // Before the read, so that those who ask meanwhile do not read as well.
            read.at = Some(now);
        }
        self.reread(now).await?;
        Ok(known(&self.lock()))
    }

    /// The rows as they were read a while ago at most.
    async fn rows(&self, now: Time) -> Result<Vec<SigningRow>, Fault> {
        {
            let read = self.lock();
            if !read.rows.is_empty() && read.at.is_some_and(|at| now.since(at) < BELIEVED) {
                return Ok(read.rows.clone());
            }
        }
        self.reread(now).await
    }

    async fn reread(&self, now: Time) -> Result<Vec<SigningRow>, Fault> {
        let rows = self.store.signing_keys().await?;
        let mut read = self.lock();
        read.at = Some(now);
        read.rows.clone_from(&rows);
        Ok(rows)
    }

    /// Never held across an await.
    fn lock(&self) -> MutexGuard<'_, Read> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether no token of this key can still be good.
fn is_spent(rows: &[SigningRow], row: &SigningRow, now: Time) -> bool {
    rows.iter()
        .any(|other| other.number > row.number && other.active_from.plus(PUBLISHED_AFTER) <= now)
}

impl Authority {
    /// Signs claims into a token of this type. The first call of a shop makes its first key.
    pub async fn sign(&self, typ: &str, claims: &serde_json::Value) -> Result<String, Fault> {
        self.signer(self.clock.now()).await?.sign(typ, claims)
    }

    /// The claims of a token of this type for this audience, if it is ours and good now.
    pub async fn verify(&self, token: &str, typ: &str, audience: &str) -> Result<Option<Claims>, Fault> {
        self.verifier.verify(token, typ, audience, self.clock.now()).await
    }

    /// The keys that tokens may be signed with: the former, the present, the next.
    pub async fn public_keys(&self) -> Result<Vec<PublicKey>, Fault> {
        let rows = self.verifier.rows(self.clock.now()).await?;
        let public = |row: SigningRow| PublicKey {
            kid: row.kid,
            x: row.x,
            y: row.y,
        };
        Ok(rows.into_iter().map(public).collect())
    }

    /// Makes the next key when the present one is old, and removes those that nobody needs.
    pub async fn rotate_keys(&self) -> Result<Rotated, Fault> {
        let now = self.clock.now();
        let rows = self.store.signing_keys().await?;
        let mut rotated = Rotated::default();
        let due = rows
            .last()
            .is_none_or(|last| last.created_at.plus(ROTATES_AFTER) <= now);
        let active_from = if rows.is_empty() {
            now
        } else {
            now.plus(PUBLISHED_BEFORE)
        };
        if due && self.make_key(&rows, now, active_from).await? {
            rotated.made = 1;
        }
        for row in rows.iter().filter(|row| is_spent(&rows, row, now)) {
            self.store.remove_signing_key(row).await?;
            rotated.removed += 1;
        }
        Ok(rotated)
    }

    async fn signer(&self, now: Time) -> Result<Arc<Es256Key>, Fault> {
        let rows = self.verifier.rows(now).await?;
        if let Some(signer) = self.openable(&rows, now) {
            return Ok(signer);
        }
        // None yet, or all were sealed in a vault that was replaced: the next one signs at once.
        self.make_key(&rows, now, now).await?;
        let rows = self.verifier.reread(now).await?;
        self.openable(&rows, now)
            .ok_or_else(|| Fault::broken("no signing key is active"))
    }

    /// The key that signs now: the youngest of those that may and that our vault opens. While a vault
    /// is replaced, processes with the old one go on with the old key.
    fn openable(&self, rows: &[SigningRow], now: Time) -> Option<Arc<Es256Key>> {
        let cached = self.verifier.lock().signer.clone();
        rows.iter()
            .rev()
            .filter(|row| row.active_from <= now)
            .find_map(|row| match &cached {
                Some(signer) if signer.kid() == row.kid => Some(Arc::clone(signer)),
                _ => {
                    let signer = Arc::new(open(&self.vault, row).ok()?);
                    self.verifier.lock().signer = Some(Arc::clone(&signer));
                    Some(signer)
                }
            })
    }

    /// Makes the key after these; false when somebody else has.
    async fn make_key(&self, rows: &[SigningRow], now: Time, active_from: Time) -> Result<bool, Fault> {
        let last = rows.last();
        let number = last.map_or(1, |last| last.number + 1);
        let document = Es256Key::generate()?;
        let key = Es256Key::from_pkcs8(&document)?;
        let (x, y) = key.public().coordinates();
        let id = SigningRow::key(number);
        let row = SigningRow {
            pk: id.pk,
            sk: id.sk,
            number,
            kid: key.kid().to_owned(),
            x,
            y,
            sealed: self.vault.encrypt(PURPOSE, key.kid(), &document)?,
            created_at: now,
            active_from,
        };
        self.store.insert_signing_key(&row).await
    }
}

fn open(vault: &Vault, row: &SigningRow) -> Result<Es256Key, Fault> {
    Es256Key::from_pkcs8(&vault.decrypt(PURPOSE, &row.kid, &row.sealed)?)
}
