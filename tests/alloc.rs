//! After warm-up, a clean scan and a clean inspection allocate nothing.
#![allow(unsafe_code, reason = "a global allocator is an unsafe trait")]

use lockgate::base::{Action, Input};
use lockgate::engine::{Content, Engine, InspectOptions};
use lockgate::lists::{DictionaryBuilder, ExactDataBuilder, FingerprintBuilder, List};
use lockgate::rules::Compiler;
use lockgate::scan::{Scanner, Scratch};
use lockgate::syntax::Source;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::{Arc, LazyLock};

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

/// The system's allocator with a counter per thread.
struct Counting;

fn count() {
    // Fails only while the thread is being torn down, when nobody asks any more.
    let _ = COUNT.try_with(|count| count.set(count.get() + 1));
}

// SAFETY: every method forwards its arguments unchanged to `System`, which upholds the contract of `GlobalAlloc`. Counting touches a
// `Cell` in constant-initialised thread-local memory without a destructor: it neither allocates nor unwinds.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller upholds the contract of `alloc`, which is the same for `System`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as for `alloc`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count();
        // SAFETY: `block` came from this allocator, so it came from `System`; the rest is the caller's contract.
        unsafe { System.realloc(block, layout, new_size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: `block` came from this allocator with this layout, so it came from `System`.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Allocations of this thread while `work` runs.
fn allocations<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let before = COUNT.get();
    let result = work();
    (result, COUNT.get() - before)
}

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let (rules, _warnings) =
        Compiler::with_builtin().build().expect("the built-in rules are valid");
    Engine::new(Arc::new(rules))
});

const SIZES: [usize; 3] = [1 << 10, 8 << 10, 64 << 10];

const PROSE: &str = "The committee met on Tuesday to talk about the new library, which opens in the spring of 2027. \
    Nobody remembered who had asked for 14 reading rooms; the minutes say 12. Chapter 3: what the token of a \
    language is, and why a secret garden needs a key. Send questions to the desk at noon. ";

const CODE: &str = "fn parse(input: &str) -> Result<Vec<Token>, Error> {\n    let mut tokens = Vec::with_capacity(64);\n    \
    for (at, word) in input.split_whitespace().enumerate() {\n        if word.len() > 0x7fff { return Err(Error::TooLong(at)); }\n        \
    tokens.push(Token { id: 1000 + at, kind: Kind::Word, password: None }); // see issue 4711\n    }\n    Ok(tokens)\n}\n\n";

const LOG: &str = r#"{"ts":"2026-03-01T12:00:00.123Z","level":"info","msg":"request done","status":200,"path":"/v1/items\u002f42","took_ms":17,"user":{"role":"admin","token_count":512}}"#;

const CHAT: &str = r#"{"id":"chatcmpl-9xQz5fTtV0aBcDeFgHiJkLmNoPqRs","created":1772366400,"model":"large-3-2026-03-01","messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"call_Zx8mQp2LrT6vWy0AbCdEfGhI","type":"function","function":{"name":"search_library_catalogue","arguments":"{\"query\":\"spring\"}"}}]},{"role":"tool","tool_call_id":"call_Zx8mQp2LrT6vWy0AbCdEfGhI","content":"550e8400-e29b-41d4-a716-446655440000 /srv/shared/catalogue/2026/index.html"}]}"#;

const PRINTED: &str = "“The committee’s rooms” – 12, or 14 … nobody remembered. Кто знает? 没有人知道，真的。 Žluťoučký kůň, naïve café. ";

fn repeated(text: &str, size: usize) -> Vec<u8> {
    text.bytes().cycle().take(size).collect()
}

/// A JSON array of an entry, again and again, of about this size.
fn array(entry: &str, size: usize) -> Vec<u8> {
    let entries = vec![entry; size.div_ceil(entry.len() + 1)];
    format!("[{}]", entries.join(",")).into_bytes()
}

/// Texts that hold nothing to find, by name and size. What is JSON is scanned as JSON and as text.
fn clean_inputs() -> Vec<(&'static str, bool, Vec<u8>)> {
    SIZES
        .iter()
        .flat_map(|size| {
            [
                ("prose", false, repeated(PROSE, *size)),
                ("code", false, repeated(CODE, *size)),
                ("print", false, repeated(PRINTED, *size)),
                ("logs as text", false, array(LOG, *size)),
                ("logs", true, array(LOG, *size)),
                ("chat as text", false, array(CHAT, *size)),
                ("chat", true, array(CHAT, *size)),
            ]
        })
        .collect()
}

#[test]
fn the_counter_counts() {
    let (text, count) = allocations(|| vec![0_u8; 100]);
    assert_eq!((text.len(), count), (100, 1));
}

#[test]
fn a_clean_scan_allocates_nothing() {
    let rules = ENGINE.rules();
    let pack = rules.pack("default").expect("there is a default pack");
    let scanner = Scanner::new(rules, pack);
    let mut scratch = Scratch::new(rules);
    for (name, _, text) in clean_inputs() {
        let input = Input::new(&text);
        let findings = scanner.scan(&mut scratch, &input);
        assert_eq!(findings, [], "{name} of {} bytes is not clean", text.len());
        let (findings, count) = allocations(|| scanner.scan(&mut scratch, &input).len());
        assert_eq!((findings, count), (0, 0), "{name} of {} bytes", text.len());
    }
}

/// A rule of each kind that looks things up in a list.
const LISTS: &str = "
family = 'x.lists'
title = 'X'
[[rule]]
id = 'words'
title = 'W'
since = '0.1.0'
labels = ['pii.person.name']
confidence = 'high'
why = 'w'
words = ['blue heron', 'committee of herons', 'library heron']
[[rule]]
id = 'terms'
title = 'T'
since = '0.1.0'
labels = ['pii.person.name']
confidence = 'high'
why = 'w'
dictionary = 'terms.dict'
[[rule]]
id = 'rows'
title = 'R'
since = '0.1.0'
labels = ['pii.person.name']
confidence = 'high'
why = 'w'
exact-data = { file = 'rows.edm', supporting = 1, within = 200 }
[[rule]]
id = 'passages'
title = 'P'
since = '0.1.0'
labels = ['pii.person.name']
confidence = 'high'
why = 'w'
fingerprint = { file = 'passages.fpr', containment = 0.5 }
";

#[test]
fn a_clean_look_up_allocates_nothing() {
    let mut terms = DictionaryBuilder::default();
    (0..10_000).for_each(|i| terms.add(&format!("heron {i}")).expect("a good term"));
    let mut rows =
        ExactDataBuilder::new([0; 32], None, &["number"], &["name"]).expect("good columns");
    rows.add(["KD-4711-08", "Okonkwo"]).expect("a row");
    let mut passages = FingerprintBuilder::default();
    passages
        .add(
            "a",
            &(0..999_u32).flat_map(u32::to_be_bytes).map(|b| b'a' + b % 26).collect::<Vec<_>>(),
        )
        .expect("a document");
    let list = |file: Vec<u8>| List::read(&file, &[]).expect("as written");
    let mut compiler = Compiler::with_builtin();
    compiler
        .add_rules(Source::new("x.toml", LISTS))
        .add_list("terms.dict", list(terms.build().expect("there are terms")))
        .add_list("rows.edm", list(rows.build().expect("there is a row")))
        .add_list("passages.fpr", list(passages.build().expect("there is a document")));
    let (rules, _) = compiler.build().unwrap_or_else(|wrong| panic!("{}", wrong.render(false)));
    let pack = rules.pack("default").expect("there is a default pack");
    let mut scratch = Scratch::new(&rules);
    for text in ["a blue heron", "heron 4711", "kd 4711 08, Okonkwo"] {
        let found = Scanner::new(&rules, pack).scan(&mut scratch, &Input::new(text)).len();
        assert_eq!(found, 1, "{text}: the rules are on");
    }
    for (name, _, text) in clean_inputs() {
        let input = Input::new(&text);
        let scan = |scratch: &mut Scratch| Scanner::new(&rules, pack).scan(scratch, &input).len();
        scan(&mut scratch);
        let (findings, count) = allocations(|| scan(&mut scratch));
        assert_eq!((findings, count), (0, 0), "{name} of {} bytes", text.len());
    }
}

#[test]
fn a_clean_inspection_allocates_nothing() {
    let options = InspectOptions { pack: Some("default".to_owned()), ..InspectOptions::default() };
    for (name, json, text) in clean_inputs() {
        let content = if json { Content::Json(&text) } else { Content::Text(&text) };
        let inspect = || ENGINE.inspect(content, &options).expect("valid content");
        inspect();
        let (verdict, count) = allocations(inspect);
        assert_eq!((verdict.action, count), (Action::Allow, 0), "{name} of {} bytes", text.len());
    }
}
