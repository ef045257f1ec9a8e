//! OpenAI threads, messages and assistants, as their lists come and as exports join them.

use super::{Part, Shape};

const fn message(at: &'static str) -> Part {
    Part { source: &["assistant_id", "tool_calls/*/function/name"], ..Part::new(at, "message") }
}

pub(super) static SHAPE: Shape = Shape {
    name: "openai.threads",
    recognise: |top| {
        let lists = ["data/0", "messages/0", "messages/data/0", "0", "thread/messages/0", ""];
        top.has_below(&lists, &["thread_id", "content"])
            || top.has_below(&lists, &["tool_resources", "id"])
            || top.has_below(&lists, &["object", "instructions", "model"])
    },
    parts: &[
        message("data/[]"),
        message("messages/[]"),
        message("messages/data/[]"),
        message("thread/messages/[]"),
        message("[]"),
    ],
    line: Some(message("")),
};
