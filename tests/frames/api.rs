//! The APIs: how their events look, which of them carry a text, and which end it.

use lockgate::payload::stream::{Between, Framing, Reader};
use serde_json::Value;

/// One text that a stream of an API may carry.
pub(crate) struct Text {
    /// The payload of an event, with `@` for its piece as a JSON string.
    pub(crate) event: &'static str,
    /// Where the piece stands, as a JSON pointer.
    piece: &'static str,
    /// What tells its events from others.
    is: &'static [(&'static str, &'static str)],
}

pub(crate) struct Api {
    pub(crate) format: &'static str,
    pub(crate) framing: Framing,
    pub(crate) texts: &'static [Text],
    /// Payloads in front of all texts, and behind them.
    pub(crate) before: &'static [&'static str],
    pub(crate) behind: &'static [&'static str],
    /// The name of an event.
    name: fn(&Value) -> Option<String>,
}

fn typed(event: &Value) -> Option<String> {
    event["type"].as_str().map(str::to_owned)
}

fn bedrock(event: &Value) -> Option<String> {
    let name = match event {
        event if event["delta"].is_object() => "contentBlockDelta",
        event if event["role"].is_string() => "messageStart",
        event if event["stopReason"].is_string() => "messageStop",
        event if event["usage"].is_object() => "metadata",
        _ => "contentBlockStop",
    };
    Some(name.to_owned())
}

pub(crate) const APIS: [Api; 7] = [
    Api {
        format: "openai.chat",
        framing: Framing::Sse,
        texts: &[
            Text {
                event: r#"{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1763900000,"model":"m-1","system_fingerprint":null,"choices":[{"index":0,"delta":{"content":@},"logprobs":null,"finish_reason":null}],"usage":null}"#,
                piece: "/choices/0/delta/content",
                is: &[("/choices/0/index", "0")],
            },
            Text {
                event: r#"{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1763900000,"model":"m-1","choices":[{"delta":{"content":@},"index":1,"finish_reason":null}]}"#,
                piece: "/choices/0/delta/content",
                is: &[("/choices/0/index", "1")],
            },
            Text {
                event: r#"{"choices":[{"index":0,"delta":{"reasoning_content":@}}]}"#,
                piece: "/choices/0/delta/reasoning_content",
                is: &[("/choices/0/index", "0")],
            },
            Text {
                event: r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":@}}]}}]}"#,
                piece: "/choices/0/delta/tool_calls/0/function/arguments",
                is: &[("/choices/0/delta/tool_calls/0/index", "0")],
            },
            Text {
                event: r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"function":{"arguments":@}}]}}]}"#,
                piece: "/choices/0/delta/tool_calls/0/function/arguments",
                is: &[("/choices/0/delta/tool_calls/0/index", "1")],
            },
            Text {
                event: r#"{"choices":[{"index":0,"delta":{"refusal":@}}]}"#,
                piece: "/choices/0/delta/refusal",
                is: &[],
            },
        ],
        before: &[
            r#"{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1763900000,"model":"m-1","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#,
        ],
        behind: &[
            r#"{"choices":[{"index":1,"delta":{},"finish_reason":"stop"}]}"#,
            r#"{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#,
            r#"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":120,"total_tokens":129}}"#,
            "[DONE]",
        ],
        name: |_| None,
    },
    Api {
        format: "openai.responses",
        framing: Framing::Sse,
        texts: &[
            Text {
                event: r#"{"type":"response.output_text.delta","item_id":"msg_1","output_index":1,"content_index":0,"delta":@,"logprobs":[],"sequence_number":7,"obfuscation":"x8Kq"}"#,
                piece: "/delta",
                is: &[("/type", "\"response.output_text.delta\""), ("/content_index", "0")],
            },
            Text {
                event: r#"{"type":"response.output_text.delta","item_id":"msg_1","output_index":1,"content_index":1,"delta":@,"sequence_number":7}"#,
                piece: "/delta",
                is: &[("/type", "\"response.output_text.delta\""), ("/content_index", "1")],
            },
            Text {
                event: r#"{"type":"response.function_call_arguments.delta","item_id":"fc_1","output_index":2,"delta":@,"sequence_number":7}"#,
                piece: "/delta",
                is: &[("/type", "\"response.function_call_arguments.delta\"")],
            },
            Text {
                event: r#"{"type":"response.reasoning_summary_text.delta","item_id":"rs_1","output_index":0,"summary_index":0,"delta":@,"sequence_number":7}"#,
                piece: "/delta",
                is: &[("/type", "\"response.reasoning_summary_text.delta\"")],
            },
        ],
        before: &[
            r#"{"type":"response.created","response":{"id":"resp_1","object":"response","status":"in_progress","model":"m","output":[]},"sequence_number":0}"#,
        ],
        behind: &[
            r#"{"type":"response.output_item.done","output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[]},"sequence_number":8}"#,
            r#"{"type":"response.completed","response":{"id":"resp_1","object":"response","status":"completed","output":[]},"sequence_number":9}"#,
        ],
        name: typed,
    },
    Api {
        format: "anthropic",
        framing: Framing::Sse,
        texts: &[
            Text {
                event: r#"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":@}}"#,
                piece: "/delta/text",
                is: &[("/index", "1")],
            },
            Text {
                event: r#"{"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":@}}"#,
                piece: "/delta/text",
                is: &[("/index", "2")],
            },
            Text {
                event: r#"{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":@}}"#,
                piece: "/delta/partial_json",
                is: &[],
            },
        ],
        before: &[
            r#"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"usage":{"input_tokens":25,"output_tokens":1}}}"#,
            r#"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}"#,
            r#"{"type":"ping"}"#,
        ],
        behind: &[
            r#"{"type":"content_block_stop","index":1}"#,
            r#"{"type":"content_block_stop","index":2}"#,
            r#"{"type":"content_block_stop","index":3}"#,
            r#"{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":15}}"#,
            r#"{"type":"message_stop"}"#,
        ],
        name: typed,
    },
    GEMINI,
    Api { framing: Framing::Values, ..GEMINI },
    Api {
        format: "bedrock",
        framing: Framing::Messages,
        texts: &[
            Text {
                event: r#"{"contentBlockIndex":0,"delta":{"text":@},"p":"abcdefgh"}"#,
                piece: "/delta/text",
                is: &[("/contentBlockIndex", "0")],
            },
            Text {
                event: r#"{"contentBlockIndex":1,"delta":{"toolUse":{"input":@}},"p":"ab"}"#,
                piece: "/delta/toolUse/input",
                is: &[],
            },
        ],
        before: &[r#"{"role":"assistant","p":"abc"}"#],
        behind: &[
            r#"{"contentBlockIndex":0,"p":"abc"}"#,
            r#"{"contentBlockIndex":1,"p":"abc"}"#,
            r#"{"stopReason":"end_turn","p":"abc"}"#,
            r#"{"usage":{"inputTokens":5,"outputTokens":60,"totalTokens":65},"metrics":{"latencyMs":500},"p":"abc"}"#,
        ],
        name: bedrock,
    },
    Api {
        format: "ollama",
        framing: Framing::Lines,
        texts: &[
            Text {
                event: r#"{"model":"m","created_at":"2026-11-23T05:00:00.1Z","message":{"role":"assistant","content":"","thinking":@},"done":false}"#,
                piece: "/message/thinking",
                is: &[],
            },
            Text {
                event: r#"{"model":"m","created_at":"2026-11-23T05:00:00.1Z","message":{"role":"assistant","content":@},"done":false}"#,
                piece: "/message/content",
                is: &[],
            },
        ],
        before: &[],
        behind: &[
            r#"{"model":"m","created_at":"2026-11-23T05:00:01.1Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","total_duration":4883583458,"eval_count":282}"#,
        ],
        name: |_| None,
    },
];

const GEMINI: Api = Api {
    format: "gemini",
    framing: Framing::Sse,
    texts: &[
        Text {
            event: r#"{"candidates":[{"content":{"parts":[{"text":@}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":4,"totalTokenCount":9},"modelVersion":"g-1","responseId":"r1"}"#,
            piece: "/candidates/0/content/parts/0/text",
            is: &[("/candidates/0/index", "0")],
        },
        Text {
            event: r#"{"candidates":[{"content":{"parts":[{"text":@}],"role":"model"},"index":1}],"modelVersion":"g-1"}"#,
            piece: "/candidates/0/content/parts/0/text",
            is: &[("/candidates/0/index", "1")],
        },
    ],
    before: &[],
    behind: &[
        r#"{"candidates":[{"content":{"parts":[],"role":"model"},"finishReason":"STOP","index":0}]}"#,
        r#"{"candidates":[{"content":{"parts":[],"role":"model"},"finishReason":"STOP","index":1}]}"#,
    ],
    name: |_| None,
};

impl Api {
    /// The bytes of a stream of these payloads.
    pub(crate) fn stream<'p>(&self, payloads: impl IntoIterator<Item = &'p str>) -> Vec<u8> {
        let mut out = Vec::new();
        for (index, payload) in payloads.into_iter().enumerate() {
            // The library refuses halves of characters, which say nothing about the name.
            let whole = payload.replace("\\ud", "\\u0");
            let event: Value = serde_json::from_str(&whole).unwrap_or_default();
            let name = (self.name)(&event);
            match self.framing {
                Framing::Values => {
                    out.extend_from_slice(if index == 0 { b"[" } else { b"\n,\r\n" });
                    out.extend_from_slice(payload.as_bytes());
                }
                framing => {
                    framing.write(name.as_deref(), payload.as_bytes(), Between::Before, &mut out);
                }
            }
        }
        if self.framing == Framing::Values {
            out.extend_from_slice(b"\n]\n");
        }
        out
    }

    /// The payloads of a stream.
    pub(crate) fn payloads(&self, stream: &[u8]) -> Vec<String> {
        let mut reader = Reader::new(self.framing);
        reader.push(stream);
        let mut payloads = Vec::new();
        while let Some(frame) = reader.frame().expect("what leaves is not damaged") {
            payloads
                .extend(frame.payload.map(|payload| String::from_utf8_lossy(payload).into_owned()));
        }
        let rest = reader.rest().map(|rest| String::from_utf8_lossy(rest.raw).into_owned());
        assert!(rest.is_none_or(|rest| rest.trim().is_empty()), "what leaves is whole");
        payloads
    }

    /// The texts that these payloads carry, each joined from its pieces, and what carries none of them.
    pub(crate) fn texts(&self, payloads: &[String]) -> (Vec<String>, Vec<String>) {
        let mut texts = vec![String::new(); self.texts.len()];
        let mut others = Vec::new();
        for payload in payloads {
            let event: Value = match serde_json::from_str(payload) {
                Ok(event) => event,
                Err(_) => Value::String(payload.clone()),
            };
            let found = self.texts.iter().position(|text| text.is_in(&event));
            match found {
                Some(index) => {
                    let piece = event.pointer(self.texts[index].piece);
                    texts[index] += piece.and_then(Value::as_str).expect("checked");
                }
                None => others.push(payload.clone()),
            }
        }
        (texts, others)
    }
}

impl Text {
    fn is_in(&self, event: &Value) -> bool {
        let is = |(pointer, value): &(&str, &str)| {
            serde_json::from_str::<Value>(value).ok().as_ref() == event.pointer(pointer)
        };
        self.is.iter().all(is) && event.pointer(self.piece).is_some_and(Value::is_string)
    }
}
