//! How a buyer pays: a provider and a token that stands for the card. Pure.
//!
//! Card data never enters the shop. What looks like a card number is refused, and is not repeated
//! in the refusal.

/// A provider the shop can charge through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderName {
    /// The embedded provider; its tokens decide what happens.
    Sandbox,
}

/// What the sandbox provider does with a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SandboxToken {
    /// Grants at once.
    Approve,
    /// Declines with `card_declined`.
    Decline,
    /// Declines with `insufficient_funds`.
    InsufficientFunds,
    /// Asks the buyer to confirm on the bank's page.
    ActionRequired,
    /// Gives no answer at first, and grants when asked again.
    Slow,
    /// Grants, and loses its answer.
    TimeoutAfterCommit,
    /// Grants, and sends its webhook twice.
    DuplicateWebhook,
}

/// A provider and a token it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The embedded provider.
    Sandbox(SandboxToken),
}

/// Why a payment method cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MethodError {
    /// The shop does not work with this provider.
    #[error("the payment provider is not known; use `sandbox`")]
    UnknownProvider,
    /// The provider does not know the token.
    #[error("the payment token is not known to the provider")]
    UnknownToken,
    /// Somebody sent a card number.
    #[error("this looks like a card number; card data must go to the payment provider, send its token")]
    CardNumber,
}

impl MethodError {
    /// The stable code that clients see.
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownProvider => "payment_provider_unknown",
            Self::UnknownToken => "payment_token_unknown",
            Self::CardNumber => "card_number_refused",
        }
    }
}

impl ProviderName {
    /// The name on the wire and in the books.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
        }
    }
}

impl SandboxToken {
    /// Every token, in the order of the documentation.
    pub const ALL: [Self; 7] = [
        Self::Approve,
        Self::Decline,
        Self::InsufficientFunds,
        Self::ActionRequired,
        Self::Slow,
        Self::TimeoutAfterCommit,
        Self::DuplicateWebhook,
    ];

    /// The token's text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "tok_approve",
            Self::Decline => "tok_decline",
            Self::InsufficientFunds => "tok_insufficient_funds",
            Self::ActionRequired => "tok_action_required",
            Self::Slow => "tok_slow",
            Self::TimeoutAfterCommit => "tok_timeout_after_commit",
            Self::DuplicateWebhook => "tok_duplicate_webhook",
        }
    }
}

impl Method {
    /// Accepts a known provider and one of its tokens, and nothing that looks like a card number.
    pub fn parse(provider: &str, token: &str) -> Result<Self, MethodError> {
        if looks_like_a_card(token) || looks_like_a_card(provider) {
            return Err(MethodError::CardNumber);
        }
        if provider != ProviderName::Sandbox.as_str() {
            return Err(MethodError::UnknownProvider);
        }
        let known = SandboxToken::ALL
            .into_iter()
            .find(|known| known.as_str() == token);
        known.map(Self::Sandbox).ok_or(MethodError::UnknownToken)
    }

    /// Whom it is charged through.
    pub const fn provider(self) -> ProviderName {
        match self {
            Self::Sandbox(_) => ProviderName::Sandbox,
        }
    }

    /// The token's text.
    pub const fn token(self) -> &'static str {
        match self {
            Self::Sandbox(token) => token.as_str(),
        }
    }
}

/// Whether the text holds 12 to 19 digits, in one piece or parted by blanks or hyphens, whose check
/// digit is right (ISO/IEC 7812, Luhn).
pub fn looks_like_a_card(text: &str) -> bool {
    let holds = |separators: &[char]| {
        let outside = |character: char| !character.is_ascii_digit() && !separators.contains(&character);
        text.split(outside).any(|run| {
            let digits: Vec<u32> = run
                .chars()
                .filter_map(|character| character.to_digit(10))
                .collect();
            (12..=19).contains(&digits.len()) && passes_luhn(&digits)
        })
    };
    holds(&[]) || holds(&[' ', '-'])
}

fn passes_luhn(digits: &[u32]) -> bool {
    let weigh = |(index, digit): (usize, &u32)| match (index % 2, digit * 2) {
        (0, _) => *digit,
        (_, doubled) if doubled > 9 => doubled - 9,
        (_, doubled) => doubled,
    };
    digits.iter().rev().enumerate().map(weigh).sum::<u32>() % 10 == 0
}

#[cfg(test)]
mod tests;
