//! Everything the table holds of one person: O23 to O27.

use authority::UserId;
use kernel::{Fault, Limit, Page, Time};
use platform::table::{Check, Condition, Key};
use serde::{Deserialize, Serialize};

use super::{Store, consent_key};
use crate::client::ClientId;
use crate::store_rows::ConsentRow;

/// That somebody's account is gone: who is marked agrees to nothing any more.
#[derive(Debug, Serialize, Deserialize)]
struct ErasedRow {
    pk: String,
    sk: String,
    erased_at: Time,
}

/// A browser or a code, by its place alone.
#[derive(Debug, Deserialize)]
pub(crate) struct Trace {
    pk: String,
    sk: String,
}

impl Store {
    /// O23: mark that somebody is gone. The first moment stands.
    pub(crate) async fn mark_erased(&self, user_id: &UserId, now: Time) -> Result<(), Fault> {
        let Key { pk, sk } = erased_key(user_id.as_str());
        let row = ErasedRow {
            pk,
            sk,
            erased_at: now,
        };
        match self.table.put(&row).only_if_absent().send().await {
            Err(error) if error.is_condition_failed() => Ok(()),
            other => Ok(other?),
        }
    }

    /// O24: for the transaction that keeps a consent: the person is not marked as gone.
    pub(super) fn not_erased(&self, user_id: &str) -> Check {
        self.table.require(erased_key(user_id), Condition::absent())
    }

    /// O25: a page of the clients that somebody agreed to, as the last write left it.
    pub(crate) async fn agreed(
        &self,
        user_id: &UserId,
        after: Option<String>,
    ) -> Result<Page<ClientId>, Fault> {
        let query = self
            .table
            .query(format!("user#{user_id}"))
            .begins_with("consent#");
        let query = query.consistent().limit(whole()).after(after);
        Ok(query.page::<ConsentRow>().await?.map(|row| row.client_id))
    }

    /// O25: forget what somebody agreed to, for these clients.
    pub(crate) async fn forget_agreed(&self, user_id: &UserId, clients: &[ClientId]) -> Result<(), Fault> {
        for client_id in clients {
            let key = consent_key(user_id.as_str(), client_id);
            self.table.delete(key).send().await?;
        }
        Ok(())
    }

    /// O26: a page of the browsers that somebody is signed in with, and of the codes they allowed.
    pub(crate) async fn traces(&self, user_id: &UserId, after: Option<String>) -> Result<Page<Trace>, Fault> {
        let query = self
            .table
            .query_index("by_person", ("person", user_id.as_str()), "good_until");
        Ok(query.limit(whole()).after(after).page().await?)
    }

    /// O27: forget these browsers and codes. A browser in which somebody else has signed in meanwhile
    /// stays.
    pub(crate) async fn forget_traces(&self, user_id: &UserId, traces: &[Trace]) -> Result<(), Fault> {
        for Trace { pk, sk } in traces {
            let is_theirs = Condition::eq("person", user_id);
            let delete = self.table.delete(Key::new(pk, sk)).only_if(is_theirs);
            match delete.send().await {
                Err(error) if error.is_condition_failed() => {}
                other => other?,
            }
        }
        Ok(())
    }
}

fn whole() -> Limit {
    Limit::new(Limit::MAX).unwrap_or_default()
}

fn erased_key(user_id: &str) -> Key {
    Key::new(format!("user#{user_id}"), "erased")
}
