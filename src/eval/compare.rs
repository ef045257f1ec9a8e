//! Two evaluations of the same documents, finding by finding.

use super::report::REPORT_FORMAT;
use super::report::{Change, ChangeKind, Changes, CorpusRecords, Record, Report};
use super::statistics::{Bootstrap, Counts, Rate, mcnemar};
use crate::base::Fault;
use crate::base::code::EVAL_BASELINE;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Reads a report that was written with its records.
///
/// # Errors
/// It is no such report, or one of another version.
pub fn read_baseline(bytes: &[u8]) -> Result<Report, Fault> {
    let report: Report = serde_json::from_slice(bytes).map_err(|error| {
        Fault::new(EVAL_BASELINE, format!("line {}, column {}", error.line(), error.column()))
    })?;
    if report.format != REPORT_FORMAT {
        let detail = format!("form {}, this version reads {REPORT_FORMAT}", report.format);
        return Err(Fault::new(EVAL_BASELINE, detail));
    }
    if report.records.is_empty() {
        return Err(Fault::new(EVAL_BASELINE, "it holds no records"));
    }
    Ok(report)
}

/// What is different in `now`, in documents that both have.
pub fn compare(before: &[CorpusRecords], now: &[CorpusRecords]) -> Changes {
    let mut comparison = Comparison::default();
    let by_name: HashMap<&str, &CorpusRecords> =
        before.iter().map(|corpus| (corpus.name.as_str(), corpus)).collect();
    let names: HashSet<&str> = now.iter().map(|corpus| corpus.name.as_str()).collect();
    for corpus in now {
        match by_name.get(corpus.name.as_str()) {
            Some(earlier) => comparison.corpus(earlier, corpus),
            None => {
                comparison.changes.documents_apart += corpus.documents.len() as u64;
                comparison.changes.corpora_changed.push(corpus.name.clone());
            }
        }
    }
    for corpus in before.iter().filter(|corpus| !names.contains(corpus.name.as_str())) {
        comparison.changes.documents_apart += corpus.documents.len() as u64;
        comparison.changes.corpora_changed.push(corpus.name.clone());
    }
    comparison.finish()
}

#[derive(Default)]
struct Comparison {
    changes: Changes,
    bootstrap: Bootstrap,
    sums: (Counts, Counts),
}

/// The spans of one document, found or not, and its wrong findings.
#[derive(Default)]
struct Document<'r> {
    spans: BTreeMap<(usize, usize, &'r str), &'r Record>,
    wrong: BTreeMap<(usize, usize, &'r str), &'r Record>,
    right: Option<u64>,
}

impl Document<'_> {
    fn counts(&self) -> Counts {
        let found = self.spans.values().filter(|span| span.rule.is_some()).count() as u64;
        let right = self.right.unwrap_or(found);
        let findings = right + self.wrong.len() as u64;
        Counts { spans: self.spans.len() as u64, found, findings, right }
    }
}

fn documents(corpus: &CorpusRecords) -> BTreeMap<&str, Document<'_>> {
    let mut documents: BTreeMap<&str, Document<'_>> =
        corpus.documents.iter().map(|key| (key.as_str(), Document::default())).collect();
    let key = |document: u32| corpus.documents.get(document as usize).map(String::as_str);
    for record in &corpus.spans {
        if let Some(document) = key(record.document).and_then(|key| documents.get_mut(key)) {
            document.spans.insert((record.start, record.end, &record.label), record);
        }
    }
    for record in &corpus.wrong {
        if let Some(document) = key(record.document).and_then(|key| documents.get_mut(key)) {
            let rule = record.rule.as_deref().unwrap_or_default();
            document.wrong.insert((record.start, record.end, rule), record);
        }
    }
    for (number, right) in &corpus.right {
        if let Some(document) = key(*number).and_then(|key| documents.get_mut(key)) {
            document.right = Some(*right);
        }
    }
    documents
}

impl Comparison {
    fn corpus(&mut self, before: &CorpusRecords, now: &CorpusRecords) {
        if before.blake3 != now.blake3 {
            self.changes.corpora_changed.push(now.name.clone());
        }
        let (before, now_documents) = (documents(before), documents(now));
        for (key, document) in &now_documents {
            match before.get(key) {
                Some(earlier) => self.document(&now.name, key, earlier, document),
                None => self.changes.documents_apart += 1,
            }
        }
        let gone = before.keys().filter(|key| !now_documents.contains_key(*key)).count();
        self.changes.documents_apart += gone as u64;
    }

    fn document(&mut self, corpus: &str, key: &str, before: &Document<'_>, now: &Document<'_>) {
        let mut note = |kind, record: &Record, rule: Option<&String>| {
            self.changes.list.push(Change {
                kind,
                corpus: corpus.to_owned(),
                document: key.to_owned(),
                start: record.start,
                end: record.end,
                label: record.label.clone(),
                rule: rule.cloned(),
                excerpt: record.excerpt.clone(),
            });
        };
        for (place, span) in &now.spans {
            let Some(earlier) = before.spans.get(place) else { continue };
            match (&earlier.rule, &span.rule) {
                (None, Some(rule)) => note(ChangeKind::Gained, span, Some(rule)),
                (Some(rule), None) => note(ChangeKind::Lost, span, Some(rule)),
                _ => {}
            }
        }
        for (place, finding) in &now.wrong {
            if !before.wrong.contains_key(place) {
                note(ChangeKind::NewWrong, finding, finding.rule.as_ref());
            }
        }
        for (place, finding) in &before.wrong {
            if !now.wrong.contains_key(place) {
                note(ChangeKind::GoneWrong, finding, finding.rule.as_ref());
            }
        }
        match (before.wrong.is_empty(), now.wrong.is_empty()) {
            (true, false) => self.changes.documents_wrong[0] += 1,
            (false, true) => self.changes.documents_wrong[1] += 1,
            _ => {}
        }
        let (a, b) = (before.counts(), now.counts());
        self.bootstrap.add_pair(a, b);
        self.sums.0.add(a);
        self.sums.1.add(b);
    }

    fn finish(mut self) -> Changes {
        let count = |kind| self.changes.list.iter().filter(|c| c.kind == kind).count() as u64;
        let (gained, lost) = (count(ChangeKind::Gained), count(ChangeKind::Lost));
        let (new_wrong, gone_wrong) = (count(ChangeKind::NewWrong), count(ChangeKind::GoneWrong));
        let changes = &mut self.changes;
        changes.list.sort_by_key(|change| change.kind);
        (changes.gained, changes.lost) = (gained, lost);
        (changes.new_wrong, changes.gone_wrong) = (new_wrong, gone_wrong);
        changes.p_found = mcnemar(lost, gained);
        changes.p_wrong = mcnemar(changes.documents_wrong[0], changes.documents_wrong[1]);
        let difference =
            self.sums.1.f(1.0).zip(self.sums.0.f(1.0)).map(|(now, before)| now - before);
        changes.f1_difference = difference
            .zip(self.bootstrap.f_difference(1.0))
            .map(|(value, (low, high))| Rate { value, low, high });
        self.changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(start: usize, rule: Option<&str>) -> Record {
        Record {
            document: 0,
            start,
            end: start + 1,
            label: "pii".to_owned(),
            rule: rule.map(str::to_owned),
            score: None,
            excerpt: String::new(),
        }
    }

    fn corpus(document: &str, spans: Vec<Record>, wrong: Vec<Record>) -> CorpusRecords {
        CorpusRecords {
            name: "c".to_owned(),
            documents: vec![document.to_owned()],
            spans,
            wrong,
            ..CorpusRecords::default()
        }
    }

    #[test]
    fn changes_are_told_finding_by_finding() {
        let before = corpus(
            "a",
            vec![record(0, Some("x")), record(2, None), record(4, Some("x")), record(6, None)],
            vec![record(10, Some("x")), record(12, Some("y"))],
        );
        let now = corpus(
            "a",
            vec![record(0, Some("y")), record(2, Some("x")), record(4, None), record(6, None)],
            vec![record(10, Some("z")), record(12, Some("y"))],
        );
        let changes = compare(&[before], &[now]);
        let got: Vec<_> =
            changes.list.iter().map(|c| (c.kind, c.start, c.rule.as_deref().unwrap())).collect();
        use ChangeKind::*;
        assert_eq!(
            got,
            [(Lost, 4, "x"), (NewWrong, 10, "z"), (Gained, 2, "x"), (GoneWrong, 10, "x")]
        );
        let counts = (changes.gained, changes.lost, changes.new_wrong, changes.gone_wrong);
        assert_eq!(counts, (1, 1, 1, 1));
        assert_eq!(changes.documents_apart, 0);
    }

    #[test]
    fn only_documents_that_both_have_are_compared() {
        let before = corpus("a", vec![record(0, Some("x"))], Vec::new());
        let now = corpus("b", vec![record(0, None)], vec![record(3, Some("x"))]);
        let changes = compare(&[before], &[now]);
        assert!(changes.list.is_empty());
        assert_eq!(changes.documents_apart, 2);
    }

    #[test]
    fn what_is_no_report_is_no_baseline() {
        for text in ["", "{}", "[]", r#"{"format":9}"#] {
            assert_eq!(read_baseline(text.as_bytes()).unwrap_err().code, EVAL_BASELINE, "{text}");
        }
    }
}
