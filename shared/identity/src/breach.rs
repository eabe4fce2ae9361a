//! Whether a password is known from breaches elsewhere: asked by the first five digits of its hash, so
//! that nobody learns which password it was (k-anonymity, the protocol of Have I Been Pwned).
//!
//! Only where `BREACH_CHECK_URL` is set. Without an answer, `BREACH_CHECK` decides: `open` (the
//! default) accepts the password, `closed` asks to come again later.

use kernel::Fault;
use platform::Cloud;
use platform::outbound::{Outbound, OutboundError};
use ring::digest;

use crate::password::Password;

/// Asks whether a password is known.
#[derive(Debug)]
pub(crate) struct Breaches {
    service: Option<(Outbound, String)>,
    fails_closed: bool,
}

/// The answer is not one of this protocol.
#[derive(Debug, thiserror::Error)]
#[error("the breach check gave no usable answer")]
struct NoAnswer(#[source] Option<OutboundError>);

impl Breaches {
    pub(crate) fn new(cloud: &Cloud) -> Self {
        let url = cloud.setting("BREACH_CHECK_URL");
        Self {
            service: url.map(|url| (cloud.outbound(), url.trim_end_matches('/').to_owned())),
            fails_closed: cloud.setting("BREACH_CHECK") == Some("closed"),
        }
    }

    /// Whether the password is known. Without an answer: no, or busy where it fails closed.
    pub(crate) async fn knows(&self, password: &Password) -> Result<bool, Fault> {
        let Some((outbound, url)) = &self.service else {
            return Ok(false);
        };
        match ask(outbound, url, password).await {
            Ok(known) => Ok(known),
            Err(error) if self.fails_closed => Err(Fault::busy(error)),
            Err(_) => Ok(false),
        }
    }
}

async fn ask(outbound: &Outbound, url: &str, password: &Password) -> Result<bool, NoAnswer> {
    let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
    let hash = crate::secret::hex(hash.as_ref()).to_uppercase();
    let (prefix, suffix) = hash.split_at(5);
    // Padded, so that not even the answer's length tells which prefix was asked for.
    let headers = [("add-padding", "true".to_owned())];
    let reply = outbound
        .get(&format!("{url}/{prefix}"), &headers)
        .await
        .map_err(|error| NoAnswer(Some(error)))?;
    if reply.status != 200 {
        return Err(NoAnswer(None));
    }
    lists(&reply.body, suffix).ok_or(NoAnswer(None))
}

/// Whether the answer lists the suffix with a count; `None` when it is no such answer. What another
/// host says is read as a stranger's text: line by line, every line in its form.
fn lists(body: &[u8], suffix: &str) -> Option<bool> {
    let text = std::str::from_utf8(body).ok()?;
    let mut found = false;
    for line in text.lines().filter(|line| !line.is_empty()) {
        let (listed, count) = line.split_once(':')?;
        let is_suffix = listed.len() == 35 && listed.bytes().all(|byte| byte.is_ascii_hexdigit());
        let count: u64 = count.trim().parse().ok().filter(|_| is_suffix)?;
        // Padding has a count of nothing.
        found |= count > 0 && listed.eq_ignore_ascii_case(suffix);
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::lists;

    const SUFFIX: &str = "1E4C9B93F3F0682250B6CF8331B7EE68FD8";

    #[test]
    fn a_listed_suffix_is_known_and_padding_is_not() {
        let body = format!("0018A45C4D1DEF81644B54AB7F969B88D65:1\r\n{SUFFIX}:9545824\r\n");
        assert_eq!(lists(body.as_bytes(), SUFFIX), Some(true));
        assert_eq!(lists(format!("{SUFFIX}:0").as_bytes(), SUFFIX), Some(false));
        assert_eq!(
            lists(b"0018A45C4D1DEF81644B54AB7F969B88D65:1", SUFFIX),
            Some(false)
        );
    }

    #[test]
    fn what_is_no_answer_is_not_taken_for_one() {
        // ID-25
        for body in ["<html>", "1E4C9B:1", &format!("{SUFFIX}:many"), SUFFIX, "\u{0}:1"] {
            assert_eq!(lists(body.as_bytes(), SUFFIX), None, "{body}");
        }
        assert_eq!(lists(&[0xff, 0xfe], SUFFIX), None);
    }
}
