//! Ollama chat, generate and embed: requests, answers and lines of a stream.

use super::{Field, Group, Shape, Top};
use crate::base::{Format, Role};

const MESSAGES: Group = Group {
    at: &["messages/@", "@message", "@"],
    fields: &[
        Field::text("content"),
        Field::reasoning("thinking"),
        Field::fixed("tool_calls/*/function/name"),
        Field::arguments("tool_calls/*/function/arguments/**"),
        Field::fixed("tool_name"),
        Field::opaque("images/*"),
    ],
};

const REST: Group = Group {
    at: &[""],
    fields: &[
        Field::text("prompt").by(Role::User),
        Field::text("suffix").by(Role::User),
        Field::text("input").by(Role::User),
        Field::text("input/*").by(Role::User),
        Field::text("system").by(Role::System),
        Field::text("template").by(Role::System),
        Field::text("response").by(Role::Assistant),
        Field::reasoning("thinking"),
        Field::opaque("images/*"),
        Field::fixed("tools/*/function/name"),
        Field::metadata("tools/**"),
        Field::metadata("format/**"),
        Field::metadata("options/**"),
    ],
};

pub(super) static SHAPE: Shape =
    Shape { format: Format::Ollama, recognise, groups: &[MESSAGES, REST], repeats: &[] };

fn recognise(top: &Top<'_>) -> bool {
    if top.is_array() {
        return top.has("role") && top.has("content") && top.has_any(&["images", "tool_name"]);
    }
    const OWN: [&str; 3] = ["options", "keep_alive", "think"];
    const GENERATE: [&str; 6] = ["images", "system", "template", "raw", "context", "format"];
    let is_request = top.has_any(&["messages", "prompt", "input"]) && top.has_any(&OWN)
        || top.has("prompt") && top.has("model") && top.has_any(&GENERATE)
        || top.has("messages") && (top.has("format") || top.has_anywhere("images"));
    let is_answer = top.has("done") && top.has_any(&["message", "response"]);
    is_request || is_answer || top.has("embeddings") && top.has("model")
}
