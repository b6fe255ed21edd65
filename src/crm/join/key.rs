//! The forms in which ids, domains, addresses and names of two files are compared.

use crate::crm::dialect::Dialects;
use crate::crm::fold::{fold, plain};
use crate::stats::Arrange;
use crate::table::trimmed;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use wide::u8x16;

/// How cells of two files are compared, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum JoinKey {
    /// As identifiers: to the letter, but for the braces of a GUID, a trailing `.0`, and the three check letters of a
    /// long Salesforce id.
    Id,
    /// As domains: of a web address, or of an e-mail address that is no private one.
    Domain,
    /// As e-mail addresses, whatever the letter case.
    Email,
    /// As names: letter case, accents, punctuation, spacing and legal forms (`Ltd`, `GmbH`) do not count.
    Name,
}

impl JoinKey {
    /// Every key in the order they are tried.
    pub const ALL: [Self; 4] = [Self::Id, Self::Domain, Self::Email, Self::Name];

    /// `id`, `domain`, `email` or `name`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Domain => "domain",
            Self::Email => "email",
            Self::Name => "name",
        }
    }
}

/// Brings cells into the form in which they are compared.
#[derive(Debug)]
pub(crate) struct Normaliser<'a> {
    dialects: &'a Dialects,
    /// Legal forms as folded words by their last one, longest first.
    forms: BTreeMap<String, Vec<Vec<String>>>,
    /// How long the last words of legal forms are that begin with a byte: a bit for each length, the highest for more.
    form_lengths: [u32; 256],
    /// Those in other scripts than Latin, which stand in front too, longest first.
    leading: Vec<Vec<String>>,
    /// Legal forms in scripts that may write them without a space, at either end.
    attached: Vec<&'a str>,
}

impl<'a> Normaliser<'a> {
    pub(crate) fn new(dialects: &'a Dialects) -> Self {
        let written = dialects.legal_forms();
        let mut all: Vec<Vec<String>> = written.iter().map(|form| words(form)).collect();
        all.arrange_by_key(|form| std::cmp::Reverse(form.len()));
        let mut forms: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
        for form in &all {
            form.last().into_iter().for_each(|last| forms.entry(last.clone()).or_default().push(form.clone()));
        }
        let mut form_lengths = [0; 256];
        for last in forms.keys() {
            form_lengths[usize::from(first_byte(last))] |= length_bit(last);
        }
        // Latin legal forms in front may be the name itself, as in AG Insurance.
        let foreign = |form: &Vec<String>| !form.is_empty() && form.iter().all(|word| !word.is_ascii());
        let leading = all.into_iter().filter(foreign).collect();
        let attached = written.iter().map(String::as_str).filter(|form| form.chars().any(is_ideographic)).collect();
        Self { dialects, forms, form_lengths, leading, attached }
    }

    /// The form of a cell; `None` if it holds nothing of the sort.
    pub(crate) fn form(&self, key: JoinKey, text: &str) -> Option<String> {
        let mut form = String::new();
        self.write_form(key, text, &mut form).then_some(form)
    }

    /// Writes the form behind what stands in `out`; `false` if there is none, and then what stands there is of no use.
    pub(crate) fn write_form(&self, key: JoinKey, text: &str, out: &mut String) -> bool {
        let (text, before) = (trimmed(text), out.len());
        match key {
            JoinKey::Id => out.push_str(&id(text)),
            JoinKey::Domain => out.push_str(&self.domain(text).unwrap_or_default()),
            JoinKey::Email => match write_plain_email(text, out) {
                Some(true) => {}
                Some(false) => return false,
                None => {
                    out.truncate(before);
                    out.push_str(&email(text).unwrap_or_default());
                }
            },
            JoinKey::Name => {
                if !self.write_plain_name(text, out) {
                    out.truncate(before);
                    out.push_str(&self.name(text));
                }
            }
        }
        out.len() > before
    }

    /// A name of a few Latin words without a legal form, as most are: as [`name`](Self::name) has it, in one pass.
    /// `false` if the name is none of these.
    fn write_plain_name(&self, text: &str, out: &mut String) -> bool {
        if text.is_ascii() {
            return !text.ends_with(')') && self.write_ascii_name(text, out);
        }
        if text.ends_with([')', '）']) {
            return false;
        }
        let (start, mut ends, mut words) = (out.len(), [0; MOST_WORDS], 0);
        let mut begun = start;
        for c in text.chars().map(narrow).chain([' ']) {
            match c {
                'a'..='z' | '0'..='9' => out.push(c),
                'A'..='Z' => out.push(c.to_ascii_lowercase()),
                '.' | '\'' | '’' => {}
                _ if c.is_ascii() || !(c.is_alphanumeric() || is_mark(c)) => {
                    if out.len() > begun {
                        let Some(end) = ends.get_mut(words) else { return false };
                        (*end, begun, words) = (out.len(), out.len(), words + 1);
                    }
                }
                // Words of other scripts may hold legal forms anywhere.
                'À'..='ſ' => match plain(c) {
                    Some(letters) => out.push_str(letters),
                    None => return false,
                },
                _ => return false,
            }
        }
        let word = |at: usize| {
            let from = at.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(start);
            (from, ends.get(at).copied().unwrap_or(from))
        };
        let text_of = |(from, to): (usize, usize)| out.get(from..to).unwrap_or("");
        let Some(last) = words.checked_sub(1) else { return true };
        let (last, any_filler) = (text_of(word(last)), (0..words).any(|at| FILLERS.contains(&text_of(word(at)))));
        let may_be_form = self.form_lengths[usize::from(first_byte(last))] & length_bit(last) != 0;
        !(any_filler || may_be_form && self.forms.contains_key(last))
    }

    /// As [`write_plain_name`](Self::write_plain_name), of a name in ASCII: most bytes of most files pass here.
    fn write_ascii_name(&self, text: &str, out: &mut String) -> bool {
        let (mut form, mut length) = ([0_u8; 64], 0);
        // Words so far, where the last one begins, and where the one in progress does.
        let (mut words, mut last, mut begun) = (0, 0, 0);
        for byte in text.bytes() {
            let folded = FOLDED[usize::from(byte & 127)];
            if folded > BIND {
                let Some(slot) = form.get_mut(length) else { return false };
                *slot = folded;
                length += 1;
            } else if folded == BREAK && length > begun {
                if words == MOST_WORDS || is_filler(form.get(begun..length)) {
                    return false;
                }
                (words, last, begun) = (words + 1, begun, length);
            }
        }
        if length > begun {
            if words == MOST_WORDS || is_filler(form.get(begun..length)) {
                return false;
            }
            last = begun;
        }
        let Some(name) = form.get(..length).and_then(|name| std::str::from_utf8(name).ok()) else { return false };
        let last = name.get(last..).unwrap_or("");
        let may_be_form = self.form_lengths[usize::from(first_byte(last))] & length_bit(last) != 0;
        if may_be_form && self.forms.contains_key(last) {
            return false;
        }
        out.push_str(name);
        true
    }

    /// `https://www.Acme.com/jobs` and `kim@acme.com` are of `acme.com`.
    fn domain(&self, text: &str) -> Option<String> {
        let host = match email(text) {
            Some(address) => address.rsplit('@').next().map(str::to_owned)?,
            None => {
                let lower = text.to_lowercase();
                let rest = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
                let host = rest.split(['/', '?', '#', ':']).next().unwrap_or("");
                host.trim_end_matches('.').trim_start_matches("www.").to_owned()
            }
        };
        let last = host.rsplit('.').next().unwrap_or("");
        let shaped = host.contains('.') && last.chars().count() >= 2 && last.chars().all(char::is_alphabetic);
        let clean = !host.contains([' ', '@', ',', ';']);
        (shaped && clean && !self.dialects.is_private_mail(&host)).then_some(host)
    }

    /// `The Café Company, Ltd.` is `cafe`; a name that is nothing but legal forms stays.
    fn name(&self, text: &str) -> String {
        let text: String = text.chars().map(narrow).collect();
        let mut text = without_number(&text);
        if text.chars().any(is_ideographic) {
            let mut lower = text.to_lowercase();
            for form in &self.attached {
                let cut = lower.strip_prefix(form).or_else(|| lower.strip_suffix(form)).map(str::trim);
                if let Some(rest) = cut.filter(|rest| !rest.is_empty()) {
                    text = rest.to_owned();
                    lower = text.to_lowercase();
                }
            }
        }
        let all = words(&text);
        let mut name: &[String] = &all;
        while let Some(forms) = name.last().and_then(|last| self.forms.get(last))
            && let Some(shorter) = forms.iter().find_map(|form| name.strip_suffix(form.as_slice()))
            && !shorter.is_empty()
        {
            name = shorter;
        }
        while let Some(shorter) = self.leading.iter().find_map(|form| name.strip_prefix(form.as_slice()))
            && !shorter.is_empty()
        {
            name = shorter;
        }
        let filler = |word: &&String| !FILLERS.contains(&word.as_str());
        let kept: String = name.iter().filter(filler).map(String::as_str).collect();
        if kept.is_empty() { all.concat() } else { kept }
    }
}

/// Words of a name that is read in one pass, at most.
const MOST_WORDS: usize = 12;

fn is_filler(word: Option<&[u8]>) -> bool {
    matches!(word, Some(b"the" | b"and" | b"und"))
}

/// What becomes of the bytes of a name in ASCII: small letters and digits stay, full stops and apostrophes bind, all else
/// ends a word.
const FOLDED: [u8; 128] = {
    let mut table = [BREAK; 128];
    let mut byte = 0;
    while byte < 128 {
        let this = byte as u8;
        if this.is_ascii_alphanumeric() {
            table[byte] = this.to_ascii_lowercase();
        }
        byte += 1;
    }
    table[b'.' as usize] = BIND;
    table[b'\'' as usize] = BIND;
    table
};
const BREAK: u8 = 0;
const BIND: u8 = 1;

/// Words that do not tell names apart.
const FILLERS: [&str; 3] = ["the", "and", "und"];

fn first_byte(word: &str) -> u8 {
    word.bytes().next().unwrap_or(0)
}

fn length_bit(word: &str) -> u32 {
    1 << word.len().min(31)
}

/// The words of a name, folded. Full stops bind, as in `S.A.` and `Yahoo.com`.
fn words(text: &str) -> Vec<String> {
    let text = text.replace(['.', '\'', '’'], "");
    let split = |c: char| !c.is_alphanumeric() && !is_mark(c);
    text.split(split).map(fold).filter(|word| !word.is_empty()).collect()
}

/// Marks that combine with the letter before them.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{3099}' | '\u{309a}')
}

fn is_ideographic(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')
}

/// Full-width Latin as plain Latin.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    }
}

/// `Acme (1234567)`, as some exports write what a row belongs to, is `Acme`.
fn without_number(text: &str) -> String {
    let cut = text.strip_suffix(')').and_then(|rest| rest.rsplit_once(" ("));
    let is_number = |digits: &str| digits.len() >= 4 && digits.bytes().all(|b| b.is_ascii_digit());
    cut.filter(|(name, digits)| !name.trim().is_empty() && is_number(digits)).map_or(text, |(name, _)| name).to_owned()
}

/// An address that stands alone in a cell, as most do: as [`email`] has it, in one pass. `None` for any other cell.
fn write_plain_email(text: &str, out: &mut String) -> Option<bool> {
    // Where the host begins, and whether a full stop stands in it.
    let (mut host, mut stop, mut seen) = (None, false, Seen::default());
    let (parts, rest) = text.as_bytes().as_chunks::<16>();
    let mut tail = [b'x'; 16];
    tail.iter_mut().zip(rest).for_each(|(slot, byte)| *slot = *byte);
    for (at, part) in parts.iter().chain([&tail]).enumerate() {
        let [signs, stops] = seen.look(u8x16::from(*part));
        if seen.odd || signs.count_ones() + u32::from(host.is_some() && signs != 0) > 1 {
            return None;
        }
        let behind = if signs != 0 { u32::MAX << signs.trailing_zeros() } else { u32::MAX };
        if signs != 0 {
            host = Some(16 * at + signs.trailing_zeros() as usize);
        }
        stop |= host.is_some() && stops & behind != 0;
    }
    let begun = out.len();
    out.push_str(text);
    if seen.capitals {
        out.get_mut(begun..)?.make_ascii_lowercase();
    }
    Some(stop && host.is_some_and(|host| host > 0))
}

/// What the bytes of an address were seen to hold.
#[derive(Default)]
struct Seen {
    /// Something that none has which stands alone in a cell.
    odd: bool,
    capitals: bool,
}

impl Seen {
    /// Looks at sixteen bytes; gives where in them `@` and full stops stand, a bit each.
    #[inline]
    fn look(&mut self, bytes: u8x16) -> [u32; 2] {
        let is = |byte: u8| bytes.simd_eq(u8x16::splat(byte));
        let within = |low: u8, high: u8| bytes.max(u8x16::splat(low)).min(u8x16::splat(high)).simd_eq(bytes);
        let odd = is(b',') | is(b';') | is(b':') | is(b'<') | is(b'>');
        self.odd |= odd.to_bitmask() != 0 || within(b'!', b'~').to_bitmask() != 0xFFFF;
        self.capitals |= within(b'A', b'Z').to_bitmask() != 0;
        [is(b'@').to_bitmask(), is(b'.').to_bitmask()]
    }
}

/// The first address of a cell.
fn email(text: &str) -> Option<String> {
    let one = text.split([',', ';']).find(|part| part.contains('@'))?;
    let one = one.rsplit_once('<').map_or(one, |(_, rest)| rest.split('>').next().unwrap_or(rest)).trim();
    let address = one.strip_prefix("mailto:").unwrap_or(one).to_lowercase();
    let (local, host) = address.split_once('@')?;
    let shaped =
        !local.is_empty() && host.contains('.') && !host.contains('@') && !address.contains(char::is_whitespace);
    shaped.then_some(address)
}

/// The form in which ids are compared.
pub(crate) fn id(text: &str) -> String {
    let text = trimmed(text);
    let text = text.strip_prefix("zcrm_").unwrap_or(text);
    let text = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(text);
    let hex = |b: u8| b.is_ascii_hexdigit() || b == b'-';
    if text.len() == 36 && text.bytes().all(hex) && text.bytes().filter(|b| *b == b'-').count() == 4 {
        return text.to_ascii_lowercase();
    }
    if let Some(short) =
        text.get(..15).filter(|short| text.len() == 18 && check_letters(short) == text.as_bytes()[15..])
    {
        return short.to_owned();
    }
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.strip_suffix(".0").filter(|whole| digits(whole)).unwrap_or(text).to_owned()
}

/// The three letters behind an id of 15: which letters of each five are capitals.
///
/// # Source
/// Salesforce, *Apex Developer Guide*, `Id` class: 15-character case-sensitive and 18-character forms.
fn check_letters(short: &str) -> [u8; 3] {
    let mut letters = [0; 3];
    if !short.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return letters;
    }
    for (letter, five) in letters.iter_mut().zip(short.as_bytes().chunks(5)) {
        let bits = five.iter().rev().fold(0_u8, |bits, b| bits << 1 | u8::from(b.is_ascii_uppercase()));
        *letter = if bits < 26 { b'A' + bits } else { b'0' + bits - 26 };
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(key: JoinKey, text: &str) -> Option<String> {
        Normaliser::new(Dialects::built_in().unwrap()).form(key, text)
    }

    #[test]
    fn the_short_way_writes_what_the_long_one_does() {
        let normal = Normaliser::new(Dialects::built_in().unwrap());
        let names = [
            "Acme",
            "Company 12",
            "The Acme",
            "Acme and Sons",
            "Müller, 5 GmbH \"Süd\"",
            "Smith Ltd.",
            "O’Reilly’s",
            "Ünal Şirket",
            "Mu\u{308}ller",
            "ＧＴＸ　Ｐｒｏ",
            "ＧＴＸ（1234）",
            "ООО Ромашка",
            "株式会社5",
            "Æther ß œuvre",
            "Ĳssel",
            "ŉ",
            "a b c d e f g h i j k l m n",
            "...",
            "–",
            "Acme (1234)",
            "und",
            "the",
            "x.y.z",
            "GmbH",
            "GmbH Acme",
            "São Paulo S.A.",
            "Łódź Sp. z o.o.",
            "İstanbul",
            "×÷",
            "½ Price",
            "a·b",
        ];
        let mut plain = 0;
        for name in names {
            let mut short = String::from("|");
            if normal.write_plain_name(name, &mut short) {
                plain += 1;
                assert_eq!(short[1..], normal.name(name), "{name}");
            }
        }
        assert!(plain >= 12, "{plain}");
        let mails = [
            "a.person@a-company-of-some-length.example",
            "a.person.with.stops@acompanyofsomelength",
            "fifteen.letters@b.c",
            "fifteen.letters@bc",
            "Kim@Acme.com",
            "kim@acme",
            "@acme.com",
            "a@b@c.de",
            "a@b@",
            "kim",
            "kim @acme.com",
            "mailto:k@a.b",
            "Kim <k@a.b>",
            "a@b.c,d@e.f",
            "ä@b.de",
            "x@.",
            ".@.",
            "",
            "a@b\t.c",
            "a@@b.c",
        ];
        for mail in mails {
            let mut short = String::from("@.");
            let begun = short.len();
            if let Some(held) = write_plain_email(mail, &mut short) {
                assert_eq!(held.then(|| short[begun..].to_owned()), email(mail), "{mail}");
            }
        }
    }

    fn same(key: JoinKey, spellings: &[&str]) {
        let first = form(key, spellings[0]);
        assert!(first.is_some(), "{spellings:?}");
        for other in &spellings[1..] {
            assert_eq!(form(key, other), first, "{other}");
        }
    }

    #[test]
    fn names_are_compared_without_case_accents_spacing_and_legal_forms() {
        same(JoinKey::Name, &["GTX Pro", "GTXPro", "gtx-pro", "ＧＴＸ　Ｐｒｏ"]);
        same(JoinKey::Name, &["Müller GmbH & Co. KG", "MULLER", "Mu\u{308}ller Gmbh", "Muller, GmbH"]);
        same(JoinKey::Name, &["Smith & Sons Ltd.", "Smith and Sons", "The Smith and Sons Company, Inc."]);
        same(JoinKey::Name, &["Café de Paris S.A.", "cafe de paris", "CAFE DE PARIS SA"]);
        same(JoinKey::Name, &["Orlen Sp. z o.o.", "Orlen"]);
        same(JoinKey::Name, &["Acme (1234567)", "Acme Corp", "ACME corporation"]);
        same(JoinKey::Name, &["O'Reilly", "OReilly", "O’Reilly"]);
    }

    #[test]
    fn names_of_other_scripts_are_compared_too() {
        same(JoinKey::Name, &["ООО «Ромашка»", "Ромашка", "РОМАШКА, ООО"]);
        same(JoinKey::Name, &["株式会社トヨタ", "トヨタ株式会社", "トヨタ", "トヨタ (株)"]);
        same(JoinKey::Name, &["삼성전자 주식회사", "삼성전자"]);
        same(JoinKey::Name, &["ΑΛΦΑ ΑΕ", "Αλφα"]);
        assert_ne!(form(JoinKey::Name, "Ромашка"), form(JoinKey::Name, "Romashka"));
    }

    #[test]
    fn what_is_left_of_a_name_is_never_nothing() {
        assert_eq!(form(JoinKey::Name, "The Company").as_deref(), Some("thecompany"));
        assert_eq!(form(JoinKey::Name, "AG").as_deref(), Some("ag"));
        assert_eq!(form(JoinKey::Name, "AG Insurance").as_deref(), Some("aginsurance"));
        assert_eq!(form(JoinKey::Name, "株式会社").as_deref(), Some("株式会社"));
        assert_eq!(form(JoinKey::Name, "…"), None);
    }

    #[test]
    fn domains_come_from_web_and_mail_addresses() {
        same(
            JoinKey::Domain,
            &["acme.com", "https://www.Acme.com/jobs?x=1", "kim@ACME.com", "http://acme.com:80", "acme.com."],
        );
        for none in ["kim@gmail.com", "Acme", "acme", "Acme Inc. and more", "1.5", ""] {
            assert_eq!(form(JoinKey::Domain, none), None, "{none}");
        }
    }

    #[test]
    fn addresses_are_compared_without_case_and_wrapping() {
        same(
            JoinKey::Email,
            &["kim@acme.com", "Kim@Acme.COM", "Kim Lee <kim@acme.com>", "mailto:kim@acme.com; lee@b.com"],
        );
        for none in ["kim", "@acme.com", "kim@acme", "kim @acme.com", "a@b@c.de"] {
            assert_eq!(form(JoinKey::Email, none), None, "{none}");
        }
    }

    #[test]
    fn ids_are_compared_to_the_letter_but_for_their_known_spellings() {
        same(JoinKey::Id, &["006A000000abcde", "006A000000abcdeIAA"]);
        same(JoinKey::Id, &["{9F8B2C4D-0000-4000-8000-00000000ABCD}", "9f8b2c4d-0000-4000-8000-00000000abcd"]);
        same(JoinKey::Id, &["12345", "12345.0"]);
        same(JoinKey::Id, &["zcrm_42", "42"]);
        assert_ne!(form(JoinKey::Id, "006A000000abcde"), form(JoinKey::Id, "006A000000abcdE"));
        assert_ne!(form(JoinKey::Id, "1.50"), form(JoinKey::Id, "1.5"));
    }
}
