//! What stands in front of an address, and so what it is.

use super::brackets::Brackets;
use super::end::End;
use super::{Form, Start};
use memchr::{memrchr, memrchr2};

/// White space between a bracket, an equals sign or a quote and the address, in bytes.
const SPACE_BYTES_MAX: usize = 64;
/// A tag begins at most this far in front of its attribute, in bytes.
const TAG_BYTES_MAX: usize = 1024;
/// Longest name of an attribute, in bytes.
const NAME_BYTES_MAX: usize = 24;

/// What an address is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'t> {
    pub(super) form: Form,
    pub(super) end: End,
    /// Name of the reference, for a definition.
    pub(super) label: Option<&'t [u8]>,
    is_set: bool,
}

/// What is known from the address before.
#[derive(Debug, Default)]
pub(super) struct Context {
    /// It ended here, in a set of sources that goes on.
    set: Option<(usize, End)>,
}

impl Context {
    /// What the address at a place is; `None` if it is none there.
    pub(super) fn read<'t>(
        &mut self,
        text: &'t [u8],
        start: Start,
        brackets: &mut Brackets,
    ) -> Option<Found<'t>> {
        if let Some((last, end)) = self.set
            && text[last..start.at].iter().all(|byte| is_descriptor(*byte))
        {
            return Some(Found { form: Form::Source, end, label: None, is_set: true });
        }
        let explicit = explicit(text, start.at, brackets);
        explicit.or_else(|| start.is_plain.then(|| plain(text, start.at)))
    }

    /// Notes where an address ended.
    pub(super) fn leave(&mut self, found: Found<'_>, end: usize) {
        self.set = found.is_set.then_some((end, found.end));
    }
}

/// What stands between two sources of a set.
const fn is_descriptor(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'.' | b',' | b' ' | b'\t' | b'\r' | b'\n' | b'w' | b'x' | b'h')
}

const fn found(form: Form, end: End) -> Option<Found<'static>> {
    Some(Found { form, end, label: None, is_set: false })
}

/// An address that stands alone, in quotes perhaps.
fn plain(text: &[u8], at: usize) -> Found<'static> {
    let end = match at.checked_sub(1).map(|before| text[before]) {
        Some(quote @ (b'"' | b'\'' | b'`')) => End::Word(Some(quote)),
        _ => End::Word(None),
    };
    Found { form: Form::Bare, end, label: None, is_set: false }
}

/// An address in a place that only addresses have.
fn explicit<'t>(text: &'t [u8], at: usize, brackets: &mut Brackets) -> Option<Found<'t>> {
    let before = trimmed(&text[..at]);
    let last = before.last()?;
    match last {
        b'(' if before.ends_with(b"](") => {
            found(inline(text, before.len() - 2, brackets), End::Paren)
        }
        b'(' => is_style_function(before).then(|| found(Form::Style, End::Paren)).flatten(),
        b':' if before.ends_with(b"]:") => definition(text, before.len() - 2, brackets, End::Space),
        b'<' if before.len() == at => {
            let outer = trimmed(&before[..at - 1]);
            if outer.ends_with(b"](") {
                found(inline(text, outer.len() - 2, brackets), End::Angle)
            } else if outer.ends_with(b"]:") {
                definition(text, outer.len() - 2, brackets, End::Angle)
            } else {
                found(Form::Autolink, End::Angle)
            }
        }
        b'=' => attribute(&before[..before.len() - 1], End::Value),
        b',' => of_set(before),
        b'"' | b'\'' | b'`' => {
            let outer = trimmed(&before[..before.len() - 1]);
            match outer.last()? {
                b'=' => attribute(&outer[..outer.len() - 1], End::Quote(*last)),
                b'(' if is_style_function(outer) => found(Form::Style, End::Quote(*last)),
                _ if ends_with(outer, b"@import") => found(Form::Style, End::Quote(*last)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A link or an image, by the sign in front of the bracket that the one at `close` closes.
fn inline(text: &[u8], close: usize, brackets: &mut Brackets) -> Form {
    let image = brackets
        .opened(text, close)
        .and_then(|open| open.checked_sub(1))
        .is_some_and(|sign| text[sign] == b'!');
    if image { Form::Image } else { Form::Inline }
}

/// A definition, if its bracket begins a line.
fn definition<'t>(
    text: &'t [u8],
    close: usize,
    brackets: &mut Brackets,
    end: End,
) -> Option<Found<'t>> {
    let open = brackets.opened(text, close)?;
    let head = &text[open.saturating_sub(SPACE_BYTES_MAX)..open];
    let line = memrchr(b'\n', head).map_or(head, |at| &head[at + 1..]);
    let is_first = line.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'>' | b'*' | b'-'));
    let label = Some(&text[open + 1..close]);
    is_first.then_some(Found { form: Form::Definition, end, label, is_set: false })
}

/// An attribute whose name ends the bytes, if it is one of those that hold addresses.
fn attribute(before: &[u8], end: End) -> Option<Found<'static>> {
    let before = trimmed(before);
    let letters = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(**byte, b'-' | b':' | b'_');
    let len = before.iter().rev().take(NAME_BYTES_MAX).take_while(letters).count();
    let (head, name) = before.split_at(before.len() - len);
    let is = |names: &[&str]| names.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()));
    if is(&["src", "poster", "background", "data", "lowsrc", "dynsrc", "xlink:href", "code"]) {
        return found(Form::Source, end);
    }
    if is(&["srcset", "imagesrcset"]) {
        let end = match end {
            End::Quote(quote) => End::Word(Some(quote)),
            _ => End::Value,
        };
        return Some(Found { form: Form::Source, end, label: None, is_set: true });
    }
    if is(&["href"]) {
        let loads = tag_is(head, &["link", "base", "image", "use", "feimage", "script"]);
        return found(if loads { Form::Source } else { Form::Attribute }, end);
    }
    if is(&["action", "formaction", "ping", "cite", "longdesc", "manifest"]) {
        return found(Form::Attribute, end);
    }
    if is(&["url"]) && tag_is(head, &["meta"]) {
        return found(Form::Refresh, End::Value);
    }
    None
}

/// A source behind others of its set, which lead nowhere new.
fn of_set(before: &[u8]) -> Option<Found<'static>> {
    let near = &before[before.len().saturating_sub(TAG_BYTES_MAX)..];
    let quote = memrchr2(b'"', b'\'', near)?;
    let outer = trimmed(&near[..quote]);
    let name = outer.strip_suffix(b"=")?;
    attribute(name, End::Quote(near[quote])).filter(|found| found.is_set)
}

/// True if the last tag that is begun has one of these names.
fn tag_is(before: &[u8], names: &[&str]) -> bool {
    let near = &before[before.len().saturating_sub(TAG_BYTES_MAX)..];
    let Some(open) = memrchr(b'<', near) else { return false };
    let tag = &near[open + 1..];
    let len = tag.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    names.iter().any(|name| tag[..len].eq_ignore_ascii_case(name.as_bytes()))
}

fn is_style_function(before: &[u8]) -> bool {
    ends_with(before, b"url(") || ends_with(before, b"image-set(")
}

fn ends_with(bytes: &[u8], end: &[u8]) -> bool {
    bytes.len().checked_sub(end.len()).is_some_and(|from| bytes[from..].eq_ignore_ascii_case(end))
}

/// Without the white space and control characters at the end, of which browsers drop any.
fn trimmed(bytes: &[u8]) -> &[u8] {
    let space = bytes.iter().rev().take(SPACE_BYTES_MAX).take_while(|byte| **byte <= b' ').count();
    &bytes[..bytes.len() - space]
}
