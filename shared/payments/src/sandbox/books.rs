//! The books of the embedded provider: access patterns S1 and S2 of the table `sandbox`.
//!
//! | row | pk | sk |
//! |---|---|---|
//! | account | `account#<payment id>` | `account` |

use kernel::{Fault, Money};
use platform::Cloud;
use platform::table::{Condition, Key, Table, TableError};
use serde::{Deserialize, Serialize};

use super::{Account, ChallengeId, Deed, Outcome, Refusal, Webhook};
use crate::method::{Method, SandboxToken};
use crate::payment::PaymentId;
use crate::provider::ProviderError;
use crate::standing::{Stage, Standing};
use crate::store::rows::StandingRow;

/// How often an account that changes meanwhile is read again.
const TRIES_MAX: usize = 5;
pub(crate) const ACCOUNT: &str = "account";

/// The embedded provider.
#[derive(Debug)]
pub struct Sandbox {
    table: Table,
    page: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AccountRow {
    pk: String,
    sk: String,
    payment_id: PaymentId,
    asked: Money,
    token: String,
    #[serde(flatten)]
    standing: StandingRow,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) webhook: Option<WebhookRow>,
    version: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WebhookRow {
    pub(crate) event_id: String,
    pub(crate) copies: u32,
}

/// Why a challenge could not be answered.
#[derive(Debug, thiserror::Error)]
pub enum ChallengeError {
    /// There is no such challenge.
    #[error("there is no such challenge")]
    Missing,
    /// It was answered otherwise, or given up.
    #[error("the challenge is over; start the purchase again")]
    Over,
    /// The books did not answer.
    #[error("the sandbox's books did not answer")]
    Store(#[from] TableError),
    /// The account kept changing.
    #[error("the account kept changing")]
    Contended,
}

impl From<ChallengeError> for Fault {
    fn from(error: ChallengeError) -> Self {
        let detail = error.to_string();
        match error {
            ChallengeError::Missing => Self::missing("challenge"),
            ChallengeError::Over => Self::refused("challenge_over", detail),
            ChallengeError::Store(source) => source.into(),
            ChallengeError::Contended => Self::busy(error),
        }
    }
}

impl Sandbox {
    /// The sandbox over the table that the function is granted. Its bank's page is the shop's own.
    pub fn new(cloud: &Cloud) -> Self {
        let page = format!("{}/v1/sandbox/challenges", cloud.need("SHOP_URL"));
        Self {
            table: cloud.table("sandbox"),
            page,
        }
    }

    /// The buyer's answer on the bank's page. The same answer again changes nothing; the other one
    /// is refused.
    pub async fn complete_challenge(
        &self,
        id: &ChallengeId,
        outcome: Outcome,
    ) -> Result<Standing, ChallengeError> {
        let payment_id = PaymentId::sibling_of(id.as_str()).map_err(|_| ChallengeError::Missing)?;
        for _ in 0..TRIES_MAX {
            let account = self.account(&payment_id).await?.ok_or(ChallengeError::Missing)?;
            if account.token != SandboxToken::ActionRequired {
                return Err(ChallengeError::Missing);
            }
            let deed = account.challenged(outcome).map_err(|_| ChallengeError::Over)?;
            if self.write(&deed).await? {
                return Ok(deed.account.standing);
            }
        }
        Err(ChallengeError::Contended)
    }

    pub(crate) async fn authorize(
        &self,
        id: &PaymentId,
        total: Money,
        token: SandboxToken,
    ) -> Result<Standing, ProviderError> {
        let opened = Account::open(id.clone(), total, token, &self.page);
        if self.write(&opened).await.map_err(lost)? {
            return answer(opened);
        }
        self.change(id, |account| account.authorize_again(total)).await
    }

    pub(crate) async fn capture(
        &self,
        id: &PaymentId,
        key: &str,
        amount: Money,
    ) -> Result<Standing, ProviderError> {
        self.change(id, |account| account.capture(key, amount)).await
    }

    pub(crate) async fn refund(
        &self,
        id: &PaymentId,
        key: &str,
        amount: Money,
    ) -> Result<Standing, ProviderError> {
        self.change(id, |account| account.refund(key, amount)).await
    }

    pub(crate) async fn void(&self, id: &PaymentId) -> Result<Standing, ProviderError> {
        self.change(id, |account| Ok(account.void())).await
    }

    pub(crate) async fn look_up(&self, id: &PaymentId) -> Result<Option<Standing>, ProviderError> {
        for _ in 0..TRIES_MAX {
            let Some(account) = self.account(id).await.map_err(lost)? else {
                return Ok(None);
            };
            let deed = account.looked_up();
            if self.write(&deed).await.map_err(lost)? {
                return answer(deed).map(Some);
            }
        }
        Err(ProviderError::NoAnswer(None))
    }

    async fn change(
        &self,
        id: &PaymentId,
        deed: impl Fn(&Account) -> Result<Deed, Refusal>,
    ) -> Result<Standing, ProviderError> {
        for _ in 0..TRIES_MAX {
            let account = self.account(id).await.map_err(lost)?;
            let account =
                account.ok_or_else(|| ProviderError::Refused("the payment is not known".to_owned()))?;
            let deed = deed(&account).map_err(|refusal| ProviderError::Refused(refusal.to_string()))?;
            if self.write(&deed).await.map_err(lost)? {
                return answer(deed);
            }
        }
        Err(ProviderError::NoAnswer(None))
    }

    /// S1: one account, as the last write left it.
    async fn account(&self, id: &PaymentId) -> Result<Option<Account>, TableError> {
        Ok(self
            .table
            .get_consistent::<AccountRow>(key(id))
            .await?
            .and_then(AccountRow::into_account))
    }

    /// S2: the next version of an account. Says whether it was the next one; nothing is written
    /// when it was not, or when the deed changed nothing.
    async fn write(&self, deed: &Deed) -> Result<bool, TableError> {
        if !deed.changed {
            return Ok(true);
        }
        let before = match deed.account.version {
            1 => Condition::absent(),
            version => Condition::eq("version", version - 1),
        };
        match self
            .table
            .put(&AccountRow::from(&deed.account))
            .only_if(before)
            .send()
            .await
        {
            Ok(()) => Ok(true),
            Err(error) if error.is_condition_failed() => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn key(id: &PaymentId) -> Key {
    Key::new(format!("account#{id}"), ACCOUNT)
}

fn lost(error: TableError) -> ProviderError {
    ProviderError::NoAnswer(Some(error))
}

/// What is still being thought about is not answered either.
fn answer(deed: Deed) -> Result<Standing, ProviderError> {
    if deed.answered && deed.account.standing.stage != Stage::Asked {
        Ok(deed.account.standing)
    } else {
        Err(ProviderError::NoAnswer(None))
    }
}

impl From<&Account> for AccountRow {
    fn from(account: &Account) -> Self {
        let key = key(&account.payment_id);
        let webhook = |webhook: &Webhook| WebhookRow {
            event_id: webhook.event_id.clone(),
            copies: webhook.copies,
        };
        Self {
            pk: key.pk,
            sk: key.sk,
            payment_id: account.payment_id.clone(),
            asked: account.asked,
            token: account.token.as_str().to_owned(),
            standing: (&account.standing).into(),
            webhook: account.webhook.as_ref().map(webhook),
            version: account.version,
        }
    }
}

impl AccountRow {
    pub(crate) fn payment_id(&self) -> &PaymentId {
        &self.payment_id
    }

    fn into_account(self) -> Option<Account> {
        let Method::Sandbox(token) = Method::parse("sandbox", &self.token).ok()?;
        Some(Account {
            payment_id: self.payment_id,
            asked: self.asked,
            token,
            standing: self.standing.into(),
            webhook: self.webhook.map(|row| Webhook {
                event_id: row.event_id,
                copies: row.copies,
            }),
            version: self.version,
        })
    }
}
