//! What a browser is answered: a page or the way to the client, and a cookie.

use http::StatusCode;
use platform::http::{Cookie, Html, OneOf, Redirect};

use crate::Provider;
use crate::grant::BROWSER_LIFE;
use crate::page::Page;

/// The cookie of a browser that knows us. The prefix makes browsers refuse it unless it is ours,
/// for the whole host, over TLS; on one machine without TLS it has another name.
const COOKIE: &str = "__Host-cartwright";
const LOCAL_COOKIE: &str = "cartwright";

/// What the authorization endpoint answers.
#[derive(Debug)]
pub struct Answered {
    pub(crate) shown: Shown,
    pub(crate) cookie: Option<Cookie>,
}

/// What a browser sees next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// One of our pages.
    Page(Page),
    /// The client's address.
    Away(String),
}

impl Provider {
    /// The name of the cookie that a browser keeps for the provider.
    pub fn cookie_name(&self) -> &'static str {
        if self.is_local() { LOCAL_COOKIE } else { COOKIE }
    }

    pub(crate) fn cookie(&self, secret: &str) -> Cookie {
        Cookie::new(self.cookie_name(), secret)
            .life(BROWSER_LIFE)
            .secure_if(!self.is_local())
    }

    fn is_local(&self) -> bool {
        self.issuer.starts_with("http://")
    }
}

impl From<Answered> for OneOf<Html, Redirect> {
    /// Always 303 to the client: what a person typed into a form is never sent on (RFC 9700 §4.12).
    fn from(answered: Answered) -> Self {
        match answered.shown {
            Shown::Page(page) => {
                let status = StatusCode::from_u16(page.status).unwrap_or(StatusCode::BAD_REQUEST);
                let mut html = Html::new(page.html).with_status(status);
                if let Some(source) = page.form_leads_to {
                    html = html.form_action(source);
                }
                Self::First(match answered.cookie {
                    Some(cookie) => html.cookie(&cookie),
                    None => html,
                })
            }
            Shown::Away(address) => {
                let redirect = Redirect::see_other(address);
                Self::Second(match answered.cookie {
                    Some(cookie) => redirect.cookie(&cookie),
                    None => redirect,
                })
            }
        }
    }
}
