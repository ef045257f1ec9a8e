//! Surrogates: made-up values of the same kind, out of ranges that are kept free for examples, so that they are nobody's.

use crate::base::{base32, is_under};
use crate::validate;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A surrogate for a value of this label, from random bytes; none if nobody has reserved a range for it.
pub(super) fn token(label: &str, value: &str, random: &[u8; 32]) -> Option<String> {
    if is_under(label, "pii.email") {
        Some(email(random))
    } else if is_under(label, "pii.phone") {
        Some(phone(random))
    } else if is_under(label, "finance.card") {
        card(value, random)
    } else if is_under(label, "network.ip") {
        Some(address(value.parse().ok()?, random).to_string())
    } else {
        None
    }
}

/// `example.com` is reserved by RFC 2606.
fn email(random: &[u8; 32]) -> String {
    let mut text = "user.".to_owned();
    base32::encode(&random[..5], &mut text);
    text + "@example.com"
}

/// 555-0100 to 555-0199 of every area are reserved for fiction by the North American Numbering Plan. Its areas begin with 2 to 9, have no 9 in
/// the middle and do not end with 11.
fn phone(random: &[u8; 32]) -> String {
    let [a, b, c, d, ..] = random;
    let (first, middle) = (2 + a % 8, b % 9);
    let last = if (middle, c % 10) == (1, 1) { 2 } else { c % 10 };
    format!("+1-{first}{middle}{last}-555-01{:02}", d % 100)
}

/// A number of as many digits that begins with 9 and 999 and has a right check digit: behind 9 stands a country of ISO 3166, and 999 is
/// kept for private use, so that nobody issues such cards.
fn card(value: &str, random: &[u8; 32]) -> Option<String> {
    let count = value.bytes().filter(u8::is_ascii_digit).count();
    if !(12..=19).contains(&count) {
        return None;
    }
    let mut digits: Vec<u8> = vec![9; 4];
    digits.extend(random.iter().take(count - 5).map(|byte| byte % 10));
    let is_valid = validate::find("luhn")?.check;
    let written = |last: u8| {
        let mut digits = digits.iter().chain([&last]);
        let shown = value.chars().map(|char| match char {
            '0'..='9' => digits.next().map(|digit| char::from(b'0' + digit)),
            _ => Some(char),
        });
        shown.collect::<Option<String>>()
    };
    (0..10).filter_map(written).find(|card| is_valid(card.as_bytes()))
}

/// Addresses for documentation: RFC 5737 and RFC 3849.
fn address(value: IpAddr, random: &[u8; 32]) -> IpAddr {
    const NETWORKS: [[u8; 3]; 3] = [[192, 0, 2], [198, 51, 100], [203, 0, 113]];
    let [a, b, c, d, e, f, ..] = *random;
    match value {
        IpAddr::V4(_) => {
            let [x, y, z] = NETWORKS[usize::from(a) % NETWORKS.len()];
            IpAddr::V4(Ipv4Addr::new(x, y, z, 1 + b % 254))
        }
        IpAddr::V6(_) => {
            let pair = |high, low| u16::from_be_bytes([high, low]);
            let parts = [0x2001, 0xdb8, pair(a, b), pair(c, d), 0, 0, 0, pair(e, f)];
            IpAddr::V6(Ipv6Addr::from(parts))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn random(seed: u8) -> [u8; 32] {
        std::array::from_fn(|place| {
            seed.wrapping_mul(31).wrapping_add((place as u8).wrapping_mul(97))
        })
    }

    #[test]
    fn surrogates_lie_in_reserved_ranges() {
        for seed in 0..=255 {
            let random = random(seed);
            let email = token("pii.email", "x@y.z", &random).unwrap();
            assert!(email.starts_with("user.") && email.ends_with("@example.com"), "{email}");
            let phone = token("pii.phone", "1", &random).unwrap();
            let (area, number) = phone[3..].split_once("-555-01").unwrap();
            assert!(phone.starts_with("+1-") && number.len() == 2, "{phone}");
            assert!(
                area.len() == 3 && area.as_bytes()[0] >= b'2' && area.as_bytes()[1] != b'9',
                "{phone}"
            );
            assert!(!area.ends_with("11"), "{phone}");
            let v4: Ipv4Addr = token("network.ip", "8.8.8.8", &random).unwrap().parse().unwrap();
            assert!(v4.is_documentation(), "{v4}");
            let v6: Ipv6Addr = token("network.ip", "::1", &random).unwrap().parse().unwrap();
            assert_eq!(v6.segments()[..2], [0x2001, 0xdb8]);
            let card = token("finance.card", "4111-1111 1111 1111", &random).unwrap();
            assert!(card.starts_with("9999-"), "{card}");
            assert!((validate::find("luhn").unwrap().check)(card.as_bytes()), "{card}");
        }
    }

    #[test]
    fn what_has_no_range_has_no_surrogate() {
        for (label, value) in
            [("pii.us.ssn", "x"), ("network.ip", "10.0.0.0/8"), ("finance.card", "12")]
        {
            assert_eq!(token(label, value, &random(1)), None, "{label}");
        }
    }
}
