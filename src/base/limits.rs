//! Every bound of the core in one place, with its unit in the name.

/// Longest match of one pattern, in bytes. Longer things (key blocks) are regions.
pub const PATTERN_LEN_BYTES_MAX: usize = 4096;
/// Longest region, in bytes.
pub const REGION_LEN_BYTES_MAX: usize = 1 << 20;
/// Largest compiled automaton of one pattern, in bytes.
pub const PATTERN_NFA_BYTES_MAX: usize = 1 << 20;
/// Widest keyword window, in bytes to either side of the match.
pub const KEYWORD_WINDOW_BYTES_MAX: usize = 1024;
/// Keywords of one rule.
pub const KEYWORDS_PER_RULE_MAX: usize = 200;
/// Longest keyword, in bytes.
pub const KEYWORD_LEN_BYTES_MAX: usize = 64;
/// Widest distance to a companion finding, in bytes.
pub const COMPANION_DISTANCE_BYTES_MAX: usize = 4096;
/// Patterns of one rule.
pub const PATTERNS_PER_RULE_MAX: usize = 32;
/// Rules of one rule set.
pub const RULES_MAX: usize = 20_000;
/// Size of one rule file, in bytes.
pub const RULE_FILE_BYTES_MAX: usize = 4 << 20;
/// Open brackets of a JSON document.
pub const JSON_DEPTH_MAX: usize = 512;
/// Strings that a JSON document may stand in, one within the other, and still be read.
pub const JSON_INNER_LEVELS_MAX: usize = 3;
/// Media of one document that is decoded to read its metadata, in bytes of base64.
pub const MEDIA_TEXT_BYTES_MAX: usize = 8 << 20;
/// Size of one input to a single inspection, in bytes.
pub const INPUT_BYTES_MAX: usize = 1 << 30;
/// Size of one stored list, in bytes.
pub const LIST_FILE_BYTES_MAX: usize = 1 << 30;
/// Terms of one stored dictionary.
pub const DICTIONARY_TERMS_MAX: usize = 50_000_000;
/// Words of one term.
pub const TERM_WORDS_MAX: usize = 16;
/// Longest term as it is written, in bytes.
pub const TERM_BYTES_MAX: usize = 1024;
/// Terms that one rule lists itself; more go into a stored dictionary.
pub const WORDS_PER_RULE_MAX: usize = 10_000;
/// Documents of one list of fingerprints.
pub const FINGERPRINT_DOCUMENTS_MAX: usize = 100_000;
/// Grams of one list of fingerprints.
pub const FINGERPRINT_GRAMS_MAX: usize = 50_000_000;
/// Rows of one table of exact data.
pub const EXACT_ROWS_MAX: usize = 20_000_000;
/// Widest window for supporting values of exact data, in bytes to either side.
pub const EXACT_WINDOW_BYTES_MAX: usize = 1024;
/// Views on top of each other: base64 in an escape in a percent-encoding is three.
pub const VIEW_DEPTH_MAX: usize = 3;
/// Bytes of the text that a view shows to either side of what it decoded, so that words nearby count.
pub const VIEW_CONTEXT_BYTES_MAX: usize = 256;
/// All views of a text together may hold this many times its bytes …
pub const VIEW_BYTES_RATIO_MAX: usize = 4;
/// … or this many bytes, whichever is more.
pub const VIEW_BYTES_MIN: usize = 1 << 18;
/// Bytes that one compressed blob may inflate to.
pub const VIEW_INFLATE_BYTES_MAX: usize = 1 << 20;
/// Bytes that a byte of compressed data may inflate to.
pub const VIEW_INFLATE_RATIO_MAX: usize = 100;
/// Text of a stream that is held back because it may become part of a finding, in bytes. Above the longest region of the built-in rules.
pub const STREAM_HOLD_BYTES_MAX: usize = 64 << 10;
/// One event of a stream, in bytes. Above what the last events of the APIs repeat.
pub const STREAM_FRAME_BYTES_MAX: usize = 8 << 20;
/// Texts that one stream of events may carry side by side.
pub const STREAM_CHANNELS_MAX: usize = 1024;
/// What may be kept of the messages of one kind, in bytes: the beginning of a value that the next message may go on with.
pub const TURN_TAIL_BYTES_MAX: usize = 128;
/// What of a message is looked at together with what earlier ones ended in, in bytes.
pub const TURN_HEAD_BYTES_MAX: usize = 512;
/// Strings of one content that are looked at together, the last ones: what the messages of a long conversation say.
pub const TURN_STRINGS_MAX: usize = 4096;
/// Kinds of messages of one session that are followed: words of each side, results of tools, arguments of tools by name.
pub const TURN_CHANNELS_MAX: usize = 32;
/// Parents that a caller may name for one content.
pub const LINEAGE_PARENTS_MAX: usize = 32;
/// Longest name of a tenant, session, agent or tool, and longest reason of a policy, in bytes.
pub const LINEAGE_NAME_BYTES_MAX: usize = 256;
/// Distinct values of one content whose tokens are recorded.
pub const LINEAGE_TOKENS_MAX: usize = 1024;
/// Inspections that the index of lineage holds; the oldest are left out then, not out of the ledger.
pub const LINEAGE_INDEX_EVENTS_MAX: usize = 10_000_000;
/// Artifacts or events that one answer about lineage holds.
pub const LINEAGE_ANSWER_MAX: usize = 1000;
/// One event of the ledger, in bytes.
pub const LEDGER_EVENT_BYTES_MAX: usize = 1 << 20;
/// Events that are written together.
pub const LEDGER_BATCH_EVENTS_MAX: usize = 4096;
/// Rules of one policy, those that follow from its agents included; and as many exceptions.
pub const POLICY_RULES_MAX: usize = 1024;
/// Entries of one list in a condition of a policy.
pub const POLICY_LIST_MAX: usize = 1024;
/// Obligations of one rule of a policy.
pub const POLICY_OBLIGATIONS_MAX: usize = 8;
/// Values of one kind that a caller may name for a policy: groups, origins, readers, claims.
pub const POLICY_FACTS_MAX: usize = 64;
/// Longest grant that is still for a moment, in days.
pub const POLICY_GRANT_DAYS_MAX: u64 = 30;
/// Sessions whose tokens can be turned back at the same time.
pub const VAULT_SESSIONS_MAX: usize = 1_000_000;
/// Values of one session that have tokens.
pub const VAULT_VALUES_MAX: usize = 100_000;
/// All values of the vault with what it takes to keep them, in bytes.
pub const VAULT_BYTES_MAX: usize = 1 << 36;
/// Longest value that gets a token, in bytes. Above the longest private keys.
pub const VAULT_VALUE_BYTES_MAX: usize = 16 << 10;
