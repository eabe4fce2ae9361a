//! Regions and quotes in JSON.

mod quote;
mod region;

pub use quote::{QuoteView, QuotedLineView, QuotedShippingView, TaxLineView};
pub use region::{PutRegion, RegionView, ShippingOptionBody, TaxBody, TaxModeName};

#[cfg(test)]
mod tests;
