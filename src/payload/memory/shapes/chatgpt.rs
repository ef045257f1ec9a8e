//! ChatGPT: `conversations.json` of a data export. A conversation is a tree of messages.

use super::{Part, Shape};

const fn message(at: &'static str, conversation: &'static [&'static str]) -> Part {
    Part {
        since: conversation,
        role: &["message/author/role"],
        source: &["message/author/name", "message/recipient"],
        ..Part::new(at, "message")
    }
}

pub(super) static SHAPE: Shape = Shape {
    name: "chatgpt.export",
    recognise: |top| top.has_below(&["0", ""], &["mapping"]),
    parts: &[
        message("[]/mapping/{}", &["message/create_time", "@1/create_time"]),
        message("mapping/{}", &["message/create_time", "@0/create_time"]),
    ],
    line: None,
};
