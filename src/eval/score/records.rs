//! Every span and finding by name, to compare with another evaluation.

use super::{Side, View, for_documents};
use crate::eval::report::{CorpusRecords, Record};
use crate::eval::study::Study;
use crate::eval::tally::Tally;

/// The records of all corpora that can be judged.
pub fn records(study: &Study, side: &Side, tallies: &[Tally]) -> Vec<CorpusRecords> {
    tallies.iter().enumerate().map(|(i, tally)| of_corpus(study, side, i, tally)).collect()
}

fn of_corpus(study: &Study, side: &Side, corpus: usize, tally: &Tally) -> CorpusRecords {
    let scope = tally.scope(study, corpus);
    let mut records = CorpusRecords {
        name: study.corpora[corpus].name.clone(),
        blake3: tally.hash(),
        ..CorpusRecords::default()
    };
    for_documents(study, corpus, tally, &scope, |view| add(&mut records, view, side));
    records
}

fn add(records: &mut CorpusRecords, view: &View<'_>, side: &Side) {
    let criterion = view.study.options.criterion;
    let document = u32::try_from(records.documents.len()).unwrap_or(u32::MAX);
    records.documents.push(view.document.key.to_string());
    let rule_id = |rule: u32| side.rules[rule as usize].id.to_string();
    let text = |excerpt: &Option<Box<str>>| excerpt.as_deref().unwrap_or_default().to_owned();
    let mut found = 0;
    for span in view.spans() {
        let hit = span.matched.hits.has(criterion);
        found += u64::from(hit);
        records.spans.push(Record {
            document,
            start: span.matched.span.start,
            end: span.matched.span.end,
            label: view.study.labels.name(span.matched.label).to_string(),
            rule: hit.then(|| rule_id(span.matched.rules[criterion as usize])),
            score: hit.then_some(span.matched.scores[criterion as usize]),
            excerpt: text(&span.excerpt),
        });
    }
    let mut right = 0;
    for (finding, is_right) in view.judged(criterion) {
        if is_right {
            right += 1;
            continue;
        }
        let place = finding.matched.found;
        records.wrong.push(Record {
            document,
            start: place.span.start,
            end: place.span.end,
            label: view.study.labels.name(place.label).to_string(),
            rule: Some(rule_id(place.rule)),
            score: Some(place.score),
            excerpt: text(&finding.excerpt),
        });
    }
    if right != found {
        records.right.push((document, right));
    }
}
