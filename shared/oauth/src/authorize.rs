//! The authorization endpoint, first visit: check the request, see who is there, show the next page
//! or answer the client.

use authority::{User, UserId};
use kernel::{Fault, Ids, Time};

use crate::Provider;
use crate::answer::{Answered, Shown};
use crate::client::{Client, ClientId};
use crate::decision::{self, Asked, Facts, Next, SignedIn};
use crate::grant::{AuthorizationId, PENDING_LIFE, Pending};
use crate::page::{self, Form, Mistake};
use crate::parameters::Parameters;
use crate::redirect;
use crate::refusal::{Code, Refusal};
use crate::request::{AuthorizationRequest, Rejected};
use crate::scope::Scopes;
use crate::secret;
use crate::store::{Consent, Late};

/// What every address of a pushed request begins with (RFC 9126 §2.2).
pub(crate) const PUSHED_PREFIX: &str = "urn:ietf:params:oauth:request_uri:";
/// What every code begins with. Scanners find leaked ones by it.
const CODE_PREFIX: &str = "cw_ac_";

/// Where a request stands when the next page is chosen.
pub(crate) struct Situation {
    pub(crate) client: Client,
    pub(crate) pending: Pending,
    /// Whether a row holds the pending request already.
    pub(crate) is_kept: bool,
    /// What is said on the next page.
    pub(crate) mistake: Option<Mistake>,
    /// What stands in the address field.
    pub(crate) email: String,
    /// The browser's new secret, if it gets one.
    pub(crate) new_browser: Option<String>,
}

/// The person, with what the shop knows of them.
pub(crate) struct Person {
    pub(crate) signed_in: SignedIn,
    pub(crate) user: User,
}

impl Provider {
    /// Answers `GET /oauth/authorize`. What is wrong with the request is told to the client, unless
    /// it is not known where the client is: then only the person sees it.
    pub async fn authorize(
        &self,
        pairs: Vec<(String, String)>,
        browser: Option<&str>,
    ) -> Result<Answered, Fault> {
        let (client, request) = match self.requested(pairs).await? {
            Ok(found) => found,
            Err(rejected) => return Ok(self.reject(rejected)),
        };
        let now = self.clock.now();
        let (browser, new_browser) = if let Some(known) = browser {
            (known.to_owned(), None)
        } else {
            let fresh = secret::fresh(&*self.random);
            (fresh.clone(), Some(fresh))
        };
        let signed_in = self.store.browser(&browser, now).await?;
        let pending = Pending {
            authorization_id: AuthorizationId::mint(&Ids::new(now, &*self.random)),
            request,
            browser: secret::hash(&browser),
            signed_in,
            asked: Asked::default(),
            step: 0,
            expires_at: now.plus(PENDING_LIFE),
        };
        let email = pending.request.login_hint.clone().unwrap_or_default();
        let situation = Situation {
            client,
            pending,
            is_kept: false,
            mistake: None,
            email,
            new_browser,
        };
        self.go_on(situation).await
    }

    /// The client and its request, pushed before or given now.
    async fn requested(
        &self,
        pairs: Vec<(String, String)>,
    ) -> Result<Result<(Client, AuthorizationRequest), Rejected>, Fault> {
        let here = |refusal| Ok(Err(Rejected::Here(refusal)));
        let parameters = match Parameters::new(pairs) {
            Ok(parameters) => parameters,
            Err(refusal) => return here(refusal),
        };
        let client_id = parameters
            .get("client_id")
            .and_then(|text| ClientId::parse(text).ok());
        let client = match client_id {
            Some(client_id) => self.store.client(&client_id).await?,
            None => None,
        };
        let Some(client) = client else {
            return here(Refusal::invalid("`client_id` names no client"));
        };
        let request = match parameters.get("request_uri") {
            Some(uri) => self.pushed(&client, uri).await?,
            None if client.pushed_only => {
                let read = AuthorizationRequest::read(&client, &parameters);
                read.and_then(|request| Err(must_be_pushed(&request)))
            }
            None => AuthorizationRequest::read(&client, &parameters),
        };
        Ok(request.map(|request| (client, request)))
    }

    async fn pushed(
        &self,
        client: &Client,
        uri: &str,
    ) -> Result<Result<AuthorizationRequest, Rejected>, Fault> {
        let now = self.clock.now();
        let taker = secret::fresh(&*self.random);
        let found = match uri.starts_with(PUSHED_PREFIX) {
            true => {
                self.store
                    .take_pushed(&client.client_id, uri, &taker, now)
                    .await?
            }
            false => None,
        };
        // The client may have changed since it pushed.
        let good = found.filter(|request| client.enabled && client.trusts(&request.redirect_uri));
        Ok(good.ok_or_else(|| {
            Rejected::Here(Refusal::new(
                Code::InvalidRequestUri,
                "the pushed request is not known, was used, or is over",
            ))
        }))
    }

    /// Chooses the next page, or ends the request.
    pub(crate) async fn go_on(&self, mut at: Situation) -> Result<Answered, Fault> {
        let now = self.clock.now();
        let person = self.person(at.pending.signed_in.as_ref()).await?;
        if person.is_none() {
            at.pending.signed_in = None;
        }
        let consented = match &person {
            Some(person) => {
                let user_id = person.user.user_id.as_str();
                let known = self.store.consent(user_id, &at.client.client_id).await?;
                known.map(|consent| consent.scopes).unwrap_or_default()
            }
            None => Scopes::default(),
        };
        let facts = Facts {
            signed_in: person.as_ref().map(|person| &person.signed_in),
            has_second_factor: person
                .as_ref()
                .is_some_and(|person| !person.user.second_factors.is_empty()),
            is_told_apart: at.client.confidential || redirect::is_its_own(&at.pending.request.redirect_uri),
            consented: &consented,
            asked: &at.pending.asked,
            now,
        };
        match (decision::next(&at.pending.request, facts), person) {
            (Next::Grant, Some(person)) => self.finish(at, &person, &consented, now).await,
            (Next::Refuse(refusal), _) => self.turn_away(at, refusal).await,
            (Next::SecondFactor, Some(_)) => {
                self.show(at, |form, at| page::second_factor(form, at.mistake))
                    .await
            }
            (Next::Consent, Some(person)) => {
                let account = person.user.email.to_string();
                self.show(at, |form, at| {
                    page::consent(form, &account, at.pending.request.scopes.sentences())
                })
                .await
            }
            (Next::SignIn | Next::Grant | Next::SecondFactor | Next::Consent, _) => {
                self.show(at, |form, at| page::sign_in(form, &at.email, at.mistake))
                    .await
            }
        }
    }

    /// Keeps the request for its next step and shows the page of this one.
    async fn show(
        &self,
        mut at: Situation,
        draw: impl FnOnce(Form<'_>, &Situation) -> page::Page,
    ) -> Result<Answered, Fault> {
        let writer = secret::fresh(&*self.random);
        if at.is_kept {
            at.pending.step += 1;
            if self.store.advance(&at.pending, &writer).await? == Err(Late) {
                return Ok(Self::too_late());
            }
        } else {
            self.store.begin(&at.pending, &writer).await?;
        }
        let transaction = self.transactions.seal(&at.pending)?;
        let form = Form {
            transaction: &transaction,
            client: &at.client.name,
            redirect_uri: &at.pending.request.redirect_uri,
        };
        let page = draw(form, &at);
        Ok(Answered {
            shown: Shown::Page(page),
            cookie: at.new_browser.map(|secret| self.cookie(&secret)),
        })
    }

    /// Gives the client a code.
    async fn finish(
        &self,
        at: Situation,
        person: &Person,
        consented: &Scopes,
        now: Time,
    ) -> Result<Answered, Fault> {
        let request = &at.pending.request;
        let code = format!("{CODE_PREFIX}{}", secret::fresh(&*self.random));
        let grant = at.pending.grant(&person.signed_in, now);
        let consent = at.pending.asked.consent.then(|| Consent {
            client_id: at.client.client_id.clone(),
            client_name: at.client.name.clone(),
            scopes: consented.and(&request.scopes),
            granted_at: now,
        });
        let kept = at.is_kept.then_some(&at.pending);
        if self.store.finish(&code, &grant, kept, consent.as_ref()).await? == Err(Late) {
            return Ok(Self::too_late());
        }
        let pairs = [("code", code.as_str())];
        let cookie = at.new_browser.map(|secret| self.cookie(&secret));
        Ok(Answered {
            shown: self.away(&request.redirect_uri, request.state.as_deref(), &pairs),
            cookie,
        })
    }

    /// Ends the request without a code.
    pub(crate) async fn turn_away(&self, at: Situation, refusal: Refusal) -> Result<Answered, Fault> {
        if at.is_kept && self.store.abandon(&at.pending).await? == Err(Late) {
            return Ok(Self::too_late());
        }
        let AuthorizationRequest {
            redirect_uri, state, ..
        } = at.pending.request;
        Ok(self.reject(Rejected::There {
            redirect_uri,
            state,
            refusal,
        }))
    }

    /// The answer to a request that is not put before a person.
    fn reject(&self, rejected: Rejected) -> Answered {
        let shown = match rejected {
            Rejected::Here(refusal) => Shown::Page(page::refused(
                400,
                &format!(
                    "The application asked in a way that cannot be answered: {}.",
                    refusal.description
                ),
                "Go back to the application and try again. If it happens again, tell those who run it.",
            )),
            Rejected::There {
                redirect_uri,
                state,
                refusal,
            } => {
                let pairs = [
                    ("error", refusal.code.as_str()),
                    ("error_description", refusal.description.as_ref()),
                ];
                self.away(&redirect_uri, state.as_deref(), &pairs)
            }
        };
        Answered { shown, cookie: None }
    }

    /// Back to the client, with its state and our name (RFC 9207).
    fn away(&self, redirect_uri: &str, state: Option<&str>, pairs: &[(&str, &str)]) -> Shown {
        let mut all = pairs.to_vec();
        all.extend(state.map(|state| ("state", state)));
        all.push(("iss", &self.issuer));
        Shown::Away(redirect::with_query(redirect_uri, &all))
    }

    /// The answer to a form that was sent twice, or is not this browser's.
    pub(crate) fn too_late() -> Answered {
        let page = page::refused(
            400,
            "This page is over: it was sent before, took longer than ten minutes, or belongs to another browser.",
            "Go back to the application and begin again.",
        );
        Answered {
            shown: Shown::Page(page),
            cookie: None,
        }
    }

    /// Who is signed in, if the account can still be used and nobody has ended its sessions.
    pub(crate) async fn person(&self, signed_in: Option<&SignedIn>) -> Result<Option<Person>, Fault> {
        let Some(signed_in) = signed_in else {
            return Ok(None);
        };
        let user_id = UserId::parse(&signed_in.user_id).map_err(Fault::broken)?;
        let user = self.authority.user(&user_id).await?;
        let user = user.filter(|user| user.is_active() && user.epoch == signed_in.epoch);
        Ok(user.map(|user| Person {
            signed_in: signed_in.clone(),
            user,
        }))
    }
}

fn must_be_pushed(request: &AuthorizationRequest) -> Rejected {
    Rejected::There {
        redirect_uri: request.redirect_uri.clone(),
        state: request.state.clone(),
        refusal: Refusal::invalid("this client's requests must be pushed first"),
    }
}
