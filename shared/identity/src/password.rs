//! Passwords: which are accepted, and the one form in which they are hashed. Pure.
//!
//! Length decides, not composition (NIST SP 800-63B-4, OWASP ASVS 5.0 chapter 6): no rule asks for digits or signs,
//! and nothing is cut off. What is refused is what attackers try first: common passwords, one thing
//! repeated, a run of neighbours, and words that belong to this account or shop.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

mod common;

/// What the schema of a request says, and more than any policy asks for: code points.
pub const CHARS_MAX: usize = 256;
/// Where a password is all that an account has.
pub const CHARS_MIN_ALONE: usize = 15;
/// Whatever else an account has.
pub const CHARS_MIN: usize = 8;

/// A text that somebody typed as a password, normalized (NFKC). Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl fmt::Debug for Password {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Password(…)")
    }
}

/// Why a password cannot be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Too few code points.
    #[error("choose at least {min} characters")]
    TooShort {
        /// How many it must have.
        min: usize,
    },
    /// Too many code points.
    #[error("choose at most 256 characters")]
    TooLong,
    /// One of those that attackers try first.
    #[error("this password is among the most common ones; choose another")]
    Common,
    /// One short thing again and again, or a run of neighbours.
    #[error("this password is one thing repeated, or a run like abcd; choose another")]
    Repetitive,
    /// Little more than the name of the shop or of the account.
    #[error("this password is little more than the name of the shop or of your account; choose another")]
    Contextual,
    /// Known from breaches of other services.
    #[error("this password is known from a breach of another service; choose another")]
    Breached,
}

impl WeakPassword {
    /// The code of the bad field.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort { .. } => "too_short",
            Self::TooLong => "too_long",
            Self::Common => "password_common",
            Self::Repetitive => "password_repetitive",
            Self::Contextual => "password_contextual",
            Self::Breached => "password_breached",
        }
    }
}

/// What is known of the account and the shop that a password must not merely repeat.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// What the shop is called.
    pub shop: &'a str,
    /// The account's address.
    pub email: &'a str,
    /// Whether the account has nothing but this password.
    pub alone: bool,
}

impl Password {
    /// The text as it is hashed: the same password typed on another keyboard gives the same bytes.
    pub fn new(typed: &str) -> Self {
        // A stranger's megabyte is not worth normalizing; the policy refuses it by its length.
        if typed.len() > CHARS_MAX * 16 {
            return Self(typed.to_owned());
        }
        Self(typed.nfkc().collect())
    }

    /// What is hashed.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Whether it is short enough to be anybody's. A longer one is not hashed at all.
    pub fn is_possible(&self) -> bool {
        self.0.chars().count() <= CHARS_MAX
    }

    /// Refuses what is too short or too easily guessed (ID-1, ID-3).
    pub fn check(&self, context: &Context<'_>) -> Result<(), WeakPassword> {
        let min = if context.alone { CHARS_MIN_ALONE } else { CHARS_MIN };
        let count = self.0.chars().count();
        if count < min {
            return Err(WeakPassword::TooShort { min });
        }
        if count > CHARS_MAX {
            return Err(WeakPassword::TooLong);
        }
        let folded = self.0.to_lowercase();
        let chars: Vec<char> = folded.chars().collect();
        if common::contains(&folded) || common::contains(folded.trim()) {
            return Err(WeakPassword::Common);
        }
        let unit = smallest_unit(&chars);
        let repeated: String = chars[..unit].iter().collect();
        // One short thing again and again, or a common one doubled.
        if unit < chars.len() && (unit < CHARS_MIN || common::contains(&repeated)) || is_run(&chars) {
            return Err(WeakPassword::Repetitive);
        }
        if is_mostly_context(&folded, context) {
            return Err(WeakPassword::Contextual);
        }
        Ok(())
    }
}

/// The length of the shortest beginning that makes up the whole when repeated; its last copy may be
/// cut off.
fn smallest_unit(chars: &[char]) -> usize {
    let repeats = |unit: &usize| {
        chars
            .iter()
            .zip(&chars[*unit..])
            .all(|(left, right)| left == right)
    };
    (1..=chars.len() / 2).find(repeats).unwrap_or(chars.len())
}

/// Whether each character is the neighbour of the one before, upwards or downwards; digits go round.
fn is_run(chars: &[char]) -> bool {
    let steps = |step: i64| {
        chars.windows(2).all(|pair| {
            let ascending = i64::from(u32::from(pair[1])) - i64::from(u32::from(pair[0])) == step;
            let round = matches!((pair[0], pair[1], step), ('9', '0', 1) | ('0', '9', -1));
            ascending || round
        })
    };
    steps(1) || steps(-1)
}

/// Whether fewer than eight characters are left when the names of shop and account are taken away.
fn is_mostly_context(folded: &str, context: &Context<'_>) -> bool {
    let email = context.email.to_lowercase();
    let local = email.rsplit_once('@').map_or(email.as_str(), |(local, _)| local);
    let shop = context.shop.to_lowercase();
    let words = [email.as_str(), local, shop.as_str()].into_iter();
    let words = words
        .chain(local.split(['.', '_', '-', '+']))
        .filter(|word| word.chars().count() >= 4);
    let mut rest = folded.to_owned();
    for word in words {
        rest = rest.replace(word, "");
    }
    rest.chars().count() < CHARS_MIN && rest.len() < folded.len()
}

#[cfg(test)]
mod tests;
