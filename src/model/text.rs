//! Makes texts comparable: letter case, accents and spacing do not count.

/// The text in lower case, without accents, with single spaces and none at the ends.
///
/// Latin accents fold to their base letter (`é` → `e`, `ß` → `ss`, `ø` → `o`); combining marks are dropped; other
/// scripts keep their letters in lower case.
///
/// ```
/// assert_eq!(leadcast::model::fold("  Société\tGÉNÉRALE "), "societe generale");
/// ```
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut spaced = false;
    for c in text.chars() {
        if c.is_whitespace() || c == '\u{feff}' {
            spaced = !folded.is_empty();
            continue;
        }
        if spaced {
            folded.push(' ');
            spaced = false;
        }
        if c.is_ascii() {
            folded.push(c.to_ascii_lowercase());
        } else {
            for lower in c.to_lowercase() {
                push_base(&mut folded, lower);
            }
        }
    }
    folded
}

/// The words of a text: runs of letters and digits of its folded form.
///
/// Scripts written without spaces give one word per character, so that a phrase is still found inside a sentence.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in fold(text).chars() {
        if !c.is_alphanumeric() {
            flush(&mut words, &mut word);
        } else if stands_alone(c) {
            flush(&mut words, &mut word);
            words.push(c.to_string());
        } else {
            word.push(c);
        }
    }
    flush(&mut words, &mut word);
    words
}

#[inline]
fn flush(words: &mut Vec<String>, word: &mut String) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

/// Thai, and Han, kana and Hangul with their neighbours.
fn stands_alone(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0e7f}' | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}')
}

fn push_base(out: &mut String, lower: char) {
    let base = match lower {
        '\u{0300}'..='\u{036f}' => return,
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ð' | 'ď' | 'đ' => "d",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'þ' => "th",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        '’' | '‘' | 'ʼ' => "'",
        '–' | '—' | '‐' | '‑' => "-",
        other => {
            out.push(other);
            return;
        }
    };
    out.push_str(base);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_spacing_do_not_count() {
        assert_eq!(fold("  ÉCOLE\u{a0}Normale \n"), "ecole normale");
        assert_eq!(fold("Straße Łódź İstanbul Ærø"), "strasse lodz istanbul aero");
        assert_eq!(fold("e\u{301}"), "e");
        assert_eq!(fold("201–500"), "201-500");
    }

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        assert_eq!(words("VP, Sales & Marketing (EMEA)"), ["vp", "sales", "marketing", "emea"]);
        assert_eq!(words("joe@gmail.com"), ["joe", "gmail", "com"]);
        assert_eq!(words("営業部長"), ["営", "業", "部", "長"]);
        assert!(words(" - ").is_empty());
    }
}
