//! Times, as frameworks write them.

use crate::base::calendar::rfc3339;

/// Seconds from which a number is a time: the year 2001. Anything below is a counter.
const SECONDS_MIN: u64 = 1_000_000_000;
/// Seconds up to which a number is a time: the year 2286. Anything above counts smaller units.
const SECONDS_MAX: u64 = 9_999_999_999;
/// Longest time that is shown as it stands, in bytes.
const TEXT_BYTES_MAX: usize = 40;

/// A time that a person can read: RFC 3339 for seconds, milli-, micro- and nanoseconds since 1970, ISO 8601 as it stands. `None` for what is
/// no time, so that nothing else is shown for one.
pub(super) fn readable(text: &str) -> Option<String> {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    if let Ok(number) = whole.parse::<u64>() {
        let fraction = text[whole.len()..].trim_start_matches('.');
        return fraction.bytes().all(|byte| byte.is_ascii_digit()).then(|| seconds(number))?;
    }
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| {
        bytes.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    let is_date = digits(0..4) && digits(5..7) && digits(8..10);
    let separated = bytes.get(4) == Some(&b'-') && bytes.get(7) == Some(&b'-');
    let plain = |byte: &u8| byte.is_ascii_digit() || b"-:.+TZ ".contains(byte);
    (is_date && separated && bytes.len() <= TEXT_BYTES_MAX && bytes.iter().all(plain))
        .then(|| text.to_owned())
}

fn seconds(mut number: u64) -> Option<String> {
    // Milliseconds, microseconds, nanoseconds.
    for _ in 0..3 {
        if number > SECONDS_MAX {
            number /= 1000;
        }
    }
    if !(SECONDS_MIN..=SECONDS_MAX).contains(&number) {
        return None;
    }
    Some(rfc3339(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_readable_and_nothing_else_is_shown() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(readable(text).as_deref(), expect, "{text}");
        };
        check("1000000000", Some("2001-09-09T01:46:40Z"));
        check("1709164800", Some("2024-02-29T00:00:00Z"));
        check("1735689599.123456", Some("2024-12-31T23:59:59Z"));
        check("1735689600000", Some("2025-01-01T00:00:00Z"));
        check("1735689600000000000", Some("2025-01-01T00:00:00Z"));
        check("9999999999", Some("2286-11-20T17:46:39Z"));
        check("2025-03-01T10:00:00.123+01:00", Some("2025-03-01T10:00:00.123+01:00"));
        check("2025-03-01 10:00", Some("2025-03-01 10:00"));
        check("2025-03-01", Some("2025-03-01"));
        check("42", None);
        check("1735689600.x", None);
        check("yesterday", None);
        check("2025-03-01 at jane's", None);
        check("4111111111111111 ", None);
    }
}
