// @ts-check
/** The canonical fields a column can be read as, in the order a person looks for them. */

/** @type {Record<string, string>} */
export const FIELD_LABELS = {
  personId: 'Lead id', firstName: 'First name', lastName: 'Last name', fullName: 'Full name', email: 'Email', title: 'Job title',
  seniority: 'Seniority', department: 'Department', buyingRole: 'Buying role', company: 'Company', accountId: 'Account id',
  domain: 'Domain', employees: 'Employees', revenue: 'Annual revenue', industry: 'Industry', country: 'Country', state: 'State',
  city: 'City', source: 'Source', status: 'Status', owner: 'Owner', created: 'Created', lastActivity: 'Last activity',
  converted: 'Converted', dealId: 'Deal id', dealName: 'Deal name', account: 'Account', contact: 'Contact', pipeline: 'Pipeline',
  stage: 'Stage', dealStatus: 'Deal status', amount: 'Amount', actualAmount: 'Actual amount', currency: 'Currency',
  probability: 'Probability', forecastCategory: 'Forecast category', closeDate: 'Close date', actualCloseDate: 'Actual close date',
  createdDate: 'Created date', product: 'Product', segment: 'Segment', type: 'Type', nextStep: 'Next step', lostReason: 'Lost reason',
  stageChanged: 'Stage changed', pushCount: 'Push count', contactsCount: 'Contacts',
};

const LEADS = [
  'personId', 'firstName', 'lastName', 'fullName', 'email', 'title', 'seniority', 'department', 'buyingRole', 'company', 'accountId',
  'domain', 'employees', 'revenue', 'industry', 'country', 'state', 'city', 'source', 'status', 'owner', 'created', 'lastActivity', 'converted',
];

const DEALS = [
  'dealId', 'dealName', 'account', 'contact', 'pipeline', 'stage', 'dealStatus', 'amount', 'actualAmount', 'currency', 'probability',
  'forecastCategory', 'closeDate', 'actualCloseDate', 'createdDate', 'owner', 'product', 'segment', 'type', 'nextStep', 'lostReason',
  'stageChanged', 'pushCount', 'contactsCount',
];

/** @param {'leads' | 'forecast'} desk */
export function fieldsFor(desk) {
  return desk === 'leads' ? LEADS : DEALS;
}
