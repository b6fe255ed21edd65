//! Files as bytes: anything at all, almost CSV, and proper lead lists and pipelines.

use leadcast::calendar::Date;
use proptest::collection::vec;
use proptest::prelude::*;

/// Any bytes.
pub fn bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..400)
}

/// Text made of what parsers of CSV stumble over.
pub fn almost_csv() -> impl Strategy<Value = Vec<u8>> {
    const PIECES: &[&[u8]] = &[
        b",",
        b";",
        b"\t",
        b"|",
        b"\"",
        b"\"\"",
        b"\n",
        b"\r\n",
        b"\r",
        b"",
        b" ",
        b"a",
        b"Amount",
        b"Close Date",
        b"1,234.50",
        b"1.234,50",
        b"(500)",
        b"12k",
        b"60%",
        b"31/12/2026",
        b"12/31/2026",
        b"2026-02-30",
        b"2026-01-05",
        b"TBD",
        b"Total",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xe9",
        b"\xc3",
        "Müller".as_bytes(),
        "日本".as_bytes(),
        b"\0",
        b"=1+1",
        b"true",
    ];
    vec(prop::sample::select(PIECES), 0..120).prop_map(|pieces| pieces.concat())
}

/// A number of cells joined into a row; cells are quoted where they need it.
fn row(cells: &[String]) -> String {
    let quoted = cells.iter().map(|cell| {
        if cell.contains([',', '"', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.clone() }
    });
    quoted.collect::<Vec<_>>().join(",")
}

/// A header and the rows below it, so that tests can reorder or scale rows.
#[derive(Debug, Clone)]
pub struct Rows {
    /// The first line.
    pub header: &'static str,
    /// Every other line.
    pub rows: Vec<String>,
}

impl Rows {
    /// The file.
    #[must_use]
    pub fn csv(&self) -> Vec<u8> {
        let mut text = format!("{}\n", self.header);
        for row in &self.rows {
            text.push_str(row);
            text.push('\n');
        }
        text.into_bytes()
    }
}

fn word(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(words).prop_map(str::to_owned)
}

/// A lead list in the words of an export, blanks and nonsense included.
pub fn leads() -> impl Strategy<Value = Rows> {
    let row = (
        word(&["Ann", "Jürgen", "翔太", "", "=cmd"]),
        word(&["CEO", "VP Sales", "Intern", "IT Manager", "", "Head of \"Growth\""]),
        word(&["Acme, Inc.", "Nordwind GmbH", ""]),
        word(&["12", "250", "1,200", "51-200", "40000", "", "many", "0"]),
        word(&["Software", "Retail", "Education", "", "software "]),
        word(&["United States", "Deutschland", "", "FR"]),
        word(&["Referral", "Demo Request", "Purchased List", ""]),
        word(&["2026-11-01", "2026-05-30", "", "2026-02-30", "2027-01-01"]),
        0_u32..40,
    );
    vec(row, 0..30).prop_map(|leads| Rows {
        header: "Record ID,First Name,Job Title,Company Name,Number of Employees,Industry,Country,Lead Source,Last Activity Date",
        rows: leads
            .into_iter()
            .map(|(name, title, company, employees, industry, country, source, activity, id)| {
                row_of(&[id.to_string(), name, title, company, employees, industry, country, source, activity])
            })
            .collect(),
    })
}

/// One row from its cells.
#[must_use]
pub fn row_of(cells: &[String]) -> String {
    row(cells)
}

/// A deal of a generated pipeline.
#[derive(Debug, Clone)]
pub struct DealRow {
    /// Stage, in words that the sales-led model knows and one that it does not.
    pub stage: String,
    /// Whole dollars.
    pub amount: u32,
    /// Days from 2026-11-16 to the close date; open deals have future and past ones, closed ones past ones.
    pub close: i32,
    /// The deal's own probability in percent.
    pub probability: u32,
}

/// Deals that are open or closed before 2026-11-16.
pub fn deals() -> impl Strategy<Value = Vec<DealRow>> {
    let deal = (
        word(&["Qualification", "Discovery", "Proposal", "Negotiation", "Closed Won", "Closed Lost", "Ceremony"]),
        1_u32..500_000,
        -40_i32..300,
        // Above 1, so that the column is in percent whichever rows there are.
        2_u32..=100,
    );
    vec(deal, 1..25).prop_map(|deals| {
        let deal = |(stage, amount, days, probability): (String, u32, i32, u32)| {
            let close = if stage.starts_with("Closed") { -days.abs() } else { days };
            DealRow { stage, amount, close, probability }
        };
        deals.into_iter().map(deal).collect()
    })
}

/// The day the pipelines are seen from.
#[must_use]
pub fn as_of() -> Date {
    Date::from_days(20_773) // 2026-11-16
}

/// The pipeline as a file; ids are the positions.
#[must_use]
pub fn pipeline(deals: &[DealRow]) -> Rows {
    let rows = deals.iter().enumerate().map(|(i, deal)| {
        let close = as_of().plus_days(deal.close);
        format!("d{i},Deal {i},{},{},{},{close},2025-01-01", deal.stage, deal.amount, deal.probability)
    });
    Rows {
        header: "Opportunity ID,Opportunity Name,Stage,Amount,Probability (%),Close Date,Created Date",
        rows: rows.collect(),
    }
}
