//! The pages a person sees: sign in, second factor, consent, and a refusal that is told nobody else.
//!
//! Plain HTML without a script: it works in any browser, at 320 px, with a keyboard alone, and reads
//! well aloud. Every text from outside is escaped; the one style is allowed by its hash.

use std::fmt::Write as _;

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The HTTP status.
    pub status: u16,
    /// The document.
    pub html: String,
    /// Where its form may lead besides this provider: the client's address.
    pub form_leads_to: Option<String>,
}

/// What all forms carry.
#[derive(Debug, Clone, Copy)]
pub struct Form<'a> {
    /// The sealed transaction: proves which request and which browser the form belongs to.
    pub transaction: &'a str,
    /// The client's name.
    pub client: &'a str,
    /// Where the browser goes in the end.
    pub redirect_uri: &'a str,
}

/// What went wrong with an input, to be said at the top and beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mistake {
    /// The input's id.
    pub field: &'static str,
    /// A sentence that says what to do.
    pub sentence: &'static str,
}

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1b1b1f;--paper:#fff;--line:#6b6b76;--act:#1f4fbf;--on-act:#fff;--bad:#a3190b}
@media (prefers-color-scheme:dark){:root{--ink:#ececf1;--paper:#17171b;--line:#9a9aa6;--act:#9db8ff;--on-act:#101014;--bad:#ffb4a8}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{max-width:26rem;margin:0 auto;padding:1.5rem 1rem}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 1rem;overflow-wrap:anywhere}
p,li{overflow-wrap:anywhere}
label{display:block;font-weight:600;margin-top:1rem}
input{display:block;width:100%;font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:.25rem;padding:.625rem;margin-top:.25rem}
button{display:block;width:100%;min-height:2.75rem;font:inherit;font-weight:600;margin-top:1rem;padding:.625rem;border-radius:.25rem;border:1px solid var(--act);background:var(--act);color:var(--on-act);cursor:pointer}
button.quiet{background:transparent;color:var(--act)}
:focus-visible{outline:3px solid var(--act);outline-offset:2px}
.mistake{border-left:.25rem solid var(--bad);padding:.25rem 1rem;margin-bottom:1rem}
.mistake h2{font-size:1rem;margin:0}
.mistake p,.beside{color:var(--bad);margin:.25rem 0}
.mistake a{color:inherit}
.hint{margin:.25rem 0}
";

/// Asks for address and password.
pub fn sign_in(form: Form<'_>, email: &str, mistake: Option<Mistake>) -> Page {
    let (at_email, at_password) = (beside("email", mistake), beside("password", mistake));
    let email_first = if email.is_empty() { " autofocus" } else { "" };
    let password_first = if email.is_empty() { "" } else { " autofocus" };
    let body = format!(
        r#"<p>to continue to <strong>{client}</strong></p>
<form method="post" action="/oauth/authorize">
{hidden}<label for="email">E-mail address</label>
{email_note}<input id="email" name="email" type="email" autocomplete="username" inputmode="email" required maxlength="254" value="{email}"{email_described}{email_first}>
<label for="password">Password</label>
{password_note}<input id="password" name="password" type="password" autocomplete="current-password" required maxlength="1024"{password_described}{password_first}>
<button name="answer" value="sign_in">Sign in</button>
<button class="quiet" name="answer" value="deny" formnovalidate>Cancel</button>
</form>"#,
        client = escape(form.client),
        hidden = hidden(form),
        email = escape(email),
        email_note = at_email.0,
        email_described = at_email.1,
        password_note = at_password.0,
        password_described = at_password.1,
    );
    page("Sign in", &body, mistake, Some(form.redirect_uri))
}

/// Asks for a code of the second factor.
pub fn second_factor(form: Form<'_>, mistake: Option<Mistake>) -> Page {
    let at_code = beside("code", mistake);
    let body = format!(
        r#"<p>to continue to <strong>{client}</strong></p>
<form method="post" action="/oauth/authorize">
{hidden}<label for="code">Code</label>
<p class="hint" id="code-hint">From your authenticator app, or one of your recovery codes.</p>
{note}<input id="code" name="code" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" required maxlength="64"{described} autofocus>
<button name="answer" value="second_factor">Continue</button>
<button class="quiet" name="answer" value="deny" formnovalidate>Cancel</button>
</form>"#,
        client = escape(form.client),
        hidden = hidden(form),
        note = at_code.0,
        described = if at_code.1.is_empty() {
            r#" aria-describedby="code-hint""#
        } else {
            &at_code.1
        },
    );
    page("Confirm that it is you", &body, mistake, Some(form.redirect_uri))
}

/// Asks whether the client may.
pub fn consent<'a>(form: Form<'_>, account: &str, wishes: impl Iterator<Item = &'a str>) -> Page {
    let mut list = String::new();
    for wish in wishes {
        list.push_str("<li>");
        list.push_str(&escape(wish));
        list.push_str("</li>\n");
    }
    let body = format!(
        r#"<p>You are signed in as <strong>{account}</strong>. <strong>{client}</strong> wants to:</p>
<ul>
{list}</ul>
<p>You will go on to <strong>{place}</strong>. You can take this back in your account.</p>
<form method="post" action="/oauth/authorize">
{hidden}<button name="answer" value="allow">Allow</button>
<button class="quiet" name="answer" value="deny">Do not allow</button>
<button class="quiet" name="answer" value="another">Use another account</button>
</form>"#,
        client = escape(form.client),
        account = escape(account),
        place = escape(&crate::redirect::form_source(form.redirect_uri)),
        hidden = hidden(form),
    );
    page(
        &format!("Allow {}?", form.client),
        &body,
        None,
        Some(form.redirect_uri),
    )
}

/// Tells the person, and nobody else, that this leads nowhere.
pub fn refused(status: u16, what: &str, hint: &str) -> Page {
    let body = format!("<p>{}</p>\n<p>{}</p>", escape(what), escape(hint));
    Page {
        status,
        ..page("This request cannot be answered", &body, None, None)
    }
}

fn page(title: &str, body: &str, mistake: Option<Mistake>, redirect_uri: Option<&str>) -> Page {
    let title = escape(title);
    let (prefix, summary) = match mistake {
        Some(mistake) => ("Error: ", summary(mistake)),
        None => ("", String::new()),
    };
    let html = format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{prefix}{title}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
{summary}<h1>{title}</h1>
{body}
</main>
</body>
</html>
"#
    );
    Page {
        status: 200,
        html,
        form_leads_to: redirect_uri.map(crate::redirect::form_source),
    }
}

fn summary(mistake: Mistake) -> String {
    format!(
        "<div class=\"mistake\" role=\"alert\" aria-labelledby=\"mistake\">\n<h2 id=\"mistake\">There is a problem</h2>\n<p><a href=\"#{}\">{}</a></p>\n</div>\n",
        mistake.field,
        escape(mistake.sentence)
    )
}

/// The note above an input, and the attributes that tie it to the input.
fn beside(field: &'static str, mistake: Option<Mistake>) -> (String, String) {
    match mistake.filter(|mistake| mistake.field == field) {
        Some(mistake) => (
            format!(
                "<p class=\"beside\" id=\"{field}-note\">{}</p>\n",
                escape(mistake.sentence)
            ),
            format!(" aria-invalid=\"true\" aria-describedby=\"{field}-note\""),
        ),
        None => (String::new(), String::new()),
    }
}

fn hidden(form: Form<'_>) -> String {
    format!(
        "<input type=\"hidden\" name=\"transaction\" value=\"{}\">\n",
        escape(form.transaction)
    )
}

/// Text that is only text, in an element or in a quoted attribute.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' | '<' | '>' | '"' | '\'' => {
                // Writing into a string cannot fail.
                write!(escaped, "&#{};", u32::from(letter)).unwrap_or_default();
            }
            _ => escaped.push(letter),
        }
    }
    escaped
}
