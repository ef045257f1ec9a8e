//! From a body to what shall be inspected.

use super::media::MediaType;
use super::wire::{InspectRequest, Options, Query};
use crate::base::{Code, Direction, Fault, code, limits};
use crate::engine::Content;
use axum::http::Uri;
use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::error::Category;
use std::borrow::Cow;
use std::fmt;

/// One thing to inspect.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    pub(super) what: What<'a>,
    pub(super) direction: Direction,
    pub(super) options: Options,
}

/// The content, and with it the form of what is sent back.
#[derive(Debug)]
pub(super) enum What<'a> {
    Text(Cow<'a, str>),
    /// The raw bytes of a JSON value. Offsets count from its start.
    Json(&'a str),
}

impl<'a> What<'a> {
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Json(raw) => raw,
        }
    }

    pub(super) fn content(&'a self) -> Content<'a> {
        match self {
            Self::Text(text) => Content::Text(text.as_bytes()),
            Self::Json(raw) => Content::Json(raw.as_bytes()),
        }
    }
}

/// The body as UTF-8.
///
/// # Errors
/// It is not UTF-8. JSON must be, and the redacted text goes back in a JSON string, which could not hold other bytes.
pub(super) fn utf8(body: &[u8]) -> Result<&str, Fault> {
    std::str::from_utf8(body)
        .map_err(|error| Fault::new(code::REQUEST_UTF8, format!("at byte {}", error.valid_up_to())))
}

/// The subject of a `POST /v1/inspect`.
///
/// # Errors
/// The body is not UTF-8, or it is an envelope with a mistake. A document that is not an envelope is left to the engine to check.
pub(super) fn subject<'a>(
    kind: MediaType,
    body: &'a [u8],
    query: Query,
    depth_max: usize,
) -> Result<Subject<'a>, Fault> {
    let body = utf8(body)?;
    let direction = query.direction.map(Direction::from).unwrap_or_default();
    let options = options(query);
    if kind == MediaType::Text {
        return Ok(Subject { what: What::Text(Cow::Borrowed(body)), direction, options });
    }
    check_depth(body, depth_max)?;
    if !is_envelope(body)? {
        return Ok(Subject { what: What::Json(body), direction, options });
    }
    let request: InspectRequest<'a> =
        serde_json::from_str(body).map_err(|error| json_fault(&error, body))?;
    unwrap(request, direction, options)
}

/// The subject of an envelope; `direction` and `options` fill what it leaves out.
pub(super) fn unwrap(
    request: InspectRequest<'_>,
    direction: Direction,
    options: Options,
) -> Result<Subject<'_>, Fault> {
    let what = match (request.text, request.messages, request.content) {
        (Some(text), None, None) => {
            let text = serde_json::from_str(text.get())
                .map(|Text(text)| text)
                .map_err(|_| Fault::new(code::REQUEST_FIELD, "`text` must be a string"))?;
            What::Text(text)
        }
        (None, Some(messages), None) if messages.get().starts_with('[') => {
            What::Json(messages.get())
        }
        (None, Some(_), None) => {
            return Err(Fault::new(code::REQUEST_FIELD, "`messages` must be an array"));
        }
        (None, None, Some(content)) => What::Json(content.get()),
        _ => {
            let detail = "exactly one of `text`, `messages` and `content` is needed";
            return Err(Fault::new(code::REQUEST_FIELD, detail));
        }
    };
    let direction = request.direction.map_or(direction, Direction::from);
    Ok(Subject { what, direction, options: merge(request.options, options) })
}

/// A string that is borrowed where it has no escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// What the query string says.
///
/// # Errors
/// A parameter is unknown or has a wrong value.
pub(super) fn query<T: Default + for<'de> Deserialize<'de>>(uri: &Uri) -> Result<T, Fault> {
    if uri.query().is_none_or(str::is_empty) {
        return Ok(T::default());
    }
    axum::extract::Query::try_from_uri(uri).map(|axum::extract::Query(query)| query).map_err(|_| {
        Fault::new(
            code::REQUEST_FIELD,
            "a query parameter is unknown, repeated or has a wrong value",
        )
    })
}

/// The options among the query parameters.
pub(super) fn options(query: Query) -> Options {
    let Query { direction: _, pack, min_confidence, style, offsets, redact } = query;
    Options { pack, min_confidence, style, offsets, redact }
}

/// `first`, with what it leaves out taken from `second`.
fn merge(first: Options, second: Options) -> Options {
    Options {
        pack: first.pack.or(second.pack),
        min_confidence: first.min_confidence.or(second.min_confidence),
        style: first.style.or(second.style),
        offsets: first.offsets.or(second.offsets),
        redact: first.redact.or(second.redact),
    }
}

/// True if the document is an object with a member that only envelopes have.
fn is_envelope(body: &str) -> Result<bool, Fault> {
    if !body.trim_ascii_start().starts_with('{') {
        return Ok(false);
    }
    let probe: Probe = serde_json::from_str(body).map_err(|error| json_fault(&error, body))?;
    Ok(probe.0)
}

/// Looks at the keys of an object and skips the values.
struct Probe(bool);

impl<'de> Deserialize<'de> for Probe {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ProbeVisitor)
    }
}

struct ProbeVisitor;

impl<'de> Visitor<'de> for ProbeVisitor {
    type Value = Probe;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Probe, A::Error> {
        let mut found = false;
        while let Some((Text(key), IgnoredAny)) = map.next_entry()? {
            found |= matches!(&*key, "text" | "messages" | "content");
        }
        Ok(Probe(found))
    }
}

/// Refuses documents that are deeper than the settings allow. The engine's own limit needs no second count.
pub(super) fn check_depth(json: &str, depth_max: usize) -> Result<(), Fault> {
    if depth_max >= limits::JSON_DEPTH_MAX {
        return Ok(());
    }
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, byte) in json.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'[' | b'{' => {
                depth += 1;
                if depth > depth_max {
                    let detail = format!("at byte {at}, limit {depth_max}");
                    return Err(Fault::new(code::JSON_DEPTH, detail));
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

/// A serde error without the input that its text quotes: the kind, the place, and what was expected.
pub(super) fn json_fault(error: &serde_json::Error, body: &str) -> Fault {
    let line_start: usize =
        body.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at = (line_start + error.column()).min(body.len());
    let code: Code = match error.classify() {
        Category::Eof => code::JSON_TRUNCATED,
        Category::Data => {
            let detail = format!("{} at byte {at}{}", kind(error), expected(error));
            return Fault::new(code::REQUEST_FIELD, detail);
        }
        _ if error.to_string().starts_with("trailing characters") => code::JSON_TRAILING,
        _ => code::JSON_SYNTAX,
    };
    Fault::new(code, format!("at byte {at}"))
}

/// The start of serde's message, as far as it is one of its own phrases.
fn kind(error: &serde_json::Error) -> &'static str {
    const KINDS: [&str; 6] = [
        "unknown field",
        "unknown variant",
        "missing field",
        "duplicate field",
        "invalid type",
        "invalid value",
    ];
    let message = error.to_string();
    KINDS.into_iter().find(|kind| message.starts_with(kind)).unwrap_or("wrong value")
}

/// The end of serde's message. It comes from our own types; what the input says stands before the last `, expected`.
fn expected(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(&*message, |(message, _)| message);
    match message.rfind(", expected ") {
        Some(at) => message[at..].to_owned(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expect: Result<&str, &str>) {
        let result = subject(MediaType::Json, body.as_bytes(), Query::default(), 64);
        let shown = result.map(|subject| subject.what.text().to_owned());
        let shown = shown.map_err(|fault| format!("{} {}", fault.code.id, fault.detail));
        assert_eq!(shown.as_deref().map_err(|fault| fault.as_str()), expect, "{body}");
    }

    #[test]
    fn envelopes_and_documents() {
        check(r#"{"text":"a\nb"}"#, Ok("a\nb"));
        check(r#"{"messages": [ {"role":"user"} ] }"#, Ok(r#"[ {"role":"user"} ]"#));
        check(r#"{"content": {"a" : 1.0 }}"#, Ok(r#"{"a" : 1.0 }"#));
        check(r#" {"a":1} "#, Ok(r#" {"a":1} "#));
        check("[1]", Ok("[1]"));
    }

    #[test]
    fn mistakes_are_named_without_quoting_them() {
        check(
            r#"{"text":"x","s3cret":1}"#,
            Err(
                "request.field unknown field at byte 20, expected one of `id`, `text`, `messages`, `content`, `direction`, `options`",
            ),
        );
        check(r#"{"text":"x","text":"y"}"#, Err("request.field duplicate field at byte 18"));
        check(
            r#"{"text":"x","direction":"s3cret, expected up"}"#,
            Err(
                "request.field unknown variant at byte 45, expected one of `input`, `output`, `memory`, `tool_call`, `tool_result`",
            ),
        );
        check(
            r#"{"text":"x","options":{"redact":"s3cret"}}"#,
            Err("request.field invalid type at byte 40, expected a boolean"),
        );
        check(r#"{"text":1}"#, Err("request.field `text` must be a string"));
        check(r#"{"messages":{}}"#, Err("request.field `messages` must be an array"));
        check(
            r#"{"text":"x","content":1}"#,
            Err("request.field exactly one of `text`, `messages` and `content` is needed"),
        );
    }

    #[test]
    fn broken_json_has_a_position() {
        check("{\"a\":1,\n \"b\" 2}", Err("payload.json.syntax at byte 14"));
        check(r#"{"text":"x""#, Err("payload.json.truncated at byte 11"));
        check(r#"{"text":"x"} 1"#, Err("payload.json.trailing at byte 14"));
    }

    #[test]
    fn depth_is_counted_outside_strings() {
        let deep = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        check(&deep(64), Ok(&deep(64)));
        check(&deep(65), Err("payload.json.depth at byte 64, limit 64"));
        let quoted = format!(r#"["\"{}"]"#, "[".repeat(100));
        check(&quoted, Ok(&quoted));
    }
}
