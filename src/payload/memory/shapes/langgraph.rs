//! LangGraph: checkpoints, the tuples that a saver lists, and snapshots of the state.

use super::{Part, Shape};

const fn message(at: &'static str, since: &'static [&'static str]) -> Part {
    Part {
        // Messages stand there as they are, or as LangChain writes its objects: a constructor and its arguments.
        id: &["id", "kwargs/id"],
        since,
        role: &["kwargs/type", "type"],
        source: &["name", "kwargs/name", "tool_calls/*/name", "kwargs/tool_calls/*/name"],
        ..Part::new(at, "message")
    }
}

const fn channel(at: &'static str, since: &'static [&'static str]) -> Part {
    Part { since, ..Part::new(at, "channel") }
}

pub(super) static SHAPE: Shape = Shape {
    name: "langgraph.checkpoint",
    recognise: |top| {
        top.has_below(&["", "checkpoint", "0/checkpoint", "0"], &["channel_values"])
            || top.has_below(&["", "0"], &["values", "next", "config"])
    },
    parts: &[
        message("channel_values/messages/[]", &["@0/ts"]),
        message("checkpoint/channel_values/messages/[]", &["@1/ts"]),
        message("[]/channel_values/messages/[]", &["@1/ts"]),
        message("[]/checkpoint/channel_values/messages/[]", &["@2/ts"]),
        message("values/messages/[]", &["@0/created_at"]),
        message("[]/values/messages/[]", &["@1/created_at"]),
        channel("channel_values/{}", &["@0/ts"]),
        channel("checkpoint/channel_values/{}", &["@1/ts"]),
        channel("[]/channel_values/{}", &["@1/ts"]),
        channel("[]/checkpoint/channel_values/{}", &["@2/ts"]),
        channel("values/{}", &["@0/created_at"]),
        channel("[]/values/{}", &["@1/created_at"]),
    ],
    line: Some(Part {
        id: &["id", "checkpoint/id"],
        since: &["ts", "checkpoint/ts", "created_at"],
        role: &[],
        source: &["metadata/source"],
        ..Part::new("", "checkpoint")
    }),
};
