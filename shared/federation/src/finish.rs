//! The way back from a provider: who is it, and whose account do they open?

use authority::{Method, NewUser, SecondStep, Start, Tokens, User, UserId};
use kernel::{Email, Ids, Origin};
use platform::table::Transaction;
use platform::trail::{Entry, Outcome};

use crate::Federation;
use crate::attempt::Attempt;
use crate::error::FederationError;
use crate::provider::{Provider, ProviderName};
use crate::store::{Link, Subject};
use crate::wire::{Exchange, Said};

/// What the browser brings back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// The provider's code.
    pub code: String,
    /// The state it was sent with.
    pub state: String,
    /// Whom the provider says it is (RFC 9207).
    pub iss: Option<String>,
    /// What the browser kept.
    pub browser_secret: String,
}

/// What a sign-in came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignedIn {
    /// The person is in.
    Tokens(Box<Tokens>),
    /// The person has a second factor, and this was the first.
    SecondFactor {
        /// For `POST /v1/sessions/second-factor`.
        challenge: String,
    },
}

impl Federation {
    /// Lets in whoever the provider says it is: the owner of the account that was linked, or somebody
    /// new whose address the provider has proven.
    pub async fn finish(
        &self,
        name: &ProviderName,
        returned: &Returned,
        origin: &Origin,
    ) -> Result<SignedIn, FederationError> {
        let (attempt, provider, said) = self.returned(name, returned, None, origin).await?;
        let subject = Subject::new(&provider.issuer, &said.subject);
        let user = match self.store.owner(&subject).await? {
            Some(user_id) => self.authority.user(&user_id).await?,
            None => Some(
                self.create(&provider, &subject, &said, attempt.cart_id.clone(), origin)
                    .await?,
            ),
        };
        let user = user.filter(User::is_active).ok_or(FederationError::NotUsable)?;
        if !user.second_factors.is_empty() {
            let step = SecondStep {
                methods: vec![Method::Provider],
                client_id: authority::STOREFRONT.to_owned(),
                scopes: None,
                cart_id: attempt.cart_id,
                origin: origin.clone(),
            };
            return Ok(SignedIn::SecondFactor {
                challenge: self.authority.second_step(&user, step)?,
            });
        }
        let start = Start {
            client_id: authority::STOREFRONT.to_owned(),
            scopes: None,
            methods: vec![Method::Provider],
            assurance: 1,
            origin: origin.clone(),
            cart_id: attempt.cart_id,
            authenticated_at: self.clock.now(),
        };
        let tokens = self.authority.start_session(&user, start).await?;
        Ok(SignedIn::Tokens(Box::new(tokens)))
    }

    /// Who it is, as far as the provider can be trusted. The way back is used up whatever comes of it.
    pub(crate) async fn returned(
        &self,
        name: &ProviderName,
        returned: &Returned,
        linking: Option<&UserId>,
        origin: &Origin,
    ) -> Result<(Attempt, Provider, Said), FederationError> {
        let now = self.clock.now();
        let taken = self
            .store
            .take(
                &returned.state,
                &returned.browser_secret,
                &self.secrets.fresh(),
                now,
            )
            .await?;
        let fits = |attempt: &Attempt| attempt.provider == *name && attempt.linking.as_ref() == linking;
        let attempt = taken.filter(fits).ok_or(FederationError::NoAttempt)?;
        let provider = self.enabled(name).await?;
        let said = match self.said(&attempt, &provider, returned).await {
            Ok(said) => said,
            Err(error) => {
                if let FederationError::Distrusted { why } = &error {
                    let entry = Entry::new("login.failed", "public", now)
                        .outcome(Outcome::Denied)
                        .from(origin.clone())
                        .with("provider", name.as_str())
                        .with("reason", *why);
                    self.trail.append(&entry).await?;
                }
                return Err(error);
            }
        };
        Ok((attempt, provider, said))
    }

    async fn said(
        &self,
        attempt: &Attempt,
        provider: &Provider,
        returned: &Returned,
    ) -> Result<Said, FederationError> {
        // Of which provider an answer is, is decided by what was asked, not by what was answered.
        if attempt.issuer != provider.issuer {
            return Err(FederationError::Distrusted {
                why: "issuer_changed",
            });
        }
        if returned
            .iss
            .as_ref()
            .is_some_and(|issuer| *issuer != provider.issuer)
        {
            return Err(FederationError::Distrusted {
                why: "answer_of_another",
            });
        }
        let exchange = Exchange {
            issuer: &provider.issuer,
            client_id: &provider.client_id,
            client_secret: &self
                .secrets
                .open(&provider.sealed_secret, provider.name.as_str())?,
            redirect_uri: &self.redirect_uri(&provider.name),
            code: &returned.code,
            verifier: &self.secrets.verifier(&returned.state)?,
            nonce: &self.secrets.nonce(&returned.state)?,
            now: self.clock.now(),
        };
        self.elsewhere.exchange(&exchange).await
    }

    /// An account for somebody new. That the address is somebody's already links nothing: whoever
    /// owns that account logs in and links it.
    async fn create(
        &self,
        provider: &Provider,
        subject: &Subject,
        said: &Said,
        cart_id: Option<String>,
        origin: &Origin,
    ) -> Result<User, FederationError> {
        let proven = said.email.as_deref().filter(|_| said.email_verified);
        let email = proven.and_then(|text| Email::parse(text).ok());
        let email = email.ok_or(FederationError::AddressUnproven)?;
        if self.authority.user_by_email(&email).await?.is_some() {
            return Err(FederationError::AccountExists);
        }
        let now = self.clock.now();
        let new = NewUser {
            user_id: UserId::mint(&Ids::new(now, &*self.random)),
            email,
            name: said.name.clone(),
            locale: None,
            roles: Vec::new(),
            cart_id,
        };
        let link = Link {
            user_id: new.user_id.clone(),
            provider: provider.name.clone(),
            subject: subject.clone(),
            made_account: true,
            linked_at: now,
        };
        let entry = Entry::new("user.created", new.user_id.as_str(), now)
            .about(new.user_id.as_str())
            .from(origin.clone())
            .with("provider", provider.name.as_str());
        let mut transaction = Transaction::new();
        for write in self.store.linking(&link) {
            transaction = transaction.with(write);
        }
        for write in self.authority.creating(&new) {
            transaction = transaction.with(write);
        }
        match transaction.with(self.trail.entry(&entry)).commit().await {
            Ok(()) => {}
            // The same person in another tab, or somebody with that address, was faster.
            Err(error) if error.condition_failed_at(0) => return Err(FederationError::NoAttempt),
            Err(error) if error.is_condition_failed() => return Err(FederationError::AccountExists),
            Err(error) => return Err(FederationError::Store(error.into())),
        }
        let user = self.authority.user(&new.user_id).await?;
        user.ok_or(FederationError::NotUsable)
    }
}
