//! The authorization endpoint, the forms: sign in, second factor, consent, or no.

use authority::Method;
use kernel::{Fault, Origin};

use crate::answer::Answered;
use crate::authorize::{Person, Situation};
use crate::decision::SignedIn;
use crate::page::Mistake;
use crate::parameters::Parameters;
use crate::people::{WithCode, WithPassword};
use crate::refusal::{Code, Refusal};
use crate::secret;
use crate::{Forms, Provider};

const WRONG_PASSWORD: Mistake = Mistake {
    field: "email",
    sentence: "Address and password do not belong together. Check both and try again.",
};
const WRONG_CODE: Mistake = Mistake {
    field: "code",
    sentence: "This code is not right, or was used before. Wait for the next one and try again.",
};
const WAIT: Mistake = Mistake {
    field: "code",
    sentence: "There were too many wrong codes. Wait a few minutes and try again.",
};
const CHANGE_PASSWORD: Mistake = Mistake {
    field: "password",
    sentence: "This password is good only for choosing another. Choose one in the shop, then come back.",
};
const BEGIN_AGAIN: Mistake = Mistake {
    field: "email",
    sentence: "That took too long. Sign in again.",
};

impl Forms {
    /// Answers `POST /oauth/authorize`: a form of one of our pages, from the browser that was shown
    /// it, sent once.
    pub async fn decide(
        &self,
        form: Result<Parameters, Refusal>,
        browser: Option<&str>,
        origin: &Origin,
    ) -> Result<Answered, Fault> {
        let Ok(form) = &form else {
            return Ok(Provider::too_late());
        };
        let Some(mut at) = self.provider.situation(form, browser).await? else {
            return Ok(Provider::too_late());
        };
        match form.get("answer").unwrap_or_default() {
            "deny" => {
                let refusal = Refusal::new(Code::AccessDenied, "the person said no");
                return self.provider.turn_away(at, refusal).await;
            }
            "sign_in" => self.sign_in(&mut at, form, origin).await?,
            "second_factor" => self.second_factor(&mut at, form, origin).await?,
            "allow" if at.pending.signed_in.is_some() => at.pending.asked.consent = true,
            "another" => {
                if let Some(browser) = browser {
                    self.provider.store.sign_out(browser).await?;
                }
                at.pending.signed_in = None;
                at.pending.asked.sign_in = false;
            }
            _ => return Ok(Provider::too_late()),
        }
        self.provider.go_on(at).await
    }

    async fn sign_in(&self, at: &mut Situation, form: &Parameters, origin: &Origin) -> Result<(), Fault> {
        let email = form.get("email").unwrap_or_default();
        let password = form.get("password").unwrap_or_default();
        email.clone_into(&mut at.email);
        match self.people.with_password(email, password, origin).await? {
            WithPassword::Wrong => at.mistake = Some(WRONG_PASSWORD),
            WithPassword::MustChange => at.mistake = Some(CHANGE_PASSWORD),
            WithPassword::Right(user) => {
                let person = SignedIn {
                    user_id: user.user_id.to_string(),
                    authenticated_at: self.provider.clock.now(),
                    methods: vec![Method::Password.as_str().to_owned()],
                    assurance: 1,
                    epoch: user.epoch,
                };
                at.pending.asked.sign_in = true;
                let completely = user.second_factors.is_empty();
                self.provider.signed_in(at, person, completely).await?;
            }
        }
        Ok(())
    }

    async fn second_factor(
        &self,
        at: &mut Situation,
        form: &Parameters,
        origin: &Origin,
    ) -> Result<(), Fault> {
        let code = form.get("code").unwrap_or_default();
        let Some(Person { signed_in, user }) = self.provider.person(at.pending.signed_in.as_ref()).await?
        else {
            at.mistake = Some(BEGIN_AGAIN);
            return Ok(());
        };
        match self.people.with_code(&user, code, origin).await? {
            WithCode::Wrong => at.mistake = Some(WRONG_CODE),
            WithCode::Wait => at.mistake = Some(WAIT),
            WithCode::Right(method) => {
                let mut methods = signed_in.methods;
                methods.push(method.as_str().to_owned());
                let person = SignedIn {
                    methods,
                    assurance: 2,
                    authenticated_at: self.provider.clock.now(),
                    ..signed_in
                };
                self.provider.signed_in(at, person, true).await?;
            }
        }
        Ok(())
    }
}

impl Provider {
    /// The request that a form belongs to; none unless the form is of this browser and of the
    /// request's present step.
    async fn situation(&self, form: &Parameters, browser: Option<&str>) -> Result<Option<Situation>, Fault> {
        let now = self.clock.now();
        let (Some(sealed), Some(browser)) = (form.get("transaction"), browser) else {
            return Ok(None);
        };
        let browser = secret::hash(browser);
        let Ok(step) = self.transactions.open(sealed, &browser, now) else {
            return Ok(None);
        };
        let pending = self.store.pending(&step.authorization_id).await?;
        let current = |pending: &crate::grant::Pending| {
            pending.step == step.step && pending.browser == browser && pending.expires_at > now
        };
        let Some(pending) = pending.filter(current) else {
            return Ok(None);
        };
        let client = self.store.client(&pending.request.client_id).await?;
        // The client may have been disabled, or lost this address, while the person was reading.
        let good = client.filter(|client| client.enabled && client.trusts(&pending.request.redirect_uri));
        Ok(good.map(|client| Situation {
            client,
            pending,
            is_kept: true,
            mistake: None,
            email: String::new(),
            new_browser: None,
        }))
    }

    /// Somebody has shown who they are: the browser gets a new secret, so that one planted before
    /// is worth nothing, and, when nothing else is asked of them, is remembered.
    async fn signed_in(&self, at: &mut Situation, person: SignedIn, completely: bool) -> Result<(), Fault> {
        let browser = secret::fresh(&*self.random);
        if completely {
            self.store.sign_in(&browser, &person).await?;
        }
        at.pending.browser = secret::hash(&browser);
        at.pending.signed_in = Some(person);
        // Whoever agrees does so once it is known who they are.
        at.pending.asked.consent = false;
        at.new_browser = Some(browser);
        Ok(())
    }
}
