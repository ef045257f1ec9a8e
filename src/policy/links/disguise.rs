//! Addresses that lead elsewhere than they seem to.

use super::address::Address;
use crate::base::Span;
use memchr::{memchr, memrchr};
use std::net::Ipv4Addr;

/// What makes the host look like another one.
pub(super) fn find(address: &Address, raw: &[u8]) -> Option<Span> {
    let authority = &raw[address.authority.range()];
    let at = |from: usize, to: usize| {
        Span::new(address.authority.start + from, address.authority.start + to)
    };
    if let Some(end) = memrchr(b'@', authority) {
        // `https://good.com@evil.org`, where the user is called like a host.
        let user = &authority[..memchr(b':', &authority[..end]).unwrap_or(end)];
        if is_public(user) && !same(user, address) {
            return Some(at(0, end));
        }
    }
    // `https://evil.org\@good.com`: older parsers go to the second host.
    let rest = &raw[address.authority.end..];
    if rest.first() == Some(&b'\\') && rest.get(1..).is_some_and(|rest| rest.first() == Some(&b'@'))
    {
        return Some(address.authority);
    }
    let host = address.host_as_written(raw);
    let written = &raw[host.range()];
    if written.iter().any(|byte| matches!(byte, b'\t' | b'\r' | b'\n' | 0)) {
        return Some(host);
    }
    if address.is_ip && is_odd_ip(&address.host, written) || mixes_scripts(written) {
        return Some(host);
    }
    None
}

/// True for a name under a suffix that exists.
fn is_public(name: &[u8]) -> bool {
    let known = psl::suffix(name).is_some_and(|suffix| suffix.is_known());
    known && psl::domain(name).is_some() && name.iter().all(|byte| byte.is_ascii_graphic())
}

fn same(name: &[u8], address: &Address) -> bool {
    let domain = psl::domain(name).map(|domain| domain.as_bytes().to_ascii_lowercase());
    domain.as_deref() == address.domain.as_deref().map(str::as_bytes)
}

/// An address of the internet that is not written with four numbers.
fn is_odd_ip(host: &str, written: &[u8]) -> bool {
    let Ok(ip) = host.parse::<Ipv4Addr>() else { return false };
    let local = ip.is_loopback() || ip.is_private() || ip.is_unspecified() || ip.is_link_local();
    !local && written != host.as_bytes()
}

/// A label with letters of two scripts that look alike.
fn mixes_scripts(written: &[u8]) -> bool {
    if written.is_ascii() {
        return false;
    }
    String::from_utf8_lossy(written).split('.').any(|label| {
        let latin = label.chars().any(|char| char.is_ascii_alphabetic());
        latin && label.chars().any(|char| matches!(char, '\u{370}'..='\u{52f}'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::links::Form;

    fn check(raw: &str, expect: Option<&str>) {
        let address = Address::read(raw.as_bytes(), Form::Bare).expect(raw);
        let found = find(&address, raw.as_bytes()).map(|span| &raw[span.range()]);
        assert_eq!(found, expect, "{raw}");
    }

    #[test]
    fn hosts_that_look_like_others_are_disguised() {
        check("https://contoso.com@evil.org/", Some("contoso.com"));
        check("https://contoso.com:443@evil.org/", Some("contoso.com:443"));
        check("https://evil.org\\@contoso.com/", Some("evil.org"));
        check("https://ev\til.org/", Some("ev\til.org"));
        check("http://134744072/", Some("134744072"));
        check("http://0x8.8.8.8/", Some("0x8.8.8.8"));
        check("https://c\u{43e}ntoso.com/", Some("c\u{43e}ntoso.com"));
    }

    #[test]
    fn ordinary_hosts_are_not() {
        for raw in [
            "https://user:pass@contoso.com/",
            "https://git@github.com/a/b",
            "https://8.8.8.8/",
            "http://127.1/",
            "https://b\u{fc}cher.de/",
            "https://\u{43f}\u{440}\u{438}\u{43c}\u{435}\u{440}.com/",
            "https:\\\\contoso.com\\a",
        ] {
            check(raw, None);
        }
    }
}
