//! The table `federation`: the only code that touches it. `docs/access-patterns/federation.md` lists
//! every pattern with its cost.

use authority::UserId;
use kernel::{Duration, Fault, Limit, Time};
use platform::Cloud;
use platform::table::{Condition, Key, Table, Write};
use serde::{Deserialize, Serialize};

use crate::attempt::Attempt;
use crate::provider::{Provider, ProviderName};
use crate::secrets::hash;

/// All providers are one small partition.
const PROVIDERS: &str = "providers";

/// The table and its access patterns.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    table: Table,
}

/// Who somebody is elsewhere: a hash of issuer and subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Subject(String);

impl Subject {
    /// The length stands between them, so that no pair reads like another.
    pub(crate) fn new(issuer: &str, subject: &str) -> Self {
        Self(hash(&format!("{}:{issuer}:{subject}", issuer.len())))
    }
}

/// A way into an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Whose account.
    pub user_id: UserId,
    /// By way of which provider.
    pub provider: ProviderName,
    pub(crate) subject: Subject,
    /// Whether the account was made by it.
    pub(crate) made_account: bool,
    /// Since when.
    pub linked_at: Time,
}

#[derive(Serialize, Deserialize)]
struct ProviderRow {
    pk: String,
    sk: ProviderName,
    title: String,
    issuer: String,
    client_id: String,
    sealed_secret: String,
    scopes: Vec<String>,
    enabled: bool,
    updated_at: Time,
    version: u64,
}

#[derive(Serialize, Deserialize)]
struct AttemptRow {
    pk: String,
    sk: String,
    provider: ProviderName,
    issuer: String,
    browser: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    linking: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cart_id: Option<String>,
    good_until: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    taken_by: Option<String>,
    expires_at: i64,
}

/// Under the subject (who owns it) and under the user (which ways in there are).
#[derive(Serialize, Deserialize)]
struct LinkRow {
    pk: String,
    sk: String,
    user_id: UserId,
    provider: ProviderName,
    subject: Subject,
    made_account: bool,
    linked_at: Time,
}

impl Store {
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self {
            table: cloud.table("federation"),
        }
    }

    pub(crate) fn table(&self) -> &Table {
        &self.table
    }

    /// F1: one provider.
    pub(crate) async fn provider(&self, name: &ProviderName) -> Result<Option<Provider>, Fault> {
        let row: Option<ProviderRow> = self.table.get_consistent(provider_key(name)).await?;
        Ok(row.map(Provider::from))
    }

    /// F2: all providers, by name.
    pub(crate) async fn providers(&self) -> Result<Vec<Provider>, Fault> {
        let limit = Limit::new(Limit::MAX).unwrap_or_default();
        let page = self
            .table
            .query(PROVIDERS)
            .limit(limit)
            .page::<ProviderRow>()
            .await?;
        Ok(page.items.into_iter().map(Provider::from).collect())
    }

    /// F3: write a provider over this version (0: over none).
    pub(crate) async fn put_provider(&self, provider: &Provider, over_version: u64) -> Result<(), Fault> {
        let condition = match over_version {
            0 => Condition::absent(),
            version => Condition::eq("version", version),
        };
        let put = self.table.put(&ProviderRow::from(provider)).only_if(condition);
        match put.send().await {
            Err(error) if error.is_condition_failed() => Err(Fault::Stale),
            other => Ok(other?),
        }
    }

    /// F4: remove a provider.
    pub(crate) async fn delete_provider(
        &self,
        name: &ProviderName,
        expected: Option<u64>,
    ) -> Result<(), Fault> {
        let as_read = match expected {
            Some(version) => Condition::eq("version", version),
            None => Condition::exists(),
        };
        let delete = self.table.delete(provider_key(name)).only_if(as_read);
        match delete.send().await {
            Err(error) if error.is_condition_failed() => match self.provider(name).await? {
                Some(_) => Err(Fault::Stale),
                None => Err(Fault::missing("provider")),
            },
            other => Ok(other?),
        }
    }

    /// F5: begin a way under the hash of its state.
    pub(crate) async fn begin(&self, state: &str, attempt: &Attempt) -> Result<(), Fault> {
        let Key { pk, sk } = attempt_key(state);
        let row = AttemptRow {
            pk,
            sk,
            provider: attempt.provider.clone(),
            issuer: attempt.issuer.clone(),
            browser: attempt.browser.clone(),
            linking: attempt.linking.clone(),
            cart_id: attempt.cart_id.clone(),
            good_until: attempt.good_until,
            taken_by: None,
            expires_at: attempt.good_until.plus(Duration::hours(1)).unix_s(),
        };
        Ok(self.table.put(&row).send().await?)
    }

    /// F6: take a way, once, in the browser that began it. Another browser does not use it up.
    pub(crate) async fn take(
        &self,
        state: &str,
        browser_secret: &str,
        taker: &str,
        now: Time,
    ) -> Result<Option<Attempt>, Fault> {
        let free = Condition::attr_absent("taken_by").and(Condition::gt("good_until", now));
        let ours = Condition::eq("browser", hash(browser_secret));
        let update = self
            .table
            .update(attempt_key(state))
            .set("taken_by", taker)
            .only_if(Condition::exists().and(free).and(ours));
        match update.send_for_new::<AttemptRow>().await {
            Ok(row) => Ok(Some(row.into())),
            Err(error) if error.is_condition_failed() => {
                // Our own write, its answer lost, is a success.
                let own = error
                    .old_item::<AttemptRow>()
                    .filter(|row| row.taken_by.as_deref() == Some(taker));
                Ok(own.map(Attempt::from))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// F7: whose account an identity elsewhere opens.
    pub(crate) async fn owner(&self, subject: &Subject) -> Result<Option<UserId>, Fault> {
        let row: Option<LinkRow> = self.table.get_consistent(subject_key(subject)).await?;
        Ok(row.map(|row| row.user_id))
    }

    /// F8: the ways into an account; at most one a provider.
    pub(crate) async fn links(&self, user_id: &UserId) -> Result<Vec<Link>, Fault> {
        let limit = Limit::new(Limit::MAX).unwrap_or_default();
        let query = self
            .table
            .query(format!("user#{user_id}"))
            .begins_with("link#")
            .consistent();
        let page = query.limit(limit).page::<LinkRow>().await?;
        Ok(page.items.into_iter().map(Link::from).collect())
    }

    /// F9: link: the identity must be nobody's, the account have none of this provider.
    pub(crate) fn linking(&self, link: &Link) -> Vec<Write> {
        let rows = [
            subject_key(&link.subject),
            link_key(&link.user_id, &link.provider),
        ];
        let put = |key: Key| self.table.put(&row(key, link)).only_if_absent().into();
        rows.into_iter().map(put).collect()
    }

    /// F10: unlink; an account that was made by this way is from now on one that was made by the heir.
    pub(crate) fn unlinking(&self, link: &Link, heir: Option<&Link>) -> Vec<Write> {
        let is_its = || Condition::eq("subject", &link.subject);
        let mut writes: Vec<Write> = vec![
            self.table
                .delete(subject_key(&link.subject))
                .only_if(Condition::eq("user_id", &link.user_id))
                .into(),
            self.table
                .delete(link_key(&link.user_id, &link.provider))
                .only_if(is_its())
                .into(),
        ];
        writes.extend(heir.map(|heir| {
            let update = self.table.update(link_key(&heir.user_id, &heir.provider));
            update
                .set("made_account", true)
                .only_if(Condition::exists())
                .into()
        }));
        writes
    }
}

fn row(key: Key, link: &Link) -> LinkRow {
    LinkRow {
        pk: key.pk,
        sk: key.sk,
        user_id: link.user_id.clone(),
        provider: link.provider.clone(),
        subject: link.subject.clone(),
        made_account: link.made_account,
        linked_at: link.linked_at,
    }
}

impl From<LinkRow> for Link {
    fn from(row: LinkRow) -> Self {
        Self {
            user_id: row.user_id,
            provider: row.provider,
            subject: row.subject,
            made_account: row.made_account,
            linked_at: row.linked_at,
        }
    }
}

impl From<AttemptRow> for Attempt {
    fn from(row: AttemptRow) -> Self {
        Self {
            provider: row.provider,
            issuer: row.issuer,
            browser: row.browser,
            linking: row.linking,
            cart_id: row.cart_id,
            good_until: row.good_until,
        }
    }
}

impl From<&Provider> for ProviderRow {
    fn from(provider: &Provider) -> Self {
        Self {
            pk: PROVIDERS.to_owned(),
            sk: provider.name.clone(),
            title: provider.title.clone(),
            issuer: provider.issuer.clone(),
            client_id: provider.client_id.clone(),
            sealed_secret: provider.sealed_secret.clone(),
            scopes: provider.scopes.clone(),
            enabled: provider.enabled,
            updated_at: provider.updated_at,
            version: provider.version,
        }
    }
}

impl From<ProviderRow> for Provider {
    fn from(row: ProviderRow) -> Self {
        Self {
            name: row.sk,
            title: row.title,
            issuer: row.issuer,
            client_id: row.client_id,
            sealed_secret: row.sealed_secret,
            scopes: row.scopes,
            enabled: row.enabled,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

fn provider_key(name: &ProviderName) -> Key {
    Key::new(PROVIDERS, name.as_str())
}

fn attempt_key(state: &str) -> Key {
    Key::new(format!("attempt#{}", hash(state)), "attempt")
}

fn subject_key(subject: &Subject) -> Key {
    Key::new(format!("subject#{}", subject.0), "subject")
}

fn link_key(user_id: &UserId, provider: &ProviderName) -> Key {
    Key::new(format!("user#{user_id}"), format!("link#{provider}"))
}
