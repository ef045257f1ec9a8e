//! Addresses that run where they are opened.

use super::address::{Address, Scheme};
use super::readings::percent_decoded;
use crate::base::{Confidence, Span, ViewKind};
use crate::text::links::Form;
use crate::text::views::view;
use memchr::memchr;

/// Longest media type with parameters, in bytes.
const TYPE_BYTES_MAX: usize = 128;
/// Types that are pages or scripts.
const ACTIVE: [&str; 7] = [
    "text/html",
    "application/xhtml",
    "text/javascript",
    "application/javascript",
    "application/x-javascript",
    "text/xml",
    "application/xml",
];
/// What runs in a picture of vectors, or loads something.
const RUNS: [&[u8]; 7] =
    [b"<script", b"onload", b"onerror", b"onclick", b"onbegin", b"javascript:", b"<foreignobject"];

/// How sure it is that the address runs something, if it does.
pub(super) fn assess(address: &Address, raw: &[u8], form: Form) -> Option<Confidence> {
    let sure = match form {
        Form::Bare | Form::Autolink => Confidence::Low,
        _ => Confidence::Medium,
    };
    let content = memchr(b':', raw).map_or(&[][..], |colon| &raw[colon + 1..]);
    match address.scheme {
        // Prose and code name it without meaning a link.
        Scheme::Script if sure == Confidence::Low => None,
        Scheme::Script => (!does_nothing(content)).then_some(sure),
        Scheme::Data => is_active(content).then_some(sure),
        Scheme::Host | Scheme::Mail => None,
    }
}

/// `javascript:void(0)`, `javascript:;`.
fn does_nothing(script: &[u8]) -> bool {
    let code: Vec<u8> = percent_decoded(script)
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b';' | b'/'))
        .copied()
        .collect();
    matches!(&code[..], b"" | b"void(0)" | b"void0" | b"void(null)" | b"returnfalse")
}

fn is_active(content: &[u8]) -> bool {
    let head = &content[..content.len().min(TYPE_BYTES_MAX)];
    let Some(comma) = memchr(b',', head) else { return false };
    let kind = content[..comma].to_ascii_lowercase();
    let is = |known: &str| kind.starts_with(known.as_bytes());
    if ACTIVE.iter().any(|known| is(known)) {
        return content.len() > comma + 1;
    }
    is("image/svg") && {
        let body = percent_decoded(&content[comma + 1..]);
        let whole = [Span::new(0, body.len())];
        let decoded = view(ViewKind::Base64, &body, &whole).map(|view| view.bytes);
        let text = decoded.as_deref().unwrap_or(&body).to_ascii_lowercase();
        RUNS.iter().any(|known| memchr::memmem::find(&text, known).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, form: Form, expect: Option<Confidence>) {
        let address = Address::read(raw.as_bytes(), form).expect(raw);
        assert_eq!(assess(&address, raw.as_bytes(), form), expect, "{raw}");
    }

    #[test]
    fn what_runs_is_told_from_what_does_not() {
        use Confidence::{Low, Medium};
        use Form::{Attribute, Bare, Image, Inline};
        check("javascript:fetch(1)", Inline, Some(Medium));
        check("Java\tScript:alert%281%29", Attribute, Some(Medium));
        check("vbscript:x", Attribute, Some(Medium));
        check("javascript:void(0);", Attribute, None);
        check("javascript:alert(1)", Bare, None);
        check("data:text/html;base64,PHNjcmlwdD4", Inline, Some(Medium));
        check("data:text/html,<p>", Bare, Some(Low));
        check("data:image/svg+xml,%3Csvg onload=x%3E", Image, Some(Medium));
        check(
            "data:image/svg+xml;base64,PHN2Zz48c2NyaXB0PmYoKTwvc2NyaXB0Pjwvc3ZnPg==",
            Image,
            Some(Medium),
        );
        check(
            "data:image/svg+xml;base64,PHN2ZyB3aWR0aD0iMTAiIGhlaWdodD0iMTAiPjwvc3ZnPg==",
            Image,
            None,
        );
        check("data:image/png;base64,iVBORw0KGgo=", Image, None);
        check("data:text/plain,hello", Inline, None);
    }
}
