//! OpenAI chat completions, and the older completions: chunks, and `[DONE]`.

use super::{Delta, Shape};
use crate::base::Format;
use crate::payload::stream::Framing;
use crate::payload::stream::event::{End, Part, View};

const DELTAS: &[Delta] = &[
    Delta::new("choices/*/delta/content", Part::Text),
    Delta::new("choices/*/delta/refusal", Part::Refusal),
    Delta::new("choices/*/delta/reasoning_content", Part::Reasoning),
    Delta::new("choices/*/delta/reasoning", Part::Reasoning),
    Delta::new("choices/*/delta/tool_calls/*/function/arguments", Part::Arguments),
    Delta::new("choices/*/delta/tool_calls/*/custom/input", Part::Arguments),
    Delta::new("choices/*/delta/function_call/arguments", Part::Arguments),
    Delta::new("choices/*/delta/audio/transcript", Part::Text),
    Delta::new("choices/*/text", Part::Text),
];

pub(super) static SHAPE: Shape = Shape {
    format: Format::OpenaiChat,
    framing: Framing::Sse,
    deltas: DELTAS,
    increments: &["choices/*/delta/?"],
    by_type: false,
    opaque_types: &[],
    wholes: &[],
    repeats: &["choices/*/logprobs"],
    repeated: "null",
    signatures: &[],
    fixed: &[
        "id",
        "object",
        "model",
        "system_fingerprint",
        "service_tier",
        "obfuscation",
        "choices/*/finish_reason",
        "choices/*/delta/role",
        "choices/*/delta/tool_calls/*/id",
        "choices/*/delta/tool_calls/*/type",
        "choices/*/delta/tool_calls/*/index",
        "choices/*/delta/audio/id",
        "choices/*/delta/audio/data",
    ],
    counts_depth: 3,
    ends,
    envelope: &["id", "object", "created", "model", "system_fingerprint", "service_tier"],
    flush: |text| {
        let (index, call, value) = (text.channel.output, text.channel.block, text.text);
        let piece = match text.channel.field {
            8 => format!(r#""text":"{value}""#),
            field => {
                let delta = match field {
                    0 => format!(r#""content":"{value}""#),
                    1 => format!(r#""refusal":"{value}""#),
                    2 => format!(r#""reasoning_content":"{value}""#),
                    3 => format!(r#""reasoning":"{value}""#),
                    4 => format!(
                        r#""tool_calls":[{{"index":{call},"function":{{"arguments":"{value}"}}}}]"#
                    ),
                    5 => {
                        format!(
                            r#""tool_calls":[{{"index":{call},"custom":{{"input":"{value}"}}}}]"#
                        )
                    }
                    6 => format!(r#""function_call":{{"arguments":"{value}"}}"#),
                    7 => format!(r#""audio":{{"transcript":"{value}"}}"#),
                    _ => format!(r#""{}":"{value}""#, text.member),
                };
                format!(r#""delta":{{{delta}}}"#)
            }
        };
        let envelope = text.envelope;
        let payload = format!(
            r#"{{{envelope}"choices":[{{"index":{index},{piece},"finish_reason":null}}]}}"#
        );
        (None, payload)
    },
    error: |problem| {
        let (code, message) = (problem.code, &problem.message);
        let payload = format!(
            r#"{{"error":{{"message":"{message}","type":"content_filter","param":null,"code":"{code}"}}}}"#
        );
        ("", payload)
    },
};

fn ends(view: &View<'_>, ends: &mut Vec<End>) {
    let finished = view.scopes.iter().filter_map(|scope| scope.finished());
    ends.extend(finished.map(|output| End { output: Some(output), ..End::ALL }));
}
