//! Ollama chat and generate: a document a line, the last of which says that it is done.

use super::{Delta, Shape};
use crate::base::Format;
use crate::payload::stream::Framing;
use crate::payload::stream::event::{End, Part};

const DELTAS: &[Delta] = &[
    Delta::new("message/content", Part::Text),
    Delta::new("message/thinking", Part::Reasoning),
    Delta::new("response", Part::Text),
    Delta::new("thinking", Part::Reasoning),
];

pub(super) static SHAPE: Shape = Shape {
    format: Format::Ollama,
    framing: Framing::Lines,
    deltas: DELTAS,
    increments: &["message/?"],
    by_type: false,
    opaque_types: &[],
    wholes: &[],
    repeats: &["logprobs"],
    repeated: "null",
    signatures: &[],
    fixed: &["model", "created_at", "message/role", "done_reason"],
    counts_depth: 2,
    ends: |view, ends| {
        if view.top().is_done {
            ends.push(End::ALL);
        }
    },
    envelope: &["model", "created_at"],
    flush: |text| {
        let (envelope, value) = (text.envelope, text.text);
        let piece = match text.channel.field {
            0 => format!(r#""message":{{"role":"assistant","content":"{value}"}}"#),
            1 => format!(r#""message":{{"role":"assistant","content":"","thinking":"{value}"}}"#),
            2 => format!(r#""response":"{value}""#),
            3 => format!(r#""response":"","thinking":"{value}""#),
            _ => {
                let member = text.member;
                format!(r#""message":{{"role":"assistant","content":"","{member}":"{value}"}}"#)
            }
        };
        (None, format!(r#"{{{envelope}{piece},"done":false}}"#))
    },
    error: |problem| ("", format!(r#"{{"error":"{}"}}"#, problem.message)),
};
