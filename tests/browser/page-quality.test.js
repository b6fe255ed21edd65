// How good the data is: the grade at the headline, and what it is made of.

import assert from 'node:assert/strict';
import { inBrowsers } from './harness.js';
import { downloaded, giveFile, openPanel, openSamplePipeline, press, rows, says, text, visit } from './page.js';

/** Four leads, one of them there twice and one with a country that is spelled like no other. */
function untidy() {
  const countries = ['Germany', 'Germany', 'Germany', 'Germany', 'Germany', 'Germany', 'Germany', 'Germany', 'Germany', 'Gemrany'];
  const lines = countries.map((country, i) => `${i === 1 ? 'ada@acme.example' : i === 0 ? 'ada@acme.example' : `p${i}@b${i}.example`},Company ${i},${country},${i % 2 ? 'Open' : 'Working'},=1+${i}`);
  return ['Email,Company,Country,Lead Status,Job Title', ...lines].join('\n');
}

inBrowsers('the data of a list is graded at the headline, and the grade can be added up', async ({ page, url }) => {
  await visit(page, url);
  await giveFile(page, '#file-leads', 'untidy.csv', untidy());
  await rows(page, 'leads');
  const chip = await text(page, '#quality-leads');
  assert.match(chip, /^Data quality [A-F], \d+ of 100$/);
  await press(page, '#quality-leads');
  await page.waitForSelector('#part-quality-leads[aria-pressed="true"]');
  const grade = await text(page, '.quality-sentence strong');
  assert.equal(grade.trim(), `Grade ${chip.slice(13, 14)}: ${chip.match(/\d+/)?.[0]} of 100 points.`);
  const parts = await page.evaluate(() => [...document.querySelectorAll('.quality-parts tbody tr')].map((row) => [...row.querySelectorAll('td.number')].map((cell) => Number.parseInt(cell.textContent ?? '', 10))));
  const sum = parts.reduce((all, [weight = 0, percent = 0]) => all + weight * percent, 0);
  assert.equal(Math.floor((sum + 50) / 100), Number(chip.match(/\d+/)?.[0]), 'weights times what was reached make the score');

  await says(page, '#completeness', /Job titleJob Title10 of 10/);
  await says(page, '#completeness', /Employeesnot in the file0 of 10/);
  await says(page, '#completeness-stages', /Working/);
  await says(page, '#duplicates', /E-mailyes1ada@acme\.example2, 3/);
  await says(page, '#odd-values', /CountryGemrany1.*Germany/);
  const { name, content } = await downloaded(page, () => press(page, '#odd-values-csv'));
  assert.equal(name, 'odd-values.csv');
  assert.match(content, /\r\nCountry,Gemrany,1,11,/);
});

inBrowsers('a pipeline is graded too, with the amount that the problems touch', async ({ page, url }) => {
  await visit(page, url);
  await openSamplePipeline(page);
  await says(page, '#quality-forecast', /^Data quality [A-F], \d+ of 100$/);
  await says(page, '#hygiene', /^Open pipeline: \d+ of \d+ open deals past their close date, /);
  await openPanel(page, 'forecast', 'quality');
  await says(page, '.quality-sentence', /of 100 points/);
  await says(page, '#completeness-stages', /Stage.*Amount/);
});
