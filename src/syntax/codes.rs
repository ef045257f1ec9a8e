//! The catalogue of diagnostic codes. Codes are permanent: a meaning that changes gets a new code.
//!
//! `R001`–`R009` reading, `R010`–`R069` rules, `R070`–`R079` labels, `R080`–`R089` packs, `R090`–`R099` files,
//! `R100`–`R199` patterns (compiler), `R200`–`R299` examples, `R300`–`R399` lints,
//! `R400`–`R449` policies, `R450`–`R499` lints of policies. `docs/rules/diagnostics.md` is generated from [`ALL`].

use super::Severity::{self, Error, Note, Warning};
use std::fmt::Write as _;

/// One code with what it means.
#[derive(Clone, Copy, Debug)]
pub struct DiagnosticCode {
    /// `R001` and on.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// Why it is wrong.
    pub explanation: &'static str,
    /// What a corrected file looks like: a line of TOML, or what to do.
    pub fix: &'static str,
}

macro_rules! codes {
    ($($name:ident = $id:literal, $severity:ident, $title:literal, $explanation:literal, $fix:literal;)*) => {
        $(#[doc = $title]
        pub const $name: DiagnosticCode = DiagnosticCode {
            id: $id, severity: $severity, title: $title, explanation: $explanation, fix: $fix,
        };)*
        /// Every code, in ascending order.
        pub static ALL: &[DiagnosticCode] = &[$($name),*];
    };
}

codes! {
    TOML_SYNTAX = "R001", Error, "the file is not valid TOML",
        "Nothing can be read from a file that TOML does not allow.", "quote strings, close brackets and quotes";
    FILE_TOO_LARGE = "R002", Error, "the file is too large",
        "A file of more than 4 MiB is not a rule file.", "split it into one file a family";
    UNKNOWN_FIELD = "R003", Error, "unknown field",
        "A field that nobody reads is a slip of the pen that would otherwise change what is found without a word.",
        "`keywords = { any = [\"aws\"] }`, not `keyword = …`";
    MISSING_FIELD = "R004", Error, "a required field is missing",
        "The field has no sensible default.", "`confidence = \"medium\"`";
    WRONG_TYPE = "R005", Error, "a value of the wrong type",
        "The field takes another type of value.", "`labels = [\"pii.email\"]`, not `labels = \"pii.email\"`";
    UNKNOWN_NAME = "R006", Error, "not one of the allowed names",
        "The field takes one name of a short list.", "`status = \"stable\"`";
    DUPLICATE_KEY = "R007", Error, "the same key twice in one table",
        "TOML allows every key once, and so nobody can say which one is meant.", "keep one of them; further rules start with `[[rule]]`";
    TOO_MANY_PROBLEMS = "R008", Error, "too many problems in one file",
        "The rest is not shown: most of it usually follows from the first problems.", "fix the first ones and check again";
    NUMBER_RANGE = "R009", Error, "a number outside the range of its field",
        "Lengths, distances and counts are whole numbers from 0.", "`within = 64`";
    RULE_ID_MALFORMED = "R010", Error, "malformed rule id",
        "Ids stand in policies, reports and dashboards: lower-case letters, digits and single hyphens, at most 64 bytes.", "`id = \"access-key-id\"`";
    FAMILY_MALFORMED = "R011", Error, "malformed family",
        "A family is one to four kebab-case words joined by dots.", "`family = \"secrets.aws\"`";
    FAMILY_PATH = "R012", Error, "family and path differ",
        "`patterns/secrets/aws.toml` holds the family `secrets.aws`, so that a rule is found by its id.", "rename the file or the family";
    RULE_DUPLICATE = "R013", Error, "two rules with the same id",
        "An id names one rule.", "rename one of them; ids that were once released stay as they are";
    PATTERN_MISSING = "R014", Error, "a rule without pattern",
        "A rule has `pattern`, `patterns`, `region`, `words`, `dictionary`, `exact-data` or `fingerprint`.", "`pattern = '''\\bghp_[A-Za-z0-9]{36}\\b'''`";
    PATTERN_MIXED = "R015", Error, "more than one thing to look for",
        "A rule has exactly one of `pattern`, `patterns`, `region`, `words`, `dictionary`, `exact-data` and `fingerprint`.", "put several expressions into `patterns`, or write two rules";
    PATTERNS_TOO_MANY = "R016", Error, "too many patterns in one rule",
        "A rule has at most 32 patterns.", "join them, or split the rule";
    LABEL_UNKNOWN = "R020", Error, "unknown label",
        "Labels are defined in `classifiers/labels.toml`; sensitivity, linkability and policies hang on them.", "use an existing label or define the new one";
    LABEL_MISSING = "R021", Error, "a rule without label",
        "The first label says what a finding means.", "`labels = [\"credential.aws\"]`";
    VALIDATOR_UNKNOWN = "R022", Error, "unknown validator",
        "Validators are functions of the engine.", "`validators = [\"luhn\"]`";
    ENTRY_TWICE = "R023", Warning, "the same entry twice",
        "The second one has no effect.", "remove one";
    KEYWORD_EMPTY = "R030", Error, "an empty keyword, or no keyword at all",
        "An empty keyword stands everywhere; an empty list stands nowhere.", "`any = [\"social security\", \"ssn\"]`";
    KEYWORD_TOO_LONG = "R031", Error, "a keyword is too long",
        "Keywords have at most 64 bytes.", "shorten it to its rarest words";
    KEYWORDS_TOO_MANY = "R032", Error, "too many keywords",
        "A rule has at most 200 keywords.", "keep the ones that really occur";
    KEYWORD_WINDOW = "R033", Error, "keyword window out of range",
        "The window is 1 to 1024 bytes wide.", "`within = 64`";
    KEYWORD_CONTRADICTION = "R034", Error, "a keyword that is also excluded",
        "The same word would support the finding and rule it out.", "remove it from `keywords` or from `exclude`";
    REGION_MAX = "R040", Error, "region length out of range",
        "A region is 1 to 1048576 bytes long.", "`max = 16384`";
    COMPANION_DISTANCE = "R041", Error, "companion distance out of range",
        "A companion stands at most 4096 bytes away.", "`within = 256`";
    COMPANION_UNKNOWN = "R042", Error, "unknown companion rule",
        "A rule that does not exist is never found, and so neither is this one.", "`requires = [{ rule = \"secrets.aws.access-key-id\", within = 256 }]`";
    COMPANION_SELF = "R043", Error, "a rule that requires itself",
        "A companion is another rule.", "name the other rule";
    REPLACEMENT_UNKNOWN = "R050", Error, "replaced by an unknown rule",
        "`replaced-by` is the full id of the rule to use instead.", "`replaced-by = \"secrets.aws.access-key-id\"`";
    REPLACEMENT_MISSING = "R051", Error, "deprecated without replacement",
        "Who uses a deprecated rule must learn what to use instead.", "`replaced-by = \"secrets.aws.access-key-id\"`";
    REPLACEMENT_UNEXPECTED = "R052", Error, "replaced but not deprecated",
        "Only a deprecated rule is replaced by another.", "`status = \"deprecated\"`";
    REPLACEMENT_SELF = "R053", Error, "a rule that is replaced by itself",
        "`replaced-by` names another rule.", "name the other rule";
    SINCE_MALFORMED = "R054", Error, "`since` is not a version",
        "`since` is the version of Lockgate that first had the rule.", "`since = \"0.1.0\"`";
    SHAPE_RANGE = "R060", Error, "shape value out of range",
        "Entropy is 0 to 8 bits per byte, randomness 0 to 1; counts cannot exceed the longest match.", "`shape = { randomness = 0.8 }`";
    MASK_UNUSED = "R061", Error, "characters to keep without mask",
        "Only the style `mask` leaves characters readable.", "`redact = { style = \"mask\", keep-last = 4 }`";
    ALLOW_CONTRADICTION = "R062", Error, "an allowed value that must be found",
        "The value is never reported and yet is what a match example must find.", "remove it from `allow` or take another example value";
    ALLOW_EMPTY = "R063", Error, "an empty allowed value",
        "No finding is empty.", "remove it";
    TITLE_EMPTY = "R064", Error, "an empty title",
        "Titles are what people read in reports.", "`title = \"AWS access key ID\"`";
    EXAMPLE_FIND = "R065", Error, "`find` is not in `text`",
        "`find` is the exact part of `text` that the rule must report.", "copy it from `text`; mind the parts";
    EXAMPLE_CONTRADICTION = "R066", Error, "the same text must match and must not",
        "No engine can satisfy both examples.", "remove one of them";
    LIST_PATH = "R067", Error, "a stored list that is not beside the rule file",
        "Rules and their lists are moved together, and a rule file from elsewhere must not name any file of this machine.", "`dictionary = \"names.dict\"`, or a folder below: `\"lists/names.dict\"`";
    WORDS_TOO_MANY = "R068", Error, "too many words in one rule",
        "A rule lists at most 10000 terms itself.", "write them into a file, one a line, and build a dictionary of it: `lockgate dictionary build`";
    LIST_RANGE = "R069", Error, "a threshold of a stored list out of range",
        "Containment is above 0 and at most 1, a passage has 40 bytes or more, a window 1 to 1024 bytes, and there are at most 16 supporting columns.", "`exact-data = { file = \"customers.edm\", supporting = 1, within = 256 }`";
    LABEL_ID_MALFORMED = "R070", Error, "malformed label",
        "A label is two to four words joined by dots, lower-case letters, digits and hyphens.", "`id = \"pii.email\"`";
    LABEL_DUPLICATE = "R071", Error, "a label defined twice",
        "A label has one meaning.", "remove one of them";
    SENSITIVITY_RANGE = "R072", Error, "sensitivity out of range",
        "Sensitivity is 1 (little harm) to 4 (severe harm).", "`sensitivity = 3`";
    PACK_ID_MALFORMED = "R080", Error, "malformed pack id",
        "Lower-case letters, digits and single hyphens.", "`id = \"ai-output\"`";
    PACK_SELECTOR_EMPTY = "R081", Error, "selects nothing",
        "No rule and no label begins like this.", "`include = [\"secrets.*\"]`";
    PACK_SELECTOR_MALFORMED = "R082", Error, "malformed selector",
        "`*` stands at the end only.", "`include = [\"pii.us.*\"]`";
    UNREADABLE = "R090", Error, "the file or folder cannot be read",
        "Rules that are silently left out would look like a clean scan.", "check the path and its permissions";
    NOT_UTF8 = "R091", Error, "the file is not UTF-8",
        "TOML is UTF-8.", "convert the file";
    NO_RULE_FILES = "R092", Error, "no rule file in the folder",
        "A folder of rules holds at least one `.toml` file.", "check the path";
    RULE_SET_FAILED = "R099", Error, "the rule set cannot be compiled",
        "Every rule is fine on its own, but the matcher cannot take all of them together.", "use fewer rules or shorter literals";
    PATTERN_SYNTAX = "R101", Error, "the regular expression is not valid",
        "Patterns use Rust regex syntax over bytes: ASCII classes, no look-around but `^ $ \\b \\B`, no back-references.", "`pattern = '''\\bacme_[0-9a-f]{32}\\b'''`";
    PATTERN_EMPTY = "R102", Error, "the pattern matches the empty text",
        "Such a pattern matches everywhere.", "demand at least one character";
    PATTERN_UNBOUNDED = "R103", Error, "the pattern has no longest match",
        "Streams are redacted exactly because every pattern has a longest match.", "`{16,512}` instead of `+` or `*`";
    PATTERN_TOO_LONG = "R104", Error, "the longest match is over the limit",
        "A stream would have to hold back that many bytes.", "narrow the repetitions, or use a region with `begin` and `end`";
    PATTERN_TOO_LARGE = "R105", Error, "the compiled pattern is too large",
        "Large repetitions of alternations and nested repetitions multiply.", "`[a-z]{1,64}` instead of `(?:[a-z]{1,8}){1,8}`";
    PATTERN_NO_ANCHOR = "R106", Error, "the pattern has no anchor",
        "Nothing cheap to look for is in every match, so that every byte would have to be tried.", "start with a fixed prefix of 3 bytes or more, or with `\\b` and digits, or demand 16 token characters in a row; or say in `slow-ok` why the rule is worth it";
    PATTERN_GROUPS = "R107", Error, "the pattern has more than one capture group",
        "The group says what is reported and redacted.", "keep the group around the value and write the others as `(?:…)`";
    REGION_BODY = "R108", Error, "the body of a region is not one character class",
        "The body says which bytes belong to a region whose end is missing.", "`body = '[A-Za-z0-9+/=\\s]'`";
    WORD_UNUSABLE = "R109", Error, "a term that cannot be looked for",
        "Terms are words of letters and digits, found on word borders: they neither begin nor end with another mark.", "write `C sharp` for `C#`, or a pattern";
    LIST_UNUSABLE = "R110", Error, "a stored list that cannot be used",
        "A rule that finds nothing because its list is missing would look like a clean scan.", "build the list, put it beside the rule file, and pass its key if it has one";
    EXAMPLE_MISSED = "R200", Error, "a match example is not found",
        "The rule finds nothing in a text in which it must.", "correct the pattern or the example";
    EXAMPLE_ELSEWHERE = "R201", Error, "a match example is found with other bytes",
        "What is reported is what is redacted, so it must be exact.", "correct group 1 of the pattern, or `find`";
    EXAMPLE_MANY = "R202", Error, "several findings in one match example",
        "`find` is the only finding of the rule in the text.", "bound the pattern, or split the example";
    EXAMPLE_UNWANTED = "R203", Error, "a counter-example is found",
        "The rule reports something in a text in which it must not.", "make the pattern, its keywords or its validators stricter";
    EXAMPLE_TAKEN = "R204", Warning, "another rule takes the finding of a match example",
        "With all rules on, the finding is reported under another rule with another label.", "make the patterns exclude each other, or mark the catch-all `precedence = \"generic\"`";
    NO_EXAMPLE = "R300", Warning, "no match example",
        "Examples are the tests of a rule.", "add `[[rule.match]]` with `text` and `find`";
    FEW_COUNTER_EXAMPLES = "R301", Warning, "fewer than two counter-examples",
        "A rule that claims medium or high confidence shows what it does not report.", "add `[[rule.no_match]]` with `text` and `why`";
    NO_REFERENCE = "R302", Warning, "no reference",
        "Who reviews the rule needs the document that describes the format.", "`references = [\"https://…\"]` at the rule or at the family";
    WHY_SHORT = "R303", Warning, "`why` says little",
        "`why` is the sentence a person reads whose text was blocked.", "`why = \"Names the account and signs API calls.\"`";
    PATTERN_LONG = "R304", Warning, "a long pattern without (?x)",
        "An expression of more than 80 characters is read better over several lines.", "begin with `(?x)` and write spaces as `\\x20`";
    PATTERN_ESCAPED = "R305", Warning, "a pattern in double quotes",
        "Every backslash has to be doubled, and the caret of a message points less exactly.", "`pattern = '''…'''`";
    PATTERN_TWICE = "R306", Warning, "two rules with the same pattern",
        "Two rules with the same pattern, validators and required keywords report the same bytes.", "merge them, or say what differs";
    VALIDATOR_IDLE = "R307", Note, "a validator that rejects no counter-example",
        "Nothing shows that the validator is needed.", "add a counter-example that matches the pattern but fails the validator";
    LABEL_UNUSED = "R308", Warning, "a label that no rule uses",
        "Policies that name it have no effect.", "remove it or add a rule";
    PACK_UNSTABLE = "R309", Warning, "a pack without stable rule",
        "The pack finds nothing, or only rules on trial.", "correct `include`";
    POLICY_ID_MALFORMED = "R400", Error, "malformed name in a policy",
        "Names of policies, rules, agents and grants stand in verdicts and audit records: lower-case letters, digits and single hyphens, at most 64 bytes.", "`id = \"cards-stay-here\"`";
    POLICY_DUPLICATE = "R401", Error, "two of the same name in a policy",
        "A verdict names the rule that decided, and can mean one only.", "rename one of them";
    POLICY_HEAD = "R402", Error, "not exactly one head of a policy",
        "One file of a policy says what it is called and how its rules decide together.", "`[policy]` with `id` and `title`, in one file";
    POLICY_LABEL_UNKNOWN = "R403", Error, "unknown label in a policy",
        "No label is called so or lies below, so that the condition would never hold.", "`label = [\"pii.email\"]`, or `[\"pii\"]` for all below it; `lockgate rules list` shows them";
    POLICY_ENTRY = "R404", Error, "an entry that no fact can be",
        "Entries are 1 to 256 printable ASCII bytes; `*` stands at the end only, and domains have none.", "`tool = [\"crm.get_*\"]`";
    POLICY_ACTOR = "R405", Error, "not a SPIFFE id",
        "Workloads are named by SPIFFE ids: a trust domain in lower case and a path of plain segments.", "`actor = [\"spiffe://example.org/agent/*\"]`";
    POLICY_DOMAIN = "R406", Error, "not a domain",
        "A domain stands for itself and everything below it, in ASCII and lower case.", "`domain = [\"api.example.com\"]`, without scheme, path, port or `*`";
    POLICY_LIST = "R407", Error, "an empty or overlong list of a condition",
        "A condition over an empty list never holds; a list has at most 1024 entries.", "list what is meant, or leave the field out";
    POLICY_POINTS = "R408", Error, "operating points that contradict each other",
        "Below `act` a finding is only noted: `alert` must be lower, the action stronger than a note, and an exception has nothing to note.", "`confidence = { act = \"high\", alert = \"medium\" }`";
    POLICY_TIME = "R409", Error, "a time that cannot be",
        "Times of the day are `HH:MM`, offsets `+HH:MM` up to 14 hours, and a span has a beginning before its end.", "`time = { days = [\"mon\", \"tue\"], from = \"08:00\", to = \"18:00\", offset = \"+01:00\" }`";
    POLICY_AGENT_ANYONE = "R410", Error, "an agent that could be anybody",
        "An agent is known by `actor` or by `agent`; version and tenant only narrow that down.", "`actor = [\"spiffe://example.org/agent/support\"]`";
    POLICY_REFERENCE = "R411", Error, "a name that the policy does not have",
        "A grant lifts limits of agents and rules that are there.", "name an `[[agent]]` or a `[[rule]]` by its id";
    POLICY_GRANT = "R412", Error, "a grant without effect",
        "It ends before it begins, or lifts nothing.", "`from` before `until`, and `agent` or `lifts`";
    POLICY_STYLE = "R413", Error, "a style of redaction for nothing",
        "Only `redact` and `tokenize` replace anything.", "`action = \"redact\"`, or remove `redact`";
    POLICY_CONTRADICTION = "R414", Error, "two rules that contradict each other",
        "They have the same conditions and exceptions and different actions.", "remove one, or say in which case each of them holds";
    POLICY_TEXT = "R415", Error, "a reason or obligation that cannot be sent",
        "Reasons and obligations are 1 to 256 printable ASCII bytes, and a rule has at most 8 obligations.", "`reason = \"Card numbers stay within the company\"`";
    POLICY_TOO_MANY = "R416", Error, "too many rules or exceptions in a policy",
        "A policy has at most 1024 rules, those that follow from agents included, and as many exceptions.", "join rules that differ in one list only";
    POLICY_RANGE = "R417", Error, "a number of a condition out of range",
        "Sensitivity is 1 to 4, a number of different values 1 or more.", "`sensitivity = 3`";
    POLICY_ENVELOPE = "R418", Error, "a condition that does not belong here",
        "What an agent may handle is said by direction, label, tool and destination; who it is says the agent itself.", "`envelope = [{ label = [\"pii.email\"], tool = [\"crm.*\"] }]`";
    POLICY_UNREACHABLE = "R450", Warning, "a rule that never decides",
        "Wherever it matches, another rule has decided already or demands at least as much.", "remove it, narrow the other one, or change the order";
    POLICY_NO_EFFECT = "R451", Warning, "`allow` where the strongest action wins",
        "With `most-restrictive` a rule that allows changes nothing where the pack or another rule demands more.", "an exception in `unless` of the stricter rule, or `combine = \"first-match\"`";
    POLICY_DODGE = "R452", Note, "a strict rule that a missing fact evades",
        "A fact that the caller does not give fulfils no condition, so that the rule does not match.", "turn it round: name in `unless` what is exempt; or list `unknown` for trust and integrity";
    POLICY_GRANT_LONG = "R453", Warning, "a grant that is no exception any more",
        "Grants are for the moment, at most 30 days.", "a rule or the agent's limits say what holds for long";
    POLICY_GRANT_OVER = "R454", Warning, "a grant that is over",
        "It has no effect any more.", "remove it; the audit log keeps what happened";
}

/// The code of this id.
pub fn find(id: &str) -> Option<&'static DiagnosticCode> {
    ALL.iter().find(|code| code.id == id)
}

/// The catalogue as a Markdown page.
pub fn markdown() -> String {
    let mut out = String::from(
        "# Diagnostics of rule files and policies\n\nWhat `lockgate rules check` and `lockgate policy check` report. Codes are permanent.\n\n\
         | code | severity | what is wrong | why | fix |\n|---|---|---|---|---|\n",
    );
    for code in ALL {
        let cell = |text: &str| text.replace('|', "\\|");
        let _infallible = writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            code.id,
            code.severity,
            cell(code.title),
            cell(code.explanation),
            cell(code.fix)
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::limits;

    #[test]
    fn codes_ascend_and_say_something() {
        for pair in ALL.windows(2) {
            assert!(pair[0].id < pair[1].id, "{} before {}", pair[0].id, pair[1].id);
        }
        for code in ALL {
            assert!(code.id.len() == 4 && code.id.starts_with('R'), "{}", code.id);
            assert!(!code.title.is_empty() && !code.title.ends_with('.'), "{}", code.id);
            assert!(code.explanation.ends_with('.') && !code.fix.is_empty(), "{}", code.id);
            assert!(markdown().contains(code.id));
        }
        assert!(find("R013").is_some() && find("R999").is_none());
    }

    #[test]
    fn limits_in_the_texts_are_the_real_ones() {
        for (code, limit) in [
            (FILE_TOO_LARGE, limits::RULE_FILE_BYTES_MAX >> 20),
            (PATTERNS_TOO_MANY, limits::PATTERNS_PER_RULE_MAX),
            (KEYWORD_TOO_LONG, limits::KEYWORD_LEN_BYTES_MAX),
            (KEYWORDS_TOO_MANY, limits::KEYWORDS_PER_RULE_MAX),
            (KEYWORD_WINDOW, limits::KEYWORD_WINDOW_BYTES_MAX),
            (REGION_MAX, limits::REGION_LEN_BYTES_MAX),
            (WORDS_TOO_MANY, limits::WORDS_PER_RULE_MAX),
            (LIST_RANGE, limits::EXACT_WINDOW_BYTES_MAX),
            (COMPANION_DISTANCE, limits::COMPANION_DISTANCE_BYTES_MAX),
            (POLICY_ENTRY, limits::LINEAGE_NAME_BYTES_MAX),
            (POLICY_LIST, limits::POLICY_LIST_MAX),
            (POLICY_TEXT, limits::LINEAGE_NAME_BYTES_MAX),
            (POLICY_TEXT, limits::POLICY_OBLIGATIONS_MAX),
            (POLICY_TOO_MANY, limits::POLICY_RULES_MAX),
        ] {
            assert!(code.explanation.contains(&limit.to_string()), "{}", code.id);
        }
    }
}
