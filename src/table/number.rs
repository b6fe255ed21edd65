//! Reads numbers as people write them: separators, signs, currencies, percent signs and suffixes, exactly.
//!
//! A cell is scanned once under both conventions (decimal point, decimal comma); which one holds is decided for the
//! whole column, never for a cell.

use super::decimal::Decimal;
use super::missing::trimmed;
use crate::money::Currency;
use serde::{Deserialize, Serialize};

/// The character between the whole and the fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum DecimalMark {
    /// `1,234.50`
    Point,
    /// `1.234,50`
    Comma,
}

/// How the numbers of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberFormat {
    /// The decimal mark of the whole column.
    pub decimal: DecimalMark,
    /// Whether every value carries a percent sign. [`Column::number`](super::Column::number) gives 60 for `60%`.
    pub percent: bool,
    /// Whether suffixes such as `k` and `M` are read: only where every value of the column then is a number.
    pub suffixes: bool,
    /// The currency, if symbols or codes name exactly one.
    pub currency: Option<Currency>,
    /// Whether some value reads differently with the other decimal mark and none decides.
    pub ambiguous: bool,
    /// Whether every value is written in digits only.
    pub whole: bool,
    /// Power of ten that the header says values are to be multiplied with: 3 for `Revenue (in 000s)`.
    pub power: u8,
    /// Whether ranges (`51-200`: the middle), open ends (`10,001+`) and rough values (`~110`) are read.
    pub ranges: bool,
}

impl NumberFormat {
    /// Plain numbers with a decimal point.
    pub const PLAIN: Self = Self {
        decimal: DecimalMark::Point,
        percent: false,
        suffixes: false,
        currency: None,
        ambiguous: false,
        whole: false,
        power: 0,
        ranges: false,
    };

    /// The exact value of a cell, or `None` if it is not a number in this format.
    pub(crate) fn read(&self, text: &str) -> Option<Decimal> {
        if let Some(value) = read_plain(text, self.decimal) {
            return Some(Decimal { scale: value.scale - i32::from(self.power), ..value });
        }
        let exact = scan(text).filter(|cell| self.suffixes || !cell.suffix).and_then(|cell| cell.under(self.decimal));
        let value = match exact {
            None if self.ranges => read_range(text, self.decimal)?,
            exact => exact?,
        };
        Some(Decimal { scale: value.scale - i32::from(self.power), ..value })
    }

    /// The value of a cell, rounded to the nearest f64.
    pub(crate) fn value(&self, text: &str) -> Option<f64> {
        self.read(text).map(Decimal::to_f64)
    }

    /// Such as `1,234.5 USD`: a sample in this format.
    pub(crate) fn describe(&self) -> String {
        let mut sample = match self.decimal {
            _ if self.whole => "1234".to_owned(),
            DecimalMark::Point => "1,234.5".to_owned(),
            DecimalMark::Comma => "1.234,5".to_owned(),
        };
        if self.suffixes {
            sample.push_str(" k");
        }
        if self.percent {
            sample.push_str(" %");
        }
        if let Some(currency) = self.currency {
            sample.push(' ');
            sample.push_str(currency.code());
        }
        match self.power {
            3 => sample.push_str(" in thousands"),
            6 => sample.push_str(" in millions"),
            _ => {}
        }
        sample
    }
}

/// The power of ten a header announces, as in `Revenue (in 000s USD)` or `Umsatz in Tsd. EUR`.
pub(crate) fn header_power(header: &str) -> u8 {
    let header = header.to_lowercase();
    let says = |words: &[&str]| {
        words.iter().any(|word| ["in ", "("].iter().any(|before| header.contains(&format!("{before}{word}"))))
    };
    if says(&["000s", "000 ", "000)", "thousand", "tsd", "k€", "k$", "keur", "kusd", "milliers", "miles de"]) {
        return 3;
    }
    if says(&["million", "mio", "mln"]) { 6 } else { 0 }
}

/// The middle of `51-200`, the bound of `10,001+` and `< 50`, the value of `~110`.
pub(crate) fn read_range(text: &str, mark: DecimalMark) -> Option<Decimal> {
    let rough = ["~", "≈", ">=", "<=", ">", "<", "≥", "≤", "ca.", "approx.", "about"];
    let text = text.trim();
    let text = rough.iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text).trim();
    let text = text.strip_suffix('+').unwrap_or(text).trim();
    let value = |part: &str| scan(part).and_then(|cell| cell.under(mark));
    if let Some(single) = value(text) {
        return Some(single);
    }
    let (low, high) = ["–", "—", " to ", "-"].iter().find_map(|between| {
        let (low, high) = text.split_once(between)?;
        Some((value(low)?, value(high)?))
    })?;
    let scale = low.scale.max(high.scale);
    let shift =
        |part: Decimal| part.mantissa.checked_mul(10_i128.checked_pow(u32::try_from(scale - part.scale).ok()?)?);
    let twice = shift(low)?.checked_add(shift(high)?).filter(|_| low.to_f64() <= high.to_f64())?;
    Some(Decimal { mantissa: twice.checked_mul(5)?, scale: scale + 1 })
}

/// What one cell can be read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NumberCell {
    /// With a decimal point.
    pub(crate) point: Option<Decimal>,
    /// With a decimal comma.
    pub(crate) comma: Option<Decimal>,
    /// Written with a percent sign.
    pub(crate) percent: bool,
    /// Written with a suffix such as `k`.
    pub(crate) suffix: bool,
    /// Written with leading zeros and no separator, as postal codes and ids are.
    pub(crate) padded: bool,
    /// The currency symbol or code beside it.
    pub(crate) currency: Option<Currency>,
}

impl NumberCell {
    pub(crate) fn under(&self, mark: DecimalMark) -> Option<Decimal> {
        match mark {
            DecimalMark::Point => self.point,
            DecimalMark::Comma => self.comma,
        }
    }
}

/// Symbols that name a currency, longer ones first.
const SYMBOLS: [(&str, &str); 22] = [
    ("US$", "USD"),
    ("CA$", "CAD"),
    ("C$", "CAD"),
    ("AU$", "AUD"),
    ("A$", "AUD"),
    ("NZ$", "NZD"),
    ("R$", "BRL"),
    ("HK$", "HKD"),
    ("S$", "SGD"),
    ("MX$", "MXN"),
    ("$", "USD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("¥", "JPY"),
    ("₹", "INR"),
    ("₩", "KRW"),
    ("₪", "ILS"),
    ("₺", "TRY"),
    ("₽", "RUB"),
    ("zł", "PLN"),
    ("Kč", "CZK"),
    ("Fr.", "CHF"),
];

/// Codes read beside a number. A closed list, so that `ABC 5` stays text.
const CODES: &str = "USD EUR GBP JPY CHF CAD AUD NZD SEK NOK DKK PLN CZK HUF RON BGN TRY ILS INR CNY HKD SGD KRW TWD THB \
                     IDR MYR PHP VND BRL MXN ARS CLP COP PEN ZAR NGN KES EGP AED SAR QAR KWD BHD OMR JOD RUB UAH ISK";

/// Suffixes and the power of ten they stand for.
const SUFFIXES: [(&str, i32); 18] = [
    ("million", 6),
    ("billion", 9),
    ("thousand", 3),
    ("tausend", 3),
    ("millionen", 6),
    ("millions", 6),
    ("mio.", 6),
    ("mio", 6),
    ("mrd.", 9),
    ("mrd", 9),
    ("tsd.", 3),
    ("tsd", 3),
    ("bn", 9),
    ("mn", 6),
    ("mm", 6),
    ("k", 3),
    ("m", 6),
    ("b", 9),
];

/// The currency that a symbol or a known code names.
pub(crate) fn currency_mark(text: &str) -> Option<Currency> {
    if let Some((_, code)) = SYMBOLS.iter().find(|(symbol, _)| *symbol == text) {
        return Currency::new(code).ok();
    }
    is_code(text).then(|| Currency::new(text).ok())?
}

fn is_code(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase()) && CODES.split(' ').any(|code| code == text)
}

/// Digits with at most one decimal point, which most numbers are; `None` for anything else, number or not.
fn read_plain(text: &str, mark: DecimalMark) -> Option<Decimal> {
    const MOST: usize = 18;
    let (digits, negative) = match text.strip_prefix('-') {
        Some(digits) => (digits, true),
        None => (text, false),
    };
    if digits.is_empty() || digits.len() > MOST {
        return None;
    }
    let (mut mantissa, mut scale) = (0_i64, None);
    for byte in digits.bytes() {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa * 10 + i64::from(byte - b'0');
                scale = scale.map(|scale: i32| scale + 1);
            }
            b'.' if mark == DecimalMark::Point && scale.is_none() => scale = Some(0),
            _ => return None,
        }
    }
    if digits == "." {
        return None;
    }
    let mantissa = i128::from(if negative { -mantissa } else { mantissa });
    Some(Decimal { mantissa, scale: scale.unwrap_or(0) })
}

/// Reads a cell under both conventions; `None` if it is a number under neither.
pub(crate) fn scan(text: &str) -> Option<NumberCell> {
    let mut rest = trimmed(text);
    if rest.is_empty() || rest.len() > 64 || !may_begin(rest.as_bytes()) || !rest.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    if rest.len() <= 18 && rest.bytes().all(|b| b.is_ascii_digit()) {
        let value = read_plain(rest, DecimalMark::Comma);
        let padded = rest.len() > 1 && rest.starts_with('0');
        return Some(NumberCell { point: value, comma: value, percent: false, suffix: false, padded, currency: None });
    }
    let (mut negative, mut parenthesis, mut percent, mut signed) = (false, false, false, false);
    let mut currency = None;
    // In front: sign, parenthesis, currency, in any order, each once.
    loop {
        let first = rest.chars().next()?;
        if first.is_ascii_digit() || ((first == '.' || first == ',') && second_is_digit(rest)) {
            break;
        }
        if matches!(first, '-' | '−' | '+') && !signed {
            (negative, signed) = (first != '+', true);
            rest = rest[first.len_utf8()..].trim_start();
        } else if first == '(' && !parenthesis && rest.ends_with(')') {
            parenthesis = true;
            rest = rest[1..rest.len() - 1].trim();
        } else {
            let length = leading_mark(rest)?;
            if currency.is_some() {
                return None;
            }
            currency = currency_mark(&rest[..length]);
            rest = rest[length..].trim_start();
        }
    }
    // Behind: percent, trailing minus, currency, suffix.
    let mut power = None;
    loop {
        let last = rest.chars().next_back()?;
        if last.is_ascii_digit() || ((last == '.' || last == ',') && second_last_is_digit(rest)) {
            break;
        }
        if last == '%' && !percent {
            percent = true;
            rest = rest[..rest.len() - 1].trim_end();
        } else if matches!(last, '-' | '−') && !signed && !parenthesis {
            (negative, signed) = (true, true);
            rest = rest[..rest.len() - last.len_utf8()].trim_end();
        } else if let Some(length) = trailing_mark(rest)
            && currency.is_none()
        {
            let cut = rest.len() - length;
            currency = currency_mark(&rest[cut..]);
            rest = rest[..cut].trim_end();
        } else if power.is_none() {
            let (length, exponent) = trailing_suffix(rest)?;
            power = Some(exponent);
            rest = rest[..rest.len() - length].trim_end();
        } else {
            return None;
        }
    }
    if parenthesis && signed {
        return None;
    }
    let (body, exponent) = split_exponent(rest)?;
    let shape = |mark| {
        let mut value = read_body(body, mark)?;
        value.scale -= exponent + power.unwrap_or(0);
        if value.scale.abs() > 300 {
            return None;
        }
        if negative || parenthesis {
            value.mantissa = -value.mantissa;
        }
        Some(value)
    };
    let (point, comma) = (shape('.'), shape(','));
    if point.is_none() && comma.is_none() {
        return None;
    }
    let padded = body.len() > 1 && body.starts_with('0') && body.bytes().all(|b| b.is_ascii_digit());
    Some(NumberCell { point, comma, percent, suffix: power.is_some(), padded, currency })
}

/// Whether a number could begin this way: most cells that are none are ruled out by their first letters.
pub(super) fn may_begin(text: &[u8]) -> bool {
    match text {
        [b'0'..=b'9' | b'.' | b',' | b'-' | b'+' | b'(' | b'$' | 0x80..=0xFF, ..] => true,
        // `zł`, `Kč`, `Fr.`; symbols such as `US$`; codes.
        [b'z' | b'K', 0x80..=0xFF, ..] | [b'F', b'r', b'.', ..] => true,
        [b'A'..=b'Z', b'$', ..] | [b'A'..=b'Z', b'A'..=b'Z', b'$' | b'A'..=b'Z', ..] => true,
        _ => false,
    }
}

fn second_is_digit(text: &str) -> bool {
    text.as_bytes().get(1).is_some_and(u8::is_ascii_digit)
}

fn second_last_is_digit(text: &str) -> bool {
    text.len() > 1 && text.as_bytes().get(text.len() - 2).is_some_and(u8::is_ascii_digit)
}

fn leading_mark(text: &str) -> Option<usize> {
    if let Some((symbol, _)) = SYMBOLS.iter().find(|(symbol, _)| text.starts_with(symbol)) {
        return Some(symbol.len());
    }
    text.get(..3).filter(|code| is_code(code)).map(|_| 3)
}

fn trailing_mark(text: &str) -> Option<usize> {
    if let Some((symbol, _)) = SYMBOLS.iter().find(|(symbol, _)| text.ends_with(symbol)) {
        return Some(symbol.len());
    }
    text.get(text.len().checked_sub(3)?..).filter(|code| is_code(code)).map(|_| 3)
}

fn trailing_suffix(text: &str) -> Option<(usize, i32)> {
    SUFFIXES.iter().find_map(|(suffix, power)| {
        let tail = text.get(text.len().checked_sub(suffix.len())?..)?;
        let head = text.get(..text.len() - suffix.len())?.trim_end();
        let stands = tail.eq_ignore_ascii_case(suffix) && head.ends_with(|c: char| c.is_ascii_digit());
        stands.then_some((suffix.len(), *power))
    })
}

/// Cuts off `e+06`; the exponent is 0 without one.
fn split_exponent(text: &str) -> Option<(&str, i32)> {
    let Some(at) = text.find(['e', 'E']) else { return Some((text, 0)) };
    let (body, tail) = (&text[..at], &text[at + 1..]);
    let digits = tail.strip_prefix(['+', '-']).unwrap_or(tail);
    if digits.is_empty() || digits.len() > 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some((body, tail.parse().ok()?))
}

/// Digits with one decimal mark and groups of three, or of two and three as in India.
fn read_body(body: &str, mark: char) -> Option<Decimal> {
    let (whole, fraction) = match body.split_once(mark) {
        Some((whole, fraction)) => (whole, fraction),
        None => (body, ""),
    };
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut mantissa: i128 = 0;
    let mut digits = 0_u32;
    let mut add = |byte: u8| -> Option<()> {
        digits += u32::from(mantissa != 0 || byte != b'0');
        if digits > 30 {
            return None;
        }
        mantissa = mantissa * 10 + i128::from(byte - b'0');
        Some(())
    };
    let (mut group, mut groups, mut size, mut lead_zero) = (None, 0_usize, 0_usize, false);
    let mut two = false;
    for (at, c) in whole.char_indices() {
        if c.is_ascii_digit() {
            lead_zero |= at == 0 && c == '0';
            size += 1;
            add(c as u8)?;
            continue;
        }
        let is_group = matches!(c, '.' | ',' | '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}');
        if !is_group || c == mark || group.is_some_and(|g| g != c) || lead_zero {
            return None;
        }
        match (groups, size) {
            (0, 1..=3) => {}
            (1.., 2) if c == ',' => two = true,
            (1.., 3) if !two => {}
            _ => return None,
        }
        (group, groups, size) = (Some(c), groups + 1, 0);
    }
    if group.is_some() && size != 3 {
        return None;
    }
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    for byte in fraction.bytes() {
        add(byte)?;
    }
    Some(Decimal { mantissa, scale: fraction.len() as i32 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_may_begin_a_number() {
        for mark in SYMBOLS.iter().map(|(symbol, _)| *symbol).chain(CODES.split(' ')) {
            assert!(may_begin(mark.as_bytes()), "{mark}");
            assert!(scan(&format!("{mark}5")).is_some_and(|cell| cell.currency.is_some()), "{mark}");
        }
        assert!(!may_begin(b"person.5@acme.example") && !may_begin(b"L5") && !may_begin(b"Company 5"));
    }

    fn point(text: &str) -> Option<f64> {
        scan(text).and_then(|cell| cell.point).map(Decimal::to_f64)
    }

    fn comma(text: &str) -> Option<f64> {
        scan(text).and_then(|cell| cell.comma).map(Decimal::to_f64)
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, value) in [
            ("5", 5.0),
            ("$1,234.50", 1234.5),
            ("$7,450,000.00 ", 7_450_000.0),
            ("CHF 1'234.50", 1234.5),
            ("₹1,23,456", 123_456.0),
            ("(1,250.00)", -1250.0),
            ("($1,250.00)", -1250.0),
            ("-$5", -5.0),
            ("$-5", -5.0),
            ("1,250.00-", -1250.0),
            ("−5", -5.0),
            ("1.5M", 1.5e6),
            ("250k", 250e3),
            ("€1.2bn", 1.2e9),
            ("1e6", 1e6),
            ("1E+06", 1e6),
            (".5", 0.5),
            ("5.", 5.0),
            ("60%", 60.0),
            ("60 %", 60.0),
            ("1234 USD", 1234.0),
            ("EUR1234", 1234.0),
        ] {
            assert_eq!(point(text), Some(value), "{text}");
        }
        for (text, value) in [
            ("1.234,50 €", 1234.5),
            ("1 234,50", 1234.5),
            ("1\u{a0}234,50", 1234.5),
            ("1\u{202f}234,50 €", 1234.5),
            ("2,5 Mio", 2.5e6),
            ("1.234", 1234.0),
        ] {
            assert_eq!(comma(text), Some(value), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_not_read() {
        for text in [
            "",
            "abc",
            "12abc",
            "0x1F",
            "1_000",
            "1,23",
            "NaN",
            "Infinity",
            "-inf",
            "1e999",
            "1e9999",
            "2024-01-05",
            "1/2",
            "--5",
            "$$5",
            "5 5",
            "$",
            "(5",
            "1,2345",
            "0,123,456",
            "ABC 5",
            "10:30",
            "1 2 3",
        ] {
            assert_eq!(point(text), None, "{text}");
        }
        assert_eq!(comma("1.23"), None);
        assert_eq!(comma("1,234"), Some(1.234));
        assert_eq!(point("1,234"), Some(1234.0));
        assert!(scan("00123").unwrap().padded);
        assert!(!scan("0.5").unwrap().padded);
    }

    #[test]
    fn the_short_way_reads_what_the_long_way_reads() {
        for text in
            ["0", "7", "007", "-12", "12.50", "-0.125", ".5", "5.", "-", ".", "-.", "1.2.3", "999999999999999999"]
        {
            for mark in [DecimalMark::Point, DecimalMark::Comma] {
                if let Some(value) = read_plain(text, mark) {
                    assert_eq!(scan(text).and_then(|cell| cell.under(mark)), Some(value), "{text}");
                }
            }
            assert_eq!(read_plain(text, DecimalMark::Point).is_some(), point(text).is_some(), "{text}");
        }
    }

    #[test]
    fn ranges_are_their_middle() {
        let read = |text| read_range(text, DecimalMark::Point).map(Decimal::to_f64);
        for (text, value) in [
            ("51-200", 125.5),
            ("1,001 – 5,000", 3000.5),
            ("1K–5K", 3000.0),
            ("$10M - $50M", 3e7),
            ("10,001+", 10_001.0),
            ("~110", 110.0),
            ("< 50", 50.0),
            ("11 to 50", 30.5),
        ] {
            assert_eq!(read(text), Some(value), "{text}");
        }
        for text in ["200-51", "a-b", "+", "~", "1-2-3", "2026-01-05"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn plain_numbers_are_read_at_once_as_long_as_they_fit() {
        let read = |text: &str| read_plain(text, DecimalMark::Point).map(|d| (d.mantissa, d.scale));
        assert_eq!(read(&"9".repeat(18)), Some((999_999_999_999_999_999, 0)));
        assert_eq!(read(&"9".repeat(19)), None);
        assert_eq!([read("-12.50"), read(".5"), read("5.")], [Some((-1_250, 2)), Some((5, 1)), Some((5, 0))]);
        assert_eq!([read(""), read("-"), read("."), read("1.2.3"), read("1,5"), read("+1")], [None; 6]);
        assert_eq!(read_plain("1.5", DecimalMark::Comma).map(|d| d.mantissa), None);
    }

    #[test]
    fn headers_announce_thousands() {
        for (header, power) in [
            ("Revenue (in 000s USD)", 3),
            ("Umsatz in Tsd. EUR", 3),
            ("Revenue (in millions)", 6),
            ("Revenue", 0),
            ("Margin (k)", 0),
            ("Revenue Range (in USD)", 0),
            ("Millions served", 0),
        ] {
            assert_eq!(header_power(header), power, "{header}");
        }
    }
}
