//! Data in an address that is there to arrive somewhere.
//!
//! Ordinary addresses are long, too: digests in paths of pictures, signatures of storage services, tags of campaigns, words of titles. What
//! tells data apart is that it can be *read*: letters that decode to text, or a sentence where a name is expected. What cannot be read
//! counts by size only, once it is larger than any signature.

use super::address::{Address, Part, PartKind};
use super::join;
use super::readings::{percent_decoded, readings};
use crate::base::{Confidence, Span};
use crate::classify::randomness;
use crate::text::links::Form;

/// Less text than this is no message, in bytes.
const TEXT_BYTES_MIN: usize = 8;
/// The planes from here on have no characters but private ones. One word in many decodes to them.
const PRIVATE_USE_MIN: char = '\u{f0000}';
/// A sentence has that many words …
const WORDS_MIN: usize = 4;
/// … and that many bytes.
const SENTENCE_BYTES_MIN: usize = 20;
/// A sentence in a link that has to be clicked is what people share and search for, up to here, in bytes.
const CLICKED_SENTENCE_BYTES_MIN: usize = 240;
/// A value under a name that stands for data, in bytes.
const NAMED_BYTES_MIN: usize = 8;
/// Unreadable bytes beyond any signature: noted, and likely.
const OPAQUE_BYTES: [usize; 2] = [384, 1024];
/// The same in a link that has to be clicked: noted.
const CLICKED_OPAQUE_BYTES_MIN: usize = 2048;
/// Probability of having been drawn at random from which on a value cannot be read.
const RANDOM_MIN: f32 = 0.7;
/// Names of hosts have short labels. All labels below the registered domain together, in bytes, and how many of them.
const LABELS_BYTES_MIN: usize = 48;
const LABELS_MIN: usize = 2;
const LABEL_BYTES_MIN: usize = 20;

/// Names of parameters that stand for data on its way.
const DATA_NAMES: [&str; 22] = [
    "data",
    "payload",
    "secret",
    "secrets",
    "exfil",
    "leak",
    "leaked",
    "stolen",
    "dump",
    "chat",
    "conversation",
    "history",
    "context",
    "ctx",
    "memory",
    "prompt",
    "msg",
    "message",
    "password",
    "passwd",
    "cookie",
    "env",
];

/// Parameters that storage services and content networks sign addresses with.
const SIGNED_NAMES: [&str; 12] = [
    "x-amz-",
    "x-goog-",
    "x-oss-",
    "q-sign",
    "q-ak",
    "signature",
    "policy",
    "key-pair-id",
    "awsaccesskeyid",
    "googleaccessid",
    "hdnea",
    "hdnts",
];

/// What an address carries, and how sure it is that it does so on purpose.
pub(super) fn assess(address: &Address, raw: &[u8], form: Form) -> Option<(Span, Confidence)> {
    let mut load = Load::default();
    let parts = address.parts.iter().filter(|part| part.kind != PartKind::Label);
    for part in parts.clone() {
        load.add(part, raw, form);
    }
    if load.encoded.is_none() {
        // What is cut into small pieces.
        for kind in [PartKind::Segment, PartKind::Value] {
            let pieces = parts.clone().filter(|part| part.kind == kind);
            load.add_joined(pieces, raw);
        }
    }
    load.confidence(form)
}

/// What the labels of a host name carry to whoever answers for the domain.
pub(super) fn of_name(address: &Address, raw: &[u8], form: Form) -> Option<(Span, Confidence)> {
    let labels = || address.parts.iter().filter(|part| part.kind == PartKind::Label);
    let span = labels().map(|part| part.span).reduce(join)?;
    let joined: Vec<u8> = labels().flat_map(|part| &raw[part.span.range()]).copied().collect();
    if readings(&joined).iter().any(|text| is_message(text)) {
        let confidence = if form.loads() { Confidence::High } else { Confidence::Medium };
        return Some((span, confidence));
    }
    let long = labels().filter(|part| {
        let label = &raw[part.span.range()];
        label.len() >= LABEL_BYTES_MIN && !label.contains(&b'-') && randomness(label) >= RANDOM_MIN
    });
    let (count, bytes) = long.fold((0, 0), |(n, bytes), part| (n + 1, bytes + part.span.len()));
    (count >= LABELS_MIN && bytes >= LABELS_BYTES_MIN).then_some((span, Confidence::Medium))
}

/// What was found in the parts of an address, with the bytes that carry it.
#[derive(Debug, Default)]
struct Load {
    /// Text that had to be decoded.
    encoded: Option<Span>,
    /// That text is all data of programs, as tokens and states are.
    structured: bool,
    /// Sentences.
    sentence: Option<(Span, usize)>,
    /// A value under a name that stands for data.
    named: Option<Span>,
    /// What cannot be read.
    opaque: Option<(Span, usize)>,
}

impl Load {
    fn add(&mut self, part: &Part, raw: &[u8], form: Form) {
        let written = &raw[part.span.range()];
        let name = &raw[part.name.range()];
        let value = percent_decoded(written);
        if super::address::is_address(&value) {
            return;
        }
        let mut texts = readings(&value);
        texts.retain(|text| is_message(text) && !super::address::is_address(text));
        if !texts.is_empty() && !is_signed(name) {
            let structured = texts.iter().all(|text| is_structured(text));
            self.structured = structured && (self.structured || self.encoded.is_none());
            add(&mut self.encoded, part.span);
            return;
        }
        if is_sentence(&value, part.kind) {
            grow(&mut self.sentence, part.span, value.len());
            return;
        }
        let is_named = DATA_NAMES.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()));
        if is_named && value.len() >= NAMED_BYTES_MIN && form.loads() {
            add(&mut self.named, part.span);
        }
        if !is_signed(name) && !is_digest(&value) && randomness(&value) >= RANDOM_MIN {
            grow(&mut self.opaque, part.span, value.len());
        }
    }

    fn add_joined<'p>(&mut self, pieces: impl Iterator<Item = &'p Part>, raw: &[u8]) {
        let (mut joined, mut span, mut count) = (Vec::new(), None, 0);
        for piece in pieces {
            let bytes = &raw[piece.span.range()];
            // A digit or a date between words would only be in the way.
            if bytes
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'='))
            {
                joined.extend(bytes.iter().filter(|byte| **byte != b'='));
                add(&mut span, piece.span);
                count += 1;
            }
        }
        if count > 1 && readings(&joined).iter().any(|text| is_message(text)) {
            self.encoded = span;
        }
    }

    fn confidence(&self, form: Form) -> Option<(Span, Confidence)> {
        use Confidence::{High, Low, Medium};
        let loads = form.loads();
        let surest = match (self.encoded, loads, self.structured) {
            (Some(span), true, false) => Some((span, High)),
            (Some(span), true, true) | (Some(span), false, false) => Some((span, Medium)),
            (Some(span), false, true) => Some((span, Low)),
            (None, ..) => None,
        };
        let sentence = self.sentence.and_then(|(span, bytes)| match loads {
            true => Some((span, Medium)),
            false => (bytes >= CLICKED_SENTENCE_BYTES_MIN).then_some((span, Low)),
        });
        let named = self.named.map(|span| (span, Medium));
        let opaque = self.opaque.and_then(|(span, bytes)| match loads {
            true if bytes >= OPAQUE_BYTES[1] => Some((span, Medium)),
            true => (bytes >= OPAQUE_BYTES[0]).then_some((span, Low)),
            false => (bytes >= CLICKED_OPAQUE_BYTES_MIN).then_some((span, Low)),
        });
        [surest, sentence, named, opaque].into_iter().flatten().reduce(|a, b| {
            let surer = if b.1 > a.1 { b.1 } else { a.1 };
            (join(a.0, b.0), surer)
        })
    }
}

fn add(place: &mut Option<Span>, span: Span) {
    *place = Some(place.map_or(span, |known| join(known, span)));
}

fn grow(place: &mut Option<(Span, usize)>, span: Span, bytes: usize) {
    *place = Some(place.map_or((span, bytes), |(known, sum)| (join(known, span), sum + bytes)));
}

/// True if a text says something: it has letters, and enough of them, and no character that only chance makes.
fn is_message(text: &[u8]) -> bool {
    let text: Vec<u8> = text.iter().filter(|byte| **byte != 0).copied().collect();
    let Ok(text) = std::str::from_utf8(&text) else { return false };
    let letters = text.chars().filter(|char| char.is_alphanumeric()).count();
    letters >= TEXT_BYTES_MIN
        && letters * 2 >= text.chars().count()
        && text.chars().all(|char| char < PRIVATE_USE_MIN)
}

fn is_structured(text: &[u8]) -> bool {
    matches!(text.first(), Some(b'{' | b'['))
}

/// True for words with spaces between them. In a path, hyphens do not count: titles stand there.
fn is_sentence(value: &[u8], kind: PartKind) -> bool {
    if value.len() < SENTENCE_BYTES_MIN || kind == PartKind::Fragment {
        return false;
    }
    let is_space = |byte: &u8| *byte == b' ' || *byte == b'+' && kind == PartKind::Value;
    let words = value.split(is_space);
    let is_word = |word: &&[u8]| word.iter().filter(|byte| byte.is_ascii_alphabetic()).count() >= 2;
    let count = words.filter(is_word).count();
    // Names of files have spaces in them as well.
    count >= if kind == PartKind::Segment { 2 * WORDS_MIN } else { WORDS_MIN }
}

/// A digest or an identifier: hexadecimal digits and hyphens, no longer than the longest digest.
fn is_digest(value: &[u8]) -> bool {
    const DIGEST_BYTES_MAX: usize = 128 + 4;
    let stem = value.split(|byte| *byte == b'.').next().unwrap_or_default();
    stem.len() <= DIGEST_BYTES_MAX
        && stem.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-')
}

/// True for parameters that sign an address.
pub(super) fn is_signed(name: &[u8]) -> bool {
    let starts = |known: &&str| {
        name.get(..known.len()).is_some_and(|head| head.eq_ignore_ascii_case(known.as_bytes()))
    };
    SIGNED_NAMES.iter().any(starts) || name.eq_ignore_ascii_case(b"sig")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, form: Form, expect: Option<Confidence>) {
        let address = Address::read(raw.as_bytes(), form).expect(raw);
        let found = assess(&address, raw.as_bytes(), form).map(|(_, confidence)| confidence);
        assert_eq!(found, expect, "{raw} {form:?}");
    }

    #[test]
    fn what_can_be_read_is_told_from_what_is_only_long() {
        use Confidence::{High, Low, Medium};
        use Form::{Image, Inline};
        check("https://a.org/?q=dGhlIHBsYW4gaXMgdG8gc2VsbA", Image, Some(High));
        check("https://a.org/?q=dGhlIHBsYW4gaXMgdG8gc2VsbA", Inline, Some(Medium));
        check("https://a.org/?state=eyJwbGFuIjogInNlbGwgaXQgaW4gTWF5In0", Inline, Some(Low));
        check("https://a.org/?q=the+plan+is+to+sell+it", Image, Some(Medium));
        check("https://a.org/?q=the+plan+is+to+sell+it", Inline, None);
        check("https://a.org/?secret=hunter2hunter2", Image, Some(Medium));
        check("https://a.org/dGhlIHB/sYW4gaX/MgdG8gc/2VsbA", Image, Some(High));
        // Identifiers that happen to decode to characters.
        check("https://a.org/v1/2knutntbosoct6233zaqaieafa/cancel", Inline, None);
        check("https://a.org/api/pydantic_graph/persistence", Inline, None);
        check("https://a.org/0191a6f2-7d3c-7a31-9f0e-5b6c7d8e9f00/photo.jpg", Image, None);
    }
}
