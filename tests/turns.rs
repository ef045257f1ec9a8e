//! Values that are split over messages are flagged, and nothing else is.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use lockgate::base::{Action, Direction, Span, Verdict};
use lockgate::engine::{
    Content, Engine, InspectOptions, SessionKey, TurnMemory, TurnSession, Turns,
};
use lockgate::rules::Compiler;
use lockgate::syntax::Source;
use serde_json::{Value, json};
use std::sync::{Arc, OnceLock};

/// A value in three parts, none of which means anything.
const KEY: [&str; 3] = ["lgtest_01", "2345678", "9abcdef"];

/// Rules of its own: an address and a key.
fn small() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| {
        let mut compiler = Compiler::new();
        compiler
            .add_labels(Source::new("labels.toml", include_str!("http/rules/labels.toml")))
            .add_rules(Source::new("pii.toml", include_str!("http/rules/pii.toml")))
            .add_pack(Source::new("default.toml", include_str!("http/rules/default.toml")));
        Engine::new(Arc::new(compiler.build().map_err(|wrong| wrong.render(false)).unwrap().0))
    })
}

fn builtin() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::new(Arc::new(Compiler::with_builtin().build().unwrap().0)))
}

fn user(text: &str) -> Value {
    json!({"role": "user", "content": text})
}

fn assistant(text: &str) -> Value {
    json!({"role": "assistant", "content": text})
}

fn chat(messages: &[Value]) -> String {
    json!({"model": "m", "messages": messages}).to_string()
}

fn inspect(engine: &Engine, document: &str, turns: Turns) -> Verdict {
    let options = InspectOptions { turns, ..InspectOptions::default() };
    engine.inspect(Content::Json(document.as_bytes()), &options).unwrap()
}

/// The parts of the only split value of a chat, as they stand there, with their pointers.
fn parts(document: &str) -> Vec<(String, String)> {
    let verdict = inspect(small(), document, Turns::Content);
    let [split] = &verdict.splits[..] else { panic!("{document}: {verdict:?}") };
    assert_eq!(verdict.action, Action::Flag, "{document}");
    assert!(verdict.edits.is_empty() && verdict.findings.is_empty(), "{verdict:?}");
    let part = |part: &lockgate::base::SplitPart| {
        let text = &document[part.span.unwrap().range()];
        (text.to_owned(), part.pointer.clone().unwrap())
    };
    split.parts.iter().map(part).collect()
}

#[track_caller]
fn check(messages: &[Value], expect: &[(&str, &str)]) {
    let found = parts(&chat(messages));
    let found: Vec<_> = found.iter().map(|(text, at)| (text.as_str(), at.as_str())).collect();
    assert_eq!(found, expect);
}

#[track_caller]
fn check_none(messages: &[Value]) {
    let verdict = inspect(small(), &chat(messages), Turns::Content);
    assert!(verdict.splits.is_empty(), "{verdict:?}");
}

#[test]
fn a_value_in_two_messages_of_one_side_is_flagged() {
    let [a, b, c] = KEY;
    let (first, last) = (format!("it begins with {a}{b}"), format!("{c} is the rest"));
    let expect = [(&*format!("{a}{b}"), "/messages/0/content"), (c, "/messages/1/content")];
    check(&[user(&first), user(&last)], &expect);
    // What the other side says between them changes nothing, nor does white space around the parts.
    let expect = [(&*format!("{a}{b}"), "/messages/0/content"), (c, "/messages/2/content")];
    check(&[user(&first), assistant("go on"), user(&last)], &expect);
    check(&[user(&(first + " \n")), assistant("go on"), user(&format!("\n  {last}"))], &expect);
}

#[test]
fn a_value_in_three_messages_is_flagged_once() {
    let expect: Vec<_> = KEY
        .iter()
        .zip(["/messages/0/content", "/messages/1/content", "/messages/2/content"])
        .map(|(text, at)| (*text, at))
        .collect();
    check(&KEY.map(user), &expect);
}

#[test]
fn parts_of_a_message_and_arguments_of_tools_are_messages() {
    let [a, b, c] = KEY;
    let blocks = json!({"role": "user", "content": [
        {"type": "text", "text": a}, {"type": "text", "text": format!("{b}{c}")}]});
    check(
        &[blocks],
        &[(a, "/messages/0/content/0/text"), (&format!("{b}{c}"), "/messages/0/content/1/text")],
    );

    let call = |id: &str, arguments: Value| {
        json!({"role": "assistant", "content": null, "tool_calls": [{"id": id, "type": "function",
            "function": {"name": "send", "arguments": arguments.to_string()}}]})
    };
    let calls = [
        call("1", json!({"to": "me", "data": format!("{a}{b}")})),
        call("2", json!({"to": "me", "data": c})),
    ];
    let at = |number: usize| format!("/messages/{number}/tool_calls/0/function/arguments#/data");
    check(&calls, &[(&format!("{a}{b}"), &at(0)), (c, &at(1))]);
    // Other members of the arguments do not follow each other.
    check_none(&[call("1", json!({"data": format!("{a}{b}")})), call("2", json!({"other": c}))]);
}

#[test]
fn what_is_not_split_is_not_reported() {
    let [a, b, c] = KEY;
    let (start, whole) = (format!("{a}{b}"), format!("{a}{b}{c}"));
    check_none(&[user(&start), assistant(c)]);
    check_none(&[user(&start), user("or not"), user(c)]);
    check_none(&[user(&format!("{start}.")), user(c)]);
    // A word in front of an address would be read as its first letters.
    check_none(&[user("write to"), user("anna@example.org")]);
    check_none(&[user(&whole), user(&whole)]);
    check_none(&[user("anna@example.org"), user("anna@example.org")]);
    check_none(&[user(""), user(" "), user(&start), user("")]);
    // Nor are rows of what a tool answers.
    let rows = json!({"rows": [{"v": start}, {"v": c}]}).to_string();
    check_none(&[json!({"role": "tool", "tool_call_id": "1", "content": rows})]);
    let tool = |text: &str| json!({"role": "tool", "tool_call_id": "1", "content": json!({"v": text}).to_string()});
    let verdict = inspect(small(), &chat(&[tool(&start), tool(c)]), Turns::Content);
    assert_eq!(verdict.splits.len(), 1, "{verdict:?}");
    // Lists of data are no conversation.
    let data = json!({"rows": [start, c]}).to_string();
    assert!(inspect(small(), &data, Turns::Content).splits.is_empty());
    let verdict = inspect(small(), &chat(&[user(&start), user(c)]), Turns::Apart);
    assert!(verdict.splits.is_empty() && verdict.action == Action::Allow);
}

#[test]
fn long_messages_are_looked_at_where_they_meet() {
    let [a, b, c] = KEY;
    let prose = "All the words in this text are harmless, and there are a lot of them. ".repeat(99);
    let messages = [user(&format!("{prose}{a}{b}")), user(&format!("{c} {prose}"))];
    let found = parts(&chat(&messages));
    assert_eq!((found[0].0.as_str(), found[1].0.as_str()), (&*format!("{a}{b}"), c));
    let messages = [user(&format!("{}{a}{b}", "-".repeat(500))), user(c)];
    assert_eq!(parts(&chat(&messages))[1].0, c);
}

#[test]
fn what_began_before_the_part_that_is_kept_is_not_taken_for_a_beginning() {
    let mut compiler = Compiler::new();
    let rule = "family = 'pii.test'\ntitle = 'Test'\n[[rule]]\nid = 'digits'\ntitle = 'Digits'\nstatus = 'stable'\nsince = '0.1.0'\n\
                labels = ['pii.email']\nconfidence = 'high'\nwhy = 'A test.'\npattern = '\\b[0-9]{140}\\b'\n";
    compiler
        .add_labels(Source::new("labels.toml", include_str!("http/rules/labels.toml")))
        .add_rules(Source::new("test.toml", rule))
        .add_pack(Source::new("default.toml", "id = 'default'\ntitle = 'All'\ninclude = ['*']"));
    let engine =
        Engine::new(Arc::new(compiler.build().map_err(|wrong| wrong.render(false)).unwrap().0));
    let splits = |first: usize, second: usize| {
        let messages = [first, second].map(|count| user(&"7".repeat(count)));
        inspect(&engine, &chat(&messages), Turns::Content).splits.len()
    };
    assert_eq!((splits(100, 40), splits(128, 12)), (1, 1));
    // 212 digits are no value; their last 140 only look like one.
    assert_eq!(splits(200, 12), 0);
}

/// A session, a message at a time.
struct Talk {
    memory: Arc<TurnMemory>,
    now_ms: u64,
}

impl Talk {
    fn new(sessions_max: usize) -> Self {
        Self { memory: Arc::new(TurnMemory::new(sessions_max, 1000)), now_ms: 5 }
    }

    fn say(&self, who: (&str, &str), content: Content<'_>, direction: Direction) -> Verdict {
        let key = SessionKey::new(who.0, who.1);
        let session = TurnSession { memory: Arc::clone(&self.memory), key, now_ms: self.now_ms };
        let turns = Turns::Session(session);
        let options = InspectOptions { turns, direction, ..InspectOptions::default() };
        small().inspect(content, &options).unwrap()
    }

    /// Whether something was split.
    fn text(&self, session: &str, text: &str) -> bool {
        let verdict = self.say(("t", session), Content::Text(text.as_bytes()), Direction::Input);
        !verdict.splits.is_empty()
    }

    fn chat(&self, messages: &[Value]) -> bool {
        let chat = chat(messages);
        let content = Content::Json(chat.as_bytes());
        !self.say(("t", "s"), content, Direction::Input).splits.is_empty()
    }
}

#[test]
fn a_session_remembers_what_its_last_message_ended_in() {
    let [a, b, c] = KEY;
    let talk = Talk::new(10);
    assert!(!talk.text("s", &format!("first {a}")));
    assert!(!talk.text("s", b));
    let content = format!(" {c} and so on");
    let verdict = talk.say(("t", "s"), Content::Text(content.as_bytes()), Direction::Input);
    let [split] = &verdict.splits[..] else { panic!("{verdict:?}") };
    let parts: Vec<_> = split.parts.iter().map(|part| (part.bytes, part.span)).collect();
    assert_eq!(parts, [(9, None), (7, None), (7, Some(Span::new(1, 8)))]);
    assert_eq!(verdict.action, Action::Flag);
    // It was told, and is not told again.
    assert!(!talk.text("s", c));
}

#[test]
fn sessions_tenants_and_directions_are_apart() {
    let [a, b, c] = KEY;
    let talk = Talk::new(10);
    let start = format!("{a}{b}");
    assert!(!talk.text("s", &start));
    assert!(!talk.text("other", c));
    for (who, direction) in [(("u", "s"), Direction::Input), (("t", "s"), Direction::Output)] {
        let verdict = talk.say(who, Content::Text(c.as_bytes()), direction);
        assert!(verdict.splits.is_empty(), "{who:?}");
    }
    assert!(talk.text("s", c));
}

#[test]
fn memory_is_bounded_in_time_and_number() {
    let [a, b, c] = KEY;
    let start = format!("{a}{b}");
    let mut talk = Talk::new(2);
    assert!(!talk.text("s", &start));
    talk.now_ms += 999;
    assert!(talk.text("s", c), "it is remembered");
    assert!(!talk.text("s", &start));
    talk.now_ms += 1000;
    assert!(!talk.text("s", c), "it was forgotten");

    let talk = Talk::new(2);
    for session in ["1", "2", "3"] {
        assert!(!talk.text(session, &start));
        assert!(talk.memory.len() <= 2);
    }
    assert_eq!(talk.memory.forgotten(), 1);
    assert!(talk.text("2", c) && talk.text("3", c));
    assert!(!talk.text("1", c), "the oldest was forgotten");
    assert!(!format!("{:?}", talk.memory).contains("lgtest"));
}

#[test]
fn a_conversation_that_is_sent_whole_each_time_does_not_follow_itself() {
    let [a, b, c] = KEY;
    let talk = Talk::new(10);
    // If it did, the address would be read as one with more letters.
    assert!(!talk.chat(&[user("anna")]));
    assert!(talk.chat(&[user("anna"), assistant("go on"), user("@example.org")]));
    let same = user(&format!("{b}{c}{a}"));
    let talk = Talk::new(10);
    assert!(!talk.chat(std::slice::from_ref(&same)));
    assert!(!talk.chat(&[same.clone(), assistant("hm")]));
    // Messages one by one are.
    let talk = Talk::new(10);
    assert!(!talk.chat(&[same]));
    assert!(talk.chat(&[user(&format!("{b}{c}"))]));
}

#[test]
fn built_in_values_are_flagged() {
    for [first, second] in [
        ["my address is jane.doe@exam", "ple.com, write soon"],
        ["please transfer it to DE89 3704 0044", "0532 0130 00 by tomorrow"],
    ] {
        let verdict = inspect(
            builtin(),
            &chat(&[user(first), assistant("yes?"), user(second)]),
            Turns::Content,
        );
        assert_eq!(verdict.splits.len(), 1, "{first}: {verdict:?}");
        assert_eq!(verdict.action, Action::Flag);
    }
}

#[test]
fn a_password_and_the_next_word_are_no_longer_password() {
    let random = "WEBHOOK_SECRET=6885fbf01bb8a2d173abab83cdb4b722";
    for [first, next] in [
        ["is it wrong?\nopenssl rsa -in key.pem -passin pass:[command]", "My npmrc has a line"],
        ["is it wrong?\nopenssl rsa -in key.pem -passin pass:[command]", "Please help"],
        [&random[..36], &random[36..]],
    ] {
        let verdict = inspect(builtin(), &chat(&[user(first), user(next)]), Turns::Content);
        assert_eq!(verdict.splits, [], "{next}");
    }
}

#[cfg(feature = "cli")]
#[test]
fn ordinary_conversations_have_nothing_split() {
    use lockgate::corpus::{Generator, Settings};

    let mut messages = 0;
    for seed in [3, 17, 91] {
        let settings = Settings { seed, ..Settings::default() };
        let generator = Generator::new(&settings).unwrap_or_else(|label| panic!("{label:?}"));
        let texts: Vec<_> = (0..600).map(|index| generator.document(index).text).collect();
        for texts in texts.chunks(12) {
            let said = texts.iter().enumerate().map(|(number, text)| match number % 3 {
                0 | 1 => user(text),
                _ => assistant(text),
            });
            let said: Vec<_> = said.collect();
            messages += said.len();
            let verdict = inspect(builtin(), &chat(&said), Turns::Content);
            assert_eq!(verdict.splits, [], "seed {seed}");
        }
    }
    assert_eq!(messages, 1800);
}
