//! From the labels of a corpus to ours.

use super::label::{LabelId, Labels, domain};
use crate::base::Fault;
use crate::base::code::EVAL_MAPPING;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

const BUILTIN: &str = include_str!("mapping.toml");
/// In a mapping: the label neither helps nor hurts.
const IGNORE: &str = "ignore";
/// In a mapping: the document holds nothing of what the corpus is about.
const CLEAN: &str = "clean";

/// A mapping file, as written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappingFile {
    /// What errors call it.
    #[serde(skip)]
    name: String,
    /// Labels whose spans mark passages, not values.
    #[serde(default)]
    passages: Vec<String>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    documents: BTreeMap<String, String>,
    #[serde(default)]
    corpus: Vec<CorpusTable>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CorpusTable {
    name: String,
    /// What the corpus annotates; findings of other labels are not judged.
    scope: Option<Vec<String>>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    documents: BTreeMap<String, String>,
}

impl MappingFile {
    /// Reads a mapping.
    ///
    /// # Errors
    /// It is not TOML of the right form.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        toml::from_str(text).map_err(|error| {
            let at =
                error.span().map_or_else(String::new, |span| format!("at byte {}: ", span.start));
            Fault::new(EVAL_MAPPING, format!("{at}{}", error.message()))
        })
    }

    /// Gives it a name for errors.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// A mapping of document labels alone, from pairs `LABEL=ours`.
    ///
    /// # Errors
    /// A pair has no `=`.
    pub fn of_documents(pairs: &[String]) -> Result<Self, Fault> {
        let mut file = Self::default();
        for pair in pairs {
            let Some((foreign, ours)) = pair.split_once('=') else {
                return Err(Fault::new(EVAL_MAPPING, "a document label is written LABEL=ours"));
            };
            file.documents.insert(foreign.trim().to_owned(), ours.trim().to_owned());
        }
        Ok(file)
    }
}

/// The label that the built-in mapping gives a label of another project.
///
/// ```
/// use lockgate::eval::{LabelMatch, Labels, builtin_label};
///
/// let labels = Labels::new(["pii.email"].into_iter(), LabelMatch::Same);
/// let email = builtin_label("EMAIL_ADDRESS", &labels).expect("it is in the mapping");
/// assert_eq!(&**labels.name(email), "pii.email");
/// ```
pub fn builtin_label(foreign: &str, labels: &Labels) -> Option<LabelId> {
    let mapping = Mapping::new(Vec::new(), labels).ok()?;
    match mapping.corpus("", labels).span(foreign, labels) {
        SpanTarget::Label(label) => Some(label),
        SpanTarget::Ignored | SpanTarget::Unmapped => None,
    }
}

/// What a span label means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SpanTarget {
    Label(LabelId),
    /// Named in a mapping, to be left out.
    Ignored,
    /// Named nowhere.
    Unmapped,
}

/// What a document label means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DocumentTarget {
    /// The document holds something of this label.
    Label(LabelId),
    /// It holds nothing of what the corpus is about.
    Clean,
    /// Nothing is known.
    Unknown,
}

/// Mapping files in the order of their precedence, the built-in one last.
#[derive(Clone, Debug)]
pub struct Mapping {
    files: Vec<MappingFile>,
}

impl Mapping {
    /// These files, then the built-in mapping.
    ///
    /// # Errors
    /// A file names a label that the rule set does not have.
    pub fn new(mut files: Vec<MappingFile>, labels: &Labels) -> Result<Self, Fault> {
        for file in &files {
            check(file, labels)?;
        }
        files.push(MappingFile::parse(BUILTIN)?);
        Ok(Self { files })
    }

    /// The tables that count for the corpus of this name.
    pub(super) fn corpus(&self, name: &str, labels: &Labels) -> CorpusMap {
        let mut map = CorpusMap::default();
        let folded_name = fold(name);
        let builtin = self.files.len() - 1;
        for (i, file) in self.files.iter().enumerate() {
            let tables =
                file.corpus.iter().filter(|table| covers(&fold(&table.name), &folded_name));
            for table in tables {
                map.labels.push(Table::new(&table.labels));
                map.documents.push(Table::new(&table.documents));
                if map.scope.is_none() {
                    map.scope = table
                        .scope
                        .as_ref()
                        .map(|scope| scope.iter().filter_map(|label| labels.find(label)).collect());
                }
            }
            map.labels.push(Table::new(&file.labels));
            map.documents.push(Table::new(&file.documents));
            // A corpus that uses our labels means ours, whatever the wildcards of the built-in tables say.
            if i < builtin {
                map.own_before = map.labels.len();
            }
        }
        map
    }

    /// Per label: whether its spans mark passages.
    pub(super) fn passages(&self, labels: &Labels) -> Vec<bool> {
        let names: Vec<&String> = self.files.iter().flat_map(|file| &file.passages).collect();
        let is_passage = |id| names.iter().any(|name| crate::base::is_under(labels.name(id), name));
        labels.ids().map(is_passage).collect()
    }
}

fn check(file: &MappingFile, labels: &Labels) -> Result<(), Fault> {
    let tables = file.corpus.iter();
    let spans = tables.clone().flat_map(|table| &table.labels).chain(&file.labels);
    let documents = tables.clone().flat_map(|table| &table.documents).chain(&file.documents);
    let scopes = tables.filter_map(|table| table.scope.as_ref()).flatten().chain(&file.passages);
    let targets = spans
        .map(|(_, target)| (target, [IGNORE, IGNORE]))
        .chain(documents.map(|(_, target)| (target, [IGNORE, CLEAN])))
        .chain(scopes.map(|label| (label, ["", ""])));
    for (target, words) in targets {
        if labels.find(target).is_none() && !words.contains(&target.as_str()) {
            let place =
                if file.name.is_empty() { String::new() } else { format!("{}: ", file.name) };
            return Err(Fault::new(EVAL_MAPPING, format!("{place}there is no label `{target}`")));
        }
    }
    Ok(())
}

/// One table: exact names, and beginnings from the longest to the shortest.
#[derive(Clone, Debug, Default)]
struct Table {
    exact: HashMap<String, String>,
    beginnings: Vec<(String, String)>,
}

impl Table {
    fn new(entries: &BTreeMap<String, String>) -> Self {
        let mut table = Self::default();
        for (foreign, ours) in entries {
            match foreign.strip_suffix('*') {
                Some(beginning) => table.beginnings.push((fold(beginning), ours.clone())),
                None => {
                    table.exact.insert(fold(foreign), ours.clone());
                }
            }
        }
        table.beginnings.sort_by_key(|(beginning, _)| std::cmp::Reverse(beginning.len()));
        table
    }

    fn find(&self, folded: &str) -> Option<&str> {
        let beginning = || {
            let found =
                self.beginnings.iter().find(|(start, _)| folded.starts_with(start.as_str()));
            found.map(|(_, ours)| ours)
        };
        self.exact.get(folded).or_else(beginning).map(String::as_str)
    }
}

/// The mapping as it counts for one corpus.
#[derive(Clone, Debug, Default)]
pub(super) struct CorpusMap {
    labels: Vec<Table>,
    documents: Vec<Table>,
    /// How many tables go before the reading of a label as ours.
    own_before: usize,
    /// What is judged, if a mapping says so.
    pub(super) scope: Option<Vec<LabelId>>,
}

impl CorpusMap {
    pub(super) fn span(&self, foreign: &str, labels: &Labels) -> SpanTarget {
        let folded = fold(foreign);
        let (before, after) = self.labels.split_at(self.own_before);
        let find = |tables: &[Table]| {
            let target = tables.iter().find_map(|table| table.find(&folded))?;
            Some(if target == IGNORE {
                SpanTarget::Ignored
            } else {
                labels.find(target).map_or(SpanTarget::Unmapped, SpanTarget::Label)
            })
        };
        let own = || labels.find(foreign).map(SpanTarget::Label);
        find(before).or_else(own).or_else(|| find(after)).unwrap_or(SpanTarget::Unmapped)
    }

    pub(super) fn document(&self, foreign: &str, labels: &Labels) -> DocumentTarget {
        let folded = fold(foreign);
        match self.documents.iter().find_map(|table| table.find(&folded)) {
            Some(CLEAN) => DocumentTarget::Clean,
            Some(IGNORE) => DocumentTarget::Unknown,
            Some(target) => {
                labels.find(target).map_or(DocumentTarget::Unknown, DocumentTarget::Label)
            }
            None => labels.find(foreign).map_or(DocumentTarget::Unknown, DocumentTarget::Label),
        }
    }
}

/// The domains of these labels: what a corpus is about if no mapping says so.
pub(super) fn domains(labels: &Labels, used: impl Iterator<Item = LabelId>) -> Vec<LabelId> {
    let mut domains: Vec<LabelId> =
        used.filter_map(|id| labels.find(domain(labels.name(id)))).collect();
    domains.sort_unstable();
    domains.dedup();
    domains
}

/// A name without the differences that do not matter.
fn fold(name: &str) -> String {
    name.trim().to_ascii_lowercase().replace(['-', ' '], "_")
}

fn covers(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => pattern == name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::LabelMatch;
    use crate::rules::Compiler;

    fn builtin_labels() -> Labels {
        let (rules, _) = Compiler::with_builtin().build().unwrap();
        Labels::new(rules.labels().iter().map(|label| label.id.as_ref()), LabelMatch::Related)
    }

    #[test]
    fn the_built_in_mapping_names_labels_that_exist() {
        check(&MappingFile::parse(BUILTIN).unwrap(), &builtin_labels()).unwrap();
    }

    #[test]
    fn labels_are_found_in_the_order_of_precedence() {
        let labels = builtin_labels();
        let mine = "[labels]\nThing = 'pii.email'\nphone = 'ignore'\n'acme/*' = 'credential'\n\
                    'acme/x*' = 'finance.card'\n[[corpus]]\nname = 'special*'\n\
                    labels = { thing = 'pii.phone' }";
        let mapping = Mapping::new(vec![MappingFile::parse(mine).unwrap()], &labels).unwrap();
        let check = |corpus: &str, foreign: &str, expect: Option<&str>| {
            let got = match mapping.corpus(corpus, &labels).span(foreign, &labels) {
                SpanTarget::Label(id) => Some(labels.name(id).to_string()),
                SpanTarget::Ignored => Some("ignored".to_owned()),
                SpanTarget::Unmapped => None,
            };
            assert_eq!(got.as_deref(), expect, "{corpus} {foreign}");
        };
        check("any", "THING", Some("pii.email"));
        check("special-1", "thing", Some("pii.phone"));
        check("any", "acme/y", Some("credential"));
        check("any", "acme/x1", Some("finance.card"));
        check("any", "Phone", Some("ignored"));
        check("any", "EMAIL_ADDRESS", Some("pii.email"));
        check("any", "Credit-Card", Some("finance.card"));
        check("any", "pii.us.ssn", Some("pii.us.ssn"));
        check("any", "pii.us", Some("pii.us"));
        check("any", "nonsense", None);
        check("noseyparker-rules", "np.aws.1", Some("credential"));
        check("noseyparker-rules", "np.arn.1", Some("ignored"));
        check("noseyparker-rules", "credential.aws", Some("credential.aws"));
    }

    #[test]
    fn labels_of_documents_are_mapped_apart() {
        let labels = builtin_labels();
        let pairs = ["1=ai.injection".to_owned(), "0=clean".to_owned()];
        let mine = MappingFile::of_documents(&pairs).unwrap();
        let map = Mapping::new(vec![mine], &labels).unwrap().corpus("x", &labels);
        let injection = DocumentTarget::Label(labels.find("ai.injection").unwrap());
        assert_eq!(map.document("1", &labels), injection);
        assert_eq!(map.document("0", &labels), DocumentTarget::Clean);
        assert_eq!(map.document("Benign", &labels), DocumentTarget::Clean);
        assert_eq!(map.document("trace", &labels), DocumentTarget::Unknown);
    }

    #[test]
    fn bad_mappings_are_refused() {
        let labels = builtin_labels();
        for text in [
            "[labels]\nx = 'pii.nope'",
            "[documents]\nx = 'nope'",
            "[[corpus]]\nname='a'\nscope=['no']",
        ] {
            let file = MappingFile::parse(text).unwrap();
            assert_eq!(Mapping::new(vec![file], &labels).unwrap_err().code, EVAL_MAPPING, "{text}");
        }
        for text in ["labels = 1", "[label]\nx = 'pii'", "[labels"] {
            assert_eq!(MappingFile::parse(text).unwrap_err().code, EVAL_MAPPING, "{text}");
        }
        assert!(MappingFile::of_documents(&["x".to_owned()]).is_err());
    }
}
