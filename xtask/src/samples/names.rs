//! Words the sample world is made of: people, places, companies, job titles. All invented or common; every company
//! lives under the reserved top-level domain `.example`.

/// A country with the ways people write it. Names are `written` or `written:latin` where the script is not Latin.
#[derive(Debug)]
pub(super) struct Culture {
    /// Share of accounts.
    pub(super) weight: f64,
    /// Spellings of the country, the clean one first.
    pub(super) country: &'static [&'static str],
    /// Cities.
    pub(super) cities: &'static [&'static str],
    /// Given names.
    pub(super) first: &'static [&'static str],
    /// Family names.
    pub(super) last: &'static [&'static str],
    /// Legal forms of companies.
    pub(super) forms: &'static [&'static str],
    /// Words that local companies take their names from.
    pub(super) roots: &'static [&'static str],
}

/// The countries of the sample.
pub(super) const CULTURES: &[Culture] = &[
    Culture {
        weight: 0.40,
        country: &["United States", "USA", "United States", "US", "U.S.", "usa", "United States of America"],
        cities: &["Austin", "Boston", "Chicago", "Denver", "Portland", "Atlanta", "Seattle", "Columbus", "Raleigh"],
        first: &[
            "Olivia", "James", "Maria", "Ethan", "Aisha", "Michael", "Grace", "Daniel", "Sophie", "Marcus", "Emily",
            "Tyrone", "Hannah", "Luis", "Rachel", "Kevin", "Priya", "Andrew", "Jasmine", "Brian", "Nicole", "Sean",
        ],
        last: &[
            "Walker",
            "Nguyen",
            "Johnson",
            "O'Brien",
            "Patel",
            "Garcia",
            "Smith-Jones",
            "Kowalski",
            "Brooks",
            "Carter",
            "Diaz",
            "Freeman",
            "Hughes",
            "Iverson",
            "Kim",
            "Lopez",
            "McKenna",
            "Novak",
            "Owens",
            "Price",
            "Reed",
        ],
        forms: &["Inc.", "LLC", "Inc", "Corp.", "Group", "& Sons, Inc."],
        roots: &[
            "Bluebird",
            "Copperline",
            "Evergreen",
            "Fairmont",
            "Granite Peak",
            "Harborview",
            "Ironwood",
            "Juniper",
            "Keystone",
            "Lakeshore",
            "Maplewood",
            "Northfield",
            "Oakridge",
            "Prairie",
            "Redstone",
            "Silverlake",
            "Timberline",
            "Unity",
            "Vantage",
            "Westbrook",
            "Summit",
            "Cascade",
            "Beacon",
            "Driftwood",
        ],
    },
    Culture {
        weight: 0.14,
        country: &["United Kingdom", "UK", "United Kingdom", "Great Britain", "GB", "England"],
        cities: &["London", "Manchester", "Leeds", "Bristol", "Edinburgh", "Cardiff"],
        first: &["Oliver", "Amelia", "Harry", "Isla", "Callum", "Freya", "Rhys", "Zara", "Alastair", "Niamh", "Imran"],
        last: &[
            "Thompson",
            "Evans",
            "MacLeod",
            "Ahmed",
            "Fletcher",
            "Shah",
            "Ainsworth",
            "D'Arcy",
            "Hargreaves",
            "Lloyd",
        ],
        forms: &["Ltd", "plc", "Ltd.", "LLP", "Holdings Ltd"],
        roots: &[
            "Ashdown",
            "Bramble",
            "Coniston",
            "Dunmore",
            "Elmstead",
            "Foxglove",
            "Greywell",
            "Heath & Moor",
            "Kestrel",
            "Larkfield",
        ],
    },
    Culture {
        weight: 0.12,
        country: &["Germany", "Deutschland", "Germany", "DE", "germany"],
        cities: &["München", "Köln", "Hamburg", "Düsseldorf", "Berlin", "Nürnberg"],
        first: &["Jürgen", "Anna", "Björn", "Käthe", "Lukas", "Sabine", "Jörg", "Miriam", "Stefan", "Ayşe"],
        last: &[
            "Müller",
            "Schäfer",
            "Weiß",
            "Krüger",
            "Böhm",
            "Yıldız",
            "Hoffmann",
            "von der Heide",
            "Groß",
            "Lindner",
        ],
        forms: &["GmbH", "AG", "GmbH & Co. KG", "SE", "KG"],
        roots: &[
            "Adlerwerk",
            "Brückner",
            "Donauland",
            "Edelstahl Süd",
            "Förde",
            "Grünwald",
            "Hanse",
            "Isar",
            "Jägerhof",
            "Nordwind",
        ],
    },
    Culture {
        weight: 0.09,
        country: &["France", "France", "FR", "FRANCE"],
        cities: &["Paris", "Lyon", "Nîmes", "Besançon", "Toulouse", "Orléans"],
        first: &["Élodie", "François", "Chloé", "Benoît", "Zoë", "Mathieu", "Aurélie", "Jérôme", "Noël", "Inès"],
        last: &[
            "Lefèvre",
            "Dubois",
            "Garçon",
            "Bélanger",
            "d'Aubigné",
            "Moreau",
            "Noël",
            "Lemaître",
            "Traoré",
            "Petit",
        ],
        forms: &["SAS", "SARL", "SA", "et Fils"],
        roots: &[
            "Atelier Clair",
            "Belle Rive",
            "Côte Ouest",
            "Étoile",
            "Forêt",
            "Garance",
            "Hirondelle",
            "Lumière",
            "Océane",
        ],
    },
    Culture {
        weight: 0.06,
        country: &["Spain", "España", "Spain", "ES"],
        cities: &["Madrid", "A Coruña", "Málaga", "Barcelona"],
        first: &["José", "Lucía", "Íñigo", "Begoña", "Andrés", "Sofía", "Raúl", "María José"],
        last: &["Muñoz", "García Pérez", "Ibáñez", "Núñez", "Castaño", "Yáñez", "Romero"],
        forms: &["S.L.", "S.A.", "S.L.U."],
        roots: &["Alameda", "Cumbre", "Dehesa", "Encina", "Levante", "Peñalara", "Río Claro"],
    },
    Culture {
        weight: 0.05,
        country: &["Sweden", "Sverige", "SE"],
        cities: &["Malmö", "Göteborg", "Örebro", "Stockholm"],
        first: &["Åsa", "Björn", "Linnéa", "Göran", "Elin", "Östen"],
        last: &["Åkesson", "Sjöberg", "Lindström", "Öberg", "Nyström", "Hägg"],
        forms: &["AB", "AB (publ)"],
        roots: &["Ängsmark", "Björkdal", "Fjällstuga", "Ljusterö", "Norrsken"],
    },
    Culture {
        weight: 0.03,
        country: &["Poland", "Polska", "PL"],
        cities: &["Łódź", "Kraków", "Wrocław", "Gdańsk"],
        first: &["Łukasz", "Małgorzata", "Zbigniew", "Agnieszka", "Paweł"],
        last: &["Wójcik", "Dąbrowska", "Zieliński", "Błaszczyk", "Śliwa"],
        forms: &["Sp. z o.o.", "S.A."],
        roots: &["Białowieża", "Gryf", "Jantar", "Śnieżka"],
    },
    Culture {
        weight: 0.04,
        country: &["Japan", "日本", "JP", "Japan"],
        cities: &["東京", "大阪", "横浜", "Tokyo"],
        first: &["翔太:shota", "美咲:misaki", "健一:kenichi", "陽子:yoko", "大輔:daisuke"],
        last: &["佐藤:sato", "鈴木:suzuki", "高橋:takahashi", "渡辺:watanabe", "山本:yamamoto"],
        forms: &["株式会社", "Co., Ltd."],
        roots: &["桜井:sakurai", "富士見:fujimi", "青葉:aoba", "Minato", "Hoshino"],
    },
    Culture {
        weight: 0.03,
        country: &["China", "中国", "CN"],
        cities: &["上海", "深圳", "北京"],
        first: &["伟:wei", "娜:na", "芳:fang", "小龙:xiaolong"],
        last: &["王:wang", "李:li", "张:zhang", "陈:chen"],
        forms: &["有限公司", "Technology Co., Ltd."],
        roots: &["长江:changjiang", "星河:xinghe", "Golden Harbour", "东方:dongfang"],
    },
    Culture {
        weight: 0.04,
        country: &["Brazil", "Brasil", "BR"],
        cities: &["São Paulo", "Florianópolis", "Brasília"],
        first: &["João", "Conceição", "Antônio", "Luísa", "Thiago"],
        last: &["Gonçalves", "Araújo", "da Silva", "Simões", "Falcão"],
        forms: &["Ltda.", "S.A."],
        roots: &["Ipê", "Jacarandá", "Pão de Mel", "Serra Azul", "Vitória"],
    },
];

/// An industry with spellings, the clean one first, and what it adds to the log-odds of conversion.
pub(super) type Industry = (&'static [&'static str], f64, f64);

/// `(spellings, share of accounts, planted effect on log-odds)`.
pub(super) const INDUSTRIES: &[Industry] = &[
    (&["Software", "Sofware", "SaaS", "software ", "Computer Software"], 0.20, 0.9),
    (&["Financial Services", "Finanical Services", "Banking & Finance", "financial services"], 0.14, 0.7),
    (&["Logistics", "Logistics & Supply Chain", "Transportation/Logistics"], 0.10, 0.2),
    (&["Manufacturing", "Manufacturing", "manufacturing", "Manufactoring"], 0.16, 0.0),
    (&["Healthcare", "Health Care", "Hospital & Health Care"], 0.10, -0.1),
    (&["Retail", "Retail & E-Commerce", "retail"], 0.12, -0.2),
    (&["Government", "Public Sector"], 0.05, -0.8),
    (&["Non-profit", "Nonprofit", "Non-Profit Organization"], 0.05, -1.3),
    (&["Education", "Higher Education", "education"], 0.08, -1.4),
];

/// A job title: spellings (`de:` and the like: only there), department, buying role, share, planted effect on log-odds.
pub(super) type Title = (&'static [&'static str], &'static str, &'static str, f64, f64);

/// Titles from the boardroom to the trainee.
pub(super) const TITLES: &[Title] = &[
    (&["Chief Revenue Officer", "CRO", "chief revenue officer"], "Executive", "Economic Buyer", 0.05, 0.5),
    (
        &["CEO", "Founder & CEO", "de:Geschäftsführer", "Chief Executive Officer"],
        "Executive",
        "Economic Buyer",
        0.05,
        0.5,
    ),
    (&["CFO", "Chief Financial Officer", "fr:Directeur financier"], "Finance", "Economic Buyer", 0.04, 0.4),
    (&["VP of Sales", "Vice President, Sales", "VP Sales", "SVP Sales"], "Sales", "Champion", 0.10, 0.7),
    (&["VP Marketing", "Vice President of Marketing", "VP, Demand Generation"], "Marketing", "Champion", 0.07, 0.7),
    (
        &["Head of Revenue Operations", "Director of Revenue Operations", "Dir. RevOps"],
        "Operations",
        "Champion",
        0.10,
        0.6,
    ),
    (
        &["Sales Director", "Director of Sales", "de:Vertriebsleiterin", "es:Director de Ventas", "ja:営業部長"],
        "Sales",
        "Champion",
        0.09,
        0.5,
    ),
    (&["IT Director", "Director, IT & Security", "Chief Technology Officer"], "IT", "Technical Buyer", 0.07, 0.3),
    (&["Sales Operations Manager", "RevOps Manager", "Sales Ops Mgr"], "Operations", "End User", 0.11, 0.1),
    (&["Marketing Manager", "fr:Responsable marketing", "Marketing Mgr."], "Marketing", "End User", 0.10, 0.0),
    (&["IT Manager", "Systems Administrator", "Solutions Architect"], "IT", "Technical Buyer", 0.06, -0.1),
    (&["Procurement Manager", "Head of Procurement", "de:Einkaufsleiter"], "Procurement", "Blocker", 0.04, -0.3),
    (&["Account Executive", "Sales Development Representative", "Sales Rep"], "Sales", "End User", 0.07, -0.6),
    (&["Data Analyst", "Marketing Specialist", "Junior Analyst"], "Operations", "End User", 0.03, -0.6),
    (&["Student", "Intern", "de:Praktikantin", "Trainee"], "", "", 0.02, -2.0),
];

/// What companies do, appended to the root of their name.
pub(super) const TRADES: &[&str] =
    &["Systems", "Logistics", "Health", "Foods", "Analytics", "Energy", "Media", "Partners", "Robotics", "Supply", ""];

/// Names that spreadsheets, pages and parsers stumble over; each is one account.
pub(super) const AWKWARD_COMPANIES: &[&str] = &[
    "=Cloud & Sons",
    "+Plus Dental Group",
    "@Work Offices",
    "<b>Bold</b> Studios",
    "\"Quoted\" Print, Inc.",
    "-Minus Fifteen Cold Storage",
    "Null Industries",
    "True North, LLC",
];

/// `written` and `latin` of a name.
pub(super) fn spellings(name: &'static str) -> (&'static str, &'static str) {
    name.split_once(':').unwrap_or((name, name))
}

/// Lower-case ASCII for addresses: accents dropped, everything else that is no letter or digit left out.
pub(super) fn ascii(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' | 'ą' => 'a',
            'é' | 'è' | 'ê' | 'ë' | 'ę' => 'e',
            'í' | 'ì' | 'î' | 'ï' | 'ı' => 'i',
            'ó' | 'ò' | 'ô' | 'õ' | 'ö' | 'ø' => 'o',
            'ú' | 'ù' | 'û' | 'ü' => 'u',
            'ç' | 'ć' => 'c',
            'ñ' | 'ń' => 'n',
            'ł' => 'l',
            'ś' | 'ş' | 'ß' => 's',
            'ý' => 'y',
            'ź' | 'ż' => 'z',
            _ => c,
        })
        .filter(char::is_ascii_alphanumeric)
        .collect()
}
