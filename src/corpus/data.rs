//! The data that ships inside the program: templates, word lists and what is planted.

use super::kind::{Kind, Lang};
use super::template::{Names, Template, compile};
use super::values::{self, Make};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

macro_rules! embedded {
    ($($folder:literal: $($name:literal)*;)*) => {
        &[$($(($name, include_str!(concat!($folder, "/", $name, ".toml")))),*),*]
    };
}

/// Name and text of every file.
const FILES: &[(&str, &str)] = embedded! {
    "entries": "person" "europe" "world" "finance" "network" "credential-cloud" "credential-service" "sentence" "look-alike";
    "templates": "frame" "prompt" "chat" "chat-json" "tool-call" "memory" "code" "config" "log" "email" "ticket" "table" "sql" "prose";
    "words": "filler" "name" "place" "technical" "attack";
};

/// Everything, compiled once.
pub(super) static DATA: LazyLock<Data> =
    LazyLock::new(|| load(FILES).expect("the embedded files compile, which a test checks"));

/// Lines by language; languages without lines of their own use the English ones.
#[derive(Clone, Debug, Default)]
pub(super) struct Local<T>([Vec<T>; 8]);

impl<T> Local<T> {
    /// The lines of this language, or the English ones.
    pub(super) fn of(&self, lang: Lang) -> &[T] {
        let own = &self.0[lang as usize];
        if own.is_empty() { &self.0[Lang::En as usize] } else { own }
    }

    /// Languages with lines of their own.
    pub(super) fn langs(&self) -> Vec<Lang> {
        Lang::ALL.into_iter().filter(|&lang| !self.0[lang as usize].is_empty()).collect()
    }
}

/// What can be planted.
#[derive(Debug)]
pub(super) struct Entry {
    /// What it is, or what a careless rule takes it for.
    pub(super) label: &'static str,
    /// Why a look-alike is none; `None` for what is planted as a value.
    pub(super) why: Option<&'static str>,
    /// Which templates fit.
    pub(super) group: usize,
    /// Kinds of document it occurs in; empty for all.
    pub(super) kinds: Vec<Kind>,
    pub(super) make: Option<Make>,
    /// How what was made is written: `#` is a character, everything else a separator.
    pub(super) masks: Vec<String>,
    pub(super) forms: Local<Template>,
    pub(super) keys: Vec<String>,
    pub(super) cues: Local<&'static str>,
    /// Whether people also write it in lower case.
    pub(super) lower: bool,
    /// Whether templates may stand in for it: masked, broken, replaced by a placeholder.
    pub(super) near: bool,
    /// Whether one character more is wrong.
    pub(super) fixed_length: bool,
    /// How often it occurs beside others.
    pub(super) weight: u32,
}

/// Templates of one kind and group.
pub(super) type Fitting = Local<Template>;

/// Everything, compiled.
#[derive(Debug)]
pub(super) struct Data {
    pub(super) entries: Vec<Entry>,
    pub(super) lists: Vec<Local<Template>>,
    /// By kind, then by group.
    pub(super) templates: Vec<Vec<Fitting>>,
    /// By kind.
    pub(super) frames: Vec<Local<Template>>,
    /// The group of templates that plant nothing.
    pub(super) clean: usize,
    /// Stand-ins for credentials, and for everything else.
    pub(super) placeholder: [usize; 2],
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct File {
    entry: Vec<EntryText>,
    list: BTreeMap<String, Lines>,
    set: Vec<SetText>,
    frame: BTreeMap<String, Lines>,
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Lines {
    English(Vec<String>),
    By(BTreeMap<String, Vec<String>>),
}

impl Default for Lines {
    fn default() -> Self {
        Self::English(Vec::new())
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct EntryText {
    label: String,
    name: Option<String>,
    why: Option<String>,
    group: Option<String>,
    kinds: Vec<String>,
    make: Option<String>,
    masks: Vec<String>,
    forms: Lines,
    keys: Vec<String>,
    cues: Lines,
    lower: bool,
    no_near: bool,
    any_length: bool,
    weight: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetText {
    kinds: Vec<String>,
    fits: Vec<String>,
    #[serde(default = "english")]
    lang: String,
    lines: Vec<String>,
}

fn english() -> String {
    "en".to_owned()
}

/// Names of lists and entries, known before anything is compiled.
struct Known {
    lists: Vec<String>,
    /// Name and whether it is a look-alike.
    entries: Vec<(Option<String>, bool)>,
}

impl Known {
    fn named(&self, name: &str, look_alike: bool) -> Vec<usize> {
        let wanted = |entry: &(Option<String>, bool)| {
            entry.0.as_deref() == Some(name) && entry.1 == look_alike
        };
        self.entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| wanted(entry))
            .map(|(index, _)| index)
            .collect()
    }
}

impl Names for Known {
    fn list(&self, name: &str) -> Option<usize> {
        self.lists.iter().position(|known| known == name)
    }

    fn planted(&self, name: &str) -> Vec<usize> {
        self.named(name, false)
    }

    fn look_alikes(&self, name: &str) -> Vec<usize> {
        self.named(name, true)
    }
}

/// Text that lives as long as the program: it is read once.
fn keep(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

/// Compiles files.
///
/// # Errors
/// What is wrong, with the name of the file.
fn load(files: &[(&str, &str)]) -> Result<Data, String> {
    let mut all = File::default();
    for (name, text) in files {
        let file: File = toml::from_str(text).map_err(|error| format!("{name}: {error}"))?;
        all.entry.extend(file.entry);
        all.list.extend(file.list);
        all.set.extend(file.set);
        all.frame.extend(file.frame);
    }
    let known = Known {
        lists: all.list.keys().cloned().collect(),
        entries: all.entry.iter().map(|entry| (entry.name.clone(), entry.why.is_some())).collect(),
    };
    let mut groups = vec!["clean".to_owned()];
    let entries = all
        .entry
        .iter()
        .map(|entry| compile_entry(entry, &known, &mut groups))
        .collect::<Result<Vec<_>, _>>()?;
    let lists =
        all.list.values().map(|lines| local(lines, false, &known)).collect::<Result<_, _>>()?;
    let mut frames = vec![Local::default(); Kind::ALL.len()];
    for (kind, lines) in &all.frame {
        frames[kind_of(kind)?.index()] = local(lines, false, &known)?;
    }
    let stand_in = |name| known.list(name).ok_or_else(|| format!("no list {name}"));
    Ok(Data {
        entries,
        lists,
        templates: compile_sets(&all.set, &known, &groups)?,
        frames,
        clean: 0,
        placeholder: [stand_in("placeholder-secret")?, stand_in("placeholder-id")?],
    })
}

fn compile_sets(
    sets: &[SetText],
    known: &Known,
    groups: &[String],
) -> Result<Vec<Vec<Fitting>>, String> {
    let mut templates = vec![vec![Fitting::default(); groups.len()]; Kind::ALL.len()];
    for set in sets {
        let lang = lang_of(&set.lang)?;
        let lines = set
            .lines
            .iter()
            .map(|line| compile(line, false, known))
            .collect::<Result<Vec<_>, _>>()?;
        for kind in &set.kinds {
            let kind = kind_of(kind)?;
            for group in &set.fits {
                let index = groups.iter().position(|known| known == group);
                let index = index.ok_or_else(|| format!("nothing is of group {group}"))?;
                templates[kind.index()][index].0[lang as usize].extend(lines.iter().cloned());
            }
        }
    }
    Ok(templates)
}

fn kind_of(name: &str) -> Result<Kind, String> {
    Kind::from_name(name).ok_or_else(|| format!("no kind {name}"))
}

fn lang_of(name: &str) -> Result<Lang, String> {
    Lang::from_name(name).ok_or_else(|| format!("no language {name}"))
}

fn local(lines: &Lines, marked: bool, known: &Known) -> Result<Local<Template>, String> {
    let mut local = Local::default();
    for (lang, lines) in by_lang(lines)? {
        local.0[lang as usize] =
            lines.iter().map(|line| compile(line, marked, known)).collect::<Result<_, _>>()?;
    }
    Ok(local)
}

fn by_lang(lines: &Lines) -> Result<Vec<(Lang, &[String])>, String> {
    match lines {
        Lines::English(lines) => Ok(vec![(Lang::En, lines)]),
        Lines::By(langs) => {
            langs.iter().map(|(lang, lines)| Ok((lang_of(lang)?, lines.as_slice()))).collect()
        }
    }
}

/// The group of templates where none is named: identifiers of persons and companies share theirs.
fn default_group(label: &str) -> &str {
    match label.split('.').next().unwrap_or(label) {
        "pii" | "finance" | "health" => "id",
        "corporate" => "marking",
        domain => domain,
    }
}

fn compile_entry(
    text: &EntryText,
    known: &Known,
    groups: &mut Vec<String>,
) -> Result<Entry, String> {
    let group = text.group.as_deref().unwrap_or_else(|| default_group(&text.label));
    let index = groups.iter().position(|known| known == group).unwrap_or_else(|| {
        groups.push(group.to_owned());
        groups.len() - 1
    });
    let make = match &text.make {
        Some(name) => Some(values::find(name).ok_or_else(|| format!("no constructor {name}"))?),
        None => None,
    };
    let mut forms = local(&text.forms, true, known)?;
    if forms.langs().is_empty() && make.is_some() {
        forms.0[Lang::En as usize] = vec![compile("{made}", true, known)?];
    }
    if forms.langs().is_empty() {
        return Err(format!("{}: neither make nor forms", text.label));
    }
    let mut cues = Local::default();
    for (lang, lines) in by_lang(&text.cues)? {
        cues.0[lang as usize] = lines.iter().map(|line| keep(line)).collect();
    }
    Ok(Entry {
        label: keep(&text.label),
        why: text.why.as_deref().map(keep),
        group: index,
        kinds: text.kinds.iter().map(|kind| kind_of(kind)).collect::<Result<_, _>>()?,
        make,
        masks: text.masks.clone(),
        forms,
        keys: text.keys.clone(),
        cues,
        lower: text.lower,
        near: !text.no_near && text.why.is_none(),
        fixed_length: !text.masks.is_empty() && !text.any_length,
        weight: text.weight.unwrap_or(1),
    })
}

#[cfg(test)]
mod tests {
    use super::super::template::Part;
    use super::*;

    #[test]
    fn embedded_files_compile() {
        load(FILES).map(|_| ()).expect("they compile");
    }

    /// Word lists may use word lists, but not themselves.
    #[test]
    fn word_lists_end() {
        fn depth(data: &Data, part: &Part, left: usize) {
            assert!(left > 0, "a word list leads back to itself");
            let lines = match part {
                Part::List(list) => &data.lists[*list],
                Part::Escaped(_, inner) => return depth(data, inner, left - 1),
                Part::Planted(entries) | Part::LookAlike(entries) => {
                    for &entry in entries {
                        walk(data, &data.entries[entry].forms, left - 1);
                    }
                    return;
                }
                _ => return,
            };
            walk(data, lines, left - 1);
        }
        fn walk(data: &Data, lines: &Local<Template>, left: usize) {
            for lang in lines.langs() {
                for part in lines.of(lang).iter().flatten() {
                    depth(data, part, left);
                }
            }
        }
        let data = load(FILES).expect("they compile");
        for list in &data.lists {
            walk(&data, list, 8);
        }
        for entry in &data.entries {
            walk(&data, &entry.forms, 8);
        }
    }

    /// Requests of chat APIs are not counted: their texts are the prompts.
    #[test]
    fn kinds_have_many_templates() {
        let sets =
            FILES.iter().flat_map(|(_, text)| toml::from_str::<File>(text).expect("it parses").set);
        let sets: Vec<_> = sets.collect();
        for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::ChatJson) {
            let own = sets.iter().filter(|set| set.kinds.iter().any(|name| name == kind.name()));
            let count: usize = own.map(|set| set.lines.len()).sum();
            assert!(count >= 40, "{}: {count} templates", kind.name());
        }
    }
}
