//! Streams as they are recorded, one API after the other, and what leaves of them.

use super::{SMALL, open_with, shown, through};
use lockgate::base::Action;
use lockgate::base::code::{STREAM_BLOCKED, STREAM_CHANNELS, STREAM_FRAME, STREAM_HOLD};
use lockgate::engine::{
    FrameOptions, FrameStream, HELD, OnBlock, Overflow, Signed, StreamFormat, StreamOptions,
};
use serde_json::Value;

fn open(format: &str) -> FrameStream {
    open_with(&SMALL, format)
}

/// A value of the kind that the strict pack blocks.
fn key() -> String {
    ["lgtest_", "0123456789abcdef"].concat()
}

/// A stream in a format, and what leaves of it: whole, and byte by byte.
#[track_caller]
fn check(format: &str, stream: &str, expect: &str) {
    assert_eq!(shown(&through(open(format), [stream.as_bytes()])), expect);
    assert_eq!(shown(&through(open(format), stream.as_bytes().chunks(1))), expect, "byte by byte");
}

fn sse(payloads: &[&str]) -> String {
    payloads.iter().map(|payload| format!("data: {payload}\n\n")).collect()
}

fn named(payloads: &[&str]) -> String {
    let event = |payload: &&str| {
        let event: Value = serde_json::from_str(payload).expect("the test's JSON is valid");
        format!("event: {}\ndata: {payload}\n\n", event["type"].as_str().expect("a type"))
    };
    payloads.iter().map(event).collect()
}

#[test]
fn log_probabilities_go_where_their_text_was_edited() {
    let chat = |text: &str, logprobs: &str| {
        format!(
            r#"{{"choices":[{{"index":0,"delta":{{"content":"{text}"}},"logprobs":{logprobs},"finish_reason":null}}]}}"#
        )
    };
    let logprobs = r#"{"content":[{"token":"日","logprob":-0.1,"bytes":[230],"top_logprobs":[]}]}"#;
    let stop = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
    let stream = sse(&[&chat("日", logprobs), &chat("jane@example.com日", logprobs), stop]);
    let expect = sse(&[&chat("日", logprobs), &chat("[pii.email]日", "null"), stop]);
    check("openai.chat", &stream, &expect);
}

#[test]
fn what_repeats_a_text_is_redacted_alike() {
    let stream = named(&[
        r#"{"type":"response.output_text.delta","item_id":"m","output_index":0,"content_index":0,"delta":"Ask jane@exam","sequence_number":1}"#,
        r#"{"type":"response.output_text.delta","item_id":"m","output_index":0,"content_index":0,"delta":"ple.com","sequence_number":2}"#,
        r#"{"type":"response.output_text.done","item_id":"m","output_index":0,"content_index":0,"text":"Ask jane@example.com","logprobs":[{"token":"jane"}],"sequence_number":3}"#,
        r#"{"type":"response.content_part.done","item_id":"m","output_index":0,"content_index":0,"part":{"type":"output_text","text":"Ask jane@example.com","annotations":[]},"sequence_number":4}"#,
        r#"{"type":"response.function_call_arguments.delta","item_id":"f","output_index":1,"delta":"{\"to\":\"jane@example","sequence_number":5}"#,
        r#"{"type":"response.function_call_arguments.delta","item_id":"f","output_index":1,"delta":".com\"}","sequence_number":6}"#,
        r#"{"type":"response.function_call_arguments.done","item_id":"f","output_index":1,"arguments":"{\"to\":\"jane@example.com\"}","sequence_number":7}"#,
        r#"{"type":"response.completed","response":{"id":"r","output":[{"type":"message","content":[{"type":"output_text","text":"Ask jane@example.com"}]},{"type":"function_call","name":"mail","arguments":"{\"to\":\"jane@example.com\"}"}],"usage":{"total_tokens":9}},"sequence_number":8}"#,
    ]);
    let expect = named(&[
        r#"{"type":"response.output_text.delta","item_id":"m","output_index":0,"content_index":0,"delta":"Ask ","sequence_number":1}"#,
        r#"{"type":"response.output_text.delta","item_id":"m","output_index":0,"content_index":0,"delta":"","sequence_number":2}"#,
        r#"{"type":"response.output_text.delta","item_id":"m","output_index":0,"content_index":0,"delta":"[pii.email]","logprobs":[],"sequence_number":3}"#,
        r#"{"type":"response.output_text.done","item_id":"m","output_index":0,"content_index":0,"text":"Ask [pii.email]","logprobs":[],"sequence_number":4}"#,
        r#"{"type":"response.content_part.done","item_id":"m","output_index":0,"content_index":0,"part":{"type":"output_text","text":"Ask [pii.email]","annotations":[]},"sequence_number":5}"#,
        r#"{"type":"response.function_call_arguments.delta","item_id":"f","output_index":1,"delta":"{\"to\":\"","sequence_number":6}"#,
        r#"{"type":"response.function_call_arguments.delta","item_id":"f","output_index":1,"delta":"[pii.email]\"}","sequence_number":7}"#,
        r#"{"type":"response.function_call_arguments.done","item_id":"f","output_index":1,"arguments":"{\"to\":\"[pii.email]\"}","sequence_number":8}"#,
        r#"{"type":"response.completed","response":{"id":"r","output":[{"type":"message","content":[{"type":"output_text","text":"Ask [pii.email]"}]},{"type":"function_call","name":"mail","arguments":"{\"to\":\"[pii.email]\"}"}],"usage":{"total_tokens":9}},"sequence_number":9}"#,
    ]);
    check("openai.responses", &stream, &expect);
}

#[test]
fn signed_reasoning_is_left_out_from_a_finding_on() {
    let thinking = |text: &str| {
        format!(
            r#"{{"type":"content_block_delta","index":0,"delta":{{"type":"thinking_delta","thinking":"{text}"}}}}"#
        )
    };
    let signature = |text: &str| {
        format!(
            r#"{{"type":"content_block_delta","index":0,"delta":{{"type":"signature_delta","signature":"{text}"}}}}"#
        )
    };
    let stop = r#"{"type":"content_block_stop","index":0}"#;
    let stream = named(&[
        &thinking("First日"),
        &thinking("I mail jane@example.com, "),
        &thinking("then I rest."),
        &signature("c2ln"),
        stop,
    ]);
    let left = shown(&through(open("anthropic"), [stream.as_bytes()]));
    assert!(
        left.starts_with(&format!("{}{}", named(&[&thinking("First日")]), "event: ")),
        "{left}"
    );
    assert!(!left.contains("jane") && !left.contains("[pii") && !left.contains("rest"), "{left}");
    assert!(left.ends_with(&named(&[&signature(""), stop])), "{left}");
    // Without a finding everything stays, the signature too.
    let clean = named(&[&thinking("First日"), &signature("c2ln"), stop]);
    check("anthropic", &clean, &clean);
    let options = FrameOptions { signed: Signed::Block, ..FrameOptions::default() };
    let mut stream_of = SMALL.frames(options).expect("the pack has no lists");
    stream_of.push(stream.as_bytes());
    assert_eq!(stream_of.ended().map(|fault| fault.code), Some(STREAM_BLOCKED));
}

#[test]
fn a_last_event_with_text_takes_what_is_held() {
    let event = |text: &str, end: &str| {
        format!(
            r#"{{"candidates":[{{"content":{{"parts":[{{"text":"{text}"}}],"role":"model"}}{end}}}],"modelVersion":"g"}}"#
        )
    };
    let end = r#","finishReason":"STOP""#;
    let stream = sse(&[&event("mail jane@exam", ""), &event("ple.com", end)]);
    check("gemini", &stream, &sse(&[&event("mail ", ""), &event("[pii.email]", end)]));
}

#[test]
fn tool_arguments_are_read_without_their_escapes() {
    let call = |arguments: &str| {
        format!(
            r#"{{"choices":[{{"index":0,"delta":{{"tool_calls":[{{"index":0,"function":{{"arguments":"{arguments}"}}}}]}}}}]}}"#
        )
    };
    let pieces = [r#"{\"a\":\"\\\"日"#, r"j\u0061ne\u0040ex", r#"ample.com\"}"#];
    let stream = sse(&[&call(pieces[0]), &call(pieces[1]), &call(pieces[2]), "[DONE]"]);
    let left = shown(&through(open("openai.chat"), [stream.as_bytes()]));
    let joined: String = left
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line.strip_prefix("data: ")?).ok())
        .filter_map(|event| {
            let delta = event.pointer("/choices/0/delta/tool_calls/0/function/arguments")?;
            delta.as_str().map(str::to_owned)
        })
        .collect();
    assert_eq!(joined, r#"{"a":"\"日[pii.email]"}"#);
}

#[test]
fn what_no_table_knows_is_inspected_by_itself() {
    check(
        "openai.chat",
        &sse(&[
            r#"{"choices":[{"index":0,"delta":{"content":"日","new_field":{"x":["jane@example.com"]}}}]}"#,
        ]),
        &sse(&[
            r#"{"choices":[{"index":0,"delta":{"content":"日","new_field":{"x":["[pii.email]"]}}}]}"#,
        ]),
    );
    check(
        "sse",
        &sse(&[r#"{"a":{"b":"jane@example.com"}}"#]),
        &sse(&[r#"{"a":{"b":"[pii.email]"}}"#]),
    );
    check(
        "ndjson",
        "{\"a\":\"jane@example.com\"}\nno json: jane@example.com\n",
        "{\"a\":\"[pii.email]\"}\nno json: [pii.email]\n",
    );
    check("sse", ": jane@example.com\n\n: ping\n\n", "\n: ping\n\n");
    check("sse", "id: jane@example.com\ndata: {\"a\":1}\n\n", "data: {\"a\":1}\n\n");
}

#[test]
fn events_that_are_text_continue_each_other() {
    check(
        "sse",
        &sse(&["日jane@exa", "mple.com", "[DONE]"]),
        &sse(&["日", "", "[pii.email]", "[DONE]"]),
    );
    check(
        "sse",
        &sse(&["\"日jane@exa\"", "\"mple.com\""]),
        &sse(&["\"日\"", "\"\"", "\"[pii.email]\""]),
    );
    check("auto", "mail jane@example.com", "mail [pii.email]");
}

#[test]
fn comments_do_not_wait() {
    let mut stream = open("openai.chat");
    let event = sse(&[r#"{"choices":[{"index":0,"delta":{"content":"jane"}}]}"#]);
    let left = shown(stream.push(event.as_bytes()).bytes);
    assert_eq!(left, event.replace("jane", ""));
    assert_eq!(stream.push(b": ping\n\n").bytes, b": ping\n\n");
    assert_eq!(stream.held(), 4);
}

#[test]
fn half_an_event_never_leaves() {
    let whole = sse(&[r#"{"choices":[{"index":0,"delta":{"content":"日"}}]}"#]);
    for half in [r#"data: {"choices":[{"index":0,"delta":{"content":"jane@exam"#, "data: x\n"] {
        check("openai.chat", &format!("{whole}{half}"), &whole);
    }
}

fn with(format: &str, options: FrameOptions) -> FrameStream {
    let format = StreamFormat::named(format).expect("a format");
    SMALL.frames(FrameOptions { format, ..options }).expect("the pack has no lists")
}

#[test]
fn blocking_ends_a_stream_in_the_way_of_its_api() {
    let key = key() + ", ";
    let check = |format: &str, event: &str, expect: &str| {
        let text = StreamOptions { pack: Some("strict".to_owned()), ..StreamOptions::default() };
        let mut stream = with(format, FrameOptions { text, ..FrameOptions::default() });
        let mut left = Vec::new();
        for text in ["Hello 日", "the key is ", &key, "and so on, and on, and more"] {
            let payload = event.replace('@', text);
            let bytes = if format == "ollama" { payload + "\n" } else { sse(&[&payload]) };
            left.extend_from_slice(stream.push(bytes.as_bytes()).bytes);
        }
        left.extend_from_slice(stream.finish().bytes);
        let left = shown(&left);
        assert_eq!(stream.ended().map(|fault| fault.code), Some(STREAM_BLOCKED), "{left}");
        assert_eq!(stream.action(), Action::Block);
        assert!(left.contains("Hello 日") && !left.contains("lgtest_"), "{left}");
        let last = left.trim_end().rsplit(if format == "ollama" { "\n" } else { "\n\n" }).next();
        assert!(last.is_some_and(|last| last.starts_with(expect)), "{left}");
        assert_eq!(stream.held(), 0, "nothing may leave any more");
        assert!(stream.push(b"data: x\n\n").bytes.is_empty());
    };
    check(
        "openai.chat",
        r#"{"choices":[{"index":0,"delta":{"content":"@"}}]}"#,
        r#"data: {"error":{"message":"Lockgate: "#,
    );
    check(
        "openai.responses",
        r#"{"type":"response.output_text.delta","item_id":"m","output_index":0,"content_index":0,"delta":"@","sequence_number":4}"#,
        "event: error\ndata: {\"type\":\"error\",\"code\":\"request.stream.blocked\"",
    );
    check(
        "anthropic",
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"@"}}"#,
        "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\"",
    );
    check(
        "gemini",
        r#"{"candidates":[{"content":{"parts":[{"text":"@"}]}}]}"#,
        r#"data: {"error":{"code":403,"#,
    );
    check(
        "ollama",
        r#"{"model":"m","message":{"role":"assistant","content":"@"},"done":false}"#,
        r#"{"error":"Lockgate: "#,
    );
}

#[test]
fn blocking_can_be_redacting() {
    let text = StreamOptions { pack: Some("strict".to_owned()), ..StreamOptions::default() };
    let options = FrameOptions { text, on_block: OnBlock::Redact, ..FrameOptions::default() };
    let event = format!(r#"{{"choices":[{{"index":0,"delta":{{"content":"{} "}}}}]}}"#, key());
    let event = sse(&[&event, "[DONE]"]);
    let left = shown(&through(with("openai.chat", options), [event.as_bytes()]));
    assert!(left.contains("[credential.test]") && left.ends_with("data: [DONE]\n\n"), "{left}");
}

#[test]
fn what_is_held_has_a_bound() {
    let event = sse(&[
        r#"{"choices":[{"index":0,"delta":{"content":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}]}"#,
    ]);
    let limited = |overflow| {
        let text = StreamOptions { hold_bytes_max: 8, overflow, ..StreamOptions::default() };
        with("openai.chat", FrameOptions { text, ..FrameOptions::default() })
    };
    let left = shown(limited(Overflow::Redact).push(event.as_bytes()).bytes);
    assert!(left.contains(&format!(r#""content":"{HELD}""#)), "{left}");
    let mut stream = limited(Overflow::Block);
    stream.push(event.as_bytes());
    assert_eq!(stream.ended().map(|fault| fault.code), Some(STREAM_HOLD));
}

#[test]
fn texts_side_by_side_have_a_bound() {
    let mut stream = open("openai.chat");
    for index in 0..2_000 {
        let event = format!(r#"{{"choices":[{{"index":{index},"delta":{{"content":"a"}}}}]}}"#);
        stream.push(sse(&[&event]).as_bytes());
    }
    assert_eq!(stream.ended().map(|fault| fault.code), Some(STREAM_CHANNELS));
}

#[test]
fn a_damaged_frame_ends_a_stream_with_an_exception() {
    let mut stream = open("bedrock");
    let left = stream.push(b"\0\0\0\x20\0\0\0\0\0\0\0\0").bytes.to_vec();
    assert_eq!(stream.ended().map(|fault| fault.code), Some(STREAM_FRAME));
    assert!(shown(&left).contains("validationException"), "{}", shown(&left));
}

/// The values of a member at a place of the events of a stream, one behind the other.
fn joined(out: &[u8], place: &str) -> String {
    let events = shown(out);
    let payloads = events.lines().filter_map(|line| line.strip_prefix("data: "));
    payloads
        .map(|payload| serde_json::from_str(payload).expect("events stay JSON"))
        .filter_map(|event: Value| Some(event.pointer(place)?.as_str()?.to_owned()))
        .collect()
}

#[test]
fn strings_beside_the_text_that_no_table_knows_are_texts_too() {
    let chat = |text: &str| {
        format!(r#"{{"choices":[{{"index":0,"delta":{{"content":"","a \"note\"":"{text}"}}}}]}}"#)
    };
    let stop = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
    for text in ["ask jane@example.com", "ask jane%40example.com now"] {
        let expect = text.replace("jane@example.com", "[pii.email]");
        let expect = expect.replace("jane%40example.com", "[pii.email]");
        for at in 1..text.len() {
            let stream = sse(&[&chat(&text[..at]), &chat(&text[at..]), stop]);
            let out = through(open("openai.chat"), [stream.as_bytes()]);
            assert_eq!(joined(&out, "/choices/0/delta/a \"note\""), expect, "{}", shown(&out));
            assert!(shown(&out).trim_end().ends_with(stop), "{}", shown(&out));
        }
    }
    let line = |text: &str| {
        format!(
            "{{\"model\":\"m\",\"message\":{{\"role\":\"assistant\",\"note\":\"{text}\"}},\"done\":false}}\n"
        )
    };
    let stream = line("jane@exam") + &line("ple.com") + "{\"model\":\"m\",\"done\":true}\n";
    let out = shown(&through(open("ollama"), [stream.as_bytes()])).replace('{', "data: {");
    assert!(!out.contains("jane") && out.contains("[pii.email]"), "{out}");
}

#[test]
fn arguments_are_seen_through_in_every_piece() {
    let call = |text: &str| {
        let text = serde_json::to_string(text).expect("a string");
        format!(
            r#"{{"choices":[{{"index":0,"delta":{{"tool_calls":[{{"index":0,"function":{{"arguments":{text}}}}}]}}}}]}}"#
        )
    };
    let stop = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#;
    for text in [
        r#"{"to":"jane%40example.com"}"#,
        r#"{"to":"jane\u0040example.com"}"#,
        r#"{"to":"amFuZUBleGFtcGxlLmNvbSBhbmQgbW9yZQ=="}"#,
    ] {
        let mut stream = SMALL.stream(StreamOptions::default()).expect("no lists");
        let mut whole = stream.push(text.as_bytes()).expect("short").bytes.to_vec();
        whole.extend_from_slice(stream.finish().expect("short").bytes);
        assert!(shown(&whole).contains("[pii.email]"), "{}", shown(&whole));
        for at in 1..text.len() {
            let stream = sse(&[&call(&text[..at]), &call(&text[at..]), stop]);
            let out = through(open("openai.chat"), [stream.as_bytes()]);
            let place = "/choices/0/delta/tool_calls/0/function/arguments";
            assert_eq!(joined(&out, place), shown(&whole), "{}", shown(&out));
        }
    }
}
