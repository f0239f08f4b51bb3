// A handful of journeys, each as one person would make it. Elements are found by what a person is
// told (roles, labels, words), never by class names.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESK, api, eventually, inspect, launch, openPage, shot, signIn, startDemo, visit } from './support.mjs';

let demo;
let browser;

before(async () => {
  [demo, browser] = await Promise.all([startDemo(), launch()]);
}, { timeout: 90_000 });

after(async () => {
  await Promise.allSettled([browser?.close(), demo?.stop()]);
});

/** A test with a page that is closed behind it, whatever happens; a failure leaves a picture. */
function journey(sentence, options, walk) {
  test(sentence, { timeout: 90_000 }, async () => {
    const pages = [];
    const open = async (more = {}) => {
      const page = await openPage(browser, demo, { ...options, ...more });
      pages.push(page);
      return page;
    };
    try {
      await walk(await open(), open);
    } catch (error) {
      const name = sentence.replace(/\W+/g, '-');
      await Promise.allSettled(pages.map((page, at) => shot(page, `failed-${name}-${at}`)));
      throw error;
    } finally {
      await Promise.allSettled(pages.map((page) => page.done()));
    }
  });
}

/** Logs doors through the form, as a person with a pointer does. */
async function logDoors(page, doors) {
  await visit(page, '/log');
  await page.getByRole('radio', { name: 'Doors' }).check();
  await page.getByLabel('How many', { exact: true }).fill(String(doors));
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('status').first().waitFor();
}

/** Presses Tab until the focused element's words match, and insists that focus is seen on the way. */
async function tabTo(page, words) {
  const seen = [];
  for (let press = 0; press < 80; press += 1) {
    await page.keyboard.press('Tab');
    const focus = await page.evaluate(() => {
      const element = document.activeElement;
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      return {
        words: (element.labels?.[0] ?? element).innerText?.trim() || element.getAttribute('aria-label') || element.tagName,
        shown: style.outlineStyle !== 'none' || style.boxShadow !== 'none',
        onScreen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
        body: element === document.body,
      };
    });
    if (focus.body) continue;
    assert.ok(focus.shown, `focus is seen on "${focus.words}"`);
    assert.ok(focus.onScreen, `"${focus.words}" is on the screen while it has the focus`);
    if (words.test(focus.words)) return;
    seen.push(focus.words);
  }
  assert.fail(`Tab never reached ${words}; it passed ${seen.join(' | ')}`);
}

journey('a newcomer joins without script', { script: false }, async (page) => {
  await visit(page, '/');
  await inspect(page, 'welcome');
  await page.getByRole('main').getByRole('link', { name: /join/i }).first().click();
  await inspect(page, 'join');

  await page.getByLabel(/e-?mail/i).fill('cy.newcomer@example.org');
  await page.getByLabel(/zip/i).fill('4321');
  await page.getByRole('main').getByRole('button').first().click();
  assert.equal(await page.getByLabel(/zip/i).getAttribute('aria-invalid'), 'true', 'the ZIP is named as wrong');
  assert.equal(await page.getByLabel(/e-?mail/i).inputValue(), 'cy.newcomer@example.org', 'what was typed is kept');

  await page.getByLabel(/zip/i).fill('43215');
  await page.getByRole('main').getByRole('button').first().click();
  await page.getByText(/Franklin/).first().waitFor();
  await inspect(page, 'joined');

  const link = await demo.mailTo('cy.newcomer@example.org');
  await signIn(page, link);
  await visit(page, '/me');
  await page.getByText('cy.newcomer@example.org').first().waitFor();
  await inspect(page, 'me-newcomer');
});

journey('a link opened twice still signs in, and home says why each task fits', {}, async (page) => {
  await page.goto(demo.links.volunteer);
  await inspect(page, 'sign-in-link');
  await signIn(page, demo.links.volunteer);
  await visit(page, '/home');

  const tasks = page.getByRole('article').filter({ has: page.getByRole('button') });
  const count = await tasks.count();
  assert.ok(count >= 1 && count <= 5, `home offers one to five tasks, not ${count}`);
  for (const task of await tasks.all()) {
    assert.ok(await task.getByRole('heading').innerText(), 'a task has a title');
    const reasons = await task.getByRole('list').first().getByRole('listitem').allInnerTexts();
    assert.ok(reasons.length >= 1 && reasons.every(Boolean), 'a task says why it is offered');
  }
  await inspect(page, 'home');

  await tasks.first().getByRole('heading').getByRole('link').click();
  await inspect(page, 'task');
});

journey('the race moves in one window when doors are logged in another', { size: DESK }, async (page, open) => {
  await signIn(page, demo.links.volunteer);
  const { region } = await api(page, '/me');
  const board = region.code.split('-').slice(0, -1).join('-');
  await visit(page, `/races/${board}`);
  const row = page.getByRole('row').filter({ hasText: region.name }).first();
  const before = await row.innerText();
  let loads = 0;
  page.on('load', () => (loads += 1));

  const other = await open();
  await signIn(other, demo.links.volunteer);
  await logDoors(other, 12);
  await eventually('the row of the region moves', () => row.innerText(), (text) => text !== before, 5_000);
  assert.equal(loads, 0, 'the page was not loaded again');
  await inspect(page, 'race');

  const plain = await open({ script: false });
  await signIn(plain, demo.links.volunteer);
  await visit(plain, `/races/${board}`);
  const still = await plain.getByRole('row').filter({ hasText: region.name }).first().innerText();
  assert.notEqual(still, before, 'without script, loading the page again shows the same');
});

journey('doors are logged with the keyboard alone', {}, async (page) => {
  await signIn(page, demo.links.volunteer);
  const lines = async () => (await api(page, '/me/points')).length;
  const before = await lines();
  await visit(page, '/home');
  await tabTo(page, /^\+? ?log\b/i);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/log/);
  await inspect(page, 'log');
  await tabTo(page, /^(calls|doors)$/i);
  const doors = page.getByRole('radio', { name: 'Doors' });
  for (let press = 0; press < 8 && !(await doors.isChecked()); press += 1) await page.keyboard.press('ArrowDown');
  assert.ok(await doors.isChecked(), 'the arrow keys choose the kind');
  await tabTo(page, /how many/i);
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('7');
  await tabTo(page, /^save/i);
  await page.keyboard.press('Enter');
  await page.getByRole('status').first().waitFor();
  await inspect(page, 'logged');
  assert.ok((await lines()) > before, 'the entry stands among my points');
});

journey('a captain sees whom to call and says that one was reached', {}, async (page) => {
  await signIn(page, demo.links.captain);
  await visit(page, '/captain');
  await page.getByText(/: (a few|\d+) people are following live right now\.$/).waitFor();
  await inspect(page, 'captain');
  const queue = page.getByRole('region', { name: /write to today/i }).getByRole('button', { name: /reached/i });
  const waiting = await queue.count();
  assert.ok(waiting > 0, 'somebody waits for a call');
  for (const [field, text] of [[queue.first().locator('xpath=ancestor::form').getByLabel('Note'), 'No answer'], [page.getByLabel(/^reason/i), 'Twice']]) {
    await field.fill(text);
    await field.press('Enter');
    assert.ok(page.url().endsWith('/captain'), 'Enter in a note decides nothing');
    assert.equal(await field.inputValue(), text);
  }
  await queue.first().click();
  await eventually('the queue is one shorter', () => queue.count(), (left) => left === waiting - 1);
  await page.getByRole('heading', { name: /to confirm/i }).waitFor();
  await page.getByRole('heading', { name: /sheet/i }).waitFor();
});

journey('HQ sees who is where, finds a person and publishes a task', { size: DESK }, async (page) => {
  await signIn(page, demo.links.hq);
  await visit(page, '/hq');
  await page.getByRole('table').first().getByRole('link').first().waitFor();
  const here = page.getByText(/: (a few|\d+) people are following live right now\.$/);
  await here.waitFor();
  await inspect(page, 'hq');
  // Who hears nothing says nothing.
  await page.context().setOffline(true);
  await here.waitFor({ state: 'hidden' });
  await page.context().setOffline(false);
  await here.waitFor();

  await visit(page, '/hq/people');
  await page.getByRole('searchbox').fill('ada');
  await page.keyboard.press('Enter');
  await page.waitForURL(/q=ada/);
  const people = page.getByRole('table').getByRole('row').filter({ hasText: /ada/i });
  assert.ok((await people.count()) > 0, 'the search finds somebody');
  await inspect(page, 'hq-people');

  await visit(page, '/hq/tasks');
  await inspect(page, 'hq-tasks');
  await visit(page, '/hq/tasks/new');
  await inspect(page, 'hq-task');
  await page.getByLabel(/title/i).fill('Knock on doors in Clintonville');
  await page.getByRole('button', { name: /publish/i }).click();
  await visit(page, '/hq/tasks');
  await page.getByRole('link', { name: 'Knock on doors in Clintonville' }).first().waitFor();
});

journey('a volunteer is not shown what is HQ’s, and a lost page helps one on', {}, async (page) => {
  await signIn(page, demo.links.volunteer);
  for (const [path, status] of [['/hq', 403], ['/captain', 403], ['/races/no-such-place', 404]]) {
    const response = await page.goto(path);
    assert.equal(response.status(), status, path);
  }
  await page.getByRole('main').getByRole('link').first().waitFor();
  await inspect(page, 'not-found');
});
