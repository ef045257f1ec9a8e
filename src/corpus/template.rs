//! The little language of templates, forms and word lists: text with `{slots}`.
//!
//! A slot is a brace, a name and a brace; every other brace is text, and so is `${`. docs/CORPUS.md lists the names.

use super::draft::Escape;
use super::kind::Kind;

/// A compiled template.
pub(super) type Template = Vec<Part>;

/// How a name is written as an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// `api_key`.
    Snake,
    /// `API_KEY`.
    Upper,
    /// `apiKey`.
    Camel,
    /// `ApiKey`.
    Pascal,
    /// `api-key`.
    Kebab,
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// As it is.
    Text(Box<str>),
    /// So many characters of an alphabet.
    Chars(&'static [u8], u32, u32),
    /// A number in a range, without leading zeros.
    Number(u32, u32),
    /// Canonical base64 of so many random bytes.
    Base64(u32),
    /// A random UUID (version 4).
    Uuid,
    /// One line of a word list.
    List(usize),
    /// A value of its own, labelled: one of these entries.
    Planted(Vec<usize>),
    /// A look-alike of its own: one of these entries.
    LookAlike(Vec<usize>),
    /// The document's value, with marks around it where people set some.
    Value,
    /// The document's value.
    Raw,
    /// In a form: what the constructor made, written with one of its masks.
    Made,
    /// The name of the document's value in words.
    Cue,
    /// The name of the document's value as an identifier.
    Key(Case),
    /// In a frame: the template.
    Body,
    /// Another template, of this kind, with the same value.
    As(Kind),
    /// A slot inside of another format.
    Escaped(Escape, Box<Self>),
    /// In a form: the labelled part begins.
    Open,
    /// In a form: the labelled part ends.
    Close,
}

/// What names stand for.
pub(super) trait Names {
    /// Word list of this name.
    fn list(&self, name: &str) -> Option<usize>;
    /// Entries of this name that plant values.
    fn planted(&self, name: &str) -> Vec<usize>;
    /// Entries of this name that plant look-alikes.
    fn look_alikes(&self, name: &str) -> Vec<usize>;
}

/// Marks around the labelled part of a form.
const OPEN: char = '«';
const CLOSE: char = '»';

/// Compiles a template; `marked` says whether `«` and `»` are marks.
///
/// # Errors
/// The slot that nobody knows.
pub(super) fn compile(source: &str, marked: bool, names: &dyn Names) -> Result<Template, String> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut rest = source;
    while let Some(char) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("${") {
            text.push_str("${");
            rest = after;
            continue;
        }
        if let Some((name, after)) = slot_name(rest) {
            flush(&mut text, &mut parts);
            parts.push(
                slot(name, names).ok_or_else(|| format!("no slot {{{name}}} in {source:?}"))?,
            );
            rest = after;
            continue;
        }
        rest = rest.get(char.len_utf8()..).unwrap_or_default();
        if marked && matches!(char, OPEN | CLOSE) {
            flush(&mut text, &mut parts);
            parts.push(if char == OPEN { Part::Open } else { Part::Close });
        } else {
            text.push(char);
        }
    }
    flush(&mut text, &mut parts);
    Ok(parts)
}

fn flush(text: &mut String, parts: &mut Template) {
    if !text.is_empty() {
        parts.push(Part::Text(std::mem::take(text).into()));
    }
}

/// The name between braces at the beginning, and what follows.
fn slot_name(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('{')?;
    let (name, after) = inner.split_once('}')?;
    let first = name.trim_start_matches(['@', '~']).bytes().next()?;
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || b"@~:_-".contains(&byte);
    (first.is_ascii_alphabetic() && name.bytes().all(valid)).then_some((name, after))
}

fn slot(name: &str, names: &dyn Names) -> Option<Part> {
    if let Some(name) = name.strip_prefix('@') {
        return Some(names.planted(name)).filter(|found| !found.is_empty()).map(Part::Planted);
    }
    if let Some(name) = name.strip_prefix('~') {
        return Some(names.look_alikes(name))
            .filter(|found| !found.is_empty())
            .map(Part::LookAlike);
    }
    if let Some((head, tail)) = name.split_once(':') {
        return match escape(head) {
            Some(format) => Some(Part::Escaped(format, Box::new(slot(tail, names)?))),
            None => atom(head, tail),
        };
    }
    if let Some(kind) = name.strip_prefix("as-") {
        return Kind::from_name(kind).map(Part::As);
    }
    Some(match name {
        "value" => Part::Value,
        "raw" => Part::Raw,
        "made" => Part::Made,
        "cue" => Part::Cue,
        "key" => Part::Key(Case::Snake),
        "KEY" => Part::Key(Case::Upper),
        "camel" => Part::Key(Case::Camel),
        "Camel" => Part::Key(Case::Pascal),
        "kebab" => Part::Key(Case::Kebab),
        "body" => Part::Body,
        "uuid" => Part::Uuid,
        _ => Part::List(names.list(name)?),
    })
}

fn escape(name: &str) -> Option<Escape> {
    Some(match name {
        "json" => Escape::Json,
        "url" => Escape::Url,
        "xml" => Escape::Xml,
        "sql" => Escape::Sql,
        _ => return None,
    })
}

/// `{hex:32}`, `{n:1-200}`: an alphabet and a length, or a range.
fn atom(name: &str, argument: &str) -> Option<Part> {
    let (low, high) = argument.split_once('-').unwrap_or((argument, argument));
    let (low, high) = (low.parse().ok()?, high.parse().ok()?);
    let alphabet: &[u8] = match name {
        "n" => return Some(Part::Number(low, high)),
        "b64of" => return Some(Part::Base64(low)),
        "d" => b"0123456789",
        "hex" => b"0123456789abcdef",
        "HEX" => b"0123456789ABCDEF",
        "az" => b"abcdefghijklmnopqrstuvwxyz",
        "AZ" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "az09" => b"abcdefghijklmnopqrstuvwxyz0123456789",
        "AZ09" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        "b32" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        "b32l" => b"abcdefghijklmnopqrstuvwxyz234567",
        "b58" => b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
        "b62" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        "b64" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        "b64u" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
        "bech32" => b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
        "pw" => b"abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!#%*+-.=?@^_~",
        _ => return None,
    };
    Some(Part::Chars(alphabet, low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nobody;

    impl Names for Nobody {
        fn list(&self, name: &str) -> Option<usize> {
            (name == "city").then_some(7)
        }

        fn planted(&self, name: &str) -> Vec<usize> {
            if name == "email" { vec![1, 2] } else { Vec::new() }
        }

        fn look_alikes(&self, _: &str) -> Vec<usize> {
            Vec::new()
        }
    }

    #[track_caller]
    fn check(source: &str, expect: &[Part]) {
        assert_eq!(compile(source, true, &Nobody).as_deref(), Ok(expect), "{source}");
    }

    #[test]
    fn slots_and_text() {
        let text = |text: &str| Part::Text(text.into());
        check("a {city}", &[text("a "), Part::List(7)]);
        check(r#"{"a": {"b": 1}}"#, &[text(r#"{"a": {"b": 1}}"#)]);
        check("${HOME} ${{KEY}}", &[text("${HOME} ${"), Part::Key(Case::Upper), text("}")]);
        check("{@email}", &[Part::Planted(vec![1, 2])]);
        check("{d:4}", &[Part::Chars(b"0123456789", 4, 4)]);
        check("{n:1-20}", &[Part::Number(1, 20)]);
        check("k=«{raw}»", &[text("k="), Part::Open, Part::Raw, Part::Close]);
        let nested =
            Part::Escaped(Escape::Json, Box::new(Part::Escaped(Escape::Json, Box::new(Part::Raw))));
        check("{json:json:raw}", &[nested]);
        check("{as-chat}", &[Part::As(Kind::Chat)]);
    }

    #[test]
    fn unknown_slots_are_errors() {
        for source in
            ["{nobody}", "{@nobody}", "{~nobody}", "{d:x}", "{json:nobody}", "{as-nobody}"]
        {
            assert!(compile(source, false, &Nobody).is_err(), "{source}");
        }
    }
}
