//! The table `oauth`: the only code that touches it. `docs/access-patterns/oauth.md` lists every
//! pattern with its cost.

use kernel::{Duration, Fault, Limit, Page, Time};
use platform::Cloud;
use platform::table::{Condition, Delete, Key, Put, Table, Transaction};

use crate::client::{Client, ClientId};
use crate::decision::SignedIn;
use crate::grant::{AuthorizationId, BROWSER_LIFE, CODE_MEMORY, CodeGrant, KnownCode, PUSHED_LIFE, Pending};
use crate::request::AuthorizationRequest;
use crate::scope::Scopes;
use crate::secret;
use crate::store_rows::{
    BrowserRow, ClientRow, CodeRow, ConsentRow, LISTED, PendingRow, PushedRow, RequestPart, SignedInPart,
};

mod person;

/// The table and its access patterns.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    table: Table,
}

/// A conditional write that another was faster with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Late;

/// What a person agreed to before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// To which client.
    pub client_id: ClientId,
    /// What it was called then.
    pub client_name: String,
    /// To what.
    pub scopes: Scopes,
    /// When.
    pub granted_at: Time,
}

impl Store {
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self {
            table: cloud.table("oauth"),
        }
    }

    /// O1: insert a client; never overwrites.
    pub(crate) fn inserting(&self, client: &Client) -> Put {
        self.table.put(&ClientRow::from(client)).only_if_absent()
    }

    /// O2: one client as the last write left it: a secret that was taken away opens nothing.
    pub(crate) async fn client(&self, client_id: &ClientId) -> Result<Option<Client>, Fault> {
        let row: Option<ClientRow> = self.table.get_consistent(client_key(client_id)).await?;
        row.map(Client::try_from).transpose()
    }

    /// O3: replace a client over this version.
    pub(crate) fn replacing(&self, client: &Client, over_version: u64) -> Put {
        self.table
            .put(&ClientRow::from(client))
            .only_if(Condition::eq("version", over_version))
    }

    /// O4: remove a client that still has this version.
    pub(crate) fn removing(&self, client: &Client) -> Delete {
        self.table
            .delete(client_key(&client.client_id))
            .only_if(Condition::eq("version", client.version))
    }

    /// O5: a page of all clients, oldest first.
    pub(crate) async fn clients(&self, limit: Limit, after: Option<String>) -> Result<Page<Client>, Fault> {
        let query = self
            .table
            .query_index("by_listed", ("listed", LISTED), "created_at");
        let page = query.limit(limit).after(after).page::<ClientRow>().await?;
        let next = page.next;
        let items: Result<Vec<Client>, Fault> = page.items.into_iter().map(Client::try_from).collect();
        Ok(Page { items: items?, next })
    }

    /// O6: keep a pushed request under the hash of its address and its client.
    pub(crate) async fn push(
        &self,
        request_uri: &str,
        request: &AuthorizationRequest,
        now: Time,
    ) -> Result<(), Fault> {
        let good_until = now.plus(PUSHED_LIFE);
        let Key { pk, sk } = pushed_key(&request.client_id, request_uri);
        let row = PushedRow {
            pk,
            sk,
            request: RequestPart::from(request),
            good_until,
            taken_by: None,
            expires_at: good_until.plus(Duration::hours(1)).unix_s(),
        };
        Ok(self.table.put(&row).send().await?)
    }

    /// O7: take a pushed request of this client, once. `None` when there is none (any more).
    pub(crate) async fn take_pushed(
        &self,
        client_id: &ClientId,
        request_uri: &str,
        taker: &str,
        now: Time,
    ) -> Result<Option<AuthorizationRequest>, Fault> {
        let free = Condition::attr_absent("taken_by").and(Condition::gt("good_until", now));
        let update = self
            .table
            .update(pushed_key(client_id, request_uri))
            .set("taken_by", taker)
            .only_if(Condition::exists().and(free));
        match update.send_for_new::<PushedRow>().await {
            Ok(row) => Ok(Some(row.request.into())),
            Err(error) if error.is_condition_failed() => {
                // Our own write, its answer lost, is a success.
                let ours = error
                    .old_item::<PushedRow>()
                    .filter(|row| row.taken_by.as_deref() == Some(taker));
                Ok(ours.map(|row| row.request.into()))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// O8: begin a request in a browser.
    pub(crate) async fn begin(&self, pending: &Pending, writer: &str) -> Result<(), Fault> {
        Ok(self.table.put(&PendingRow::new(pending, writer)).send().await?)
    }

    /// O9: a request under way.
    pub(crate) async fn pending(&self, id: &AuthorizationId) -> Result<Option<Pending>, Fault> {
        let row: Option<PendingRow> = self.table.get_consistent(pending_key(id)).await?;
        Ok(row.map(Pending::from))
    }

    /// O10: go on from the step before. A form that was sent twice is [`Late`] the second time.
    pub(crate) async fn advance(&self, pending: &Pending, writer: &str) -> Result<Result<(), Late>, Fault> {
        let put = self
            .table
            .put(&PendingRow::new(pending, writer))
            .only_if(Condition::eq("step", pending.step - 1));
        match put.send().await {
            Ok(()) => Ok(Ok(())),
            Err(error) if error.is_condition_failed() => {
                let ours = error
                    .old_item::<PendingRow>()
                    .is_some_and(|row| row.writer == writer);
                Ok(if ours { Ok(()) } else { Err(Late) })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// O11: end a request with a code, and remember the consent of a person who is not gone (O24): all
    /// or nothing.
    pub(crate) async fn finish(
        &self,
        code: &str,
        grant: &CodeGrant,
        pending: Option<&Pending>,
        consent: Option<&Consent>,
    ) -> Result<Result<(), Late>, Fault> {
        let mut transaction = Transaction::new().with(self.code(code, grant).only_if_absent());
        if let Some(pending) = pending {
            let delete = self.table.delete(pending_key(&pending.authorization_id));
            transaction = transaction.with(delete.only_if(Condition::eq("step", pending.step)));
        }
        if let Some(consent) = consent {
            let Key { pk, sk } = consent_key(&grant.signed_in.user_id, &consent.client_id);
            transaction = transaction.with(self.table.put(&ConsentRow {
                pk,
                sk,
                client_id: consent.client_id.clone(),
                client_name: consent.client_name.clone(),
                scopes: consent.scopes.to_vec(),
                granted_at: consent.granted_at,
            }));
            transaction = transaction.with(self.not_erased(&grant.signed_in.user_id));
        }
        match transaction
            .token(secret::hash(code)[..36].to_owned())
            .commit()
            .await
        {
            Ok(()) => Ok(Ok(())),
            Err(error) if error.is_condition_failed() => Ok(Err(Late)),
            Err(error) => Err(error.into()),
        }
    }

    /// O12: end a request without a code.
    pub(crate) async fn abandon(&self, pending: &Pending) -> Result<Result<(), Late>, Fault> {
        let delete = self.table.delete(pending_key(&pending.authorization_id));
        match delete.only_if(Condition::eq("step", pending.step)).send().await {
            Ok(()) => Ok(Ok(())),
            Err(error) if error.is_condition_failed() => Ok(Err(Late)),
            Err(error) => Err(error.into()),
        }
    }

    /// O13: remember who is signed in, in the browser that holds this secret.
    pub(crate) async fn sign_in(&self, browser: &str, person: &SignedIn) -> Result<(), Fault> {
        let Key { pk, sk } = browser_key(browser);
        let good_until = person.authenticated_at.plus(BROWSER_LIFE);
        let row = BrowserRow {
            pk,
            sk,
            person: person.user_id.clone(),
            signed_in: SignedInPart::from(person),
            good_until,
            expires_at: good_until.unix_s(),
        };
        Ok(self.table.put(&row).send().await?)
    }

    /// O14: who is signed in, in the browser that holds this secret.
    pub(crate) async fn browser(&self, browser: &str, now: Time) -> Result<Option<SignedIn>, Fault> {
        let row: Option<BrowserRow> = self.table.get_consistent(browser_key(browser)).await?;
        Ok(row
            .filter(|row| row.good_until > now)
            .map(|row| row.signed_in.into()))
    }

    /// O15: forget who is signed in, in the browser that holds this secret.
    pub(crate) async fn sign_out(&self, browser: &str) -> Result<(), Fault> {
        Ok(self.table.delete(browser_key(browser)).send().await?)
    }

    /// O16: what a person agreed to, for one client.
    pub(crate) async fn consent(
        &self,
        user_id: &str,
        client_id: &ClientId,
    ) -> Result<Option<Consent>, Fault> {
        let row: Option<ConsentRow> = self.table.get_consistent(consent_key(user_id, client_id)).await?;
        Ok(row.map(Consent::from))
    }

    /// O17: a page of what a person agreed to.
    pub(crate) async fn consents(
        &self,
        user_id: &str,
        limit: Limit,
        after: Option<String>,
    ) -> Result<Page<Consent>, Fault> {
        let query = self
            .table
            .query(format!("user#{user_id}"))
            .begins_with("consent#");
        let page = query.limit(limit).after(after).page::<ConsentRow>().await?;
        Ok(page.map(Consent::from))
    }

    /// O18: take a consent back. Taking back what is not there is missing.
    pub(crate) async fn withdraw(&self, user_id: &str, client_id: &ClientId) -> Result<(), Fault> {
        let delete = self.table.delete(consent_key(user_id, client_id));
        Ok(delete.send().await?)
    }

    /// O19: a code, as the last write left it.
    pub(crate) async fn known_code(&self, code: &str) -> Result<Option<KnownCode>, Fault> {
        let row: Option<CodeRow> = self.table.get_consistent(code_key(code)).await?;
        Ok(row.map(KnownCode::from))
    }

    /// O20: use a code. The second exchange is [`Late`].
    pub(crate) async fn use_code(&self, code: &str, user: &str) -> Result<Result<(), Late>, Fault> {
        let free = Condition::exists().and(Condition::attr_absent("used_by"));
        let update = self
            .table
            .update(code_key(code))
            .set("used_by", user)
            .only_if(free);
        match update.send().await {
            Ok(()) => Ok(Ok(())),
            Err(error) if error.is_condition_failed() => {
                let ours = error
                    .old_item::<CodeRow>()
                    .is_some_and(|row| row.used_by.as_deref() == Some(user));
                Ok(if ours { Ok(()) } else { Err(Late) })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// O21: note which session a code brought, unless it was used again meanwhile ([`Late`]).
    pub(crate) async fn note_session(&self, code: &str, session_id: &str) -> Result<Result<(), Late>, Fault> {
        let update = self
            .table
            .update(code_key(code))
            .set("session_id", session_id)
            .only_if(Condition::exists().and(Condition::attr_absent("reused_at")));
        match update.send().await {
            Ok(()) => Ok(Ok(())),
            Err(error) if error.is_condition_failed() => Ok(Err(Late)),
            Err(error) => Err(error.into()),
        }
    }

    /// O22: note that a code was used again. Answers with the session it had brought, if it had.
    pub(crate) async fn note_reuse(&self, code: &str, now: Time) -> Result<Option<String>, Fault> {
        let update = self
            .table
            .update(code_key(code))
            .set_if_absent("reused_at", now)
            .only_if(Condition::exists());
        match update.send_for_new::<CodeRow>().await {
            Ok(row) => Ok(row.session_id),
            Err(error) if error.is_condition_failed() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn code(&self, code: &str, grant: &CodeGrant) -> Put {
        let Key { pk, sk } = code_key(code);
        self.table.put(&CodeRow {
            pk,
            sk,
            client_id: grant.client_id.clone(),
            redirect_uri: grant.redirect_uri.clone(),
            challenge: grant.challenge.as_str().to_owned(),
            scopes: grant.scopes.to_vec(),
            nonce: grant.nonce.clone(),
            person: grant.signed_in.user_id.clone(),
            signed_in: SignedInPart::from(&grant.signed_in),
            good_until: grant.expires_at,
            used_by: None,
            session_id: None,
            reused_at: None,
            expires_at: grant.expires_at.plus(CODE_MEMORY).unix_s(),
        })
    }
}

impl From<ConsentRow> for Consent {
    fn from(row: ConsentRow) -> Self {
        Self {
            client_id: row.client_id,
            client_name: row.client_name,
            scopes: Scopes::stored(row.scopes),
            granted_at: row.granted_at,
        }
    }
}

fn client_key(client_id: &ClientId) -> Key {
    Key::new(format!("client#{client_id}"), "client")
}

/// The client is part of the key: another client's request is not there.
fn pushed_key(client_id: &ClientId, request_uri: &str) -> Key {
    Key::new(
        format!("pushed#{}", secret::hash(request_uri)),
        client_id.as_str(),
    )
}

fn pending_key(id: &AuthorizationId) -> Key {
    Key::new(format!("authorization#{id}"), "authorization")
}

fn browser_key(browser: &str) -> Key {
    Key::new(format!("browser#{}", secret::hash(browser)), "browser")
}

fn consent_key(user_id: &str, client_id: &ClientId) -> Key {
    Key::new(format!("user#{user_id}"), format!("consent#{client_id}"))
}

fn code_key(code: &str) -> Key {
    Key::new(format!("code#{}", secret::hash(code)), "code")
}
