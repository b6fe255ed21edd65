//! Tells whether a first row names the columns or is one more row of values.

/// Whether a cell looks like a value and not like the name of a column.
pub(super) fn is_data(cell: &str) -> bool {
    super::number::scan(cell).is_some() || super::dates::scan(cell).is_some() || cell.contains('@')
}

/// What a cell looks like, as far as it tells names from values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Looks {
    Number,
    Year,
    Date,
    Mail,
    Text,
}

fn looks(cell: &str) -> Option<Looks> {
    let cell = cell.trim();
    let year = |text: &str| text.len() == 4 && text.parse::<u32>().is_ok_and(|year| (1900..2100).contains(&year));
    match cell {
        "" => None,
        _ if year(cell) => Some(Looks::Year),
        _ if super::number::scan(cell).is_some() => Some(Looks::Number),
        _ if super::dates::scan(cell).is_some() => Some(Looks::Date),
        _ if cell.contains('@') => Some(Looks::Mail),
        _ => Some(Looks::Text),
    }
}

/// Whether the first row is one more row of values: where the cells below are numbers, dates or addresses its own is
/// too, and nowhere a word.
pub(super) fn is_row_like_those(first: &[String], below: &[(u64, Vec<String>)]) -> bool {
    let mut agree = 0;
    for (at, cell) in first.iter().enumerate() {
        let own = looks(cell);
        let column: Vec<Looks> = below.iter().filter_map(|(_, row)| looks(row.get(at)?)).collect();
        let most = |kind| column.iter().filter(|looks| **looks == kind).count() * 2 > column.len();
        let Some(kind) = [Looks::Number, Looks::Year, Looks::Date, Looks::Mail].into_iter().find(|kind| most(*kind))
        else {
            continue;
        };
        match own {
            Some(own) if own == kind => agree += 1,
            None => {}
            Some(_) => return false,
        }
    }
    agree > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_row_is_one_of_values_where_it_looks_as_those_below_and_nowhere_as_a_word() {
        let row = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<String>>();
        let below = [(2, row("Acme,120,2026-01-05,a@b.example")), (3, row("Bolt,7,2026-02-01,c@d.example"))];
        for (first, expected) in [
            ("Core,33,2026-03-01,e@f.example", true),
            ("Core,,2026-03-01,", true),
            ("Name,Amount,Closed,Mail", false),
            // A year names a column of numbers.
            ("Name,2025,2026-03-01,e@f.example", false),
            ("Name,33,Closed,e@f.example", false),
            // Nothing speaks for it.
            ("Name,,,", false),
        ] {
            assert_eq!(is_row_like_those(&row(first), &below), expected, "{first}");
        }
    }
}
