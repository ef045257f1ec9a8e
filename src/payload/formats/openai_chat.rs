//! OpenAI chat completions, and what speaks like them: requests, answers, and the chunks of a stream.

use super::{Field, Group, Shape, Top};
use crate::base::{Format, Role};

/// Messages of a request, bare or in their array, and those of an answer.
const MESSAGES: Group = Group {
    at: &["messages/@", "@", "choices/*/@message", "choices/*/@delta"],
    fields: &[
        Field::text("content"),
        Field::text("content/*/text"),
        Field::refusal("refusal"),
        Field::refusal("content/*/refusal"),
        Field::reasoning("reasoning_content"),
        Field::reasoning("reasoning"),
        Field::reasoning("reasoning_details/**"),
        Field::metadata("name"),
        Field::fixed("tool_calls/*/function/name"),
        Field::arguments("tool_calls/*/function/arguments/**"),
        Field::fixed("tool_calls/*/custom/name"),
        Field::arguments("tool_calls/*/custom/input/**"),
        Field::fixed("function_call/name"),
        Field::arguments("function_call/arguments/**"),
        Field::metadata("content/*/image_url/url"),
        Field::opaque("content/*/input_audio/data"),
        Field::opaque("content/*/file/file_data"),
        Field::text("content/*/file/filename"),
        Field::text("annotations/**"),
        Field::text("audio/transcript"),
        Field::opaque("audio/data"),
    ],
};

const REST: Group = Group {
    at: &[""],
    fields: &[
        Field::text("prediction/content").by(Role::Assistant),
        Field::text("prediction/content/*/text").by(Role::Assistant),
        Field::fixed("tools/*/function/name"),
        Field::metadata("tools/*/type"),
        Field::metadata("tools/**"),
        Field::metadata("functions/**"),
        Field::metadata("response_format/**"),
        Field::metadata("metadata/**"),
        Field::metadata("user"),
        Field::metadata("safety_identifier"),
        Field::metadata("choices/*/logprobs/**"),
    ],
};

pub(super) static SHAPE: Shape = Shape {
    format: Format::OpenaiChat,
    recognise,
    groups: &[MESSAGES, REST],
    repeats: &["choices/*/logprobs"],
};

fn recognise(top: &Top<'_>) -> bool {
    if top.is_array() {
        return top.has("role") && top.has_any(&["content", "tool_calls"]);
    }
    let is_answer =
        top.has("choices") && (top.has_anywhere("message") || top.has_anywhere("delta"));
    top.has("messages") || is_answer
}
