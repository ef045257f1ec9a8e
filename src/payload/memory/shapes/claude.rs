//! Claude: `conversations.json` and `projects.json` of a data export.

use super::{Part, Shape};

const fn message(at: &'static str) -> Part {
    Part {
        id: &["uuid"],
        role: &["sender"],
        source: &["content/*/name", "attachments/*/file_name", "files/*/file_name"],
        ..Part::new(at, "message")
    }
}

pub(super) static SHAPE: Shape = Shape {
    name: "claude.export",
    recognise: |top| {
        top.has_below(&["0", ""], &["chat_messages"]) || top.has_below(&["0"], &["uuid", "docs"])
    },
    parts: &[
        message("[]/chat_messages/[]"),
        message("chat_messages/[]"),
        Part { id: &["uuid"], source: &["filename"], ..Part::new("[]/docs/[]", "document") },
    ],
    line: None,
};
