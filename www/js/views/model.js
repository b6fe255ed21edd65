// @ts-check
/** The Model tab: the operating model as forms and as JSON. A change is checked by the engine before it counts. */

import * as act from '../actions.js';
import { h } from '../dom.js';
import { month, words } from '../format.js';
import { committeeSection } from './committee.js';
import { problemCard } from './parts.js';
import { sentence } from '../condition.js';
import { evidencePart, ruleEvidence } from './worth.js';

/** @typedef {import('../state.js').State} State */

const SECTIONS = [
  { id: 'icp', label: 'Who fits', draw: icp },
  { id: 'segments', label: 'Segments', draw: segments },
  { id: 'committee', label: 'Committee', draw: committeeSection },
  { id: 'stages', label: 'Stages', draw: stages },
  { id: 'targets', label: 'Quota and year', draw: targets },
  { id: 'json', label: 'JSON', draw: json },
];

/** @param {State} state */
export function modelView(state) {
  const { model } = state;
  if (!model.value) return h('section', { key: 'none', class: 'landing' }, h('p', null, 'Loading the model…'));
  const section = SECTIONS.find(({ id }) => id === model.section) ?? SECTIONS[0];
  return [
    h('section', { key: 'head', class: 'model-head' },
      h('div', null,
        h('h1', null, 'Your operating model'),
        h('p', { class: 'soft' }, state.kept.model ? 'Changed by you; kept in this browser.' : `The ${state.kept.preset} preset, as it ships.`, ' Every score and every forecast follows it at once.')),
      h('div', { class: 'buttons' },
        h('div', { class: 'field inline' }, h('label', { for: 'preset' }, 'Preset'),
          h('select', { id: 'preset', value: state.kept.preset, onchange: (/** @type {Event} */ event) => act.usePreset(valueOf(event)) },
            act.presetNames().map((name) => h('option', { key: name, value: name }, words(name))))),
        h('label', { class: 'button' },
          h('input', { type: 'file', class: 'visually-hidden', id: 'load-model', accept: '.json,application/json', onchange: loadModel }), 'Load'),
        h('button', { type: 'button', class: 'button', id: 'save-model', onclick: act.downloadModel }, 'Save'),
        h('button', { type: 'button', class: 'button', id: 'undo-model', onclick: () => act.undoModel(), disabled: state.model.past.length === 0 }, 'Undo'),
        h('button', { type: 'button', class: 'button', id: 'reset-model', onclick: act.resetModel, disabled: !state.kept.model }, 'Reset'))),
    model.problem ? problemCard(model.problem) : null,
    h('nav', { key: 'sections', class: 'sections', 'aria-label': 'Parts of the model' }, SECTIONS.map(({ id, label }) =>
      h('button', { key: id, type: 'button', id: `section-${id}`, 'aria-current': id === section?.id ? 'true' : null, onclick: () => act.showSection(id) }, label))),
    h('div', { key: `section-${section?.id}`, class: 'section' }, section?.draw(state)),
  ];
}

/** @param {Event} event */
function loadModel(event) {
  const input = /** @type {HTMLInputElement} */ (event.target);
  const file = input.files?.[0];
  input.value = '';
  if (file) act.loadModel(file);
}

/** @param {Event} event */
function valueOf(event) {
  return /** @type {HTMLInputElement | HTMLSelectElement} */ (event.target).value;
}

/**
 * A field that changes the model where `path` points.
 * @param {State} state
 * @param {(string | number)[]} path
 * @param {string} label
 * @param {{ type?: 'number' | 'text' | 'percent', min?: number, max?: number, wide?: boolean, placeholder?: string }} [options]
 */
function edit(state, path, label, { type = 'number', min, max, placeholder } = {}) {
  const value = path.reduce((part, key) => part?.[key], state.model.value);
  const shown = type === 'percent' && typeof value === 'number' ? Math.round(value * 1000) / 10 : value;
  return h('input', {
    type: type === 'text' ? 'text' : 'number', step: 'any', min, max, placeholder, value: shown ?? '', 'aria-label': label, 'data-path': path.join('.'),
    onchange: (/** @type {Event} */ event) => {
      const text = valueOf(event);
      if (type === 'text') return act.editModel(path, text);
      if (text.trim() === '') return act.editModel(path, null);
      return act.editModel(path, type === 'percent' ? Number(text) / 100 : Number(text));
    },
  });
}

/** @param {State} state */
function icp(state) {
  const { icp: profile } = state.model.value;
  return [
    evidencePart(profile.evidence),
    axis(state, 'fit', 'Fit: how well a lead matches who you sell to', profile.fit),
    axis(state, 'engagement', 'Engagement: how much interest it shows', profile.engagement),
    h('section', { class: 'card', key: 'out' }, h('h2', null, 'Ruled out, whatever the points'),
      (profile.disqualify ?? []).length === 0 ? h('p', { class: 'soft' }, 'Nobody.') : h('ul', { class: 'rules' }, profile.disqualify.map((/** @type {any} */ rule, /** @type {number} */ i) =>
        h('li', { key: String(i) }, h('span', { class: 'rule-name' }, rule.name), h('span', { class: 'soft small' }, sentence(rule.when)),
          h('button', { type: 'button', class: 'button quiet small', 'aria-label': `Remove ${rule.name}`, onclick: () => act.removeAt(['icp', 'disqualify'], i) }, 'Remove'))))),
    grades(state),
  ];
}

/**
 * @param {State} state
 * @param {'fit' | 'engagement'} name
 * @param {string} title
 * @param {any} profile
 */
function axis(state, name, title, profile) {
  return h('section', { class: 'card', key: name },
    h('h2', null, title),
    profile.groups.map((/** @type {any} */ group, /** @type {number} */ g) => h('fieldset', { class: 'group', key: `${g}-${group.name}` },
      h('legend', null, group.name),
      h('table', { class: 'data rules-table' },
        h('thead', { class: 'visually-hidden' }, h('tr', null, ['Rule', 'Values', 'Points', 'Remove'].map((head) => h('th', { scope: 'col' }, head)))),
        h('tbody', null, group.rules.map((/** @type {any} */ rule, /** @type {number} */ r) => h('tr', { key: `${r}-${rule.name}` },
          h('th', { scope: 'row' }, rule.name, h('span', { class: 'soft small block clamp', title: sentence(rule.when) }, sentence(rule.when)), ruleEvidence(rule)),
          h('td', { class: 'values' }, values(state, ['icp', name, 'groups', g, 'rules', r, 'when'], rule.when, rule.name), decay(state, ['icp', name, 'groups', g, 'rules', r, 'decay'], rule)),
          h('td', { class: 'number' }, edit(state, ['icp', name, 'groups', g, 'rules', r, 'points'], `Points for ${rule.name}`)),
          h('td', null, group.rules.length > 1 || profile.groups.length > 1 ? h('button', {
            type: 'button', class: 'button quiet small', 'aria-label': `Remove ${rule.name}`, onclick: () => act.removeRule(name, g, r),
          }, 'Remove') : null))),
        h('tr', { class: 'subtotal' }, h('th', { scope: 'row' }, 'At most from this group'), h('td'), h('td', { class: 'number' }, edit(state, ['icp', name, 'groups', g, 'cap'], `Most points from ${group.name}`, { placeholder: String(profile.cap) })), h('td')))))),
    h('div', { class: 'field short', key: 'cap' }, h('span', { class: 'label' }, `At most from ${name}`), edit(state, ['icp', name, 'cap'], `Most points of ${name}`)));
}

/**
 * The figures or words of a simple condition; anything else is changed in the JSON.
 * @param {State} state
 * @param {(string | number)[]} path
 * @param {any} when
 * @param {string} name
 */
function values(state, path, when, name) {
  if (when?.between && typeof when.between[0] === 'number') {
    return h('span', { class: 'affix' }, edit(state, [...path, 'between', 0], `From, ${name}`), 'to', edit(state, [...path, 'between', 1], `To, ${name}`));
  }
  if (typeof when?.atLeast === 'number') return edit(state, [...path, 'atLeast'], `At least, ${name}`);
  if (typeof when?.atMost === 'number') return edit(state, [...path, 'atMost'], `At most, ${name}`);
  if (typeof when?.within?.days === 'number') return h('span', { class: 'affix' }, edit(state, [...path, 'within', 'days'], `Days, ${name}`), 'days');
  for (const test of ['in', 'contains']) {
    const list = when?.[test];
    if (Array.isArray(list) && list.every((value) => typeof value === 'string')) {
      return h('input', {
        type: 'text', value: list.join(', '), 'aria-label': `Values, ${name}`, class: 'words',
        onchange: (/** @type {Event} */ event) => act.editModel([...path, test], valueOf(event).split(',').map((word) => word.trim()).filter(Boolean)),
      });
    }
  }
  return null;
}

/** How points fade, in words. @type {Record<string, string>} */
const FADES = { halfLifeDays: 'halves every', lineDays: 'gone after', windowDays: 'counts for' };

/**
 * @param {State} state
 * @param {(string | number)[]} path
 * @param {any} rule
 */
function decay(state, path, rule) {
  const kind = Object.keys(FADES).find((name) => typeof rule.decay?.[name] === 'number');
  if (!kind) return null;
  return h('span', { class: 'affix' }, FADES[kind], ' ', edit(state, [...path, kind], `${FADES[kind]}, days, ${rule.name}`, { min: 0 }), 'days');
}

/** @param {State} state */
function grades(state) {
  const cuts = state.model.value.icp.grades;
  if (!cuts) return null;
  return h('section', { class: 'card', key: 'grades' }, h('h2', null, 'Where the grades cut'),
    h('div', { class: 'fields' }, /** @type {const} */ (['fit', 'engagement']).flatMap((name) => Object.keys(cuts[name] ?? {}).map((grade) =>
      h('div', { class: 'field short', key: `${name}-${grade}` }, h('span', { class: 'label' }, `${grade} from`), edit(state, ['icp', 'grades', name, grade], `Fewest points for grade ${grade}`))))));
}

/** @param {State} state */
function segments(state) {
  return h('section', { class: 'card', key: 'segments' }, h('h2', null, 'Segments'), h('p', { class: 'soft' }, 'The first that fits takes the lead; the last takes the rest.'),
    h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Segments' },
      h('table', { class: 'data' },
        h('thead', null, h('tr', null, ['Name', 'Who', 'Cut', 'Motion'].map((head) => h('th', { scope: 'col' }, head)))),
        h('tbody', null, state.model.value.segments.map((/** @type {any} */ segment, /** @type {number} */ i) => h('tr', { key: String(i) },
          h('td', null, edit(state, ['segments', i, 'name'], `Name of segment ${i + 1}`, { type: 'text' })),
          h('td', { class: 'soft' }, segment.when ? sentence(segment.when) : 'everyone else'),
          h('td', { class: 'values' }, cuts(state, ['segments', i, 'when'], segment.when, segment.name)),
          h('td', null, h('select', { value: segment.motion, 'aria-label': `Motion of ${segment.name}`, onchange: (/** @type {Event} */ event) => act.editModel(['segments', i, 'motion'], valueOf(event)) },
            ['sales-led', 'product-led', 'hybrid', 'partner-led'].map((motion) => h('option', { key: motion, value: motion }, words(motion)))))))))));
}

/**
 * The figures of a condition, through any nesting of all and any.
 * @param {State} state
 * @param {(string | number)[]} path
 * @param {any} when
 * @param {string} name
 * @returns {import('../dom.js').Child}
 */
function cuts(state, path, when, name) {
  for (const join of ['all', 'any']) {
    if (Array.isArray(when?.[join])) {
      return when[join].map((/** @type {any} */ part, /** @type {number} */ i) => h('span', { class: 'cut', key: String(i) }, cuts(state, [...path, join, i], part, name)));
    }
  }
  return values(state, path, when, name);
}

/** @param {State} state */
function stages(state) {
  return h('section', { class: 'card', key: 'stages' }, h('h2', null, 'Stages'), h('p', { class: 'soft' }, 'Used where your file names the same stage. Stages that only your file has are set in the Forecast tab.'),
    h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Stages' },
      h('table', { class: 'data' },
        h('thead', null, h('tr', null, ['Stage', 'Win probability, %', 'Category', 'Expected days'].map((head) => h('th', { scope: 'col' }, head)))),
        h('tbody', null, state.model.value.stages.map((/** @type {any} */ stage, /** @type {number} */ i) => h('tr', { key: String(i) },
          h('td', null, edit(state, ['stages', i, 'name'], `Name of stage ${i + 1}`, { type: 'text' })),
          h('td', null, stage.outcome && stage.outcome !== 'open' ? words(stage.outcome)
            : edit(state, typeof stage.winProbability === 'object' ? ['stages', i, 'winProbability', 'mean'] : ['stages', i, 'winProbability'], `Win probability of ${stage.name}, percent`, { type: 'percent' })),
          h('td', null, h('select', { value: stage.category, 'aria-label': `Category of ${stage.name}`, onchange: (/** @type {Event} */ event) => act.editModel(['stages', i, 'category'], valueOf(event)) },
            ['commit', 'best-case', 'pipeline', 'omitted', 'closed'].map((category) => h('option', { key: category, value: category }, words(category))))),
          h('td', null, edit(state, ['stages', i, 'expectedDays'], `Expected days in ${stage.name}`, { min: 0 })))))))); 
}

/** @param {State} state */
function targets(state) {
  const { meta, targets: goals } = state.model.value;
  return h('section', { class: 'card', key: 'targets' }, h('h2', null, 'Quota and fiscal year'),
    h('div', { class: 'fields' },
      h('div', { class: 'field' }, h('span', { class: 'label' }, `Quota per quarter, ${meta.currency}`), edit(state, ['targets', 'defaultQuota'], 'Quota per quarter', { min: 0 })),
      h('div', { class: 'field' }, h('span', { class: 'label' }, 'Currency'), edit(state, ['meta', 'currency'], 'Currency', { type: 'text' })),
      h('div', { class: 'field' }, h('label', { for: 'model-fiscal' }, 'Fiscal year starts'),
        h('select', { id: 'model-fiscal', value: String(meta.fiscalYearStart ?? 1), onchange: (/** @type {Event} */ event) => act.editModel(['meta', 'fiscalYearStart'], Number(valueOf(event))) },
          Array.from({ length: 12 }, (_, i) => h('option', { key: String(i), value: String(i + 1) }, month(i + 1))))),
      h('div', { class: 'field' }, h('span', { class: 'label' }, 'Market correlation'), edit(state, ['forecast', 'marketCorrelation'], 'Market correlation', { min: 0, max: 0.99 }))),
    (goals.quota ?? []).length > 0 ? h('table', { class: 'data' },
      h('thead', null, h('tr', null, ['Period', 'Segment', 'Quota'].map((head) => h('th', { scope: 'col' }, head)))),
      h('tbody', null, goals.quota.map((/** @type {any} */ quota, /** @type {number} */ i) => h('tr', { key: String(i) },
        h('th', { scope: 'row' }, quota.period), h('td', null, quota.segment ?? 'all'), h('td', null, edit(state, ['targets', 'quota', i, 'amount'], `Quota of ${quota.period}`, { min: 0 })))))) : null);
}

/** @param {State} state */
function json(state) {
  const { model } = state;
  const isDraft = model.draft !== null;
  return h('section', { class: 'card', key: 'json' },
    h('div', { class: 'card-head' }, h('h2', null, 'The whole model as JSON'), h('span', { class: 'small soft' }, 'Checked by the engine; an error names its path')),
    h('div', { class: 'field' },
      h('label', { for: 'model-json', class: 'visually-hidden' }, 'Operating model, JSON'),
      h('textarea', {
        id: 'model-json', class: 'mono', rows: 28, spellcheck: 'false', autocomplete: 'off', 'aria-invalid': isDraft && model.problem ? 'true' : null,
        'aria-describedby': model.problem ? 'model-problem' : null, value: model.draft ?? act.modelText(), oninput: (/** @type {Event} */ event) => act.draftModel(valueOf(event)),
      })),
    h('p', { id: 'model-problem', class: model.problem ? 'notice bad mono' : 'small soft' }, model.problem ? model.problem.message : isDraft ? 'Not applied yet.' : 'In force.'),
    h('div', { class: 'buttons' },
      h('button', { type: 'button', class: 'button primary', id: 'apply-model', disabled: !isDraft, onclick: act.applyDraft }, 'Check and apply'),
      h('button', { type: 'button', class: 'button quiet', disabled: !isDraft, onclick: act.dropDraft }, 'Discard changes')));
}
