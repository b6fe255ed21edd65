// @ts-check
/** The canonical fields a column can be read as, in the order a person looks for them. */

/** What a field is called, and other words that a person may look for. @type {Record<string, [string, string]>} */
const FIELDS = {
  personId: ['Lead id', 'contact id, record id, prospect number'],
  firstName: ['First name', 'given name'],
  lastName: ['Last name', 'family name, surname'],
  fullName: ['Full name', 'name of the person, contact name'],
  email: ['Email', 'e-mail address, mail'],
  emailStatus: ['Email status', 'verified, bounced'],
  phone: ['Phone', 'telephone, mobile'],
  title: ['Job title', 'position, role'],
  seniority: ['Seniority', 'level of the job'],
  department: ['Department', 'function, team'],
  buyingRole: ['Buying role', 'decision maker, champion'],
  company: ['Company', 'organisation, account name, employer'],
  accountId: ['Account id', 'company id'],
  domain: ['Domain', 'website, web address, url'],
  employees: ['Employees', 'company size, headcount, number of employees'],
  revenue: ['Annual revenue', 'turnover, sales of the company'],
  industry: ['Industry', 'sector, vertical'],
  technologies: ['Technologies', 'tools, tech stack'],
  country: ['Country', 'nation'],
  state: ['State', 'province, region'],
  city: ['City', 'town, location'],
  source: ['Source', 'channel, campaign, origin'],
  status: ['Status', 'lifecycle stage, lead status'],
  owner: ['Owner', 'sales person, rep, assigned to'],
  created: ['Created', 'day the lead came in, create date'],
  lastActivity: ['Last activity', 'last contacted, last touch'],
  converted: ['Converted', 'became a customer, conversion'],
  unsubscribed: ['Unsubscribed', 'opted out, do not email'],
  dealId: ['Deal id', 'opportunity id'],
  dealName: ['Deal name', 'opportunity, topic'],
  account: ['Account', 'company, customer'],
  contact: ['Contact', 'person at the customer'],
  pipeline: ['Pipeline', 'sales process'],
  stage: ['Stage', 'deal stage, sales phase'],
  dealStatus: ['Deal status', 'open, won, lost'],
  isClosed: ['Is closed', 'closed flag'],
  isWon: ['Is won', 'won flag'],
  isLost: ['Is lost', 'lost flag'],
  amount: ['Amount', 'value, deal size, estimated revenue'],
  actualAmount: ['Actual amount', 'won value, actual revenue'],
  currency: ['Currency', 'EUR, USD'],
  probability: ['Probability', 'chance of winning, win rate'],
  forecastCategory: ['Forecast category', 'commit, best case, pipeline'],
  closeDate: ['Close date', 'expected close'],
  actualCloseDate: ['Actual close date', 'closed on'],
  wonDate: ['Won date', 'day the deal was won'],
  lostDate: ['Lost date', 'day the deal was lost'],
  createdDate: ['Created date', 'day the deal was created, opened'],
  product: ['Product', 'line of business, item'],
  segment: ['Segment', 'market segment'],
  type: ['Type', 'new business, renewal'],
  nextStep: ['Next step', 'what is to be done next'],
  lostReason: ['Lost reason', 'why it was lost'],
  stageChanged: ['Stage changed', 'last stage change'],
  pushCount: ['Push count', 'how often the close date moved'],
  contactsCount: ['Contacts', 'number of people involved'],
};

/** @type {Record<string, string>} */
export const FIELD_LABELS = Object.fromEntries(Object.entries(FIELDS).map(([field, [label]]) => [field, label]));

const LEADS = [
  'personId', 'firstName', 'lastName', 'fullName', 'email', 'emailStatus', 'phone', 'title', 'seniority', 'department', 'buyingRole', 'company',
  'accountId', 'domain', 'employees', 'revenue', 'industry', 'technologies', 'country', 'state', 'city', 'source', 'status', 'owner', 'created',
  'lastActivity', 'converted', 'unsubscribed',
];

const DEALS = [
  'dealId', 'dealName', 'account', 'accountId', 'contact', 'pipeline', 'stage', 'dealStatus', 'isClosed', 'isWon', 'isLost', 'amount', 'actualAmount',
  'currency', 'probability', 'forecastCategory', 'closeDate', 'actualCloseDate', 'wonDate', 'lostDate', 'createdDate', 'owner', 'source', 'product',
  'segment', 'type', 'nextStep', 'lostReason', 'lastActivity', 'stageChanged', 'pushCount', 'contactsCount',
];

/**
 * The fields of a desk in which a text is found: in the label, the name the engine uses, or a word that means the same.
 * @param {'leads' | 'forecast'} desk
 * @param {string} [find]
 * @returns {{ field: string, label: string, also: string }[]}
 */
export function fieldsFor(desk, find = '') {
  const wanted = find.trim().toLowerCase();
  const all = (desk === 'leads' ? LEADS : DEALS).map((field) => {
    const [label, also] = FIELDS[field] ?? [field, ''];
    return { field, label, also };
  });
  if (wanted === '') return all;
  const found = all.filter(({ field, label, also }) => `${label} ${field} ${also}`.toLowerCase().includes(wanted));
  // What is called that comes before what merely means it.
  return found.sort((a, b) => rank(a, wanted) - rank(b, wanted));
}

/**
 * @param {{ field: string, label: string }} one
 * @param {string} wanted
 */
function rank({ field, label }, wanted) {
  if (label.toLowerCase().startsWith(wanted)) return 0;
  return label.toLowerCase().includes(wanted) || field.toLowerCase().includes(wanted) ? 1 : 2;
}
