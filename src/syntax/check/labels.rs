//! Label files.

use super::is_dotted;
use crate::syntax::{Diagnostic, LabelFile, Source, codes, line_column};
use std::{collections::HashMap, ops::Range};

const LABEL_WORDS_MAX: usize = 4;

/// Checks one label file. Labels of different files replace each other, so a duplicate is one within the file.
pub fn check_labels(source: &Source, file: &LabelFile) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut first: HashMap<&str, Range<usize>> = HashMap::new();
    for label in &file.labels {
        let (id, span) = (label.id.get_ref(), label.id.span());
        let mut report =
            |code: &codes::DiagnosticCode, title: String, at: Range<usize>, help: &str| {
                found.push(Diagnostic::new(code, source, title).at(at, "").help(help));
            };
        if !is_dotted(id, 2, LABEL_WORDS_MAX) {
            let title = format!("`{id}` is not a label");
            report(&codes::LABEL_ID_MALFORMED, title, span.clone(), codes::LABEL_ID_MALFORMED.fix);
        }
        if label.title.trim().is_empty() {
            let title = "the label has no title".to_owned();
            report(&codes::TITLE_EMPTY, title, span.clone(), "`title = \"E-mail address\"`");
        }
        if !(1..=4).contains(label.sensitivity.get_ref()) {
            let title =
                format!("a sensitivity of {}, the range is 1 to 4", label.sensitivity.get_ref());
            let help = codes::SENSITIVITY_RANGE.explanation;
            report(&codes::SENSITIVITY_RANGE, title, label.sensitivity.span(), help);
        }
        if let Some(earlier) = first.get(&**id) {
            let (line, _) = line_column(&source.text, earlier.start);
            let help = format!("the first one is in line {line}; remove one of them");
            report(&codes::LABEL_DUPLICATE, format!("the label `{id}` is taken"), span, &help);
        } else {
            first.insert(id, span);
        }
    }
    found
}
