//! Anthropic messages: requests, answers, and the events of a stream.
//!
//! A thinking block has a signature over its text: a block that was edited is refused when it is sent again.

use super::{Field, Group, Shape, Top, When};
use crate::base::{Format, Role};

/// Messages of a request and the answer, which is a message itself.
const MESSAGES: Group = Group {
    at: &["messages/@", "", "@message", "@"],
    fields: &[
        Field::text("content"),
        Field::text("content/*/text"),
        Field::reasoning("content/*/thinking"),
        Field::opaque("content/*/data"),
        Field::opaque("content/*/source/data").when(When::Type("base64")),
        Field::text("content/*/source/data"),
        Field::metadata("content/*/source/url"),
        Field::text("content/*/source/content/**"),
        Field::text("content/*/title"),
        Field::text("content/*/context"),
        Field::text("content/*/citations/**"),
        Field::fixed("content/*/name"),
        Field::arguments("content/*/input/**"),
        Field::opaque("content/*/content/*/source/data").when(When::Type("base64")),
        Field::opaque("content/*/content/*/encrypted_content"),
        Field::text("content/*/content/**").when(When::Type("search_result")),
        Field::result("content/*/content/**"),
    ],
};

const REST: Group = Group {
    at: &[""],
    fields: &[
        Field::text("system").by(Role::System),
        Field::text("system/*/text").by(Role::System),
        Field::fixed("tools/*/name"),
        Field::fixed("tools/*/type"),
        Field::metadata("tools/**"),
        Field::metadata("metadata/**"),
        Field::text("content_block/text").by(Role::Assistant),
        Field::reasoning("content_block/thinking"),
        Field::arguments("content_block/input/**"),
        Field::text("delta/text").by(Role::Assistant),
        Field::reasoning("delta/thinking"),
        Field::arguments("delta/partial_json/**"),
        Field::text("delta/citation/**").by(Role::Assistant),
        Field::text("error/message"),
    ],
};

pub(super) static SHAPE: Shape =
    Shape { format: Format::AnthropicMessages, recognise, groups: &[MESSAGES, REST], repeats: &[] };

fn recognise(top: &Top<'_>) -> bool {
    const EVENTS: [&str; 6] = [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ];
    const BLOCKS: [&str; 6] =
        ["tool_use", "tool_result", "thinking", "redacted_thinking", "server_tool_use", "base64"];
    if top.is_array() {
        return top.has("role") && top.has("content") && top.has_type(&BLOCKS);
    }
    let is_answer = top.is("type", "message") && top.has("role");
    let is_event = EVENTS.iter().any(|event| top.is("type", event));
    let own = ["anthropic_version", "anthropic_beta", "top_k", "stop_sequences", "thinking"];
    let is_request = top.has("messages")
        && (top.has_any(&own) || top.has("system") && !has_ollama(top) || top.has_type(&BLOCKS));
    is_answer || is_event || is_request
}

fn has_ollama(top: &Top<'_>) -> bool {
    top.has_any(&["options", "keep_alive", "think"])
}
