//! Mail about accounts: asked for by a row, told by the table's stream, sent by notifications.
//!
//! Whoever owes somebody a mail puts a row `mail#<id>` into its own table, in the same transaction as
//! the change it is about. A request that finds no account puts one as well, with another letter:
//! both requests do the same work. The table's stream announces [`MailRequested`]. What the letter says (codes,
//! links) is encrypted on the way, so that neither the row nor the message opens anything. The row
//! goes after a day, by its time to live.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{Duration, Email, Fault, Ids, Random, Time};
use platform::Cloud;
use platform::cloud::Secret;
use platform::stream::{Announcement, Change, ChangeKind, Fact};
use platform::table::{Put, Table};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use serde::{Deserialize, Serialize};

kernel::typed_id!(
    /// Names one mail that was asked for.
    MailId,
    "mail"
);

/// How long the row is kept.
const KEPT: Duration = Duration::days(1);

/// Somebody is to get a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailRequested {
    /// Which mail; it is sent once.
    pub mail_id: MailId,
    /// What it is about, for statistics; the letter itself says the same.
    pub kind: String,
    /// Who gets it.
    pub to: Email,
    /// The letter, for [`Postbox::open`] only.
    pub sealed: String,
}

impl Fact for MailRequested {
    const NAME: &'static str = "MailRequested";
    const VERSION: u32 = 1;
}

/// What a mail about an account says. A variant or an optional field may be added, none changed:
/// letters that are under way must still open.
#[expect(missing_docs, reason = "the fields are called what they hold")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Letter {
    /// The address is to be proven with this code, or with this link and the password.
    VerifyEmail {
        code: String,
        link: String,
        minutes: u32,
    },
    /// Somebody tried to register the address of an account.
    AlreadyRegistered { login_link: String, reset_link: String },
    /// A new password can be chosen here.
    ResetPassword { link: String, minutes: u32 },
    /// A new password was asked for, and there is no account.
    ResetUnknown {},
    /// This link logs in, in the browser that asked for it.
    MagicLink { link: String, minutes: u32 },
    /// A link to log in was asked for, and there is no account.
    MagicUnknown {},
    /// The new address of an account is to be proven with this code.
    EmailChangeCode { code: String, minutes: u32 },
    /// The account has another address from now on; goes to the old one.
    EmailChanged { new_email_hint: String },
    /// The account has another password.
    PasswordChanged { address: Option<String> },
    /// The account has a further factor.
    FactorAdded { factor: String },
    /// The account has lost a factor.
    FactorRemoved { factor: String },
    /// A recovery code was used, or there are new ones.
    RecoveryCodes { left: u32 },
    /// The account can be entered by way of this provider.
    ProviderLinked { provider: String },
    /// The account can no longer be entered by way of this provider.
    ProviderUnlinked { provider: String },
    /// Somebody logged in from where nobody had before.
    NewSignIn {
        address: String,
        user_agent: Option<String>,
    },
    /// Sessions were ended because a refresh token was used twice.
    SessionsEnded {},
    /// Somebody is asked to join the staff.
    StaffInvitation {
        invited_by: String,
        roles: Vec<String>,
        link: String,
        days: u32,
    },
    /// The account and what was known of its owner are gone.
    AccountErased {},
}

/// The row that asks for a mail.
#[derive(Debug, Serialize, Deserialize)]
struct MailRow {
    pk: String,
    sk: String,
    mail_id: MailId,
    kind: String,
    to: Email,
    sealed: String,
    requested_at: Time,
    expires_at: i64,
}

/// Asks for mails, and opens what was asked for.
pub struct Postbox {
    vault: Secret,
    random: Arc<dyn Random>,
}

impl fmt::Debug for Postbox {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Postbox")
    }
}

impl Postbox {
    /// Needs the secret `vault`.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            vault: cloud.secret("vault"),
            random: cloud.random(),
        }
    }

    /// The write that asks for a mail, for the caller's own table and transaction.
    pub fn posting(&self, table: &Table, ids: &Ids<'_>, to: &Email, letter: &Letter) -> Result<Put, Fault> {
        let mail_id = MailId::mint(ids);
        let kind = letter.kind()?;
        let row = MailRow {
            pk: format!("mail#{mail_id}"),
            sk: "mail".to_owned(),
            sealed: self.seal(&mail_id, letter)?,
            mail_id,
            kind,
            to: to.clone(),
            requested_at: ids.now(),
            expires_at: ids.now().plus(KEPT).unix_s(),
        };
        Ok(table.put(&row).only_if_absent())
    }

    /// The letter of a mail; none when it was not sealed here, or for another mail.
    pub fn open(&self, mail: &MailRequested) -> Result<Option<Letter>, Fault> {
        let Ok(mut bytes) = URL_SAFE_NO_PAD.decode(&mail.sealed) else {
            return Ok(None);
        };
        let Some((nonce, sealed)) = bytes.split_at_mut_checked(NONCE_LEN) else {
            return Ok(None);
        };
        let Ok(nonce) = Nonce::try_assume_unique_for_key(nonce) else {
            return Ok(None);
        };
        let aad = Aad::from(mail.mail_id.as_str().as_bytes());
        match self.key()?.open_in_place(nonce, aad, sealed) {
            Ok(letter) => serde_json::from_slice(letter).map(Some).map_err(Fault::broken),
            Err(_) => Ok(None),
        }
    }

    fn seal(&self, mail_id: &MailId, letter: &Letter) -> Result<String, Fault> {
        let mut nonce = [0_u8; NONCE_LEN];
        self.random.fill(&mut nonce);
        let mut body = serde_json::to_vec(letter).map_err(Fault::broken)?;
        let aad = Aad::from(mail_id.as_str().as_bytes());
        self.key()?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut body)
            .map_err(|_| Fault::broken("the letter could not be sealed"))?;
        Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &body].concat()))
    }

    fn key(&self) -> Result<LessSafeKey, Fault> {
        let root = hmac::Key::new(hmac::HMAC_SHA256, self.vault.bytes());
        let derived = hmac::sign(&root, b"cartwright mail v1");
        let key = UnboundKey::new(&AES_256_GCM, derived.as_ref());
        key.map(LessSafeKey::new)
            .map_err(|_| Fault::broken("the key has the wrong length"))
    }
}

impl Letter {
    fn kind(&self) -> Result<String, Fault> {
        let value = serde_json::to_value(self).map_err(Fault::broken)?;
        Ok(value["kind"].as_str().unwrap_or_default().to_owned())
    }
}

/// What a change of any table says about mail: a new row `mail#…` is a [`MailRequested`].
pub fn from_change(change: &Change) -> Result<Option<Announcement>, Fault> {
    if change.kind != ChangeKind::Insert || !change.key().0.starts_with("mail#") {
        return Ok(None);
    }
    Ok(change.new::<MailRow>()?.map(|row| {
        Announcement::of(&MailRequested {
            mail_id: row.mail_id,
            kind: row.kind,
            to: row.to,
            sealed: row.sealed,
        })
    }))
}
