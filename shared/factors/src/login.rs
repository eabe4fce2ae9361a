//! Logging in: with a passkey alone, or with any factor as the second step; and proving once more
//! who one is.

use authority::{STOREFRONT, SessionId, Start, Tokens, User, UserId};
use kernel::{Fault, Origin, Time};
use platform::http::{Caller, Customer};
use platform::trail::{Entry, Outcome};

use crate::Factors;
use crate::enrol::user_id;
use crate::held::HeldError;
use crate::prove::{Proof, ProveError, Wanted};
use crate::wire::ceremony::Purpose;
use crate::wire::{CompleteLogin, PasskeyLogin, PasskeyProof, RequestOptions, RequestOptionsView};

impl Factors {
    /// What a browser needs to sign with a passkey: for the second step of a login, for the caller's
    /// own session, or to log in whoever it may be. Writes nothing.
    pub async fn begin_login(
        &self,
        challenge: Option<&str>,
        caller: &Caller,
        now: Time,
    ) -> Result<RequestOptionsView, Fault> {
        let purpose = match (challenge, caller) {
            (Some(challenge), _) => {
                let waiting = self.authority.open_second_step(challenge)?;
                let waiting = waiting.ok_or(ProveError::StepOver)?;
                Purpose::SecondStep {
                    user_id: waiting.user_id,
                    step_id: waiting.step_id,
                }
            }
            (None, Caller::Customer(customer)) => Purpose::StepUp {
                user_id: user_id(customer)?,
                session_id: session_id(customer)?,
            },
            (None, _) => Purpose::Login,
        };
        self.options(purpose, now).await
    }

    /// What a page of the shop's own needs to have a passkey of this user sign.
    pub async fn begin_page(&self, user: &User, now: Time) -> Result<RequestOptionsView, Fault> {
        let purpose = Purpose::Page {
            user_id: user.user_id.clone(),
        };
        self.options(purpose, now).await
    }

    async fn options(&self, purpose: Purpose, now: Time) -> Result<RequestOptionsView, Fault> {
        let passkeys = match &purpose {
            Purpose::Login => Vec::new(),
            Purpose::Register { user_id }
            | Purpose::SecondStep { user_id, .. }
            | Purpose::StepUp { user_id, .. }
            | Purpose::Page { user_id } => {
                let passkeys = self.store.held(user_id).await?.passkeys;
                if passkeys.is_empty() {
                    return Err(Fault::refused("no_passkey", "the account has no passkey"));
                }
                passkeys
            }
        };
        let alone = purpose == Purpose::Login;
        let (ceremony, sealed) = self.ceremonies.begin(purpose, now)?;
        Ok(RequestOptionsView {
            ceremony: sealed,
            public_key: RequestOptions::new(&self.party, &ceremony, &passkeys, alone),
        })
    }

    /// Logs in with a passkey alone. It must have verified its user, so it is two factors in one:
    /// the session has assurance 2. A cart whose token comes along becomes theirs.
    pub async fn login(
        &self,
        login: PasskeyLogin,
        cart_token: Option<&str>,
        origin: Origin,
        now: Time,
    ) -> Result<Tokens, Fault> {
        let proof = PasskeyProof {
            ceremony: login.ceremony,
            credential: login.credential,
        };
        let Some(user) = self.holder(&proof).await? else {
            let entry = Entry::new("login.failed", "public", now)
                .outcome(Outcome::Denied)
                .from(origin)
                .with("method", "passkey");
            self.trail.append(&entry).await?;
            return Err(ProveError::Unknown.into());
        };
        let wanted = Wanted {
            user: &user,
            purpose: Purpose::Login,
            user_verification: true,
            beside: Vec::new(),
            origin: &origin,
            now,
        };
        let method = self.prove(&wanted, &Proof::Passkey(proof)).await?;
        let start = Start {
            client_id: STOREFRONT.to_owned(),
            scopes: None,
            methods: vec![method],
            assurance: 2,
            origin,
            cart_id: self.cart_of(cart_token, now),
            authenticated_at: now,
        };
        self.authority.start_session(&user, start).await
    }

    /// Completes a login whose first step asked for a second. Five tries; it is completed once.
    ///
    /// The step is used up before the session begins: an answer that gets lost between the two
    /// leaves nothing, and the login begins anew.
    pub async fn complete_login(
        &self,
        step: CompleteLogin,
        origin: Origin,
        now: Time,
    ) -> Result<Tokens, Fault> {
        let proof = Proof::try_from(step.method)?;
        let waiting = self.authority.open_second_step(&step.challenge)?;
        let waiting = waiting.ok_or(ProveError::StepOver)?;
        let user = self.authority.user(&waiting.user_id).await?;
        let same = |user: &User| user.is_active() && user.epoch == waiting.epoch;
        let user = user.filter(same).ok_or(ProveError::StepOver)?;
        if !self.store.try_login(&waiting.step_id, now).await? {
            return Err(ProveError::StepOver.into());
        }
        let wanted = Wanted {
            user: &user,
            purpose: Purpose::SecondStep {
                user_id: user.user_id.clone(),
                step_id: waiting.step_id.clone(),
            },
            user_verification: false,
            beside: vec![self.store.completing(&waiting.step_id, now)],
            origin: &origin,
            now,
        };
        let method = self.prove(&wanted, &proof).await?;
        let mut methods = waiting.step.methods;
        methods.push(method);
        let start = Start {
            client_id: waiting.step.client_id,
            scopes: waiting.step.scopes,
            methods,
            assurance: 2,
            origin,
            cart_id: waiting.step.cart_id,
            authenticated_at: now,
        };
        self.authority.start_session(&user, start).await
    }

    /// Proves once more who the caller is. Their session is fresh, and of assurance 2, from now on.
    /// A wrong code is a refusal (`factor_code_wrong`): the session itself is as good as before.
    pub async fn confirm(
        &self,
        customer: &Customer,
        proof: Proof,
        origin: &Origin,
        now: Time,
    ) -> Result<Tokens, Fault> {
        let (user_id, session_id) = (user_id(customer)?, session_id(customer)?);
        let user = self.authority.user(&user_id).await?;
        let user = user.ok_or_else(|| Fault::missing("user"))?;
        let wanted = Wanted {
            user: &user,
            purpose: Purpose::StepUp {
                user_id: user_id.clone(),
                session_id: session_id.clone(),
            },
            user_verification: false,
            beside: Vec::new(),
            origin,
            now,
        };
        let method = match self.prove(&wanted, &proof).await {
            Err(ProveError::Wrong) => return Err(HeldError::CodeWrong.into()),
            proven => proven?,
        };
        self.authority
            .raise_session(&user_id, &session_id, vec![method], 2, origin)
            .await
    }

    /// The cart that a token opens; one that opens none is no reason to refuse a login.
    fn cart_of(&self, token: Option<&str>, now: Time) -> Option<String> {
        self.cart_tokens.as_ref()?.verify(token?, now).ok()
    }

    /// The user whose passkey it claims to be, if that is somebody who can log in.
    async fn holder(&self, proof: &PasskeyProof) -> Result<Option<User>, Fault> {
        let authentication = proof.credential.read()?;
        let named = authentication.user_handle.as_deref();
        let Some(named) = named.and_then(|named| UserId::parse(named).ok()) else {
            return Ok(None);
        };
        if self.store.owner(&authentication.id).await?.as_ref() != Some(&named) {
            return Ok(None);
        }
        let user = self.authority.user(&named).await?;
        Ok(user.filter(User::is_active))
    }
}

fn session_id(customer: &Customer) -> Result<SessionId, Fault> {
    SessionId::parse(&customer.presence.session_id).map_err(Fault::broken)
}
