//! What must happen next with an authorization request. Pure: the same facts, the same answer.

use kernel::{Duration, Time};

use crate::refusal::{Code, Refusal};
use crate::request::AuthorizationRequest;
use crate::scope::Scopes;

/// A person who has shown who they are, at this provider, in this browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub user_id: String,
    /// When.
    pub authenticated_at: Time,
    /// How: `pwd`, `otp`, …
    pub methods: Vec<String>,
    /// 1, or 2 with a second factor.
    pub assurance: u8,
    /// The user's epoch then; when it moves on, every session is over.
    pub epoch: u64,
}

/// What has been asked already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// The person signed in for this request.
    pub sign_in: bool,
    /// The person agreed to this request.
    pub consent: bool,
}

/// What is known when the next step is decided.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Who is signed in.
    pub signed_in: Option<&'a SignedIn>,
    /// Whether that person has a second factor.
    pub has_second_factor: bool,
    /// Whether no other program can come in this client's name: it has a secret, or an address that only
    /// it answers at.
    pub is_told_apart: bool,
    /// What that person has agreed to before.
    pub consented: &'a Scopes,
    /// What has been asked for this request.
    pub asked: &'a Asked,
    /// Now.
    pub now: Time,
}

/// The next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Ask for address and password.
    SignIn,
    /// Ask for a second factor.
    SecondFactor,
    /// Ask whether the client may.
    Consent,
    /// Give the client a code.
    Grant,
    /// Tell the client no.
    Refuse(Refusal),
}

/// Decides the next step of a request.
pub fn next(request: &AuthorizationRequest, facts: Facts<'_>) -> Next {
    let quietly = |code, page| match request.prompt.none {
        true => Next::Refuse(Refusal::new(code, "a page would have to be shown")),
        false => page,
    };
    let Some(person) = facts.signed_in.filter(|person| is_recent(request, person, facts)) else {
        return quietly(Code::LoginRequired, Next::SignIn);
    };
    // Whoever has a second factor gives it, whatever the client asks for.
    let needed = if facts.has_second_factor {
        2
    } else {
        request.assurance
    };
    if person.assurance < needed {
        if !facts.has_second_factor {
            return Next::Refuse(Refusal::new(
                Code::UnmetAuthenticationRequirements,
                "the person has no second factor",
            ));
        }
        return quietly(Code::InteractionRequired, Next::SecondFactor);
    }
    // Any program on the device can listen on a loopback port or claim an app's scheme: for those, what
    // was agreed to before is no answer (RFC 8252 §8.6).
    let remembered = facts.is_told_apart && request.scopes.are_within(facts.consented);
    let agreed = facts.asked.consent || (remembered && !request.prompt.consent);
    if agreed {
        Next::Grant
    } else {
        quietly(Code::ConsentRequired, Next::Consent)
    }
}

/// Signed in recently enough for this request.
fn is_recent(request: &AuthorizationRequest, person: &SignedIn, facts: Facts<'_>) -> bool {
    if facts.asked.sign_in {
        return true;
    }
    let age = facts.now.since(person.authenticated_at);
    let young = request
        .max_age_s
        .is_none_or(|limit| age <= Duration::seconds(limit));
    young && !request.prompt.login
}
