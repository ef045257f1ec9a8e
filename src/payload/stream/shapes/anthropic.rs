//! Anthropic messages: blocks that start, grow and stop.

use super::{Delta, Shape};
use crate::base::Format;
use crate::payload::stream::Framing;
use crate::payload::stream::event::{End, Part, View};

const DELTAS: &[Delta] = &[
    Delta::new("delta/text", Part::Text),
    Delta::new("delta/thinking", Part::Reasoning),
    Delta::new("delta/partial_json", Part::Arguments),
    Delta::new("content_block/text", Part::Text).like(0),
    Delta::new("content_block/thinking", Part::Reasoning).like(1),
];

pub(super) static SHAPE: Shape = Shape {
    format: Format::AnthropicMessages,
    framing: Framing::Sse,
    deltas: DELTAS,
    increments: &[],
    by_type: false,
    opaque_types: &[],
    wholes: &[],
    repeats: &[],
    repeated: "null",
    signatures: &["delta/signature", "content_block/signature"],
    fixed: &[
        "type",
        "message/id",
        "message/type",
        "message/role",
        "message/model",
        "message/stop_reason",
        "content_block/type",
        "content_block/id",
        "content_block/data",
        "content_block/tool_use_id",
        "delta/type",
        "delta/stop_reason",
    ],
    counts_depth: 2,
    ends,
    envelope: &[],
    flush: |text| {
        let (index, value) = (text.channel.output, text.text);
        let delta = match text.channel.part {
            Part::Reasoning => format!(r#""type":"thinking_delta","thinking":"{value}""#),
            Part::Arguments => format!(r#""type":"input_json_delta","partial_json":"{value}""#),
            Part::Text | Part::Refusal => format!(r#""type":"text_delta","text":"{value}""#),
        };
        let payload =
            format!(r#"{{"type":"content_block_delta","index":{index},"delta":{{{delta}}}}}"#);
        (Some("content_block_delta".to_owned()), payload)
    },
    error: |problem| {
        let message = &problem.message;
        let payload = format!(
            r#"{{"type":"error","error":{{"type":"invalid_request_error","message":"{message}"}}}}"#
        );
        ("error", payload)
    },
};

fn ends(view: &View<'_>, ends: &mut Vec<End>) {
    match view.kind() {
        b"content_block_stop" => ends.push(End { output: view.top().output, ..End::ALL }),
        b"message_delta" | b"message_stop" | b"error" => ends.push(End::ALL),
        _ => {}
    }
}
