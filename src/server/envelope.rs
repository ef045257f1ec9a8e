//! From a body to what shall be inspected.

use super::form::{Form, Wrong, form};
use super::media::MediaType;
use super::wire::{BodyForm, InspectRequest, Options, Query};
use crate::base::{Code, Direction, Fault, code, limits};
use crate::engine::Content;
use crate::payload::json::{Broken, Document};
use crate::rules::Rules;
use axum::http::Uri;
use serde::Deserialize;
use serde_json::error::Category;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Longest id of an item, in bytes of JSON. It comes back with the result.
const ID_BYTES_MAX: usize = 256;
const BYTE_ORDER_MARK: char = '\u{feff}';

/// One thing to inspect.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    /// The caller's name for it, a JSON string or number.
    pub(super) id: Option<&'a RawValue>,
    pub(super) what: What<'a>,
    /// Where it was: `text`, `messages`, `content`, or `document`.
    pub(super) member: &'static str,
    pub(super) direction: Direction,
    pub(super) options: Options,
    /// What happens to a broken document. One that is said to be a document is never refused for its form.
    pub(super) broken: Broken,
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
    rules: &Rules,
    depth_max: usize,
) -> Result<Subject<'a>, Fault> {
    let body = utf8(body)?;
    if kind == MediaType::Text {
        let direction = query.direction.map(Direction::from).unwrap_or_default();
        let (what, options) = (What::Text(Cow::Borrowed(body)), options(query));
        let broken = Broken::Refuse;
        return Ok(Subject { id: None, what, member: "text", direction, options, broken });
    }
    let asked = query.body.unwrap_or_default();
    if asked != BodyForm::Document {
        check_depth(body, depth_max)?;
    }
    json_subject(body, asked, &query, rules, &mut None)
}

/// The subject of a JSON body or of an item of a batch. `id` is set as soon as it is known, also if there is an error.
///
/// # Errors
/// It is an envelope with a mistake, or not clearly an envelope or a document.
pub(super) fn json_subject<'a>(
    body: &'a str,
    asked: BodyForm,
    query: &Query,
    rules: &Rules,
    id: &mut Option<&'a RawValue>,
) -> Result<Subject<'a>, Fault> {
    let direction = query.direction.map(Direction::from).unwrap_or_default();
    let options = options(query.clone());
    let json = without_mark(body);
    let form = form(json, asked, rules).map_err(|wrong| match wrong {
        Wrong::Fault(fault) => fault,
        Wrong::Json(error) => json_fault(&error, body),
    })?;
    if form == Form::Document {
        return Ok(Subject {
            id: None,
            what: What::Json(body),
            member: "document",
            direction,
            options,
            broken: match asked {
                BodyForm::Document => Broken::Scan,
                BodyForm::Auto | BodyForm::Envelope => Broken::Refuse,
            },
        });
    }
    let mut request: InspectRequest<'a> =
        serde_json::from_str(json).map_err(|error| json_fault(&error, body))?;
    *id = checked_id(request.id.take())?;
    unwrap(*id, request, direction, options)
}

/// The subject of an envelope; `direction` and `options` fill what it leaves out.
fn unwrap<'a>(
    id: Option<&'a RawValue>,
    request: InspectRequest<'a>,
    direction: Direction,
    options: Options,
) -> Result<Subject<'a>, Fault> {
    let wrong = |what| {
        let detail = format!(
            "{what}; with body=document in the query string the body is inspected as it is"
        );
        Err(Fault::new(code::REQUEST_FIELD, detail))
    };
    let (member, what) = match (request.text, request.messages, request.content) {
        (Some(raw), None, None) => match text(raw) {
            Some(text) => ("text", What::Text(text)),
            None => return wrong("`text` must be a string"),
        },
        (None, Some(messages), None) if messages.get().starts_with('[') => {
            ("messages", What::Json(messages.get()))
        }
        (None, Some(_), None) => return wrong("`messages` must be an array"),
        (None, None, Some(content)) => ("content", What::Json(content.get())),
        _ => return wrong("exactly one of `text`, `messages` and `content` is needed"),
    };
    let direction = request.direction.map_or(direction, Direction::from);
    let options = merge(request.options, options);
    Ok(Subject { id, what, member, direction, options, broken: Broken::Refuse })
}

/// The id, if it is one that can be sent back.
fn checked_id(id: Option<&RawValue>) -> Result<Option<&RawValue>, Fault> {
    let Some(raw) = id.map(RawValue::get) else { return Ok(None) };
    if raw.starts_with(['"', '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
        && raw.len() <= ID_BYTES_MAX
    {
        return Ok(id);
    }
    let detail = format!("`id` must be a string or a number of at most {ID_BYTES_MAX} bytes");
    Err(Fault::new(code::REQUEST_FIELD, detail))
}

/// The text of a JSON string, borrowed if it has no escapes. `None` if it is something else.
fn text(raw: &RawValue) -> Option<Cow<'_, str>> {
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    let raw = raw.get();
    if let Ok(Text(text)) = serde_json::from_str(raw) {
        return Some(text);
    }
    // A lone surrogate is no reason to look away: it becomes U+FFFD, as in all other documents.
    let mut document = Document::default();
    let leaf = raw.starts_with('"') && document.parse(raw.as_bytes(), 1).is_ok();
    let span = document.leaves().first().filter(|_| leaf)?.span;
    let text = document.text(raw.as_bytes()).get(span.range())?;
    Some(Cow::Owned(String::from_utf8_lossy(text).into_owned()))
}

/// JSON without the byte order mark that some programs write in front of it.
pub(super) fn without_mark(json: &str) -> &str {
    json.strip_prefix(BYTE_ORDER_MARK).unwrap_or(json)
}

/// What the query string says.
///
/// # Errors
/// A parameter is unknown or has a wrong value.
pub(super) fn query<T: Default + for<'de> Deserialize<'de>>(uri: &Uri) -> Result<T, Fault> {
    if uri.query().is_none_or(str::is_empty) {
        return Ok(T::default());
    }
    axum::extract::Query::try_from_uri(uri).map(|axum::extract::Query(query)| query).map_err(
        |error| {
            let detail = "a query parameter is unknown, repeated or has a wrong value";
            Fault::new(code::REQUEST_FIELD, format!("{detail}{}", expected(&error.body_text())))
        },
    )
}

/// The options among the query parameters.
pub(super) fn options(query: Query) -> Options {
    let Query {
        direction: _,
        body: _,
        pack,
        min_confidence,
        classify,
        format,
        style,
        offsets,
        redact,
        reencode,
        restore,
    } = query;
    let seen = Vec::new();
    Options {
        pack,
        min_confidence,
        classify,
        format,
        style,
        offsets,
        redact,
        reencode,
        restore,
        seen,
    }
}

/// `first`, with what it leaves out taken from `second`.
fn merge(first: Options, second: Options) -> Options {
    Options {
        pack: first.pack.or(second.pack),
        min_confidence: first.min_confidence.or(second.min_confidence),
        classify: first.classify.or(second.classify),
        format: first.format.or(second.format),
        style: first.style.or(second.style),
        offsets: first.offsets.or(second.offsets),
        redact: first.redact.or(second.redact),
        reencode: first.reencode.or(second.reencode),
        restore: first.restore.or(second.restore),
        seen: first.seen,
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

/// An error that serde found in the body, behind the byte order mark, without the input that its text quotes: the kind, the place, and
/// what was expected.
pub(super) fn json_fault(error: &serde_json::Error, body: &str) -> Fault {
    let json = without_mark(body);
    let line_start: usize =
        json.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at = body.len() - json.len() + (line_start + error.column()).min(json.len());
    let code: Code = match error.classify() {
        Category::Eof => code::JSON_TRUNCATED,
        Category::Data => {
            let detail = format!(
                "{} at byte {at}{}",
                kind(error),
                expected(before_place(&error.to_string()))
            );
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

/// The message of an error in JSON without the line and the column, with which it ends.
fn before_place(message: &str) -> &str {
    message.rsplit_once(" at line ").map_or(message, |(message, _)| message)
}

/// The end of serde's message. It comes from our own types; what the input says stands before the last `, expected`.
fn expected(message: &str) -> String {
    match message.rfind(", expected ") {
        Some(at) => message[at..].to_owned(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Compiler;

    #[track_caller]
    fn check(body: &str, expect: Result<&str, &str>) {
        let rules = Compiler::new().build().unwrap().0;
        let result = subject(MediaType::Json, body.as_bytes(), Query::default(), &rules, 64);
        let shown = result.map(|subject| format!("{} {}", subject.member, subject.what.text()));
        let shown = shown.map_err(|fault| format!("{} {}", fault.code.id, fault.detail));
        assert_eq!(shown.as_deref().map_err(|fault| fault.as_str()), expect, "{body}");
    }

    #[test]
    fn envelopes_and_documents() {
        check(r#"{"text":"a\nb"}"#, Ok("text a\nb"));
        check(
            r#"{"messages": [ {"role":"user"} ], "id":1}"#,
            Ok(r#"messages [ {"role":"user"} ]"#),
        );
        check(r#"{"content": {"a" : 1.0 },"options":{}}"#, Ok(r#"content {"a" : 1.0 }"#));
        check(r#" {"a":1} "#, Ok(r#"document  {"a":1} "#));
        check("[1]", Ok("document [1]"));
    }

    #[test]
    fn lone_surrogates_become_replacement_characters() {
        check(r#"{"text":"a\n\ud800b"}"#, Ok("text a\n\u{fffd}b"));
    }

    #[test]
    fn a_byte_order_mark_hides_no_envelope() {
        check("\u{feff}{\"text\":\"x\"}", Ok("text x"));
        check("\u{feff}[1]", Ok("document \u{feff}[1]"));
        check("\u{feff}{\"text\":1,\n}", Err("payload.json.syntax at byte 15"));
    }

    #[test]
    fn mistakes_are_named_without_quoting_them() {
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
        let check = |body, what| {
            let end = "with body=document in the query string the body is inspected as it is";
            check(body, Err(&format!("request.field {what}; {end}")));
        };
        check(r#"{"text":1}"#, "`text` must be a string");
        check(r#"{"messages":{},"id":1}"#, "`messages` must be an array");
        check(r#"{"text":null}"#, "exactly one of `text`, `messages` and `content` is needed");
    }

    #[test]
    fn ids_are_short_strings_or_numbers() {
        let wrong = Err("request.field `id` must be a string or a number of at most 256 bytes");
        check(r#"{"text":"x","id":"a"}"#, Ok("text x"));
        check(r#"{"text":"x","id":-7}"#, Ok("text x"));
        check(r#"{"text":"x","id":null}"#, Ok("text x"));
        check(r#"{"text":"x","id":["a"]}"#, wrong);
        check(&format!(r#"{{"text":"x","id":"{}"}}"#, "i".repeat(254)), Ok("text x"));
        check(&format!(r#"{{"text":"x","id":"{}"}}"#, "i".repeat(255)), wrong);
    }

    #[test]
    fn query_mistakes_say_what_there_is() {
        let check = |uri: &'static str, expect: &str| {
            let fault = query::<Query>(&Uri::from_static(uri)).unwrap_err();
            let detail = fault.detail;
            assert!(detail.contains(expect) && !detail.contains("s3cret"), "{detail}");
        };
        check("/?s3cret=1", "expected one of `direction`, `body`,");
        check("/?a,+expected+s3cret+at+line+1=1", "expected one of `direction`, `body`,");
        check("/?direction=s3cret", "expected one of `input`, `output`");
        check("/?redact=s3cret", "wrong value");
        check("/?pack=s3cret&pack=s3cret", "repeated");
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
        check(&deep(64), Ok(&format!("document {}", deep(64))));
        check(&deep(65), Err("payload.json.depth at byte 64, limit 64"));
        let quoted = format!(r#"["\"{}"]"#, "[".repeat(100));
        check(&quoted, Ok(&format!("document {quoted}")));
    }
}
