//! Schemes of addresses that lead to a host or run something.

/// A scheme that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    /// `http` and the like: slashes and a host follow.
    Host,
    /// `data`, `javascript`, `mailto`: the rest is the content.
    Content,
}

impl Scheme {
    pub(super) const fn has_host(self) -> bool {
        matches!(self, Self::Host)
    }
}

const SCHEMES: [(&[u8], Scheme); 9] = [
    (b"https", Scheme::Host),
    (b"http", Scheme::Host),
    (b"wss", Scheme::Host),
    (b"ws", Scheme::Host),
    (b"ftp", Scheme::Host),
    (b"data", Scheme::Content),
    (b"javascript", Scheme::Content),
    (b"vbscript", Scheme::Content),
    (b"mailto", Scheme::Content),
];

/// The scheme that ends at the colon at a place, and where it begins. Browsers drop tabs and line ends in it, so these do not count.
#[inline]
pub(super) fn ends_at(text: &[u8], colon: usize) -> Option<(Scheme, usize)> {
    // Most colons stand behind a quote, a digit or another letter.
    let last = text.get(colon.checked_sub(1)?)?;
    if !matches!(last | 0x20, b's' | b'p' | b'a' | b't' | b'o' | b'|') && !is_dropped(*last) {
        return None;
    }
    // Nothing but a host or content follows.
    if text.get(colon + 1).is_none_or(|next| matches!(next, b' ' | b'"' | b',')) {
        return None;
    }
    // A backslash escapes the colon in Markdown.
    let end = if *last == b'\\' { colon - 1 } else { colon };
    SCHEMES.iter().find_map(|(name, scheme)| {
        let start = matched(text, end, name)?;
        let joined = start > 0 && text[start - 1].is_ascii_alphanumeric();
        let plain = text[colon + 1..].starts_with(b"//");
        (!joined || plain && scheme.has_host()).then_some((*scheme, start))
    })
}

/// Where a name begins that ends at a place.
fn matched(text: &[u8], end: usize, name: &[u8]) -> Option<usize> {
    let mut at = end;
    for byte in name.iter().rev() {
        // More than one dropped byte between two letters is no trick that anybody plays.
        let mut before = text.get(at.checked_sub(1)?)?;
        if is_dropped(*before) {
            at -= 1;
            before = text.get(at.checked_sub(1)?)?;
        }
        if !before.eq_ignore_ascii_case(byte) {
            return None;
        }
        at -= 1;
    }
    Some(at)
}

const fn is_dropped(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<&str>) {
        let colon = text.find(':').expect("the test has a colon");
        let found = ends_at(text.as_bytes(), colon).map(|(_, start)| &text[start..colon]);
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn schemes_are_known_in_any_case_and_in_pieces() {
        check("see HTTPS://x", Some("HTTPS"));
        check("http:x", Some("http"));
        check("java\tscr\nipt:x", Some("java\tscr\nipt"));
        check("xhttps://y", Some("https"));
        check("metadata:x", None);
        check("whttp:x", None);
        check("https\\://x", Some("https\\"));
        check("http: x", None);
        check("\"data\": 1", None);
        check(":x", None);
    }
}
