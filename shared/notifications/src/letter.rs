//! What the shop writes to its buyers. Pure.
//!
//! Every letter is plain text first; the same with a little markup follows for those who show it.
//! Whatever a buyer or staff typed is escaped there.

use kernel::{Address, Money};

mod account;

/// One letter, before it has an addressee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The subject: one line.
    pub subject: String,
    /// The letter for every reader.
    pub text: String,
    /// The same with markup.
    pub html: String,
}

/// What an order confirmation says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation<'a> {
    /// What people call the order.
    pub number: &'a str,
    /// What was bought.
    pub lines: Vec<Bought<'a>>,
    /// The lines together.
    pub subtotal: Money,
    /// Shipping as charged.
    pub shipping: Money,
    /// All tax.
    pub tax: Money,
    /// What the buyer pays.
    pub total: Money,
    /// Where the goods go.
    pub address: &'a Address,
}

/// One line of a confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bought<'a> {
    /// In words.
    pub title: &'a str,
    /// How many.
    pub pieces: u32,
    /// As charged.
    pub total: Money,
}

/// What a cancelation says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cancelation<'a> {
    /// What people call the order, if it came that far.
    pub number: Option<&'a str>,
    /// The reason's code.
    pub reason: &'a str,
    /// Whether the buyer gets the cart back.
    pub cart_is_back: bool,
}

/// What a dispatch note says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispatch<'a> {
    /// What people call the order.
    pub number: &'a str,
    /// Who carries it.
    pub carrier: &'a str,
    /// The carrier's word for it.
    pub tracking_number: Option<&'a str>,
    /// How many pieces.
    pub pieces: u32,
}

/// A letter in the making: paragraphs, links, and tables of what and how much.
enum Part {
    Paragraph(String),
    Table(Vec<(String, String)>),
    Link(String),
}

impl Confirmation<'_> {
    /// The letter that confirms an order.
    pub fn letter(&self) -> Letter {
        let lines = self.lines.iter().map(|line| {
            (
                format!("{} × {}", line.pieces, line.title),
                line.total.to_string(),
            )
        });
        let mut sums = vec![
            ("Subtotal".to_owned(), self.subtotal.to_string()),
            ("Shipping".to_owned(), self.shipping.to_string()),
        ];
        // Where prices contain the tax, it adds nothing to the sum.
        let contained = self.subtotal.plus(self.shipping) == Ok(self.total);
        let total = ("Total".to_owned(), self.total.to_string());
        if contained {
            sums.extend([total, ("Tax contained".to_owned(), self.tax.to_string())]);
        } else {
            sums.extend([("Tax".to_owned(), self.tax.to_string()), total]);
        }
        compose(
            &format!("Your order {}", self.number),
            &[
                Part::Paragraph(format!("Thank you! Your order {} is confirmed.", self.number)),
                Part::Table(lines.collect()),
                Part::Table(sums),
                Part::Paragraph(format!("It goes to:\n{}", address_lines(self.address).join("\n"))),
            ],
        )
    }
}

impl Cancelation<'_> {
    /// The letter that says why an order ended.
    pub fn letter(&self) -> Letter {
        let order = self
            .number
            .map_or("Your order".to_owned(), |number| format!("Your order {number}"));
        let mut parts = vec![
            Part::Paragraph(format!("{order} was canceled: {}", reason_in_words(self.reason))),
            Part::Paragraph("You were not charged, or get back what was charged.".to_owned()),
        ];
        if self.cart_is_back {
            parts.push(Part::Paragraph(
                "Your cart is as it was, if you would like to try again.".to_owned(),
            ));
        }
        compose(&format!("{order} was canceled"), &parts)
    }
}

impl Dispatch<'_> {
    /// The letter that says that the goods are on their way.
    pub fn letter(&self) -> Letter {
        let pieces = if self.pieces == 1 {
            "1 piece".to_owned()
        } else {
            format!("{} pieces", self.pieces)
        };
        let mut sent = format!(
            "Your order {} ({pieces}) is on its way with {}.",
            self.number, self.carrier
        );
        if let Some(tracking_number) = self.tracking_number {
            sent = format!("{sent} The tracking number is {tracking_number}.");
        }
        compose(
            &format!("Your order {} is on its way", self.number),
            &[Part::Paragraph(sent)],
        )
    }
}

/// The reason as a buyer would say it. A reason that is not known is not made up.
fn reason_in_words(reason: &str) -> &'static str {
    match reason {
        "sold_out" => "something in it sold out before we could set it aside.",
        "payment_declined" => "your bank did not approve the payment.",
        "expired" => "the payment was not completed in time.",
        "buyer" => "as you asked.",
        "staff" => "we could not fulfill it.",
        _ => "we could not complete it.",
    }
}

fn address_lines(address: &Address) -> Vec<String> {
    let city = match &address.postal_code {
        Some(code) => format!("{code} {}", address.city),
        None => address.city.clone(),
    };
    let optional = |line: &Option<String>| line.clone().filter(|line| !line.is_empty());
    [
        Some(address.name.clone()),
        Some(address.line1.clone()),
        optional(&address.line2),
        Some(city),
        optional(&address.province),
        Some(address.country.to_string()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn compose(subject: &str, parts: &[Part]) -> Letter {
    let text: Vec<String> = parts.iter().map(Part::text).collect();
    let html: String = parts.iter().map(Part::html).collect();
    Letter {
        // A subject is one line, whatever was typed into the order.
        subject: subject.split_whitespace().collect::<Vec<_>>().join(" "),
        text: format!("{}\n", text.join("\n\n")),
        html: format!("<!doctype html><html><body style=\"font-family:sans-serif\">{html}</body></html>"),
    }
}

impl Part {
    fn text(&self) -> String {
        match self {
            Self::Paragraph(words) | Self::Link(words) => words.clone(),
            Self::Table(rows) => {
                let width = rows
                    .iter()
                    .map(|(what, _)| what.chars().count())
                    .max()
                    .unwrap_or(0);
                let lines: Vec<String> = rows
                    .iter()
                    .map(|(what, amount)| format!("{what:width$}  {amount:>14}"))
                    .collect();
                lines.join("\n")
            }
        }
    }

    fn html(&self) -> String {
        match self {
            Self::Paragraph(words) => format!("<p>{}</p>", escape(words).replace('\n', "<br>")),
            Self::Link(address) => {
                let address = escape(address);
                format!("<p><a href=\"{address}\">{address}</a></p>")
            }
            Self::Table(rows) => {
                let row = |(what, amount): &(String, String)| {
                    format!(
                        "<tr><td>{}</td><td align=\"right\">{}</td></tr>",
                        escape(what),
                        escape(amount)
                    )
                };
                format!(
                    "<table cellpadding=\"4\">{}</table>",
                    rows.iter().map(row).collect::<String>()
                )
            }
        }
    }
}

/// The text so that no part of it is read as markup.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
