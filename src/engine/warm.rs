//! What the engine inspects before the first inspection is asked for.
//!
//! A workspace is dear to make, and the automata in it are built where a text first needs them. The sample has a little of what texts with
//! something to find mostly have: made-up values, and no credentials.

/// A chat request. Its escapes fill the buffers for decoded strings, and its one character beyond ASCII unpacks their table.
pub(super) const SAMPLE: &str = concat!(
    r#"{"model":"sample","messages":[{"role":"user","content":""#,
    r"Please call Zoë on +1 212 555 0123 or (212) 555-0123, or write to jane.doe@example.com.\n",
    r"Card 4111 1111 1111 1111, account DE89 3704 0044 0532 0130 00, SSN 536-90-4399, born on 12 March 1980.\n",
    r"The server at 192.0.2.17 or 2001:db8::17 answers on https://jane@example.com/path?key=value&token=none.\n",
    r"password = none, api_key: none, Authorization: Bearer none, 0123456789abcdef0123456789abcdef",
    r#""}]}"#
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::limits::JSON_DEPTH_MAX;
    use crate::engine::Engine;
    use crate::engine::pool::KEPT_MAX;
    use crate::payload::json::Document;
    use crate::rules::Compiler;
    use std::sync::Arc;

    #[test]
    fn as_many_are_kept_as_were_warmed() {
        let (rules, _) = Compiler::new().build().expect("no rules are valid rules");
        let engine = Engine::new(Arc::new(rules));
        engine.warm(3);
        assert_eq!(engine.pool.len(), 3);
        engine.warm(1000);
        assert_eq!(engine.pool.len(), KEPT_MAX);
    }

    #[test]
    fn the_sample_is_a_document_with_escapes() {
        let mut document = Document::default();
        assert_eq!(document.parse(SAMPLE.as_bytes(), JSON_DEPTH_MAX), Ok(()));
        assert_ne!(document.text(SAMPLE.as_bytes()), SAMPLE.as_bytes());
    }
}
