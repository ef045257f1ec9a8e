//! The shape of rule files, label files and pack files. Every field that a diagnostic may point at is [`Spanned`].

use serde::Deserialize;
use std::sync::Arc;
use toml::Spanned;

/// A file to read rules, labels or a pack from.
#[derive(Clone, Debug)]
pub struct Source {
    /// Path or other name, for diagnostics.
    pub name: Arc<str>,
    /// The text.
    pub text: Arc<str>,
}

impl Source {
    /// A file of this name with this text.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), text: text.into() }
    }
}

/// Names the texts of files, further things that belong to them, and the program that reads them: 32 hexadecimal digits.
pub fn fingerprint<'a>(
    sources: impl IntoIterator<Item = &'a Source>,
    further: impl IntoIterator<Item = &'a str>,
) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(env!("CARGO_PKG_VERSION").as_bytes());
    for source in sources {
        hasher.update(&(source.text.len() as u64).to_le_bytes());
        hasher.update(source.text.as_bytes());
    }
    further.into_iter().for_each(|text| _ = hasher.update(text.as_bytes()));
    hasher.finalize().to_hex()[..32].to_owned()
}

/// One `patterns/<domain>/<family>.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct RuleFile {
    /// Prefix of the ids of all rules in this file, such as `secrets.aws`.
    #[cfg_attr(feature = "cli", schemars(with = "String"))]
    pub family: Spanned<String>,
    /// What the rules are about, such as `Amazon Web Services`.
    pub title: String,
    /// Documents that describe the formats: vendor documentation, standards.
    #[serde(default)]
    pub references: Vec<String>,
    /// The rules.
    #[serde(default, rename = "rule")]
    pub rules: Vec<RuleSpec>,
}

/// One rule as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct RuleSpec {
    /// Name within the family; the full id is `<family>.<id>`. Permanent, never used again for another meaning.
    #[cfg_attr(feature = "cli", schemars(with = "String"))]
    pub id: Spanned<String>,
    /// What is found, in a few words.
    pub title: String,
    /// Where the rule is in its life.
    #[serde(default)]
    pub status: Status,
    /// Full id of the rule to use instead, for a deprecated one.
    #[serde(default)]
    pub replaced_by: Option<String>,
    /// Version of Lockgate that first had the rule.
    pub since: String,
    /// What a match means, from `classifiers/labels.toml`. The first is the label of the finding.
    #[cfg_attr(feature = "cli", schemars(with = "Vec<String>"))]
    pub labels: Vec<Spanned<String>>,
    /// Confidence of a finding that passed pattern, validators and required context.
    #[cfg_attr(feature = "cli", schemars(with = "ConfidenceName"))]
    pub confidence: Spanned<ConfidenceName>,
    /// Why a leak of this matters.
    pub why: String,
    /// The regular expression (Rust syntax, ASCII classes). Group 1, if there is one, is what is reported and redacted.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<String>"))]
    pub pattern: Option<Spanned<String>>,
    /// Several regular expressions instead of one.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Vec<String>"))]
    pub patterns: Vec<Spanned<String>>,
    /// A begin and an end marker instead of a pattern.
    #[serde(default)]
    pub region: Option<RegionSpec>,
    /// Terms instead of a pattern: found on word borders, in any case, the longest first.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Vec<String>"))]
    pub words: Vec<Spanned<String>>,
    /// File of terms instead of a pattern, built by `lockgate dictionary build`, beside the rule file.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<String>"))]
    pub dictionary: Option<Spanned<String>>,
    /// Rows of a table instead of a pattern.
    #[serde(default)]
    pub exact_data: Option<ExactDataSpec>,
    /// Passages of documents instead of a pattern.
    #[serde(default)]
    pub fingerprint: Option<FingerprintSpec>,
    /// What the inspector of links looks for, instead of a pattern; with a pattern only `judged`.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<LinkName>"))]
    pub link: Option<Spanned<LinkName>>,
    /// Validators that must all accept the reported bytes.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Vec<String>"))]
    pub validators: Vec<Spanned<String>>,
    /// Words that support the finding or are required near it.
    #[serde(default)]
    pub keywords: Option<KeywordsSpec>,
    /// Words near the match that rule the finding out.
    #[serde(default)]
    pub exclude: Option<ExcludeSpec>,
    /// What the reported bytes must look like beyond the pattern.
    #[serde(default)]
    pub shape: Option<ShapeSpec>,
    /// Model that judges the value and what it is assigned to. Its probability takes the place of the score, so that `confidence` is only
    /// what to expect; there is no finding below 0.2.
    #[serde(default)]
    pub classifier: Option<ClassifierName>,
    /// Values that are never reported (compared without regard to ASCII case).
    #[serde(default)]
    pub allow: Vec<String>,
    /// Other findings that must stand near.
    #[serde(default)]
    pub requires: Vec<CompanionSpec>,
    /// `generic` rules give way to any other rule's finding that overlaps.
    #[serde(default)]
    pub precedence: Precedence,
    /// How to redact, unless the caller says otherwise.
    #[serde(default)]
    pub redact: Option<RedactSpec>,
    /// Reason why a rule without a cheap anchor is worth scanning every byte for.
    #[serde(default)]
    pub slow_ok: Option<String>,
    /// Documents about this rule alone.
    #[serde(default)]
    pub references: Vec<String>,
    /// Texts in which the rule must find exactly these bytes.
    #[serde(default, rename = "match")]
    pub matches: Vec<MatchExample>,
    /// Texts in which the rule must find nothing.
    #[serde(default, rename = "no_match")]
    pub no_matches: Vec<NoMatchExample>,
}

/// Life of a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub enum Status {
    /// On trial: not in the default pack.
    Preview,
    /// In use.
    #[default]
    Stable,
    /// Kept for old configurations; see `replaced-by`.
    Deprecated,
}

impl Status {
    /// The name in files and output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Preview => "preview",
            Self::Stable => "stable",
            Self::Deprecated => "deprecated",
        }
    }
}

/// A confidence as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub enum ConfidenceName {
    /// Score 0.3.
    Low,
    /// Score 0.6.
    Medium,
    /// Score 0.9.
    High,
}

impl ConfidenceName {
    /// The name in files and output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// A model that judges values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub enum ClassifierName {
    /// Secret, or identifier, digest, template or word.
    Secret,
}

/// What a link can be guilty of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub enum LinkName {
    /// Data in its query, path, fragment or in the labels of its host.
    Payload,
    /// A value that was found or given elsewhere in this request, however it is written.
    Seen,
    /// An address that runs.
    Script,
    /// A host that the policy does not let anybody link to.
    Denied,
    /// A host that is not what it looks like.
    Disguised,
    /// A name whose labels carry data, to be looked up.
    Name,
    /// Many small links to one host, which carry data together.
    Series,
    /// For a rule with patterns: they describe links, so that the inspector of links decides where it has read one.
    Judged,
}

impl LinkName {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Payload,
        Self::Seen,
        Self::Script,
        Self::Denied,
        Self::Disguised,
        Self::Name,
        Self::Series,
        Self::Judged,
    ];

    /// The name in files and output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Payload => "payload",
            Self::Seen => "seen",
            Self::Script => "script",
            Self::Denied => "denied",
            Self::Disguised => "disguised",
            Self::Name => "name",
            Self::Series => "series",
            Self::Judged => "judged",
        }
    }
}

/// Which rule gives way when two overlap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub enum Precedence {
    /// An ordinary rule.
    #[default]
    Specific,
    /// A catch-all: any overlapping finding of a specific rule wins.
    Generic,
}

/// Where keywords are looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub enum Side {
    /// In front of the match.
    Before,
    /// Behind the match.
    After,
    /// On either side.
    #[default]
    Both,
}

impl Side {
    /// The name in files and output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
            Self::Both => "both",
        }
    }
}

/// Supporting or required context.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct KeywordsSpec {
    /// The words. ASCII case does not matter; a space also stands for `_`, `-` or nothing (`social security` finds `socialSecurity`).
    #[cfg_attr(feature = "cli", schemars(with = "Vec<String>"))]
    pub any: Spanned<Vec<String>>,
    /// Width of the window in bytes.
    #[serde(default = "KeywordsSpec::within_default")]
    #[cfg_attr(feature = "cli", schemars(with = "usize"))]
    pub within: Spanned<usize>,
    /// Where to look.
    #[serde(default)]
    pub side: Side,
    /// Required: without a keyword there is no finding. Otherwise a keyword raises the confidence by one level.
    #[serde(default)]
    pub require: bool,
}

impl KeywordsSpec {
    fn within_default() -> Spanned<usize> {
        Spanned::new(0..0, 64)
    }
}

/// Excluding context.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct ExcludeSpec {
    /// The words, as in `keywords`.
    #[cfg_attr(feature = "cli", schemars(with = "Vec<String>"))]
    pub any: Spanned<Vec<String>>,
    /// Width of the window in bytes.
    #[serde(default = "ExcludeSpec::within_default")]
    #[cfg_attr(feature = "cli", schemars(with = "usize"))]
    pub within: Spanned<usize>,
    /// Where to look.
    #[serde(default = "ExcludeSpec::side_default")]
    pub side: Side,
}

impl ExcludeSpec {
    fn within_default() -> Spanned<usize> {
        Spanned::new(0..0, 32)
    }

    fn side_default() -> Side {
        Side::Before
    }
}

/// Requirements on the reported bytes.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct ShapeSpec {
    /// At least this many ASCII digits.
    pub min_digits: usize,
    /// At least this many ASCII letters.
    pub min_letters: usize,
    /// At least this many upper-case ASCII letters.
    pub min_upper: usize,
    /// At least this many lower-case ASCII letters.
    pub min_lower: usize,
    /// At least this many different bytes.
    pub min_unique: usize,
    /// Shannon entropy in bits per byte, at least. Prefer `randomness`: entropy cannot tell short values apart.
    pub entropy: f32,
    /// Probability (0 to 1) that the value was drawn at random rather than written by a person, at least.
    pub randomness: f32,
}

/// A region: everything from a begin marker to an end marker.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct RegionSpec {
    /// Regular expression of the begin marker.
    #[cfg_attr(feature = "cli", schemars(with = "String"))]
    pub begin: Spanned<String>,
    /// Regular expression of the end marker.
    #[cfg_attr(feature = "cli", schemars(with = "String"))]
    pub end: Spanned<String>,
    /// Longest region in bytes, markers included.
    #[cfg_attr(feature = "cli", schemars(with = "usize"))]
    pub max: Spanned<usize>,
    /// A regex class such as `[A-Za-z0-9+/=\s]`. If the end marker is missing, the region reaches as far as bytes of this class follow
    /// the begin marker; without `body` an unterminated region is not reported.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<String>"))]
    pub body: Option<Spanned<String>>,
}

/// Rows of a table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct ExactDataSpec {
    /// File of the table, built by `lockgate edm build`, beside the rule file.
    #[cfg_attr(feature = "cli", schemars(with = "String"))]
    pub file: Spanned<String>,
    /// Supporting values of the same row that must stand near the primary value, at least.
    #[serde(default = "ExactDataSpec::supporting_default")]
    #[cfg_attr(feature = "cli", schemars(with = "usize"))]
    pub supporting: Spanned<usize>,
    /// Where supporting values are looked for, in bytes to either side.
    #[serde(default = "ExactDataSpec::within_default")]
    #[cfg_attr(feature = "cli", schemars(with = "usize"))]
    pub within: Spanned<usize>,
}

impl ExactDataSpec {
    fn supporting_default() -> Spanned<usize> {
        Spanned::new(0..0, 1)
    }

    fn within_default() -> Spanned<usize> {
        Spanned::new(0..0, 256)
    }
}

/// Passages of documents.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct FingerprintSpec {
    /// File of the documents, built by `lockgate fingerprint build`, beside the rule file.
    #[cfg_attr(feature = "cli", schemars(with = "String"))]
    pub file: Spanned<String>,
    /// Share of a document that the text must hold, above 0 and at most 1.
    #[serde(default = "FingerprintSpec::containment_default")]
    #[cfg_attr(feature = "cli", schemars(with = "f32"))]
    pub containment: Spanned<f32>,
    /// One copied passage of so many bytes suffices, whatever the share.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<usize>"))]
    pub passage: Option<Spanned<usize>>,
}

impl FingerprintSpec {
    fn containment_default() -> Spanned<f32> {
        Spanned::new(0..0, 0.5)
    }
}

impl RuleSpec {
    /// True if the inspector of links finds what the rule is about, which a scan alone does not.
    pub fn is_about_links(&self) -> bool {
        self.link.as_ref().is_some_and(|link| *link.get_ref() != LinkName::Judged)
    }

    /// The name of the stored list that the rule looks things up in, as written.
    pub fn list_file(&self) -> Option<&Spanned<String>> {
        let exact = self.exact_data.as_ref().map(|spec| &spec.file);
        let fingerprint = self.fingerprint.as_ref().map(|spec| &spec.file);
        self.dictionary.as_ref().or(exact).or(fingerprint)
    }
}

/// A companion finding.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct CompanionSpec {
    /// Full id of the other rule.
    #[cfg_attr(feature = "cli", schemars(with = "String"))]
    pub rule: Spanned<String>,
    /// Most bytes between the two findings.
    #[cfg_attr(feature = "cli", schemars(with = "usize"))]
    pub within: Spanned<usize>,
}

/// How to redact.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct RedactSpec {
    /// The style.
    pub style: StyleName,
    /// Characters at the start to leave readable, for `mask`.
    #[serde(default)]
    pub keep_first: usize,
    /// Characters at the end to leave readable, for `mask`.
    #[serde(default)]
    pub keep_last: usize,
}

/// A redaction style as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub enum StyleName {
    /// `[pii.email]`.
    Placeholder,
    /// `[pii.email#1]`: the same value gets the same number within one document.
    Numbered,
    /// `****1111`.
    Mask,
    /// `[pii.email:3f9c…]`: keyed hash, needs a key.
    Hash,
    /// Nothing.
    Remove,
}

impl StyleName {
    /// The name in files and output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Placeholder => "placeholder",
            Self::Numbered => "numbered",
            Self::Mask => "mask",
            Self::Hash => "hash",
            Self::Remove => "remove",
        }
    }
}

/// A text, whole or in parts. Parts are joined; they keep scanners of source code from tripping over the rule file.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub enum Text {
    /// The whole text.
    Whole(String),
    /// Parts to join.
    Parts(Vec<String>),
}

impl Text {
    /// The text in one piece.
    pub fn joined(&self) -> String {
        match self {
            Self::Whole(text) => text.clone(),
            Self::Parts(parts) => parts.concat(),
        }
    }
}

/// A text in which the rule finds something.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct MatchExample {
    /// The text.
    pub text: Text,
    /// The bytes that the finding covers: the only finding of this rule in the text.
    pub find: Text,
}

/// A text in which the rule finds nothing.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct NoMatchExample {
    /// The text.
    pub text: Text,
    /// What makes it different from a match.
    pub why: String,
}

/// `classifiers/labels.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct LabelFile {
    /// The labels.
    #[serde(default, rename = "label")]
    pub labels: Vec<LabelSpec>,
}

/// What a finding means.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct LabelSpec {
    /// Dotted name: `pii.email`.
    #[cfg_attr(feature = "cli", schemars(with = "String"))]
    pub id: Spanned<String>,
    /// The name in words.
    pub title: String,
    /// Harm if it leaks: 1 (little) to 4 (severe).
    #[cfg_attr(feature = "cli", schemars(with = "u8"))]
    pub sensitivity: Spanned<u8>,
    /// How well one value identifies its origin: `L0` (never link on it) to `L3` (one value is enough).
    pub linkability: Linkability,
    /// Laws and standards that name this kind of data: `gdpr`, `hipaa`, `pci-dss`, `ccpa`, `glba`, …
    #[serde(default)]
    pub regulations: Vec<String>,
}

/// Tier of a label: whether one shared value may link two texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub enum Linkability {
    /// Low-entropy values (departments, ages): never link.
    L0,
    /// Links only together with other evidence (dates, amounts).
    L1,
    /// Links within a tenant (account and case numbers).
    L2,
    /// Globally unique (keys, card and national numbers, e-mail addresses): links alone.
    L3,
}

/// One `classifiers/packs/<id>.toml`: a named selection of rules with thresholds and actions.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct PackSpec {
    /// Name of the pack.
    #[cfg_attr(feature = "cli", schemars(with = "String"))]
    pub id: Spanned<String>,
    /// What it is for, in a few words.
    pub title: String,
    /// Rules to take: ids or prefixes of ids or labels, `*` at the end allowed (`secrets.*`, `pii.us.*`, `*`).
    #[cfg_attr(feature = "cli", schemars(with = "Vec<String>"))]
    pub include: Vec<Spanned<String>>,
    /// Rules to leave out again.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Vec<String>"))]
    pub exclude: Vec<Spanned<String>>,
    /// Take rules with status `preview` as well.
    #[serde(default)]
    pub preview: bool,
    /// Findings below this are dropped.
    #[serde(default = "PackSpec::min_confidence_default")]
    pub min_confidence: ConfidenceName,
    /// What to do, first match wins; nothing matching means `flag`.
    #[serde(default)]
    pub on: Vec<OnSpec>,
}

impl PackSpec {
    fn min_confidence_default() -> ConfidenceName {
        ConfidenceName::Low
    }
}

/// One line of a pack's actions.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct OnSpec {
    /// Labels, `*` at the end allowed (`credential.*`).
    #[cfg_attr(feature = "cli", schemars(with = "String"))]
    pub label: Spanned<String>,
    /// From this confidence on.
    pub min_confidence: ConfidenceName,
    /// The action.
    pub action: ActionName,
}

/// An action as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub enum ActionName {
    /// Do not even report it.
    Ignore,
    /// Let it pass.
    Allow,
    /// Take note.
    Flag,
    /// Redact it.
    Redact,
    /// Let nothing pass.
    Block,
}
