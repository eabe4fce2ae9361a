//! What happened to an order, by whom and why: appended, never changed.

use kernel::Time;

/// The most entries an order keeps. The moves of its status are at most eight; what can repeat
/// without end is money (partial captures and refunds), whose own ledger is complete, so beyond
/// this many entries only the payments' are left out.
pub const HISTORY_MAX: usize = 100;

/// Who moved an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Who holds the cart's token.
    Buyer,
    /// A member of staff or a machine, by the id of its key.
    Staff(String),
    /// The shop itself: stock, time, completion.
    Shop,
    /// The payments context.
    Payments,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Time,
    /// Who.
    pub by: Actor,
    /// What, as one word.
    pub what: String,
    /// Why, when there is more to say.
    pub why: Option<String>,
}

impl Actor {
    /// As one text: `buyer`, `shop`, `payments` or `staff:<key id>`.
    pub fn to_text(&self) -> String {
        match self {
            Self::Buyer => "buyer".to_owned(),
            Self::Shop => "shop".to_owned(),
            Self::Payments => "payments".to_owned(),
            Self::Staff(key_id) => format!("staff:{key_id}"),
        }
    }

    /// Reads the text back.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "buyer" => Some(Self::Buyer),
            "shop" => Some(Self::Shop),
            "payments" => Some(Self::Payments),
            text => text
                .strip_prefix("staff:")
                .map(|key_id| Self::Staff(key_id.to_owned())),
        }
    }
}

pub(super) fn append(history: &mut Vec<Entry>, entry: Entry) {
    if history.len() < HISTORY_MAX || entry.by != Actor::Payments {
        history.push(entry);
    }
}
