//! Words without machinery: ids, money, time, pages and faults.
//!
//! Everything here is pure and synchronous and knows neither AWS nor HTTP, so that a rule which
//! uses only this crate cannot fail for reasons of input or output.

#[macro_use]
mod text;

mod clock;
mod contact;
mod currency;
mod fault;
mod goods;
mod id;
mod money;
mod origin;
mod page;

pub use clock::{BadTime, Clock, Duration, FixedClock, Time};
pub use contact::{Address, CountryCode, Email};
pub use currency::Currency;
pub use fault::{Fault, FieldFault};
pub use goods::{Handle, Quantity, Sku};
#[doc(hidden)]
pub use id::is_body as id_body_is_valid;
pub use id::{Ids, InvalidId, Random, SeededRandom};
pub use money::{Money, MoneyError, Rate};
pub use origin::{Origin, network_of};
pub use page::{Limit, Page};
pub use text::InvalidText;

#[cfg(test)]
mod tests;
