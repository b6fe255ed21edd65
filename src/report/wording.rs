//! Amounts and shares as a person would say them: locale-neutral English.

use crate::money::Currency;
use crate::stats::grouped;

/// An amount with its currency to three digits: `$1.26M`, `€940K`, `-$12`, `CHF 3.1B`.
pub(crate) fn money(major: f64, currency: Currency) -> String {
    let symbol = match currency.code() {
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        "JPY" => "¥",
        "INR" => "₹",
        _ => "",
    };
    let unit = if symbol.is_empty() { format!("{currency} ") } else { symbol.to_owned() };
    let sign = if major < 0.0 { "-" } else { "" };
    format!("{sign}{unit}{}", short(major.abs()))
}

/// A share in whole percent; one that is not quite none or all is never told as such.
pub(crate) fn percent(share: f64) -> String {
    match 100.0 * share {
        p if p > 0.0 && p < 0.5 => "<1 %".to_owned(),
        p if (99.5..100.0).contains(&p) => ">99 %".to_owned(),
        p => format!("{p:.0} %"),
    }
}

/// `1` thing, `2` things.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// Three significant digits with K, M, B or T, trailing zeros dropped.
fn short(amount: f64) -> String {
    let mut scaled = amount;
    for suffix in ["", "K", "M", "B", "T"] {
        let digits = if suffix.is_empty() || scaled >= 100.0 {
            0
        } else if scaled >= 10.0 {
            1
        } else {
            2
        };
        let text = format!("{scaled:.digits$}");
        // 999.6 rounds to 1000: the next unit says it in three digits.
        if suffix == "T" || !matches!(text.parse::<f64>(), Ok(rounded) if rounded >= 1000.0) {
            let text = if digits > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
            return format!("{text}{suffix}");
        }
        scaled /= 1000.0;
    }
    format!("{amount:.0}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_three_digits_at_most() {
        for (amount, text) in [
            (0.0, "$0"),
            (12.4, "$12"),
            (999.5, "$1K"),
            (1_000.0, "$1K"),
            (9_949.0, "$9.95K"),
            (94_000.0, "$94K"),
            (999_600.0, "$1M"),
            (1_200_000.0, "$1.2M"),
            (7_450_000.0, "$7.45M"),
            (12_345_678.0, "$12.3M"),
            (3_100_000_000.0, "$3.1B"),
            (-1_260_000.0, "-$1.26M"),
            (5e15, "$5000T"),
        ] {
            assert_eq!(money(amount, Currency::USD), text, "{amount}");
        }
        assert_eq!(money(940_000.0, Currency::new("EUR").unwrap()), "€940K");
        assert_eq!(money(1_500.0, Currency::new("CHF").unwrap()), "CHF 1.5K");
    }

    #[test]
    fn shares_are_whole_percents_and_never_falsely_certain() {
        for (share, text) in [
            (0.0, "0 %"),
            (0.004, "<1 %"),
            (0.005, "0 %"),
            (0.624, "62 %"),
            (0.994, "99 %"),
            (0.9951, ">99 %"),
            (1.0, "100 %"),
        ] {
            assert_eq!(percent(share), text);
        }
    }
}
