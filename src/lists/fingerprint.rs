//! Fingerprints of documents: which passages of a text were copied from one of them.
//!
//! A document is the set of the grams that [`mod@winnow`] keeps of it. *Containment* is the share of a document's grams that a
//! text holds, 0 to 1. What many documents share (letterheads, notices) says nothing about where a text comes from and is left out.

use super::file::{self, ListKind, Reader};
use super::table::Table;
use super::winnow::{self, Gram};
use super::words;
use crate::base::code::{LIST_CONTENT, LIST_DOCUMENT, LIST_EMPTY, LIST_TOO_LARGE};
use crate::base::{Fault, Span, limits};

/// A gram that more documents hold than this is boilerplate.
pub const DOCUMENT_FREQUENCY_MAX: usize = 10;
/// Fewest grams of a document, and of one in a text: fewer may be a common phrase.
pub const GRAMS_MIN: usize = 8;
/// Copied grams that are no further apart than this belong to one passage, in bytes: a changed word does not split it.
pub const PASSAGE_GAP_BYTES_MAX: usize = 64;

/// What must be copied to be reported.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    /// Share of the document, above 0 and at most 1.
    pub containment: f32,
    /// A copied passage of so many bytes suffices, whatever the share.
    pub passage_bytes: Option<usize>,
}

/// A passage that was copied.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Passage {
    /// Where it stands in the text.
    pub span: Span,
    /// Greatest containment of the documents it was copied from.
    pub containment: f32,
}

/// Documents by their grams.
#[derive(Debug)]
pub struct Fingerprints {
    /// Number of grams per document.
    grams: Box<[u32]>,
    table: Table<0>,
    /// Per gram, where its documents begin in `holders`; one more for the end.
    first: Box<[u32]>,
    /// Documents.
    holders: Box<[u32]>,
}

/// A gram of a document in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Hit {
    document: u32,
    start: usize,
    end: usize,
    place: u32,
}

/// Reusable memory of a search.
#[derive(Debug, Default)]
pub struct PassageScratch {
    hits: Vec<Hit>,
    places: Vec<u32>,
    passages: Vec<Passage>,
}

impl Fingerprints {
    /// Reads what [`FingerprintBuilder::build`] has written.
    pub(super) fn read(payload: &[u8]) -> Result<Self, Fault> {
        let wrong = || Fault::new(LIST_CONTENT, "the grams are not those of the documents");
        let mut reader = Reader::new(payload);
        let documents = reader.count(4)?;
        let grams = reader.numbers_u32(documents)?;
        let entries = reader.count(12)?;
        let hashes = reader.numbers_u64(entries)?;
        let counts = reader.numbers_u32(entries)?;
        let total = reader.count(4)?;
        let holders = reader.numbers_u32(total)?;
        reader.finish()?;
        let mut first = Vec::with_capacity(entries + 1);
        let mut sum = 0_usize;
        for count in &counts {
            first.push(u32::try_from(sum).map_err(|_| wrong())?);
            if !(1..=DOCUMENT_FREQUENCY_MAX).contains(&(*count as usize)) {
                return Err(wrong());
            }
            sum += *count as usize;
        }
        first.push(u32::try_from(sum).map_err(|_| wrong())?);
        let mut held = vec![0_u32; documents];
        for document in &holders {
            *held.get_mut(*document as usize).ok_or_else(wrong)? += 1;
        }
        if sum != total || documents == 0 || *held != *grams || grams.contains(&0) {
            return Err(wrong());
        }
        words::prepare();
        Ok(Self { grams, table: Table::new(hashes)?, first: first.into(), holders })
    }

    /// Number of documents.
    pub fn documents(&self) -> usize {
        self.grams.len()
    }

    /// Number of different grams.
    pub fn grams(&self) -> usize {
        self.table.len()
    }

    /// The passages of a text that were copied from documents of which enough was copied, in ascending order.
    pub fn find<'s>(
        &self,
        text: &[u8],
        threshold: Threshold,
        scratch: &'s mut PassageScratch,
    ) -> &'s [Passage] {
        scratch.hits.clear();
        scratch.passages.clear();
        winnow::winnow(text, |gram| {
            if let Some(place) = self.table.find(gram.hash) {
                self.note(gram, place, &mut scratch.hits);
            }
        });
        if !scratch.hits.is_empty() {
            self.judge(text, threshold, scratch);
        }
        &scratch.passages
    }

    /// The reference: winnows by the definition and looks at every gram of every document.
    pub fn find_naively(&self, text: &[u8], threshold: Threshold) -> Vec<Passage> {
        let mut scratch = PassageScratch::default();
        for gram in winnow::naive(text) {
            if let Some(place) = self.table.find_naively(gram.hash) {
                self.note(gram, place, &mut scratch.hits);
            }
        }
        self.judge(text, threshold, &mut scratch);
        scratch.passages
    }

    fn note(&self, gram: Gram, place: usize, hits: &mut Vec<Hit>) {
        let holders = &self.holders[self.first[place] as usize..self.first[place + 1] as usize];
        hits.extend(holders.iter().map(|document| Hit {
            document: *document,
            start: gram.start,
            end: gram.end,
            place: place as u32,
        }));
    }

    /// From hits to passages.
    fn judge(&self, text: &[u8], threshold: Threshold, scratch: &mut PassageScratch) {
        let PassageScratch { hits, places, passages } = scratch;
        hits.sort_unstable();
        for hits in hits.chunk_by(|a, b| a.document == b.document) {
            places.clear();
            places.extend(hits.iter().map(|hit| hit.place));
            places.sort_unstable();
            places.dedup();
            let document_grams = self.grams[hits[0].document as usize];
            let containment = places.len() as f32 / document_grams as f32;
            let whole = containment >= threshold.containment
                && places.len() >= GRAMS_MIN.min(document_grams as usize);
            let long = |run: &&[Hit]| {
                threshold.passage_bytes.is_some_and(|bytes| run_span(run).len() >= bytes)
            };
            let runs = || hits.chunk_by(|a, b| b.start <= a.end + PASSAGE_GAP_BYTES_MAX);
            // A single gram in a text of which much was copied may be chance.
            let several = runs().any(|run| run.len() > 1);
            let kept = runs().filter(|run| match whole {
                true => run.len() > 1 || !several,
                false => long(run),
            });
            passages.extend(
                kept.map(|run| Passage { span: to_words(text, run_span(run)), containment }),
            );
        }
        merge(passages);
    }

    /// Heap memory in bytes.
    pub fn memory_usage(&self) -> usize {
        self.table.memory_usage() + (self.grams.len() + self.first.len() + self.holders.len()) * 4
    }
}

fn run_span(run: &[Hit]) -> Span {
    Span::new(run[0].start, run[run.len() - 1].end)
}

/// The span with the words it begins and ends in: the grams kept need not reach to the end of what was copied.
fn to_words(text: &[u8], span: Span) -> Span {
    let in_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte >= 0x80;
    let reach = |count: usize| if count > words::WORD_BYTES_MAX { 0 } else { count };
    let limit = words::WORD_BYTES_MAX + 1;
    let before = text[..span.start].iter().rev().take(limit).take_while(|byte| in_word(byte));
    let after = text[span.end..].iter().take(limit).take_while(|byte| in_word(byte));
    Span::new(span.start - reach(before.count()), span.end + reach(after.count()))
}

/// Joins passages that overlap.
fn merge(passages: &mut Vec<Passage>) {
    passages.sort_unstable_by_key(|passage| passage.span);
    passages.dedup_by(|later, earlier| {
        let joined = later.span.start < earlier.span.end;
        if joined {
            let end = earlier.span.end.max(later.span.end);
            earlier.span = Span::new(earlier.span.start, end);
            earlier.containment = earlier.containment.max(later.containment);
        }
        joined
    });
}

/// Collects documents.
#[derive(Debug, Default)]
pub struct FingerprintBuilder {
    /// Gram and document.
    grams: Vec<(u64, u32)>,
    ignored: Vec<u64>,
    /// For messages.
    names: Vec<String>,
}

impl FingerprintBuilder {
    /// Adds a document. The name is for messages and is not written.
    ///
    /// # Errors
    /// There are too many, or too much text in all of them: `list.too-large`.
    pub fn add(&mut self, name: &str, text: &[u8]) -> Result<(), Fault> {
        let first = self.grams.len();
        let document = self.names.len() as u32;
        winnow::winnow(text, |gram| self.grams.push((gram.hash, document)));
        self.grams[first..].sort_unstable();
        self.grams.dedup();
        self.names.push(name.to_owned());
        if self.names.len() > limits::FINGERPRINT_DOCUMENTS_MAX
            || self.grams.len() > limits::FINGERPRINT_GRAMS_MAX
        {
            let detail = format!(
                "the limits are {} documents and {} grams",
                limits::FINGERPRINT_DOCUMENTS_MAX,
                limits::FINGERPRINT_GRAMS_MAX
            );
            return Err(Fault::new(LIST_TOO_LARGE, detail));
        }
        Ok(())
    }

    /// Leaves out what this text holds: a form without its entries, a notice that stands everywhere.
    pub fn ignore(&mut self, text: &[u8]) {
        winnow::winnow(text, |gram| self.ignored.push(gram.hash));
    }

    /// The documents as a file.
    ///
    /// # Errors
    /// There are none (`list.empty`), or fewer than [`GRAMS_MIN`] grams are left of one (`list.document`), which the detail names.
    pub fn build(mut self) -> Result<Vec<u8>, Fault> {
        if self.names.is_empty() {
            return Err(LIST_EMPTY.into());
        }
        self.ignored.sort_unstable();
        self.grams.sort_unstable();
        let mut held = vec![0_u32; self.names.len()];
        let (mut hashes, mut counts, mut holders) = (Vec::new(), Vec::new(), Vec::new());
        for group in self.grams.chunk_by(|a, b| a.0 == b.0) {
            let boilerplate = group.len() > DOCUMENT_FREQUENCY_MAX
                || self.ignored.binary_search(&group[0].0).is_ok();
            if boilerplate {
                continue;
            }
            hashes.push(group[0].0);
            counts.push(group.len() as u32);
            for (_, document) in group {
                holders.push(*document);
                held[*document as usize] += 1;
            }
        }
        if let Some(poor) = held.iter().position(|grams| (*grams as usize) < GRAMS_MIN) {
            return Err(Fault::new(LIST_DOCUMENT, self.names[poor].as_str()));
        }
        let mut payload = Vec::new();
        file::put_u32s(&mut payload, &held);
        payload.extend_from_slice(&(hashes.len() as u64).to_le_bytes());
        hashes.iter().for_each(|hash| payload.extend_from_slice(&hash.to_le_bytes()));
        counts.iter().for_each(|count| payload.extend_from_slice(&count.to_le_bytes()));
        file::put_u32s(&mut payload, &holders);
        Ok(file::seal(ListKind::Fingerprints, &payload))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lists::file::{Content, List};
    use proptest::prelude::*;

    const LEASE: &str = "The tenant shall return the premises swept and with all keys on the last day of the term. \
        Wallpaper that was put up without leave is removed at the cost of the tenant, who also bears the cost of the \
        locksmith if a key is missing. The deposit is paid back within six months, less what is owed for heating.";
    const RECIPE: &str = "Fry the onions slowly until they are golden, add two spoons of vinegar and the beans, \
        then let the pot stand for an hour beside the stove. Salt comes last, since the broth thickens while it waits, \
        and parsley only when the plates are on the table.";
    const NOTICE: &str = "This message is confidential and meant for the addressee alone. ";

    fn built(documents: &[&str], ignored: &[&str]) -> Result<Vec<u8>, Fault> {
        let mut builder = FingerprintBuilder::default();
        for text in documents {
            builder.add("a document", text.as_bytes())?;
        }
        ignored.iter().for_each(|text| builder.ignore(text.as_bytes()));
        builder.build()
    }

    fn list(documents: &[&str], ignored: &[&str]) -> Fingerprints {
        let file = built(documents, ignored).expect("documents of some length");
        match List::read(&file, &[]).expect("as written").content {
            Content::Fingerprints(list) => {
                std::sync::Arc::into_inner(list).expect("nobody else has it")
            }
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn check(
        list: &Fingerprints,
        text: &str,
        containment: f32,
        passage: Option<usize>,
        expect: &[&str],
    ) {
        let threshold = Threshold { containment, passage_bytes: passage };
        let mut scratch = PassageScratch::default();
        let found = list.find(text.as_bytes(), threshold, &mut scratch);
        let texts: Vec<_> = found.iter().map(|passage| &text[passage.span.range()]).collect();
        assert_eq!(texts, expect, "{text}");
        assert_eq!(list.find_naively(text.as_bytes(), threshold), found);
    }

    #[test]
    fn copies_are_found_where_they_stand() {
        let list = list(&[LEASE, RECIPE], &[]);
        check(
            &list,
            "Nothing of this was ever written down in any document at all.",
            0.01,
            None,
            &[],
        );
        let half = &LEASE[..150];
        check(&list, half, 0.9, None, &[]);
        let mut scratch = PassageScratch::default();
        let threshold = Threshold { containment: 0.9, passage_bytes: None };
        let text = format!("As agreed: {}", LEASE.to_uppercase());
        let found = list.find(text.as_bytes(), threshold, &mut scratch);
        assert_eq!(found.len(), 1);
        // The window of winnowing may leave a few letters at either end.
        let Span { start, end } = found[0].span;
        assert!((11..23).contains(&start) && end > text.len() - 12, "{found:?}");
        let threshold = Threshold { containment: 0.3, passage_bytes: None };
        let found = list.find(half.as_bytes(), threshold, &mut scratch);
        assert!(found.len() == 1 && found[0].span.len() > 120, "{found:?}");
        assert!((0.3..0.8).contains(&found[0].containment), "{found:?}");
    }

    #[test]
    fn a_long_passage_suffices() {
        let list = list(&[LEASE], &[]);
        let text = format!("He wrote: {} And so on.", &LEASE[91..190]);
        let threshold = |bytes| Threshold { containment: 1.0, passage_bytes: Some(bytes) };
        let mut scratch = PassageScratch::default();
        assert_eq!(list.find(text.as_bytes(), threshold(60), &mut scratch).len(), 1);
        assert_eq!(list.find(text.as_bytes(), threshold(120), &mut scratch).len(), 0);
    }

    #[test]
    fn boilerplate_says_nothing() {
        let (a, b) = (format!("{NOTICE}{LEASE}"), format!("{NOTICE}{RECIPE}"));
        let ignoring = list(&[&a, &b], &[NOTICE]);
        let threshold = Threshold { containment: 0.01, passage_bytes: Some(20) };
        let mut scratch = PassageScratch::default();
        assert!(ignoring.find(NOTICE.as_bytes(), threshold, &mut scratch).is_empty());
        assert!(!list(&[&a, &b], &[]).find(NOTICE.as_bytes(), threshold, &mut scratch).is_empty());
    }

    #[test]
    fn documents_without_text_of_their_own_are_refused() {
        let code = |documents: &[&str]| built(documents, &[]).expect_err("refused").code;
        assert_eq!(code(&[]), LIST_EMPTY);
        assert_eq!(code(&[LEASE, "too short"]), LIST_DOCUMENT);
        assert_eq!(code(&[LEASE; 11]), LIST_DOCUMENT);
    }

    proptest! {
        #[test]
        fn the_search_agrees_with_the_reference(
            cuts in prop::collection::vec((0..280_usize, 0..200_usize, any::<bool>()), 0..6),
            containment in 0.05..1.0_f32,
            passage_bytes in prop::option::of(20..200_usize),
        ) {
            let list = list(&[LEASE, RECIPE], &[]);
            let cut = |(start, len, lease): &(usize, usize, bool)| {
                let text = if *lease { LEASE } else { RECIPE };
                let start = (*start).min(text.len());
                text[start..(start + len).min(text.len())].to_owned()
            };
            let text: String = cuts.iter().map(cut).collect::<Vec<_>>().join(" and ");
            let threshold = Threshold { containment, passage_bytes };
            let mut scratch = PassageScratch::default();
            let found = list.find(text.as_bytes(), threshold, &mut scratch);
            prop_assert_eq!(list.find_naively(text.as_bytes(), threshold), found);
        }

        #[test]
        fn damaged_and_hostile_files_are_survived(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut file = built(&[LEASE], &[]).expect("a document");
            let at = at.index(file.len());
            prop_assert!(List::read(&file[..at], &[]).is_err());
            let payload_at = 56;
            if at < payload_at {
                file[at] ^= byte | 1;
                prop_assert!(List::read(&file, &[]).is_err());
            } else {
                file[at] = byte;
                let file = file::seal(ListKind::Fingerprints, &file[payload_at..]);
                if let Ok(List { content: Content::Fingerprints(list), .. }) = List::read(&file, &[]) {
                    let threshold = Threshold { containment: 0.1, passage_bytes: Some(9) };
                    list.find(LEASE.as_bytes(), threshold, &mut PassageScratch::default());
                }
            }
        }
    }
}
