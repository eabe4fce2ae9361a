//! Accounts as JSON: what comes in, what goes out, and the conversions.

use authority::{Session, UserId};
use carts::wire::KeptCartView;
use kernel::{Address, Email, Time};
use orders::wire::OrderView;
use platform::trail::EntryRow;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use trail::wire::OutcomeWord;

use crate::profile::{Change, Consent, SavedAddress};
use crate::update::Account;

/// What to change about an account: JSON Merge Patch (RFC 7396). A field that is absent stays as it
/// is; `null` empties it. The e-mail address is changed by `POST /v1/account/email`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("example" = { "name": "Anna Beispiel", "marketing": true }))]
pub struct UpdateAccount {
    /// What the customer wants to be called.
    #[serde(default, deserialize_with = "named")]
    #[schemars(length(min = 1, max = 200))]
    pub name: Option<Option<String>>,
    /// Where the customer can be called.
    #[serde(default, deserialize_with = "named")]
    #[schemars(length(min = 3, max = 40))]
    pub phone: Option<Option<String>>,
    /// The language of the customer's mails, as a BCP 47 tag.
    #[serde(default, deserialize_with = "named")]
    #[schemars(regex(pattern = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$"))]
    pub locale: Option<Option<String>>,
    /// Whether the customer wants to hear of offers. The moment of a change is kept.
    #[serde(default)]
    pub marketing: Option<bool>,
    /// All saved addresses, in place of those there were.
    #[serde(default)]
    #[schemars(length(max = 20))]
    pub addresses: Option<Vec<SaveAddress>>,
}

/// An address to be saved.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveAddress {
    /// What the customer calls it.
    #[schemars(length(min = 1, max = 40), example = &"home")]
    pub label: String,
    /// The address.
    pub address: Address,
}

/// Keeps `null` apart from a field that is absent.
#[expect(clippy::option_option, reason = "absent, null and a value are three answers")]
fn named<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(from).map(Some)
}

impl From<UpdateAccount> for Change {
    fn from(patch: UpdateAccount) -> Self {
        let UpdateAccount {
            name,
            phone,
            locale,
            marketing,
            addresses,
        } = patch;
        let saved = |SaveAddress { label, address }: SaveAddress| SavedAddress { label, address };
        Self {
            name,
            locale,
            phone,
            marketing,
            addresses: addresses.map(|addresses| addresses.into_iter().map(saved).collect()),
        }
    }
}

/// An account, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AccountView {
    /// Names the user.
    pub user_id: UserId,
    /// The proven address.
    pub email: Email,
    /// What the customer wants to be called.
    pub name: Option<String>,
    /// Where the customer can be called.
    pub phone: Option<String>,
    /// The language of the customer's mails.
    pub locale: Option<String>,
    /// Whether the customer wants to hear of offers.
    pub marketing: MarketingView,
    /// Saved addresses.
    pub addresses: Vec<SavedAddressView>,
    /// The kinds of second factor that a login is completed with: `totp`, `passkey`.
    pub second_factors: Vec<&'static str>,
    /// Since when the account exists.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
    /// Counts the changes.
    #[serde(skip)]
    pub version: u64,
}

/// The answer about marketing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MarketingView {
    /// Yes or no; no, until the customer says something else.
    pub granted: bool,
    /// Since when.
    pub since: Option<Time>,
}

/// A saved address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SavedAddressView {
    /// What the customer calls it.
    pub label: String,
    /// The address.
    pub address: Address,
}

/// Everything the shop holds on one person. The bank's own books are not in it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ArchiveView {
    /// When it was put together.
    pub made_at: Time,
    /// The account.
    pub account: AccountView,
    /// Every answer about marketing, the oldest first.
    pub consents: Vec<ConsentView>,
    /// The sessions that are running.
    pub sessions: Vec<SessionView>,
    /// The carts, oldest first.
    pub carts: Vec<KeptCartView>,
    /// The orders, newest first.
    pub orders: Vec<OrderView>,
    /// What the customer did and what was done about them, by the audit trail, newest first.
    pub audit: Vec<AuditView>,
    /// Which of the parts are not complete: `carts` holds at most 250, `orders` the newest 500,
    /// `audit` the newest 500.
    pub truncated: Vec<&'static str>,
}

/// A yes or no to marketing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ConsentView {
    /// Yes or no.
    pub granted: bool,
    /// When it was said.
    pub at: Time,
}

/// An entry of the audit trail about the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AuditView {
    /// When.
    pub at: Time,
    /// What: `session.started`, `password.changed`, `login.failed`, …
    pub action: String,
    /// How it ended.
    pub outcome: OutcomeWord,
    /// Who: the customer's id, `staff`, `public`, `system`, or the id of an application.
    pub actor: String,
    /// Whom or what it is about.
    pub subject: Option<String>,
    /// The network address it came from, when the customer did it.
    pub address: Option<String>,
    /// What the client called itself, when the customer did it.
    pub user_agent: Option<String>,
}

impl AuditView {
    /// As the customer may see it: who works here, and from where, is not theirs to know.
    pub fn new(entry: EntryRow, customer: &UserId) -> Self {
        let is_own = entry.actor == customer.as_str();
        let is_staff = !is_own && ["usr_", "key_"].iter().any(|kind| entry.actor.starts_with(kind));
        Self {
            at: entry.at,
            action: entry.action,
            outcome: entry.outcome.into(),
            actor: if is_staff { "staff".to_owned() } else { entry.actor },
            subject: entry.subject,
            address: entry.address.filter(|_| is_own),
            user_agent: entry.user_agent.filter(|_| is_own),
        }
    }
}

/// A running session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SessionView {
    /// Names the session.
    pub session_id: authority::SessionId,
    /// The application.
    pub client_id: String,
    /// How it was proven who the customer is.
    pub methods: Vec<&'static str>,
    /// The network address it was last used from.
    pub address: String,
    /// What the client called itself.
    pub user_agent: Option<String>,
    /// When it began.
    pub created_at: Time,
    /// When it was last used.
    pub used_at: Time,
}

impl From<Account> for AccountView {
    fn from(account: Account) -> Self {
        let version = account.version();
        let Account { user, profile } = account;
        let saved = |SavedAddress { label, address }: SavedAddress| SavedAddressView { label, address };
        let updated_at = profile
            .updated_at
            .map_or(user.updated_at, |at| at.max(user.updated_at));
        Self {
            marketing: MarketingView {
                granted: profile.wants_marketing(),
                since: profile.consents.last().map(|consent| consent.at),
            },
            user_id: user.user_id,
            email: user.email,
            name: user.name,
            phone: profile.phone,
            locale: user.locale,
            addresses: profile.addresses.into_iter().map(saved).collect(),
            second_factors: user.second_factors.iter().map(|kind| kind.as_str()).collect(),
            created_at: user.created_at,
            updated_at,
            version,
        }
    }
}

impl From<Consent> for ConsentView {
    fn from(Consent { granted, at }: Consent) -> Self {
        Self { granted, at }
    }
}

impl From<Session> for SessionView {
    fn from(session: Session) -> Self {
        Self {
            session_id: session.session_id,
            client_id: session.client_id,
            methods: session.methods.iter().map(|method| method.as_str()).collect(),
            address: session.address,
            user_agent: session.user_agent,
            created_at: session.created_at,
            used_at: session.used_at,
        }
    }
}
