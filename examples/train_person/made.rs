//! Made sentences with names of many forms and with other capitalised words, from frames and the lists of the model.

use lockgate::base::random::SplitMix64;
use std::ops::Range;

const FRAMES: &str = include_str!("frames.txt");
const GIVEN: &str = include_str!("../../classifiers/models/person/given.txt");
const SURNAMES: &str = include_str!("../../classifiers/models/person/surnames.txt");
const COMMON: &str = include_str!("../../classifiers/models/person/common.txt");
const CONTEXT: &str = include_str!("../../classifiers/models/person/context.txt");

const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const ORGANISATIONS: [&str; 16] = [
    "Google",
    "Microsoft",
    "Nordwind Bank",
    "Acme Corp",
    "Blue Ocean Ltd",
    "Python",
    "Linux",
    "Red Cross",
    "World Bank",
    "General Motors",
    "Harbor Insurance",
    "Sunrise Foods",
    "European Union",
    "Silver Line Systems",
    "Green Valley School",
    "Amazon",
];
const STARTS: [&str; 24] = [
    "The",
    "This",
    "When",
    "What",
    "How",
    "Please",
    "Yesterday",
    "However",
    "Can",
    "Will",
    "Does",
    "After",
    "Because",
    "May",
    "Today",
    "There",
    "Write",
    "Create",
    "Why",
    "Which",
    "Mark",
    "Grant",
    "In",
    "For",
];
const SYLLABLES: [&str; 24] = [
    "ka", "lo", "mi", "ren", "sta", "vor", "del", "an", "chu", "bel", "ra", "kin", "no", "ess",
    "tar", "ov", "ul", "zi", "mar", "ek", "hal", "dra", "in", "wo",
];
const PINYIN: [&str; 24] = [
    "wei", "xiu", "lan", "jian", "guo", "hao", "ming", "fang", "li", "na", "jing", "yu", "chen",
    "qiang", "lei", "yang", "xin", "tao", "juan", "yan", "hui", "mei", "zhi", "yuan",
];
const CHINESE: [&str; 16] = [
    "Wang", "Li", "Zhang", "Liu", "Chen", "Yang", "Huang", "Zhao", "Wu", "Zhou", "Xu", "Sun", "Ma",
    "Zhu", "Hu", "Lin",
];

/// A made text and where its names are.
pub(crate) struct Made {
    pub(crate) text: String,
    pub(crate) names: Vec<Range<usize>>,
}

/// The words that are drawn from.
pub(crate) struct Maker {
    random: SplitMix64,
    given: Vec<&'static str>,
    surnames: Vec<&'static str>,
    common: Vec<&'static str>,
    places: Vec<&'static str>,
    frames: Vec<&'static str>,
}

impl Maker {
    pub(crate) fn new(seed: u64) -> Self {
        let places = CONTEXT.lines().filter_map(|line| line.strip_prefix("place-name: "));
        Self {
            random: SplitMix64::new(seed),
            given: GIVEN.lines().collect(),
            surnames: SURNAMES.lines().collect(),
            common: COMMON.lines().filter(|word| word.len() > 3).collect(),
            places: places.flat_map(|line| line.split(' ')).take(260).collect(),
            frames: FRAMES.lines().skip(2).collect(),
        }
    }

    /// The next text: two or three frames.
    pub(crate) fn text(&mut self) -> Made {
        let mut made = Made { text: String::new(), names: Vec::new() };
        for _ in 0..2 + self.below(2) {
            let frame = self.below(self.frames.len());
            let frame = self.frames[frame].replace("\\n", "\n");
            self.fill(&frame, &mut made);
            made.text.push_str(["\n", " ", "\n\n"][self.below(3)]);
        }
        made
    }

    fn fill(&mut self, frame: &str, made: &mut Made) {
        let mut rest = frame;
        while let Some(open) = rest.find('{') {
            let slot = rest[open..].find('}').map(|close| &rest[open + 1..open + close]);
            made.text.push_str(&rest[..open]);
            let Some(value) = slot.and_then(|slot| self.value(slot)) else {
                made.text.push('{');
                rest = &rest[open + 1..];
                continue;
            };
            let slot = slot.unwrap_or_default();
            let start = made.text.len();
            made.text.push_str(&value);
            if matches!(slot, "n" | "g" | "s") {
                made.names.push(start..made.text.len());
            }
            rest = &rest[open + slot.len() + 2..];
        }
        made.text.push_str(rest);
    }

    fn value(&mut self, slot: &str) -> Option<String> {
        Some(match slot {
            "n" => self.name(),
            "g" => self.given(),
            "s" | "s2" => self.surname(),
            "p" => self.place(),
            "o" => ORGANISATIONS[self.below(ORGANISATIONS.len())].to_owned(),
            "w" => STARTS[self.below(STARTS.len())].to_owned(),
            "d" => DAYS[self.below(DAYS.len())].to_owned(),
            "m" => MONTHS[self.below(MONTHS.len())].to_owned(),
            "t" => (0..1 + self.below(3)).map(|_| self.common()).collect::<Vec<_>>().join(" "),
            "camel" => self.common() + &self.common(),
            _ => return None,
        })
    }

    fn name(&mut self) -> String {
        match self.below(20) {
            0..=2 => self.given(),
            3 => self.given() + "-" + &self.given() + " " + &self.surname(),
            4 => {
                self.given()
                    + " "
                    + ["de", "van", "von", "da", "del"][self.below(5)]
                    + " "
                    + &self.surname()
            }
            5 => {
                self.given()
                    + " "
                    + ["A", "B", "J", "M", "R"][self.below(5)]
                    + ". "
                    + &self.surname()
            }
            6 => self.given() + " " + &self.surname() + "-" + &self.surname(),
            7 | 8 => {
                let second = if self.below(2) == 0 { "" } else { PINYIN[self.below(PINYIN.len())] };
                let given = PINYIN[self.below(PINYIN.len())].to_owned() + second;
                CHINESE[self.below(CHINESE.len())].to_owned() + " " + &capital(&given)
            }
            9 => self.given() + " " + &self.given() + " " + &self.surname(),
            10 => (self.given() + " " + &self.surname()).to_uppercase(),
            _ => self.given() + " " + &self.surname(),
        }
    }

    fn given(&mut self) -> String {
        if self.below(8) == 0 {
            self.invented()
        } else {
            capital(self.given[self.random.below(self.given.len())])
        }
    }

    fn surname(&mut self) -> String {
        if self.below(5) == 0 {
            self.invented()
        } else {
            capital(self.surnames[self.random.below(self.surnames.len())])
        }
    }

    fn invented(&mut self) -> String {
        let parts = 2 + self.below(2);
        capital(&(0..parts).map(|_| SYLLABLES[self.below(SYLLABLES.len())]).collect::<String>())
    }

    fn place(&mut self) -> String {
        capital(self.places[self.random.below(self.places.len())])
    }

    fn common(&mut self) -> String {
        capital(self.common[self.random.below(self.common.len())])
    }

    fn below(&mut self, count: usize) -> usize {
        self.random.below(count)
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    let Some(first) = chars.next() else { return String::new() };
    first.to_uppercase().chain(chars).collect()
}
