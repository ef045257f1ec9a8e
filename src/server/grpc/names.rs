//! Between the names of the protocol and ours.

use super::super::wire::{ConfidenceName, DirectionName, OnBlockName, StreamQuery, StyleName};
use super::v1;
use crate::base::code::REQUEST_FIELD;
use crate::base::{Action, Confidence, Fault};

/// The options of a stream, as the query of `/v1/stream` has them.
///
/// # Errors
/// A number stands for nothing.
pub(super) fn query(open: v1::StreamOpen) -> Result<StreamQuery, Fault> {
    let named = |name: String| Some(name).filter(|name| !name.is_empty());
    Ok(StreamQuery {
        format: named(open.format),
        direction: direction(known(open.direction, "direction")?),
        pack: named(open.pack),
        min_confidence: confidence(known(open.min_confidence, "min_confidence")?),
        style: style(known(open.style, "style")?),
        on_block: on_block(known(open.on_block, "on_block")?),
        verdict: None,
        restore: Some(open.restore),
    })
}

fn known<T: TryFrom<i32>>(number: i32, name: &str) -> Result<T, Fault> {
    let unknown = || Fault::new(REQUEST_FIELD, format!("`{name}` has no value of this number"));
    T::try_from(number).map_err(|_| unknown())
}

fn direction(direction: v1::Direction) -> Option<DirectionName> {
    match direction {
        v1::Direction::Unspecified => None,
        v1::Direction::Input => Some(DirectionName::Input),
        v1::Direction::Output => Some(DirectionName::Output),
        v1::Direction::Memory => Some(DirectionName::Memory),
        v1::Direction::ToolCall => Some(DirectionName::ToolCall),
        v1::Direction::ToolResult => Some(DirectionName::ToolResult),
    }
}

fn confidence(confidence: v1::Confidence) -> Option<ConfidenceName> {
    match confidence {
        v1::Confidence::Unspecified => None,
        v1::Confidence::Low => Some(ConfidenceName::Low),
        v1::Confidence::Medium => Some(ConfidenceName::Medium),
        v1::Confidence::High => Some(ConfidenceName::High),
    }
}

fn style(style: v1::Style) -> Option<StyleName> {
    match style {
        v1::Style::Unspecified => None,
        v1::Style::Placeholder => Some(StyleName::Placeholder),
        v1::Style::Numbered => Some(StyleName::Numbered),
        v1::Style::Mask => Some(StyleName::Mask),
        v1::Style::Hash => Some(StyleName::Hash),
        v1::Style::Remove => Some(StyleName::Remove),
    }
}

fn on_block(on_block: v1::OnBlock) -> Option<OnBlockName> {
    match on_block {
        v1::OnBlock::Unspecified => None,
        v1::OnBlock::End => Some(OnBlockName::End),
        v1::OnBlock::Redact => Some(OnBlockName::Redact),
    }
}

/// The protocol's name of an action.
pub(super) fn action(action: Action) -> v1::Action {
    match action {
        Action::Allow => v1::Action::Allow,
        Action::Flag => v1::Action::Flag,
        Action::Redact => v1::Action::Redact,
        Action::Tokenize => v1::Action::Tokenize,
        Action::StepUp => v1::Action::StepUp,
        Action::Block => v1::Action::Block,
    }
}

/// The protocol's name of a confidence.
pub(super) fn of_confidence(confidence: Confidence) -> v1::Confidence {
    match confidence {
        Confidence::Low => v1::Confidence::Low,
        Confidence::Medium => v1::Confidence::Medium,
        Confidence::High => v1::Confidence::High,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_not_said() {
        let query = query(v1::StreamOpen::default()).unwrap();
        assert!(query.format.is_none() && query.pack.is_none() && query.direction.is_none());
        assert!(query.min_confidence.is_none() && query.style.is_none());
        assert!(query.on_block.is_none());
    }

    #[test]
    fn numbers_beyond_the_protocol_are_refused() {
        let open = v1::StreamOpen::default;
        for (name, open) in [
            ("direction", v1::StreamOpen { direction: 9, ..open() }),
            ("min_confidence", v1::StreamOpen { min_confidence: -1, ..open() }),
            ("style", v1::StreamOpen { style: 6, ..open() }),
            ("on_block", v1::StreamOpen { on_block: 3, ..open() }),
        ] {
            let fault = query(open).unwrap_err();
            assert_eq!(fault.code, REQUEST_FIELD);
            assert!(fault.detail.contains(name), "{}", fault.detail);
        }
    }

    #[test]
    fn names_of_the_protocol_are_ours() {
        for ours in Action::ALL {
            let name = format!("ACTION_{}", ours.name().to_uppercase());
            assert_eq!(action(ours).as_str_name(), name);
        }
        for ours in Confidence::ALL {
            let name = format!("CONFIDENCE_{}", ours.name().to_uppercase());
            assert_eq!(of_confidence(ours).as_str_name(), name);
        }
    }
}
