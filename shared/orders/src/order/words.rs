//! The words of an order's life: what is stored, sent and filtered by.

use std::fmt;

/// Makes an enum whose variants are words: `as_str`, `parse`, `ALL`, `Display`.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant),+
        }

        impl $name {
            /// Every variant.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word that is stored and sent.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }

            /// Reads the word back.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|variant| variant.as_str() == word)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// Where an order stands as a whole.
    Status {
        /// Placed; its stock is being reserved.
        Pending = "pending",
        /// Its stock is held; its payment is being authorized.
        Reserved = "reserved",
        /// Stock and money are certain; it can be shipped.
        Confirmed = "confirmed",
        /// Handed to the carrier.
        Fulfilled = "fulfilled",
        /// Delivered and paid. Final.
        Completed = "completed",
        /// Ended before shipping. Final.
        Canceled = "canceled",
    }
}

words! {
    /// Where its money stands, as the payments context last told.
    PaymentStatus {
        /// Nothing is known yet.
        Awaiting = "awaiting",
        /// The buyer must act at their bank.
        ActionRequired = "action_required",
        /// The whole amount is set aside.
        Authorized = "authorized",
        /// A part of the amount is taken.
        PartiallyCaptured = "partially_captured",
        /// The whole amount is taken.
        Captured = "captured",
        /// A part of what was taken is given back.
        PartiallyRefunded = "partially_refunded",
        /// All that was taken is given back.
        Refunded = "refunded",
        /// What was set aside is given free.
        Voided = "voided",
        /// The provider refused.
        Failed = "failed",
    }
}

words! {
    /// Where its goods stand.
    FulfillmentStatus {
        /// Nothing has left.
        Unfulfilled = "unfulfilled",
        /// All has left.
        Fulfilled = "fulfilled",
    }
}

words! {
    /// Why an order was canceled.
    CancelReason {
        /// Stock was short.
        SoldOut = "sold_out",
        /// The provider refused the payment.
        PaymentDeclined = "payment_declined",
        /// It was not decided in time.
        Expired = "expired",
        /// The buyer wanted it.
        Buyer = "buyer",
        /// The shop wanted it.
        Staff = "staff",
    }
}

words! {
    /// What a caller may ask of an order.
    Action {
        /// `POST …/cancel`.
        Cancel = "cancel",
        /// `POST …/ship`.
        Ship = "ship",
        /// `POST …/deliver`.
        Deliver = "deliver",
    }
}

impl PaymentStatus {
    /// Whether the money for the goods is certain: set aside or taken.
    pub const fn is_covered(self) -> bool {
        match self {
            Self::Authorized | Self::PartiallyCaptured | Self::Captured | Self::PartiallyRefunded => true,
            Self::Awaiting | Self::ActionRequired | Self::Refunded | Self::Voided | Self::Failed => false,
        }
    }

    /// Whether the money has been taken in full, whatever was given back since.
    pub const fn is_collected(self) -> bool {
        matches!(self, Self::Captured | Self::PartiallyRefunded | Self::Refunded)
    }

    /// Whether no money will come.
    pub const fn is_lost(self) -> bool {
        matches!(self, Self::Failed | Self::Voided | Self::Refunded)
    }
}

impl CancelReason {
    /// Whether the buyer gets the cart back: they still want the goods.
    pub const fn reopens_cart(self) -> bool {
        match self {
            Self::SoldOut | Self::PaymentDeclined | Self::Expired => true,
            Self::Buyer | Self::Staff => false,
        }
    }
}

/// The actions in one phrase.
pub(super) fn list(actions: &[Action]) -> String {
    match actions {
        [] => "nothing".to_owned(),
        actions => actions
            .iter()
            .map(|action| action.as_str())
            .collect::<Vec<_>>()
            .join(", "),
    }
}
