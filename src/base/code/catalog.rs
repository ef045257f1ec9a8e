//! The codes themselves, one table per area, sorted by area.

use super::Code;

macro_rules! codes {
    ($area:ident: $($name:ident = $id:literal, $status:literal, $title:literal, $help:literal;)*) => {
        $(#[doc = $title]
        pub const $name: Code = Code { id: $id, status: $status, title: $title, help: $help };)*
        static $area: &[Code] = &[$($name),*];
    };
}

codes! { PAYLOAD:
    JSON_EMPTY = "payload.json.empty", 400, "there is no JSON document", "send a document, or send the text as text/plain";
    JSON_SYNTAX = "payload.json.syntax", 400, "the body is not valid JSON", "send valid JSON, or send the text as text/plain";
    JSON_TRUNCATED = "payload.json.truncated", 400, "the JSON ends before it is complete", "send the whole document";
    JSON_TRAILING = "payload.json.trailing", 400, "there is data after the JSON document", "send one document per request";
    JSON_DEPTH = "payload.json.depth", 422, "the JSON is nested too deeply", "flatten the document or raise the depth limit";
    EDIT_SIGNED = "payload.edit.signed", 0, "the value is signed, so that nobody can edit it without breaking the signature", "drop the whole block, or let the content be made again without the value";
    EDIT_FIXED = "payload.edit.fixed", 0, "the value is an id, a name or a setting of the API, which does not work with another one", "the caller must send another value";
    EDIT_OPAQUE = "payload.edit.opaque", 0, "the value is encoded media or ciphertext, in which nothing can be edited", "remove the value, or take the finding out before it is encoded";
    EDIT_NOWHERE = "payload.edit.nowhere", 0, "what was found does not lie in strings or numbers, where it could be replaced", "send the text as text/plain, or write the value in one string";
    MEDIA = "payload.media", 0, "media was not inspected, but for its metadata", "inspect it with other means, or allow it for this direction";
    BINARY = "payload.binary", 0, "the input is binary", "it was not scanned; pass --binary to scan its bytes";
    ENCODING_UNSUPPORTED = "payload.encoding.unsupported", 0, "the text is in an encoding that is not decoded", "convert it to UTF-8";
    VIEW_BYTES = "payload.view.bytes", 0, "there is more encoded text than is decoded", "it was scanned as it is; split the input";
    VIEW_DEPTH = "payload.view.depth", 0, "text is encoded more often than is decoded", "it was decoded up to the limit; decode it before sending";
    VIEW_INFLATE = "payload.view.inflate", 0, "compressed data is larger than is inflated", "it was not inflated; send it uncompressed";
    INPUT_TOO_LARGE = "payload.too-large", 413, "the input is larger than the limit", "split the input or raise the limit";
}

codes! { REQUEST:
    REQUEST_FIELD = "request.field", 422, "a field of the request is missing, unknown or of the wrong type", "compare the request with /openapi.json";
    REQUEST_CONTENT_TYPE = "request.content-type", 415, "the content type is not supported", "send application/json or text/plain";
    REQUEST_CODING = "request.content-encoding", 415, "encoded bodies are not supported", "send the body as it is: not compressed, without Content-Encoding";
    REQUEST_NOT_FOUND = "request.not-found", 404, "there is nothing at this path", "see /openapi.json for the paths";
    REQUEST_METHOD = "request.method", 405, "the method is not allowed at this path", "see /openapi.json for the methods";
    PACK_UNKNOWN = "request.pack.unknown", 422, "there is no pack of this name", "GET /v1/packs lists the packs";
    REQUEST_EMPTY = "request.empty", 400, "the body is empty", "send the text or the JSON document to inspect";
    REQUEST_UTF8 = "request.utf8", 400, "the body is not UTF-8", "convert it to UTF-8 before sending it";
    REQUEST_TIMEOUT = "request.timeout", 408, "the body did not arrive in time", "send it faster, or raise server.request-timeout-ms";
    REQUEST_DEADLINE = "request.deadline", 503, "the inspection did not finish in time", "try again later, send less, or raise server.request-timeout-ms";
    REQUEST_OVERLOAD = "request.overload", 503, "too many requests are being worked on", "try again later, or raise server.concurrency-max";
    REQUEST_MEMORY = "request.memory", 503, "the memory that is set aside for bodies and answers is full", "try again later, or raise server.bodies-bytes-max";
    REQUEST_BROKEN = "request.broken", 400, "the body could not be read to its end", "send the whole body in valid chunks";
    REQUEST_ITEMS = "request.items", 413, "the batch has too many items", "send several batches, or raise server.batch-items-max";
    REQUEST_INTERNAL = "request.internal", 500, "the service failed", "report it with the request id";
    DRAINING = "request.draining", 503, "the service is shutting down", "use another instance";
    STREAM_HOLD = "request.stream.hold", 422, "more of the stream would have to be held back than is allowed", "raise the limit, or let what is held back too long be redacted";
    STREAM_FRAME = "request.stream.frame", 422, "an event of the stream is damaged or larger than the limit", "check that the format is right, and that nothing on the way changes the bytes";
    STREAM_CHANNELS = "request.stream.channels", 422, "the stream carries more texts side by side than is allowed", "ask for fewer choices in one stream";
    STREAM_BLOCKED = "request.stream.blocked", 422, "the stream was stopped because of what it carries", "let the content be made again without it, or change what the pack demands";
    STREAM_STALLED = "request.stream.stalled", 408, "the stream paused for too long", "send comments or empty lines while there is nothing to say, or raise stream.idle-timeout-ms";
    STREAM_TIMEOUT = "request.stream.timeout", 408, "the stream lasted too long", "end it sooner, or raise stream.timeout-ms";
    STREAM_LISTS = "request.stream.lists", 422, "the pack looks values up in lists, which takes the whole text", "use a pack without such rules, or send the text whole";
    LINK_DOMAIN = "request.link.domain", 422, "a domain of the policy for links cannot be used", "name domains that somebody has registered, without scheme and path: contoso.com, docs.example.org";
    LINK_VALUES = "request.link.values", 422, "there are too many values that must not leave in links", "send those that matter";
    RULE_UNKNOWN = "request.rule.unknown", 404, "there is no rule with this id", "GET /v1/rules lists the rules";
}

codes! { PROXY:
    PROXY_BLOCKED = "proxy.blocked", 403, "the content must not pass", "take out what the pack demands to be blocked";
    PROXY_UPSTREAM = "proxy.upstream.unreachable", 502, "the upstream does not answer", "check proxy.upstream, its certificate and the network";
    PROXY_BROKEN = "proxy.upstream.broken", 502, "the upstream broke off", "try again";
    PROXY_TIMEOUT = "proxy.upstream.timeout", 504, "the upstream did not answer in time", "try again, or raise proxy.answer-timeout-ms";
    PROXY_CODING = "proxy.upstream.encoding", 502, "the upstream's answer is compressed in a way that is not undone", "let the upstream answer without compression, as it was asked to";
}

codes! { CLI:
    CLI_USAGE = "cli.usage", 0, "the command line is not understood", "see lockgate --help";
    INPUT_MISSING = "cli.input.missing", 0, "there is nothing to scan", "name a file or a folder, or pipe text into standard input";
    INPUT_EMPTY = "cli.input.empty", 0, "no documents were found", "check the paths; --hidden and --no-ignore include more files";
    FILE_NOT_FOUND = "cli.file.not-found", 0, "there is no such file", "check the path";
    FILE_UNREADABLE = "cli.file.unreadable", 0, "it cannot be read", "check the permissions; it was not scanned";
    FILE_LINK_BROKEN = "cli.file.link-broken", 0, "the symbolic link leads nowhere", "repair or remove it";
    FILE_LINK = "cli.file.link", 0, "the symbolic link was not followed", "name its target as a path to scan it";
    FILE_GZIP = "cli.file.gzip", 0, "the gzip data is damaged or ends early", "what comes after the place was not read; fetch the file again";
    FILE_SPECIAL = "cli.file.special", 0, "it is not a regular file", "name it as a path to read from it all the same";
    JSONL_SYNTAX = "cli.jsonl.syntax", 0, "the line is not valid JSON", "the line was not scanned; write one JSON object a line, or pass --input text";
    JSONL_NOT_OBJECT = "cli.jsonl.not-object", 0, "the line is not a JSON object", "the line was not scanned; write one JSON object a line, or pass --input text";
    JSONL_TEXT_MISSING = "cli.jsonl.text-missing", 0, "the line has no text field", "the line was not scanned; name the field with --text-field";
    JSONL_TEXT_TYPE = "cli.jsonl.text-type", 0, "the text field is not a string", "the line was not scanned; name a field that holds text with --text-field";
    JSONL_TEXT_DUPLICATE = "cli.jsonl.text-duplicate", 0, "the line has the text field twice", "the line was not scanned, since readers disagree on which one counts";
    OUTPUT_WRITE = "cli.output.write", 0, "the output cannot be written", "check the space left and the permissions";
    OUTPUT_SEVERAL = "cli.output.several", 0, "only one file can be redacted to standard output", "pass --out DIR to write redacted copies into a folder";
    OUTPUT_OVERWRITE = "cli.output.overwrite", 0, "the redacted copy would replace a file that was read or written in this run", "choose another folder with --out";
    REDACT_INCOMPLETE = "cli.redact.incomplete", 0, "the text was not inspected whole, so its redacted copy is withheld", "see the gaps with --format json";
    HASH_KEY = "cli.hash-key", 0, "there is no usable key for --style hash", "pass --hash-key-file with 32 bytes, or 64 hexadecimal digits";
    PACK_ABSENT = "cli.rules.pack-unknown", 0, "the rule set has no pack of this name", "name one of its packs with --pack";
    RULES_INVALID = "cli.rules.invalid", 0, "the rules cannot be compiled", "run lockgate rules check on the folder";
    BENCH_EMPTY = "cli.bench.empty", 0, "there are no documents to measure", "give a JSONL file with a text field on each line";
    THREADS = "cli.threads", 0, "the threads cannot be started", "lower --threads or raise the process limit";
}

codes! { MEMORY:
    MEMORY_CHANGED = "memory.changed", 0, "the snapshot is being written while it is read", "it was not inspected; stop the agent, or inspect a copy";
    MEMORY_SQLITE = "memory.sqlite", 0, "the SQLite file cannot be read or written", "it was not inspected whole; check it with PRAGMA integrity_check, and close what has it open";
    MEMORY_SQLITE_ROWID = "memory.sqlite.rowid", 0, "a table without row ids and without a primary key holds findings, which cannot be edited in it", "no copy was written; give the table a key";
    MEMORY_SQLITE_TABLE = "memory.sqlite.table", 0, "a table cannot be read", "it was not inspected; install the module of the virtual table, or drop it";
    MEMORY_BINARY = "memory.binary", 0, "it holds neither text nor anything that can be read as text", "it was not inspected; see what it is before the snapshot passes for clean";
    MEMORY_BASELINE = "memory.baseline", 0, "the baseline cannot be used", "write it with --save of this version";
    MEMORY_BASELINE_OTHER = "memory.baseline.other", 0, "the baseline was made with other rules or options, so that everything was inspected anew", "write a new one with --save";
    MEMORY_LEFT = "memory.left", 0, "the copy still holds findings where nothing can be edited: in ids, times, names or media", "see them with lockgate memory inspect; change them where the framework makes them";
}

codes! { EVAL:
    EVAL_MAPPING = "eval.mapping", 0, "the mapping of labels cannot be used", "map to a label of `lockgate rules list`, to one above it, or to \"ignore\"; see docs/EVAL.md";
    EVAL_LABELS = "eval.labels", 0, "the labels of the line are not in the expected form", "the document was skipped; write spans as [{\"start\", \"end\", \"label\"}] with byte offsets";
    EVAL_SPAN_RANGE = "eval.span.range", 0, "a span of the line is empty, reversed or outside of its text", "the document was skipped; offsets are bytes of the decoded text, the end is exclusive";
    EVAL_SPAN_CHARACTER = "eval.span.character", 0, "a span of the line begins or ends inside of a character", "the document was skipped; offsets are bytes in UTF-8, not characters";
    EVAL_SPANS_MANY = "eval.spans-many", 0, "the line has too many spans", "the document was skipped; split it";
    EVAL_PAIRS_MANY = "eval.pairs-many", 0, "too many findings and spans of the line overlap", "the document was skipped; look for spans that are nested by mistake";
    EVAL_UTF8 = "eval.utf8", 0, "the line is not UTF-8", "the document was skipped; convert the corpus to UTF-8 before its offsets are taken";
    EVAL_EMPTY = "eval.empty", 0, "the corpus holds no documents", "write one JSON object with a text a line";
    EVAL_NOTHING = "eval.nothing", 0, "there is nothing to evaluate", "name a JSONL file, a folder of them, or - for standard input; or text with --unlabelled";
    EVAL_DUPLICATE = "eval.duplicate-id", 0, "ids of documents are not unique", "the documents count all the same; with --baseline they are told apart by their lines";
    EVAL_BASELINE = "eval.baseline", 0, "the baseline cannot be used", "write it with --save of this version";
    EVAL_GATE = "eval.gate", 0, "the gate is not understood", "write it like precision=0.9,recall=0.8,label:pii.email.recall=0.95";
}

codes! { TUNE:
    TUNE_RULES = "tune.rules", 0, "the rule files cannot be changed as proposed", "run lockgate rules check on the files";
    TUNE_BUILTIN = "tune.builtin", 0, "rules that are built in cannot be changed in place", "write the changes with --patch, or name the files of the rules with --rules";
    TUNE_STALE = "tune.stale", 0, "a rule file was changed while it was tuned", "run the command again";
}

codes! { LINEAGE:
    LINEAGE_HEADER = "lineage.header", 400, "the header dlp-lineage cannot be read", "write a dictionary of RFC 9651, as docs/LINEAGE.md shows";
    LINEAGE_PARENTS = "lineage.parents", 400, "there are too many parents", "name those that the content was made from directly";
    LINEAGE_ID = "lineage.id", 422, "this is no id of an artifact, token or epoch", "ids of artifacts begin with dla1_, tokens have 32 hexadecimal digits";
    LINEAGE_UNKNOWN = "lineage.unknown", 404, "nothing is known of it", "it was never recorded, or is older than what is kept";
    LINEAGE_OFF = "lineage.off", 404, "lineage is off", "set lineage.directory and lineage.key-file";
    LINEAGE_KEY = "lineage.key", 0, "there is no usable root secret", "name a file of 32 bytes, or 64 hexadecimal digits, that only the service can read";
    LINEAGE_EPOCH = "lineage.epoch", 503, "the keys of the epoch cannot be made or read", "check the space left and the permissions of the folder";
    LEDGER_DAMAGED = "lineage.ledger.damaged", 0, "records are missing or damaged", "run lockgate audit verify, keep the folder for whoever asks, and begin another one";
    LEDGER_READ = "lineage.ledger.read", 503, "the ledger cannot be read", "check the folder and its permissions";
    LEDGER_WRITE = "lineage.ledger.write", 503, "the ledger cannot be written", "check the space left and the permissions; nothing of the batch was recorded";
    LEDGER_FULL = "lineage.ledger.full", 503, "more events wait to be recorded than are allowed", "try again later, or raise lineage.queue-events";
    LEDGER_EVENT = "lineage.ledger.event", 503, "an event, or a batch of them, is too large to be recorded", "inspect the content in parts";
    LEDGER_LOCKED = "lineage.ledger.locked", 0, "another process writes the ledger", "stop it, or name another folder";
    LEDGER_CHECKPOINT = "lineage.ledger.checkpoint", 0, "a checkpoint, proof or public key is not right", "compare the public key with the one that lockgate audit key prints";
    LEDGER_RECORD = "lineage.ledger.record", 0, "there is no such record", "lockgate audit export shows the numbers of all records";
}

codes! { POLICY:
    POLICY_REFUSED = "policy.refused", 403, "the policy does not let the content pass", "the detail names the rule and its reason";
    POLICY_TOKENS = "policy.tokens", 0, "the policy wants tokens, and there is no session that they could belong to: values were replaced by placeholders that nobody can reverse", "name the session in the header dlp-lineage, as docs/TOKENS.md shows";
    POLICY_CANNOT_REDACT = "policy.cannot-redact", 0, "the policy wants the content redacted, which the caller cannot do", "send it through a caller that can, or without the values";
    POLICY_CANNOT_ASK = "policy.cannot-ask", 0, "the policy wants somebody asked first, which the caller cannot do", "send it through a caller that can";
    POLICY_HEADER = "policy.header", 400, "the header dlp-context cannot be read", "write a dictionary of RFC 9651, as docs/POLICY.md shows";
    POLICY_FILE = "policy.file", 0, "the policy cannot be used", "run lockgate policy check on it";
    POLICY_CASE = "policy.case", 0, "the cases cannot be used", "see docs/POLICY.md";
    POLICY_RECORD = "policy.record", 0, "a record cannot be replayed", "simulate reads what lockgate audit export prints, or a corpus";
}

codes! { VAULT:
    VAULT_FULL = "vault.full", 0, "there is no room for more tokens: some values were replaced by placeholders that nobody can reverse", "end sessions that are over, or raise the limits of the vault";
    VAULT_VALUE = "vault.value", 0, "a value is too long for a token, or no text: it was replaced by a placeholder that nobody can reverse", "keep the original if it is needed";
    VAULT_OFF = "vault.off", 404, "there is no vault", "use a policy with the action tokenize, and let vault.sessions-max be above 0";
    VAULT_DIRECTION = "vault.direction", 422, "values are only put back into what comes from a model", "set the direction to output or tool_call, or leave restore out";
}

codes! { LIST:
    LIST_FORMAT = "list.format", 0, "the file is not a stored list", "name a file that lockgate dictionary, edm or fingerprint has built";
    LIST_VERSION = "list.version", 0, "the stored list has a format that this version does not read", "build it again with this version";
    LIST_KIND = "list.kind", 0, "the stored list is of another kind", "dictionary takes a .dict, exact-data an .edm and fingerprint an .fpr file";
    LIST_LENGTH = "list.length", 0, "the stored list is longer or shorter than it says", "copy or build it again";
    LIST_CHECKSUM = "list.checksum", 0, "the stored list is damaged", "copy or build it again";
    LIST_CONTENT = "list.content", 0, "the content of the stored list contradicts itself", "build it again; if somebody else made it, ask why";
    LIST_TOO_LARGE = "list.too-large", 0, "the list is over a limit", "split it into several";
    LIST_KEY = "list.key", 0, "the stored list needs its key", "pass the key it was built with";
    LIST_EMPTY = "list.empty", 0, "there is nothing to look for in the list", "check what it was built from";
    LIST_TERMS = "list.terms", 0, "some terms cannot be looked for", "correct them, or leave them out with --skip";
    LIST_UTF8 = "list.utf8", 0, "the source is not UTF-8", "convert it";
    LIST_DOCUMENT = "list.document", 0, "a document has too little text of its own", "leave out texts of less than some 100 letters, and copies of other documents";
    LIST_TABLE = "list.table", 0, "the table cannot be read", "write CSV with a header line and the same number of fields in each row";
    LIST_PARQUET = "list.parquet", 0, "Parquet is not read", "convert it first: duckdb -c \"COPY 'table.parquet' TO 'table.csv'\"";
    LIST_COLUMN = "list.column", 0, "the table has no such column", "name columns as the header line does";
    LIST_COLUMN_EMPTY = "list.column.empty", 0, "a column is empty", "leave it out";
    LIST_COLUMN_DUPLICATE = "list.column.duplicate", 0, "a primary column holds a value twice", "a primary value names one row: choose another column, or remove the rows";
    LIST_COLUMN_SHORT = "list.column.short", 0, "the values of a primary column are too short", "choose a column whose values do not occur by chance";
    LIST_COLUMN_LONG = "list.column.long", 0, "values of a column are too long to be looked for", "choose a column of short values";
    LIST_COLUMNS = "list.columns", 0, "the columns cannot be used together", "name one to 4 primary and at most 16 supporting columns, each once";
    LIST_COLUMN_UNIFORM = "list.column.uniform", 0, "a supporting column has too few different values", "choose a column that tells rows apart";
}

codes! { CONFIG:
    CONFIG_SYNTAX = "config.syntax", 0, "the configuration is not valid TOML", "correct the line";
    CONFIG_UNKNOWN = "config.unknown", 0, "there is no option of this name", "docs/config.md lists the options";
    CONFIG_VALUE = "config.value", 0, "the value of an option is of the wrong type or out of range", "docs/config.md lists types and ranges";
    CONFIG_FILE = "config.file", 0, "a file of the configuration cannot be used", "check the path, the permissions and the content";
}

/// Every code, sorted by area.
pub fn all() -> impl Iterator<Item = &'static Code> {
    [PAYLOAD, REQUEST, PROXY, CLI, MEMORY, EVAL, TUNE, LINEAGE, POLICY, VAULT, LIST, CONFIG]
        .into_iter()
        .flatten()
}
