//! Which JSON bodies are envelopes of ours, and which are documents of somebody else.
//!
//! Clients send what they have: the request of a chat API, an answer, a log record. Such a body is inspected as it is, whole, and what is
//! in it means nothing to us. An *envelope* is an object with nothing but members of [`InspectRequest`](super::wire::InspectRequest), one
//! content among them, and it shows that it is meant for us: by `text`, or by `direction`, `options` or `id` beside `messages` or
//! `content`. So `{"messages": […]}` alone is a document like any chat request with a model beside, and comes back as one.
//!
//! What lies between is a mistake: a content, something that an envelope has not, and an option of ours all the same. To inspect it as a
//! document would drop the option in silence. Names alone do not tell, other APIs have `options` too; the value must be one of ours.

use super::wire::{
    BodyForm, ClassifyName, ConfidenceName, DirectionName, FormatName, Offsets, Options, StyleName,
};
use crate::base::{Fault, code};
use crate::rules::Rules;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::fmt;

/// Shortest name that is recognised with a slip in it, in bytes. One letter away from a short word are too many others.
const SLIP_NAME_BYTES_MIN: usize = 5;

/// How a body is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Envelope,
    Document,
}

/// The form of a JSON body, as asked for or, for [`BodyForm::Auto`], as it looks.
///
/// # Errors
/// The body is an object and no valid JSON, or neither a document nor an envelope. The place is relative to `json`.
pub(super) fn form(json: &str, asked: BodyForm, rules: &Rules) -> Result<Form, Wrong> {
    match asked {
        BodyForm::Document => Ok(Form::Document),
        BodyForm::Envelope => Ok(Form::Envelope),
        BodyForm::Auto if !json.trim_ascii_start().starts_with('{') => Ok(Form::Document),
        BodyForm::Auto => probe(json, rules)?.form(json).map_err(Wrong::Fault),
    }
}

/// Why a body has no form.
#[derive(Debug)]
pub(super) enum Wrong {
    Json(serde_json::Error),
    Fault(Fault),
}

impl From<serde_json::Error> for Wrong {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error)
    }
}

/// What the members of an object say about its form.
#[derive(Debug, Default)]
struct Probe<'a> {
    text: bool,
    /// `messages` or `content`.
    other_contents: u8,
    /// `id`, `direction` or `options` is there.
    marked: bool,
    /// Something is there that envelopes have not.
    foreign: bool,
    /// The first member with an option of ours and a value that it takes.
    meant: Option<(Name, &'a RawValue)>,
}

impl Probe<'_> {
    fn form(&self, json: &str) -> Result<Form, Fault> {
        let contents = u32::from(self.text) + self.other_contents.count_ones();
        if contents == 1 && !self.foreign && (self.text || self.marked) {
            return Ok(Form::Envelope);
        }
        match self.meant {
            Some((name, value)) if contents > 0 => {
                let at = value.get().as_ptr() as usize - json.as_ptr() as usize;
                let name = name.text();
                let detail = format!(
                    "the value at byte {at} seems to be meant for `{name}`, but an envelope has exactly one of `text`, `messages` and \
                     `content`, and beside it only `id`, `direction` and `options`; send options of a whole document in the query string, \
                     where body=document says that it is one"
                );
                Err(Fault::new(code::REQUEST_FIELD, detail))
            }
            _ => Ok(Form::Document),
        }
    }
}

fn probe<'a>(json: &'a str, rules: &Rules) -> Result<Probe<'a>, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let probe = Prober { rules }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(probe)
}

/// Reads the keys of an object and skips most values.
struct Prober<'r> {
    rules: &'r Rules,
}

impl<'de> DeserializeSeed<'de> for Prober<'_> {
    type Value = Probe<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Probe<'de>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Prober<'_> {
    type Value = Probe<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Probe<'de>, A::Error> {
        let mut probe = Probe::default();
        while let Some(member) = map.next_key()? {
            match member {
                Member::Text => probe.text = true,
                Member::Messages => probe.other_contents |= 1,
                Member::Content => probe.other_contents |= 2,
                Member::Id => probe.marked = true,
                Member::Other => probe.foreign = true,
                Member::Option { name, in_envelope } => {
                    probe.marked |= in_envelope;
                    probe.foreign |= !in_envelope;
                    let value: &RawValue = map.next_value()?;
                    if probe.meant.is_none() && name.takes(value.get(), self.rules) {
                        probe.meant = Some((name, value));
                    }
                    continue;
                }
            }
            let IgnoredAny = map.next_value()?;
        }
        Ok(probe)
    }
}

/// What a key of the object is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Member {
    Text,
    Messages,
    Content,
    Id,
    /// An option, spelled well or nearly so. Only two names stand in the envelope itself.
    Option {
        name: Name,
        in_envelope: bool,
    },
    Other,
}

impl Member {
    fn of(key: &[u8]) -> Self {
        match key {
            b"text" => Self::Text,
            b"messages" => Self::Messages,
            b"content" => Self::Content,
            b"id" => Self::Id,
            b"direction" => Self::Option { name: Name::Direction, in_envelope: true },
            b"options" => Self::Option { name: Name::Options, in_envelope: true },
            _ => match Name::like(key) {
                Some(name) => Self::Option { name, in_envelope: false },
                None => Self::Other,
            },
        }
    }
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Key;
        impl Visitor<'_> for Key {
            type Value = Member;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_bytes<E>(self, key: &[u8]) -> Result<Member, E> {
                Ok(Member::of(key))
            }
        }
        // As bytes, since a key with a lone surrogate is no string.
        deserializer.deserialize_bytes(Key)
    }
}

/// An option of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    Direction,
    Options,
    Pack,
    MinConfidence,
    Classify,
    Format,
    Style,
    Offsets,
    Redact,
    Reencode,
}

impl Name {
    const ALL: [Self; 10] = [
        Self::Direction,
        Self::Options,
        Self::Pack,
        Self::MinConfidence,
        Self::Classify,
        Self::Format,
        Self::Style,
        Self::Offsets,
        Self::Redact,
        Self::Reencode,
    ];

    fn text(self) -> &'static str {
        match self {
            Self::Direction => "direction",
            Self::Options => "options",
            Self::Pack => "pack",
            Self::MinConfidence => "min_confidence",
            Self::Classify => "classify",
            Self::Format => "format",
            Self::Style => "style",
            Self::Offsets => "offsets",
            Self::Redact => "redact",
            Self::Reencode => "reencode",
        }
    }

    /// The option that somebody who wrote `key` may have had in mind.
    fn like(key: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|name| is_like(key, name.text().as_bytes()))
    }

    /// Whether the option takes this JSON value.
    fn takes(self, value: &str, rules: &Rules) -> bool {
        fn is<'a, T: Deserialize<'a>>(value: &'a str) -> bool {
            serde_json::from_str::<T>(value).is_ok()
        }
        match self {
            Self::Direction => is::<DirectionName>(value),
            // An empty object could be anybody's.
            Self::Options => value.contains('"') && is::<Options>(value),
            Self::Pack => {
                serde_json::from_str::<String>(value).is_ok_and(|pack| rules.pack(&pack).is_some())
            }
            Self::MinConfidence => is::<ConfidenceName>(value),
            Self::Classify => is::<ClassifyName>(value),
            // Ollama has a `format`, too, which is `json` or a schema.
            Self::Format => is::<FormatName>(value) && value != "\"json\"",
            Self::Style => is::<StyleName>(value),
            Self::Offsets => is::<Offsets>(value),
            Self::Redact | Self::Reencode => is::<bool>(value),
        }
    }
}

/// Whether `key` is `name` but for case, `-`, `_` and, in longer names, one letter: missing, added, changed, or swapped with the next.
fn is_like(key: &[u8], name: &[u8]) -> bool {
    // Longer keys are not worth a look: two separators and one letter is more than any slip adds.
    if key.len() > name.len() + 3 || key.len() + 3 < name.len() {
        return false;
    }
    let letters = |text: &[u8]| -> Vec<u8> {
        let letters = text.iter().filter(|byte| !matches!(byte, b'-' | b'_'));
        letters.map(u8::to_ascii_lowercase).collect()
    };
    let (key, name) = (letters(key), letters(name));
    let same_first = key.iter().zip(&name).take_while(|(a, b)| a == b).count();
    let (key_rest, name_rest) = (&key[same_first..], &name[same_first..]);
    match (key_rest, name_rest) {
        ([], []) => true,
        _ if name.len() < SLIP_NAME_BYTES_MIN => false,
        ([a, b, key_rest @ ..], [c, d, name_rest @ ..])
            if (a, b) == (d, c) && key_rest == name_rest =>
        {
            true
        }
        _ => {
            let (key_next, name_next) = (key_rest.get(1..), name_rest.get(1..));
            key_next.is_some_and(|rest| rest == name_rest)
                || name_next.is_some_and(|rest| rest == key_rest)
                || key_next.is_some() && key_next == name_next
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Compiler;
    use crate::syntax::Source;

    #[track_caller]
    fn check(cases: &[&str], expect: Result<Form, &str>) {
        let pack = "id = 'default'\ntitle = 'Nothing'\ninclude = ['*']";
        let mut compiler = Compiler::new();
        compiler.add_pack(Source::new("default.toml", pack));
        let (rules, _) = compiler.build().unwrap();
        for case in cases {
            let found = form(case, BodyForm::Auto, &rules).map_err(|wrong| match wrong {
                Wrong::Fault(fault) => {
                    let name = fault.detail.split('`').nth(1).unwrap_or_default();
                    format!("{name} {}", fault.code.id)
                }
                Wrong::Json(_) => "json".to_owned(),
            });
            assert_eq!(
                found.as_ref().map_err(String::as_str),
                expect.as_ref().map_err(|e| *e),
                "{case}"
            );
        }
    }

    #[test]
    fn envelopes_have_one_content_and_nothing_foreign() {
        check(
            &[
                r#"{"text":"x"}"#,
                r#" {"text":7}"#,
                r#"{"text":"x","text":"y"}"#,
                r#"{"id":7,"text":"x"}"#,
                r#"{"t\u0065xt":"x","direction":"nowhere"}"#,
                r#"{"messages":[],"direction":"input"}"#,
                r#"{"messages":[],"id":"a"}"#,
                r#"{"content":{},"options":{}}"#,
            ],
            Ok(Form::Envelope),
        );
    }

    #[test]
    fn bodies_of_other_apis_are_documents() {
        check(
            &[
                "[1]",
                "\"text\"",
                "{}",
                r#"{"messages":[]}"#,
                r#"{"content":[{"type":"text","text":"x"}]}"#,
                r#"{"model":"m","messages":[],"temperature":0.2,"tools":[]}"#,
                r#"{"model":"m","messages":[],"options":{"temperature":0.1,"num_ctx":8}}"#,
                r#"{"model":"m","messages":[],"format":"json"}"#,
                r#"{"model":"m","input":"x","text":{"format":{"type":"json_object"}}}"#,
                r#"{"model":"m","max_tokens":9,"system":"s","messages":[]}"#,
                r#"{"id":"msg_1","type":"message","role":"assistant","content":[]}"#,
                r#"{"contents":[],"generationConfig":{}}"#,
                r#"{"role":"user","content":"x"}"#,
                r#"{"text":"x","direction":"en-fr","lang":"en"}"#,
                r#"{"text":"x","style":"bold","lang":"en"}"#,
                r#"{"text":"x","content":"y"}"#,
                r#"{"direction":"input","body":"x"}"#,
                r#"{"\ud800":1,"text":"x"}"#,
            ],
            Ok(Form::Document),
        );
    }

    #[test]
    fn options_that_would_be_dropped_in_silence_are_mistakes() {
        let check = |cases: &[&str], name: &str| {
            check(cases, Err(&format!("{name} request.field")));
        };
        check(
            &[
                r#"{"text":"x","directon":"output"}"#,
                r#"{"text":"x","Direction":"output"}"#,
                r#"{"model":"m","messages":[],"direction":"output"}"#,
                r#"{"text":"x","content":"y","direction":"input"}"#,
            ],
            "direction",
        );
        check(&[r#"{"model":"m","messages":[],"options":{"pack":"p"}}"#], "options");
        check(&[r#"{"text":"x","option":{"redact":false}}"#], "options");
        check(&[r#"{"text":"x","pack":"default"}"#], "pack");
        check(&[r#"{"messages":[],"minConfidence":"low"}"#], "min_confidence");
        check(&[r#"{"text":"x","redact":false}"#], "redact");
        check(&[r#"{"messages":[],"format":"openai.chat"}"#], "format");
    }

    #[test]
    fn broken_objects_are_broken() {
        check(&["{", r#"{"text":"x"} 1"#, r#"{"a" 1}"#], Err("json"));
    }

    #[test]
    fn slips_are_one_letter() {
        let check = |key: &str, expect: Option<Name>| {
            assert_eq!(Name::like(key.as_bytes()), expect, "{key}");
        };
        for key in ["direction", "directio", "direcction", "dirextion", "dierction", "DIRECTION"] {
            check(key, Some(Name::Direction));
        }
        check("min-confidence", Some(Name::MinConfidence));
        check("pack", Some(Name::Pack));
        check("back", None);
        check("drection2", None);
        check("instruction", None);
        check("", None);
        check(&"direction".repeat(9), None);
    }
}
