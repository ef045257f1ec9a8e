//! AutoGen: saved states of agents and teams, results of tasks, and logs of messages.

use super::{Part, Shape};

const fn message(at: &'static str) -> Part {
    Part { role: &["type"], source: &["source", "content/*/name"], ..Part::new(at, "message") }
}

pub(super) static SHAPE: Shape = Shape {
    name: "autogen.state",
    recognise: |top| {
        top.has("agent_states")
            || top.has("llm_context/messages")
            || top.has_below(&["messages/0", "0", ""], &["source", "models_usage"])
    },
    parts: &[
        message("llm_context/messages/[]"),
        message("agent_states/{}/agent_state/llm_context/messages/[]"),
        message("agent_states/{}/agent_state/llm_messages/[]"),
        message("agent_states/{}/message_thread/[]"),
        message("agent_states/{}/message_buffer/[]"),
        message("messages/[]"),
        message("[]"),
    ],
    line: Some(message("")),
};
