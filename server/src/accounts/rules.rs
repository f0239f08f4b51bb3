//! What is decided about links and codes: no clock, no I/O.

use std::net::IpAddr;

use sha2::{Digest, Sha256};

use super::model::Request;
use crate::clock::{Duration, Instant};
use crate::error::Error;
use crate::prose;
use crate::settings::Settings;

/// Letters of a name at most.
const NAME_LENGTH: usize = 80;
/// Characters of a code (contract.md, "Registration and sign-in", 2).
pub const CODE_LENGTH: usize = 8;
/// Characters of an invitation's code at most.
const INVITE_LENGTH: usize = 32;
/// How long a request is kept; limits look back an hour, a staff link lives a day.
pub const KEPT: Duration = Duration::hours(48);
/// How long the printed link of HQ lives.
pub const STAFF_LINK: Duration = Duration::hours(24);

/// Links mailed within the last hour.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mailed {
    /// To the address, asked from this IP.
    pub to_address_from_ip: i64,
    /// Asked from this IP.
    pub from_ip: i64,
    /// To the address.
    pub to_address: i64,
}

/// Whether one more may go out (contract.md, "Registration and sign-in", 3).
pub fn within_limits(mailed: Mailed, settings: &Settings) -> bool {
    mailed.to_address_from_ip < i64::from(settings.links_per_address_hour)
        && mailed.from_ip < i64::from(settings.links_per_ip_hour)
        && mailed.to_address < i64::from(settings.links_per_address_hour_total)
}

/// How far a clock may go back, or nodes' clocks differ, before links and codes from a time to come
/// are dead: otherwise a clock that is set back would make them live longer than they were promised to.
const CLOCKS_DIFFER: Duration = Duration::minutes(1);

/// Whether the link of `request` can still be spent: it dies at the second after its expiry, and lives
/// at no time before it was asked for.
pub fn is_alive(request: &Request, now: Instant) -> bool {
    request.spent_at.is_none()
        && request.voided_at.is_none()
        && request.expires_at.is_some_and(|expiry| now <= expiry)
        && now + CLOCKS_DIFFER >= request.asked_at
}

/// Whether the code of `request` can still be tried. It lives as long as a link, from when it was shown.
pub fn takes_code(request: &Request, now: Instant, life: Duration, tries: i32) -> bool {
    request.code_hash.is_some()
        && request.volunteer_id.is_none()
        && request.voided_at.is_none()
        && request.code_tries < tries
        && request
            .spent_at
            .is_some_and(|shown| now <= shown + life && now + CLOCKS_DIFFER >= shown)
}

/// A code as typed, in the form it was shown: blanks and hyphens dropped, letters in capitals.
pub fn tidy_code(typed: &str) -> String {
    typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_uppercase())
        .take(CODE_LENGTH + 1)
        .collect()
}

/// An invitation's code as typed or clicked, in the form it is kept: what no code holds is dropped.
pub fn tidy_invite(typed: &str) -> String {
    typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_uppercase())
        .take(INVITE_LENGTH)
        .collect()
}

/// A name as typed, with single blanks.
///
/// # Errors
/// `Invalid` on field `name`: longer than 80 letters, or with hidden ones ([`prose::is_hidden`]).
pub fn name(typed: &str) -> Result<String, Error> {
    let name = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.chars().count() > NAME_LENGTH || name.chars().any(prose::is_hidden) {
        return Err(Error::field("name", "join-name-long"));
    }
    Ok(name)
}

/// A page of our own to go on to; anything else is dropped. A browser takes `//host` and `/\host`
/// for other sites.
pub fn safe_next(next: &str) -> Option<String> {
    let ours = next.starts_with('/')
        && next.len() <= 300
        && !next[1..].starts_with(['/', '\\'])
        && next.bytes().all(|byte| byte.is_ascii_graphic())
        && !next.starts_with("/sign-");
    ours.then(|| next.to_owned())
}

/// Who counts as one asker: an IPv4 address, or the /64 that one IPv6 line has to itself.
pub fn asker(ip: &str) -> String {
    let Ok(IpAddr::V6(six)) = ip.parse() else {
        return ip.to_owned();
    };
    if let Some(four) = six.to_ipv4_mapped() {
        return four.to_string();
    }
    let [a, b, c, d, ..] = six.segments();
    format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
}

/// A number that stands for `text` where the database takes a lock by number.
pub fn lock_number(text: &str) -> i64 {
    let digest = Sha256::digest(text.as_bytes());
    digest
        .iter()
        .take(8)
        .fold(0_i64, |sum, byte| (sum << 8) | i64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_pages_of_our_own_are_gone_on_to() {
        for good in ["/home", "/tasks/7?from=mail", "/races/us-oh"] {
            assert_eq!(safe_next(good).as_deref(), Some(good));
        }
        for bad in [
            "",
            "home",
            "//evil.example.org",
            "/\\evil.example.org",
            "https://evil.example.org",
            "/a\r\nset-cookie: x",
            "/sign-out",
            "/sign-in?token=1",
        ] {
            assert_eq!(safe_next(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_code_may_be_typed_as_people_type() {
        assert_eq!(tidy_code(" k7qm-4xnp "), "K7QM4XNP");
        assert_eq!(
            tidy_code("K7QM4XNP5"),
            "K7QM4XNP5",
            "a longer one stays wrong"
        );
    }

    #[test]
    fn addresses_of_one_line_are_one_asker() {
        assert_eq!(asker("2001:db8:1:2::5"), asker("2001:db8:1:2:ffff::9"));
        assert_ne!(asker("2001:db8:1:2::5"), asker("2001:db8:1:3::5"));
        assert_eq!(asker("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(asker("192.0.2.7"), "192.0.2.7");
    }

    proptest! {
        #[test]
        fn a_next_page_never_leaves_the_site(next in ".{0,40}") {
            if let Some(kept) = safe_next(&next) {
                let base = url::Url::parse("https://muster.example.org/").unwrap();
                let there = base.join(&kept).unwrap();
                prop_assert_eq!(there.host_str(), Some("muster.example.org"));
            }
        }
    }
}
