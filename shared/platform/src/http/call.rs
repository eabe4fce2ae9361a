//! What a handler is given: a proven body, a proven query, a known caller, a moment and ids.

use std::fmt;
use std::sync::Arc;

use http::{HeaderMap, Method};
use kernel::{Fault, Ids, Limit, Origin, Random, Time};
use serde::de::DeserializeOwned;
use serde::de::value::{Error as ValueError, StrDeserializer};

use super::caller::{Caller, Customer, Staff};
use super::reply::same_tag;
use crate::token::Sealer;

/// One call of one operation. `B` is the JSON body (`()` for none), `Q` the query parameters beside
/// `limit` and `cursor` (`()` for none).
#[derive(Debug)]
pub struct Call<B = (), Q = ()> {
    /// The body, checked against its schema.
    pub body: B,
    /// The query, checked against its schema; an unknown parameter never comes this far.
    pub query: Q,
    /// Who calls.
    pub caller: Caller,
    /// Which version of the resource the caller wants to change.
    pub if_match: IfMatch,
    pub(super) asked: Arc<Asked>,
}

/// Which page of a list is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// How many items.
    pub limit: Limit,
    /// The store's own position to go on from; the signature of the client's cursor was right.
    pub cursor: Option<String>,
}

/// What is known of the request besides its body: shared by the handler's call and the answer.
pub(super) struct Asked {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) path_parameters: Vec<(String, String)>,
    pub(super) raw_query: String,
    pub(super) headers: HeaderMap,
    pub(super) request_id: String,
    pub(super) address: String,
    pub(super) now: Time,
    pub(super) ids_at: Time,
    pub(super) random: Arc<dyn Random>,
    pub(super) page: PageRequest,
    pub(super) cursors: Option<Arc<Sealer>>,
}

/// The longest user agent that is kept.
const USER_AGENT_CHARS_MAX: usize = 256;

/// Where a request came from, as far as its headers and its address say.
pub(super) fn origin_of(address: &str, headers: &HeaderMap, request_id: &str) -> Origin {
    let agent = headers
        .get(http::header::USER_AGENT)
        .and_then(|value| value.to_str().ok());
    Origin {
        address: address.to_owned(),
        user_agent: agent.map(|text| text.chars().take(USER_AGENT_CHARS_MAX).collect()),
        request_id: request_id.to_owned(),
    }
}

impl Asked {
    fn origin(&self) -> Origin {
        origin_of(&self.address, &self.headers, &self.request_id)
    }
}

impl fmt::Debug for Asked {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Asked")
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl<B, Q> Call<B, Q> {
    /// The path parameter of this name. What cannot be such an id names nothing: a malformed id is
    /// missing (404), exactly as an unknown one.
    pub fn path<T: DeserializeOwned>(&self, name: &'static str) -> Result<T, Fault> {
        let text = self.path_text(name)?;
        let reader = StrDeserializer::<ValueError>::new(text);
        T::deserialize(reader).map_err(|_| Fault::missing(name.strip_suffix("_id").unwrap_or(name)))
    }

    /// The path parameter of this name as text.
    pub fn path_text(&self, name: &'static str) -> Result<&str, Fault> {
        let found = self.asked.path_parameters.iter().find(|(key, _)| key == name);
        found
            .map(|(_, value)| value.as_str())
            .ok_or_else(|| Fault::broken(format!("the route has no parameter `{name}`")))
    }

    /// The cart that the presented cart token opens. Whoever presented none is not authenticated.
    pub fn guest_cart<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        let refused = || Fault::unauthenticated("give the cart's token in x-cart-token");
        let guest = match &self.caller {
            Caller::Guest(guest) => guest,
            Caller::Customer(customer) => customer.guest.as_ref().ok_or_else(refused)?,
            Caller::Public { .. } | Caller::Staff(_) => return Err(refused()),
        };
        T::deserialize(StrDeserializer::<ValueError>::new(&guest.cart_id)).map_err(|_| refused())
    }

    /// The customer who calls. Anybody else is not authenticated.
    pub fn customer(&self) -> Result<&Customer, Fault> {
        match &self.caller {
            Caller::Customer(customer) => Ok(customer),
            Caller::Public { .. } | Caller::Guest(_) | Caller::Staff(_) => {
                Err(Fault::unauthenticated("give an access token as a bearer token"))
            }
        }
    }

    /// The member of staff or the machine that calls. Anybody else is not authenticated.
    pub fn staff(&self) -> Result<&Staff, Fault> {
        match &self.caller {
            Caller::Staff(staff) => Ok(staff),
            Caller::Public { .. } | Caller::Guest(_) | Caller::Customer(_) => Err(Fault::unauthenticated(
                "give an access token or an API key as a bearer token",
            )),
        }
    }

    /// Where the call came from.
    pub fn origin(&self) -> Origin {
        self.asked.origin()
    }

    /// Mints ids. Under an `Idempotency-Key` a repeated or resumed call mints the same ids, in the
    /// same order, so that a create which died half-way finds its own row.
    pub fn ids(&self) -> Ids<'_> {
        Ids::new(self.asked.ids_at, &*self.asked.random)
    }

    /// The moment of the call.
    pub fn now(&self) -> Time {
        self.asked.now
    }

    /// The id that the client, the answer and the log line share.
    pub fn request_id(&self) -> &str {
        &self.asked.request_id
    }

    /// The page that is asked for: `limit` 1 to 100, else 20; `cursor` proven to be of this query.
    pub fn page(&self) -> PageRequest {
        self.asked.page.clone()
    }

    /// For how many seconds the client would wait for the work to settle (`prefer: wait=5`,
    /// RFC 7240): at most 5.
    pub fn prefer_wait(&self) -> Option<u32> {
        let values = self
            .asked
            .headers
            .get_all("prefer")
            .iter()
            .filter_map(|value| value.to_str().ok());
        let mut preferences = values.flat_map(|value| value.split([',', ';']));
        preferences.find_map(|preference| {
            let (name, seconds) = preference.split_once('=')?;
            let seconds = seconds.trim().trim_matches('"').parse::<u32>().ok()?;
            name.trim().eq_ignore_ascii_case("wait").then_some(seconds.min(5))
        })
    }

    /// A header's text, when it was sent and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.asked.headers.get(name)?.to_str().ok()
    }

    /// A cookie's value, when it was sent once.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        super::cookie::find(&self.asked.headers, name)
    }

    /// The request's method.
    pub fn method(&self) -> &Method {
        &self.asked.method
    }

    /// The request's path as it was sent, percent-encoding included.
    pub fn raw_path(&self) -> &str {
        &self.asked.path
    }
}

/// The `If-Match` header: on which version a change is based.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum IfMatch {
    /// Not sent: change whatever is there.
    #[default]
    Absent,
    /// `*`: change it only if it exists.
    Any,
    /// One of these entity tags, quotes included.
    Tags(Vec<String>),
}

impl IfMatch {
    pub(super) fn read(headers: &HeaderMap) -> Self {
        let values = headers
            .get_all(http::header::IF_MATCH)
            .iter()
            .filter_map(|value| value.to_str().ok());
        let tags: Vec<String> = values
            .flat_map(|value| value.split(','))
            .map(|tag| tag.trim().to_owned())
            .filter(|tag| !tag.is_empty())
            .collect();
        match tags.as_slice() {
            [] => Self::Absent,
            [one] if one == "*" => Self::Any,
            _ => Self::Tags(tags),
        }
    }

    /// The version that a conditional write must find, `None` for any. A tag that no version of
    /// ours has is stale (412); several tags are refused, since one write has one condition.
    pub fn version(&self) -> Result<Option<u64>, Fault> {
        match self {
            Self::Absent | Self::Any => Ok(None),
            Self::Tags(tags) => match tags.as_slice() {
                [tag] => {
                    let inner = tag
                        .strip_prefix('"')
                        .and_then(|tag| tag.strip_suffix('"'))
                        .ok_or(Fault::Stale)?;
                    let version = super::reply::without_coding(inner)
                        .parse()
                        .map_err(|_| Fault::Stale)?;
                    Ok(Some(version))
                }
                _ => Err(Fault::invalid("bad_if_match", "give one entity tag in If-Match")),
            },
        }
    }

    /// As [`IfMatch::version`], for operations that are never done blindly: without the header it
    /// is 428.
    pub fn require_version(&self) -> Result<Option<u64>, Fault> {
        match self {
            Self::Absent => Err(Fault::invalid(
                "precondition_required",
                "send If-Match with the ETag you have read",
            )),
            Self::Any | Self::Tags(_) => self.version(),
        }
    }

    /// Refuses with 412 unless this version is one that the caller wants to change.
    pub fn check(&self, version: u64) -> Result<(), Fault> {
        match self {
            Self::Absent | Self::Any => Ok(()),
            Self::Tags(tags) => {
                let present = format!("\"{version}\"");
                if tags.iter().any(|tag| same_tag(tag, &present)) {
                    Ok(())
                } else {
                    Err(Fault::Stale)
                }
            }
        }
    }
}
