//! Addresses: internet, hardware, mail, domains, credentials in addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::tld::is_tld;

/// Longest textual internet address, in bytes.
const IP_BYTES_MAX: usize = 45;

/// Four decimal octets without leading zeros.
pub(super) fn ipv4(value: &[u8]) -> bool {
    parse_v4(value).is_some()
}

/// Any textual form of an IPv6 address, without zone.
pub(super) fn ipv6(value: &[u8]) -> bool {
    parse_v6(value).is_some()
}

/// An address that is routed on the public internet: not private, local, reserved or for documentation.
pub(super) fn ip_public(value: &[u8]) -> bool {
    match parse_v4(value).map(IpAddr::V4).or_else(|| parse_v6(value).map(IpAddr::V6)) {
        Some(IpAddr::V4(address)) => is_public_v4(address),
        Some(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(mapped) => is_public_v4(mapped),
            // 2000::/3 is all that is allocated; 2001:db8::/32 is for documentation.
            None => {
                address.segments()[0] & 0xe000 == 0x2000
                    && !matches!(address.segments(), [0x2001, 0xdb8, ..])
            }
        },
        None => false,
    }
}

fn parse_v4(value: &[u8]) -> Option<Ipv4Addr> {
    str::from_utf8(value.get(..value.len().min(IP_BYTES_MAX + 1))?).ok()?.parse().ok()
}

fn parse_v6(value: &[u8]) -> Option<Ipv6Addr> {
    let text = value
        .get(..value.len().min(IP_BYTES_MAX + 1))
        .and_then(|value| str::from_utf8(value).ok())?;
    text.parse().ok()
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
        || first == 0
        || first >= 240
        || first == 100 && (64..128).contains(&second)
        || first == 192 && second == 0 && third == 0
        || first == 198 && (second == 18 || second == 19))
}

/// Hardware address of six octets: `-`, `:` or dotted quads throughout, not all zero, not broadcast.
pub(super) fn mac(value: &[u8]) -> bool {
    let step = match (value.len(), value.get(2), value.get(4)) {
        (17, Some(&separator @ (b'-' | b':')), _) => (2, separator),
        (14, _, Some(&separator @ b'.')) => (4, separator),
        _ => return false,
    };
    let hex = |digit: u8| {
        value.iter().filter(|&&byte| byte != step.1).all(|byte| byte.eq_ignore_ascii_case(&digit))
    };
    value.chunks(step.0 + 1).all(|group| {
        let (digits, tail) = group.split_at(step.0.min(group.len()));
        digits.iter().all(u8::is_ascii_hexdigit) && (tail.is_empty() || tail == [step.1])
    }) && !hex(b'0')
        && !hex(b'f')
}

/// Mail address: local part of RFC 5321 length and shape, labels of a domain, a real top-level domain.
pub(super) fn email(value: &[u8]) -> bool {
    let Some(at) = memchr::memrchr(b'@', value) else { return false };
    let (local, domain) = (&value[..at], &value[at + 1..]);
    let atom = |byte: &u8| {
        byte.is_ascii_alphanumeric() || *byte >= 0x80 || b".!#$%&'*+-/=?^_`{|}~".contains(byte)
    };
    (1..=64).contains(&local.len())
        && local.iter().all(atom)
        && !local.starts_with(b".")
        && !local.ends_with(b".")
        && !local.windows(2).any(|pair| pair == b"..")
        && domain_tld(domain)
}

/// Domain name of at least two labels under a real top-level domain.
pub(super) fn domain_tld(value: &[u8]) -> bool {
    const NAME_BYTES_MAX: usize = 253;
    const LABEL_BYTES_MAX: usize = 63;
    let name = value.strip_suffix(b".").unwrap_or(value);
    let Some(dot) = memchr::memrchr(b'.', name) else { return false };
    let label = |label: &[u8]| {
        (1..=LABEL_BYTES_MAX).contains(&label.len())
            && label.iter().all(|&byte| {
                byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' || byte >= 0x80
            })
            && !label.starts_with(b"-")
            && !label.ends_with(b"-")
    };
    let top = &name[dot + 1..];
    name.len() <= NAME_BYTES_MAX
        && name.split(|&byte| byte == b'.').all(label)
        && (is_tld(top) || is_native(top))
}

/// A top-level domain in its own script; only the encoded forms are listed.
fn is_native(label: &[u8]) -> bool {
    label.iter().all(|&byte| byte >= 0x80) && str::from_utf8(label).is_ok()
}

/// Address with a user and a password before the host: `scheme://user:password@host`.
pub(super) fn url_userinfo(value: &[u8]) -> bool {
    let Some(start) = memchr::memmem::find(value, b"://") else { return false };
    let (scheme, rest) = (&value[..start], &value[start + 3..]);
    let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len());
    // A password may hold an @; the last one in front of the host decides.
    let authority = &rest[..end];
    let Some(at) = memchr::memrchr(b'@', authority) else { return false };
    let Some(colon) = memchr::memchr(b':', &authority[..at]) else { return false };
    scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte))
        && colon + 1 < at
        && at + 1 < authority.len()
        && !authority.iter().any(|byte| byte.is_ascii_whitespace())
}
