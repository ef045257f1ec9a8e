//! An address: where it leads, as a browser reads it, and its parts, as they are written.

use super::readings::percent_decoded;
use crate::base::Span;
use crate::text::links::Form;
use memchr::{memchr, memchr3, memmem, memrchr};
use std::borrow::Cow;
use url::{Host, Url};

/// Longest address that is read, in bytes; of longer ones the beginning is.
const ADDRESS_BYTES_MAX: usize = 64 << 10;
/// Parts of one address that are looked at.
const PARTS_MAX: usize = 4096;

/// Kind of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    /// It leads to a host.
    Host,
    /// It writes a mail.
    Mail,
    /// It runs.
    Script,
    /// It holds its content.
    Data,
}

/// What a part of an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PartKind {
    /// A label of the host name below the domain that somebody registered.
    Label,
    /// Between two slashes.
    Segment,
    /// The value of a parameter, with the name of it in front.
    Value,
    /// Behind `#`.
    Fragment,
}

/// A part that can carry data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) kind: PartKind,
    pub(super) span: Span,
    /// The name of the parameter; empty for others.
    pub(super) name: Span,
}

/// An address that was read.
#[derive(Debug)]
pub(super) struct Address {
    pub(super) scheme: Scheme,
    /// As a browser reads it: ASCII, lower case; an IP address in its usual form; no dot at the end. The domain of a mail.
    pub(super) host: String,
    /// True if the host is an IP address.
    pub(super) is_ip: bool,
    /// The domain that somebody registered, if it is one.
    pub(super) domain: Option<String>,
    /// User, password, host and port as they are written.
    pub(super) authority: Span,
    pub(super) parts: Vec<Part>,
}

/// An address in an address.
#[derive(Debug)]
pub(super) struct Nested {
    pub(super) bytes: Vec<u8>,
    /// Where it is in the outer one.
    pub(super) span: Span,
}

impl Address {
    /// Reads an address; `None` if no browser would follow it.
    pub(super) fn read(raw: &[u8], form: Form) -> Option<Self> {
        let raw = &raw[..raw.len().min(ADDRESS_BYTES_MAX)];
        let text = written(raw, form);
        let url = Url::parse(&text).ok()?;
        let scheme = match url.scheme() {
            "javascript" | "vbscript" => Scheme::Script,
            "data" => Scheme::Data,
            "mailto" => Scheme::Mail,
            _ => Scheme::Host,
        };
        let mut address = Self {
            scheme,
            host: String::new(),
            is_ip: false,
            domain: None,
            authority: Span::new(0, 0),
            parts: Vec::new(),
        };
        match scheme {
            Scheme::Script | Scheme::Data => return Some(address),
            Scheme::Mail => {
                let (_, domain) = url.path().rsplit_once('@').unwrap_or_default();
                address.host = domain.trim_end_matches('.').to_ascii_lowercase();
                let query = memchr(b'?', raw).map_or(raw.len(), |at| at + 1);
                address.parameters(raw, Span::new(query, raw.len()));
            }
            Scheme::Host => {
                let host = url.host()?;
                address.is_ip = !matches!(host, Host::Domain(_));
                address.host = host.to_string().trim_end_matches('.').to_owned();
                address.split(raw);
            }
        }
        if !address.is_ip {
            let domain = psl::domain(address.host.as_bytes());
            address.domain = domain
                .and_then(|domain| std::str::from_utf8(domain.as_bytes()).ok())
                .map(str::to_owned);
        }
        address.labels(raw);
        Some(address)
    }

    /// Cuts an address with a host.
    fn split(&mut self, raw: &[u8]) {
        let colon = match raw.first() {
            Some(b'/' | b'\\') => 0,
            _ => memchr(b':', raw).map_or(0, |colon| colon + 1),
        };
        let lead = |byte: &&u8| matches!(**byte, b'/' | b'\\' | b'\t' | b'\r' | b'\n' | 0);
        let start = colon + raw[colon..].iter().take_while(lead).count();
        let ends = |byte: &u8| matches!(byte, b'/' | b'\\' | b'?' | b'#');
        let end = raw[start..].iter().position(ends).map_or(raw.len(), |len| start + len);
        self.authority = Span::new(start, end);
        let fragment = memchr(b'#', &raw[end..]).map_or(raw.len(), |at| end + at);
        let query = memchr(b'?', &raw[end..fragment]).map_or(fragment, |at| end + at);
        let nowhere = Span::new(0, 0);
        let mut from = end;
        for segment in raw[end..query].split(|byte| matches!(byte, b'/' | b'\\')) {
            self.part(PartKind::Segment, Span::new(from, from + segment.len()), nowhere);
            from += segment.len() + 1;
        }
        if query < fragment {
            self.parameters(raw, Span::new(query + 1, fragment));
        }
        if fragment < raw.len() {
            self.part(PartKind::Fragment, Span::new(fragment + 1, raw.len()), nowhere);
        }
    }

    fn parameters(&mut self, raw: &[u8], query: Span) {
        let mut from = query.start;
        for pair in raw[query.range()].split(|byte| *byte == b'&') {
            let name = memchr(b'=', pair).unwrap_or(0);
            let value = if name < pair.len() && pair[name] == b'=' { name + 1 } else { 0 };
            self.part(
                PartKind::Value,
                Span::new(from + value, from + pair.len()),
                Span::new(from, from + name),
            );
            from += pair.len() + 1;
        }
    }

    /// The labels in front of the registered domain, if they are written one for one.
    fn labels(&mut self, raw: &[u8]) {
        let Some(domain) = &self.domain else { return };
        if self.scheme != Scheme::Host || self.host.len() == domain.len() {
            return;
        }
        let span = self.host_as_written(raw);
        let count = self.host.split('.').count() - domain.split('.').count();
        let written = &raw[span.range()];
        if written.split(|byte| *byte == b'.').count() < self.host.split('.').count() {
            return;
        }
        let mut from = span.start;
        let labels: Vec<_> = written.split(|byte| *byte == b'.').take(count).collect();
        for label in labels {
            self.part(PartKind::Label, Span::new(from, from + label.len()), Span::new(0, 0));
            from += label.len() + 1;
        }
    }

    /// The host without user and port.
    pub(super) fn host_as_written(&self, raw: &[u8]) -> Span {
        let Span { start, end } = self.authority;
        let start = memrchr(b'@', &raw[start..end]).map_or(start, |at| start + at + 1);
        let port = memrchr(b':', &raw[start..end]).filter(|_| !raw[start..end].contains(&b']'));
        Span::new(start, port.map_or(end, |at| start + at))
    }

    fn part(&mut self, kind: PartKind, span: Span, name: Span) {
        if !span.is_empty() && self.parts.len() < PARTS_MAX {
            self.parts.push(Part { kind, span, name });
        }
    }

    /// Addresses in parameters and in the path.
    pub(super) fn nested(&self, raw: &[u8]) -> Vec<Nested> {
        let mut nested = Vec::new();
        for part in self.parts.iter().filter(|part| part.kind == PartKind::Value) {
            let value = percent_decoded(&raw[part.span.range()]);
            if is_address(&value) {
                nested.push(Nested { bytes: value.into_owned(), span: part.span });
            }
        }
        let path = self.parts.iter().filter(|part| part.kind == PartKind::Segment);
        let whole = path.map(|part| part.span).reduce(super::join);
        if let Some(path) = whole {
            let written = &raw[path.start..];
            let within = memmem::find(written, b"http").filter(|at| path.start + at < path.end);
            if let Some(at) = within.map(|at| path.start + at) {
                let value = percent_decoded(&raw[at..]);
                if is_address(&value) {
                    nested
                        .push(Nested { bytes: value.into_owned(), span: Span::new(at, raw.len()) });
                }
            }
        }
        nested
    }
}

/// True if bytes begin like an address with a host.
pub(super) fn is_address(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(8)];
    let head = head.to_ascii_lowercase();
    ["http:/", "https:/", "//"].iter().any(|start| head.starts_with(start.as_bytes()))
}

/// The text of an address that a browser is given: whole, and without the backslashes of Markdown.
fn written(raw: &[u8], form: Form) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(raw);
    let is_markdown =
        matches!(form, Form::Inline | Form::Image | Form::Definition | Form::ImageDefinition);
    let text = if is_markdown && memchr3(b'\\', b'\\', b'\\', raw).is_some() {
        Cow::Owned(unescaped(&text))
    } else {
        text
    };
    if text.starts_with(['/', '\\']) { Cow::Owned(format!("https:{text}")) } else { text }
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        // A backslash in front of another one or of a slash is a slash to browsers, escaped or not.
        let escapes = |next: &char| next.is_ascii_punctuation() && !matches!(next, '\\' | '/');
        if char != '\\' || !chars.peek().is_some_and(escapes) {
            out.push(char);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, host: &str, domain: Option<&str>, parts: &[&str]) {
        let address = Address::read(raw.as_bytes(), Form::Bare).expect(raw);
        assert_eq!(address.host, host, "{raw}");
        assert_eq!(address.domain.as_deref(), domain, "{raw}");
        let found: Vec<_> = address.parts.iter().map(|part| &raw[part.span.range()]).collect();
        assert_eq!(found, parts, "{raw}");
    }

    #[test]
    fn hosts_are_what_browsers_make_of_them() {
        check(
            "https://a.b.Example.co.uk./x",
            "a.b.example.co.uk",
            Some("example.co.uk"),
            &["x", "a", "b"],
        );
        check("https://good.com@evil.org/", "evil.org", Some("evil.org"), &[]);
        check("https://evil.org\\@good.com/", "evil.org", Some("evil.org"), &["@good.com"]);
        check("https:/\\evil.org/x", "evil.org", Some("evil.org"), &["x"]);
        check("https:evil.org", "evil.org", Some("evil.org"), &[]);
        check("ht\ntps://ev\til.org/a", "evil.org", Some("evil.org"), &["a"]);
        check("//evil.org:80/a?b=c&d#e", "evil.org", Some("evil.org"), &["a", "c", "d", "e"]);
        check("http://0x7f.1/", "127.0.0.1", None, &[]);
        check("http://3232235777/a", "192.168.1.1", None, &["a"]);
        check("http://[::1]:80/", "[::1]", None, &[]);
        check("https://b\u{fc}cher.de/", "xn--bcher-kva.de", Some("xn--bcher-kva.de"), &[]);
        check("https://\u{ff45}vil.org/", "evil.org", Some("evil.org"), &[]);
        check("https://a.github.io/", "a.github.io", Some("a.github.io"), &[]);
        check("mailto:a@b.org?subject=c", "b.org", Some("b.org"), &["c"]);
    }

    #[test]
    fn backslashes_of_markdown_are_no_part_of_an_address() {
        let address = Address::read(b"https\\://a\\_b.evil.org/", Form::Image).expect("it is one");
        assert_eq!(address.host, "a_b.evil.org");
    }

    #[test]
    fn addresses_in_addresses_are_read() {
        for (raw, inner) in [
            ("https://a.org/?u=https%3A%2F%2Fb.org%2Fc", "https://b.org/c"),
            ("https://a.org/fetch/w_10/https://b.org/c?d", "https://b.org/c?d"),
            ("https://a.org/?u=//b.org", "//b.org"),
        ] {
            let address = Address::read(raw.as_bytes(), Form::Bare).expect(raw);
            let nested = address.nested(raw.as_bytes());
            assert_eq!(nested[0].bytes, inner.as_bytes(), "{raw}");
        }
    }
}
