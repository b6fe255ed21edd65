//! Every name that systems give to a field, an outcome, a forecast category and a source, in four languages: one row
//! per claim in the files of `import_names/`, which say what each has to come out as.
#![allow(clippy::unwrap_used, clippy::panic)]

use leadcast::crm::{
    Activities, Channel, Contracts, Dialect, Dialects, Field, Kind, LeadList, Mapping, Pipeline, Quotas, Reps,
    StageHistory,
};
use leadcast::money::Currency;
use leadcast::table::{ReadOptions, Receipt, Table};

/// Two headers by which exports of a system are recognised and that name no field of the claims.
fn context(system: &str, deals: bool) -> &'static [&'static str] {
    match (system, deals) {
        ("Salesforce", _) => &["SystemModstamp", "RecordTypeId"],
        ("HubSpot", _) => &["Portal ID", "HubSpot Team"],
        ("Pipedrive", false) => &["Lead - Title", "Deal - Lost time"],
        ("Pipedrive", true) => &["Organization - Address", "Lead - Labels"],
        ("Zoho CRM", _) => &["Layout.id", "Modified By.id"],
        ("Dynamics 365", _) => &["Customer Need", "Purchase Timeframe"],
        ("Odoo", false) => &["expected_revenue", "prorated_revenue"],
        ("Odoo", true) => &["email_from", "country_id"],
        ("Apollo", _) => &["SEO Description", "Email Confidence"],
        ("ZoomInfo", _) => &["ZoomInfo Contact Profile URL", "Contact Accuracy Score"],
        ("-", _) => &[],
        _ => panic!("no context for {system}"),
    }
}

/// A value that a field can hold.
fn value(field: &str) -> &'static str {
    match field {
        "created" | "lastActivity" | "closeDate" | "actualCloseDate" | "wonDate" | "lostDate" | "createdDate"
        | "stageChanged" => "2026-05-01",
        "employees" | "revenue" | "amount" | "actualAmount" | "recurringAmount" | "probability" | "pushCount"
        | "contactsCount" => "5",
        "isClosed" | "isWon" | "isLost" | "unsubscribed" => "true",
        "dealStatus" => "Won",
        _ => "abc",
    }
}

/// The rows of a file of claims: three cells, the last one a list.
fn claims(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str, Vec<&'static str>)> {
    text.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let [first, second, list] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        (first, second, list.split("; ").collect())
    })
}

/// What is understood of a row with these cells, below these headers.
fn receipt(cells: &[(&str, &str)], deals: bool, dialects: &Dialects) -> Receipt {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let row = |cell: &dyn Fn(&(&str, &str)) -> String| cells.iter().map(cell).collect::<Vec<_>>().join(",");
    let text = format!("{},note\n{},x\n", row(&|(name, _)| quoted(name)), row(&|(_, value)| quoted(value)));
    let table = Table::from_csv(text.as_bytes(), &ReadOptions::default()).unwrap();
    // A column that is mapped to nothing: the file is what it is opened as, however little it says.
    let mapping = Mapping::from_json(r#"{"note": null}"#).unwrap();
    if deals {
        Pipeline::with_dialects(table, &mapping, dialects).unwrap().as_of(None, Currency::USD).receipt
    } else {
        LeadList::with_dialects(table, &mapping, dialects).unwrap().receipt().clone()
    }
}

fn field<'a>(receipt: &'a Receipt, header: &str) -> &'a str {
    let column = receipt.columns.iter().find(|column| column.name == header);
    column.unwrap_or_else(|| panic!("no column {header}")).field.as_deref().unwrap_or("-")
}

/// Checks a file of claims; each is a header that has to come out as a field in an export of its system.
fn check(text: &'static str, deals: bool) {
    let dialects = Dialects::built_in().unwrap();
    let (mut wrong, mut all) = (Vec::new(), 0);
    for (expected, system, headers) in claims(text) {
        assert!(expected == "-" || Field::from_name(expected).is_some(), "{expected}");
        for header in headers {
            all += 1;
            let mut cells: Vec<(&str, &str)> =
                context(system, deals).iter().filter(|name| **name != header).map(|name| (*name, "")).collect();
            cells.push((header, value(expected)));
            let receipt = receipt(&cells, deals, dialects);
            let found = (field(&receipt, header), receipt.system.as_deref().unwrap_or("-"));
            if found.0 != expected || (system != "-" && found.1 != system) {
                wrong.push(format!("{header} of {system}: expected {expected}, found {} of {}", found.0, found.1));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {all} claims:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_name_of_a_field_of_leads_is_known() {
    check(include_str!("import_names/leads.tsv"), false);
}

#[test]
fn every_name_of_a_field_of_deals_is_known() {
    check(include_str!("import_names/deals.tsv"), true);
}

#[test]
fn exports_in_four_languages_come_out_as_written() {
    let dialects = Dialects::built_in().unwrap();
    let mut wrong = Vec::new();
    for (kind, language, columns) in claims(include_str!("import_names/exports.tsv")) {
        let columns: Vec<(&str, &str)> = columns.iter().map(|column| column.split_once('=').unwrap()).collect();
        let cells: Vec<(&str, &str)> = columns.iter().map(|(header, field)| (*header, value(field))).collect();
        let receipt = receipt(&cells, kind == "deals", dialects);
        for (header, expected) in columns {
            let found = field(&receipt, header);
            if found != expected {
                wrong.push(format!("{kind} {language}, {header}: expected {expected}, found {found}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_word_for_an_outcome_a_category_and_a_source_is_known() {
    let dialects = Dialects::built_in().unwrap();
    let deal = |header: &str, word: &str| {
        let text = format!("Deal ID,Deal Name,Amount,{header}\n1,a,5,\"{word}\"\n");
        let table = Table::from_csv(text.as_bytes(), &ReadOptions::default()).unwrap();
        let deals = Pipeline::with_dialects(table, &Mapping::default(), dialects).unwrap().as_of(None, Currency::USD);
        (deals.deals[0].status, deals.deals[0].category)
    };
    let mut wrong = Vec::new();
    for (what, meaning, words) in claims(include_str!("import_names/values.tsv")) {
        for word in words {
            let found = match what {
                "status" => {
                    let (by_stage, by_status) = (deal("Stage", word).0.name(), deal("Deal Status", word).0.name());
                    if by_stage == by_status { by_stage } else { "open or closed, depending on the column" }
                }
                "category" => deal("Forecast Category", word).1.map_or("none", |category| category.name()),
                _ => match dialects.channel_of(word) {
                    Channel::Inbound => "inbound",
                    Channel::Outbound => "outbound",
                    Channel::Partner => "partner",
                    Channel::ProductLed => "product-led",
                    Channel::Unknown => "unknown",
                },
            };
            if found != meaning {
                wrong.push(format!("{what} {word}: expected {meaning}, found {found}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Files of every kind, as a system that nobody knows writes them.
const ZORK: [(Kind, &str, &[&str]); 9] = [
    (
        Kind::Leads,
        "Zork Rune,Adventurer,Owl Post,Guild,Craft,Hands,Rumour,Mood,First Seen\n1,Müller,a@b.example,Acme,It is pitch dark,5,Town Crier,new,2026-03-31\n",
        &["personId", "fullName", "email", "company", "industry", "employees", "source", "status", "created"],
    ),
    (
        Kind::Contacts,
        "Zork Rune,Adventurer,Owl Post,Trade,Guild\n1,Müller,a@b.example,Smith,Acme\n",
        &["personId", "fullName", "email", "title", "company"],
    ),
    (
        Kind::Accounts,
        "Zork Rune,Guild,Guild Gate,Craft,Hands\n1,Müller,b.example,Smiths,5\n",
        &["accountId", "company", "domain", "industry", "employees"],
    ),
    (
        Kind::Deals,
        "Zork Rune,Quest,Guild,Chapter,Fate,Zorkmids,Day of Reckoning,Master\n1,Grue,Müller,Cellar,Slain,50.25,2026-03-31,Kim\n",
        &["dealId", "dealName", "account", "stage", "dealStatus", "amount", "closeDate", "owner"],
    ),
    (
        Kind::Activities,
        "Deed,Moon,Owl Post,Wind,Troll Mark\nMüller calls,2026-03-31,a@b.example,Towards us,x\n",
        &["activityType", "activityDate", "email", "direction", "-"],
    ),
    (
        Kind::Contracts,
        "Zork Rune,Guild,Oath Sworn,Oath Ends,Tribute a Year\n1,Müller,2026-01-01,2026-12-31,1200\n",
        &["contractId", "account", "startDate", "endDate", "recurringAmount"],
    ),
    (Kind::Quotas, "Master,Hoard,Season\nMüller,1000,2026 Q1\n", &["owner", "quota", "period"]),
    (Kind::Reps, "Zork Rune,Master,Archmaster,Tower\n1,Müller,Lee,East\n", &["repId", "fullName", "manager", "team"]),
    (
        Kind::StageHistory,
        "Quest Rune,Into Chapter,Turned On\n1,Müllers Cellar,2026-03-31\n1,Attic,2026-04-05\n",
        &["dealId", "stage", "stageChanged"],
    ),
];

/// A text in an encoding, and the name under which the receipt knows it.
fn encoded(text: &str, encoding: usize) -> (Vec<u8>, &'static str) {
    let wide = |mark: bool, order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16()).flat_map(order).collect()
    };
    match encoding {
        0 => (text.as_bytes().to_vec(), "utf-8"),
        1 => ([b"\xEF\xBB\xBF", text.as_bytes()].concat(), "utf-8"),
        2 => (wide(true, u16::to_le_bytes), "utf-16le"),
        3 => (wide(false, u16::to_le_bytes), "utf-16le"),
        4 => (wide(true, u16::to_be_bytes), "utf-16be"),
        5 => (wide(false, u16::to_be_bytes), "utf-16be"),
        _ => (text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect(), "windows-1252"),
    }
}

#[test]
fn an_invented_system_is_one_data_file() {
    let zork = Dialect::from_json(include_str!("import_names/zork.json")).unwrap();
    let dialects = &Dialects::built_in().unwrap().clone().with(zork);
    let none = Mapping::default();
    for (kind, text, fields) in ZORK {
        for encoding in 0..7 {
            let (bytes, name) = encoded(text, encoding);
            let table = Table::from_csv(&bytes, &ReadOptions::default()).unwrap();
            assert_eq!(Kind::of(&table, dialects), Some(kind), "{text}");
            assert!(table.columns().iter().any(|column| column.text(0).contains("Müller")), "{text} as {name}");
            let receipt = match kind {
                Kind::Deals => {
                    Pipeline::with_dialects(table, &none, dialects).unwrap().as_of(None, Currency::USD).receipt
                }
                Kind::Activities => Activities::with_dialects(table, &none, dialects).unwrap().receipt().clone(),
                Kind::Contracts => {
                    Contracts::with_dialects(table, &none, Currency::USD, dialects).unwrap().receipt().clone()
                }
                Kind::Quotas => Quotas::with_dialects(table, &none, Currency::USD, dialects).unwrap().receipt().clone(),
                Kind::Reps => Reps::with_dialects(table, &none, dialects).unwrap().receipt().clone(),
                Kind::StageHistory => StageHistory::with_dialects(table, &none, dialects).unwrap().receipt,
                _ => LeadList::with_dialects(table, &none, dialects).unwrap().receipt().clone(),
            };
            let found: Vec<&str> = receipt.columns.iter().map(|c| c.field.as_deref().unwrap_or("-")).collect();
            assert_eq!((receipt.kind, receipt.encoding, &found[..]), (kind.name(), name, fields), "{text}");
            assert_eq!((receipt.rows_read, receipt.rows_excluded), (receipt.rows_used, 0), "{text}");
        }
    }
}

#[test]
fn an_invented_system_has_words_of_its_own() {
    let zork = Dialect::from_json(include_str!("import_names/zork.json")).unwrap();
    let dialects = &Dialects::built_in().unwrap().clone().with(zork);
    let text =
        "Zork Rune,Quest,Troll Mark,Fate,Zorkmids\n1,a,x,Slain,50.25\n2,b,x,Eaten by a Grue,60\n3,c,x,Wandering,70\n";
    let table = Table::from_csv(text.as_bytes(), &ReadOptions::default()).unwrap();
    let found = Pipeline::with_dialects(table, &Mapping::default(), dialects).unwrap().as_of(None, Currency::USD);
    assert_eq!((found.receipt.system.as_deref(), found.receipt.system_confidence), (Some("Zork CRM"), 40));
    let deals: Vec<_> = found.deals.iter().map(|deal| (deal.status.name(), deal.amount.minor)).collect();
    assert_eq!(deals, [("won", 5025), ("lost", 6000), ("open", 7000)]);
    assert_eq!(dialects.channel_of("Town Crier"), Channel::Outbound);
    assert_eq!(Dialects::built_in().unwrap().channel_of("Town Crier"), Channel::Unknown);
}
