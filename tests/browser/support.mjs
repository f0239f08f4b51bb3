// A demo campaign, a real browser, and the questions asked of every page.
//
// tests/run names the program, the browser and the folder for screenshots in MUSTER_TEST_BINARY,
// MUSTER_TEST_CHROMIUM and MUSTER_TEST_SCREENSHOTS; without them the usual places are tried.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../../', import.meta.url));
const binary = process.env.MUSTER_TEST_BINARY ?? join(root, 'target/debug/muster');
const browserPath = process.env.MUSTER_TEST_CHROMIUM ?? '/usr/bin/chromium';
const screenshots = process.env.MUSTER_TEST_SCREENSHOTS ?? join(root, 'target/screenshots');
const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A phone and a desk, in CSS pixels. */
export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1280, height: 900 };

/** Asks until `good(answer)` holds and returns that answer; after `ms` fails with `what` and the last answer. */
export async function eventually(what, ask, good = Boolean, ms = 10_000) {
  const until = performance.now() + ms;
  let last;
  do {
    last = await ask();
    if (good(last)) return last;
    await sleep(100);
  } while (performance.now() < until);
  assert.fail(`${what}: not within ${ms} ms; last seen: ${JSON.stringify(last)}`);
}

/**
 * Starts a small, still demo campaign in a folder of its own.
 * Gives its address, the three sign-in links it prints, its mails, and `stop`.
 */
export async function startDemo() {
  const folder = await mkdtemp(join(tmpdir(), 'muster-demo-'));
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MUSTER_')));
  // A machine that runs a debug build and a browser may be late as much as it likes.
  env.MUSTER_PATIENCE_MS = '3600000';
  const args = ['demo', '--listen', '127.0.0.1:0', '--still', '--volunteers', '300'];
  const child = spawn(binary, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  let gone = null;
  child.stdout.on('data', (text) => (printed += text));
  child.stderr.on('data', (text) => (printed += text));
  child.on('error', (error) => (gone = error.message));
  child.on('exit', (code, signal) => (gone ??= `it ended with ${signal ?? code}`));

  // However this process ends, the demo ends with it.
  process.once('exit', () => child.kill('SIGKILL') && rmSync(folder, { recursive: true, force: true }));
  process.once('SIGTERM', () => process.exit(143));

  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null && child.pid) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(late);
    }
    await rm(folder, { recursive: true, force: true });
  };
  const line = (pattern) => printed.match(pattern)?.[1];
  try {
    await eventually(
      'the demo says that it is ready, with three links',
      () => gone ?? line(/^\s*HQ\s+(http\S+)/m),
      Boolean,
      60_000,
    );
    assert.equal(gone, null, `the demo did not start (${binary}): ${gone}`);
    return {
      url: line(/ready at (http\S+)/).replace(/\/$/, ''),
      links: {
        volunteer: line(/^\s*Volunteer\s+(http\S+)/m),
        captain: line(/^\s*Captain\s+(http\S+)/m),
        hq: line(/^\s*HQ\s+(http\S+)/m),
      },
      mailTo: (address) => mailTo(join(folder, 'mail'), address),
      printed: () => printed,
      stop,
    };
  } catch (error) {
    await stop();
    throw new Error(`${error.message}\nIt printed:\n${printed}`);
  }
}

/** The sign-in link of the mail to `address`, once it has arrived. */
async function mailTo(folder, address) {
  return eventually(`a mail to ${address} with a link`, async () => {
    const names = await readdir(folder, { recursive: true }).catch(() => []);
    for (const name of names.filter((name) => name.endsWith('.eml'))) {
      const mail = await readFile(join(folder, name), 'utf8');
      if (!new RegExp(`^To:.*${address}`, 'im').test(mail)) continue;
      const text = mail.replace(/=\r?\n/g, '').replace(/=3D/gi, '=');
      const link = text.match(/^(http\S+\/sign-in\?token=\S+)\r?$/m);
      if (link) return link[1];
    }
    return null;
  });
}

/** Chromium as the distribution ships it, kept from calling home. */
export function launch() {
  return chromium.launch({
    executablePath: browserPath,
    headless: true,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-quic', '--disable-sync'],
    ],
  });
}

/**
 * A page in a browser of its own (no cookies shared with another), at `size`.
 * `script: false` switches scripts off; `complaints` collects what the browser's console objects to.
 */
export async function openPage(browser, demo, { size = PHONE, script = true } = {}) {
  const context = await browser.newContext({
    baseURL: demo.url,
    viewport: size,
    javaScriptEnabled: script,
    reducedMotion: 'reduce',
    locale: 'en-US',
  });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on('console', (message) => {
    const missing = message.text().startsWith('Failed to load resource'); // counted below, pages excepted
    if (message.type() === 'error' && !missing) complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on('response', (response) => {
    if (response.status() < 400 || response.request().isNavigationRequest()) return;
    complaints.push(`${page.url()}: ${response.url()} answers ${response.status()}`);
  });
  return Object.assign(page, { script, complaints, done: () => context.close() });
}

/** Follows a mailed or printed link and presses the one button behind it. */
export async function signIn(page, link) {
  await page.goto(link);
  const button = page.getByRole('main').getByRole('button');
  assert.equal(await button.count(), 1, 'the page behind a sign-in link has exactly one button');
  await button.click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
}

/** Loads `path` and insists that the answer is a page and not an error. */
export async function visit(page, path) {
  const response = await page.goto(path);
  assert.equal(response.status(), 200, `${path} answers ${response.status()}`);
}

/**
 * What a scriptless browser made of a page, in one where axe can run: the same document with its own
 * scripts left out, and what stands in `noscript` shown.
 */
async function scriptlessCopy(page) {
  const [head, ...body] = (await page.content()).split('<body');
  const document = [head, ...body.map((part) => part.replace(/<(\/?)noscript/g, '<$1div'))].join('<body');
  const context = await page.context().browser().newContext({
    viewport: page.viewportSize(),
    colorScheme: (await page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")) ? 'dark' : 'light',
    storageState: await page.context().storageState(),
  });
  await context.route('**/*', (route) => {
    if (route.request().isNavigationRequest()) {
      return route.fulfill({ contentType: 'text/html; charset=utf-8', body: document });
    }
    return route.request().resourceType() === 'script' ? route.abort() : route.continue();
  });
  const copy = await context.newPage();
  await copy.goto(page.url());
  return copy;
}

/** What axe finds wrong with the page as it stands (WCAG 2.2 AA and best practice): nothing. */
export async function axe(page) {
  const subject = page.script ? page : await scriptlessCopy(page);
  const found = await subject.evaluate(`${axeSource};
    axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      rules: { 'target-size': { enabled: true } },
      resultTypes: ['violations'],
    }).then(({ violations, testEngine }) => ({
      engine: testEngine.name,
      violations: violations.map((v) => v.id + ': ' + v.help + '\\n    ' +
        v.nodes.map((n) => n.html.slice(0, 160)).join('\\n    ')),
    }))`);
  if (subject !== page) await subject.context().close();
  assert.equal(found.engine, 'axe-core');
  assert.deepEqual(found.violations, [], `axe on ${page.url()}:\n${found.violations.join('\n')}`);
}

/** Keeps a picture of the whole page as target/screenshots/{name}.png. */
export async function shot(page, name) {
  await mkdir(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}

/** Nothing of the page sticks out sideways: it reflows (WCAG 1.4.10). */
export async function reflows(page) {
  const [wide, seen] = await page.evaluate('[document.scrollingElement.scrollWidth, innerWidth]');
  assert.ok(wide <= seen, `${page.url()} is ${wide} px wide in a window of ${seen}`);
}

/** Nothing is cut off at the side of its own frame either: a phone's reader would not know that it goes on. */
export async function uncut(page) {
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll('main *')]
      .filter((box) => /auto|scroll/.test(getComputedStyle(box).overflowX) && box.clientWidth > 1 && box.scrollWidth > box.clientWidth + 1)
      .map((box) => `${box.tagName}.${box.className}: ${box.scrollWidth} px in ${box.clientWidth}`));
  assert.deepEqual(cut, [], `cut off on ${page.url()}`);
}

/** The whole inspection of one screen: reflow at 320 px, then axe and a picture at each size and in the dark. */
export async function inspect(page, name) {
  assert.ok(await page.title(), `${page.url()} has a title`);
  assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, `${page.url()} has one main heading`);
  const before = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  await reflows(page);
  for (const [suffix, size, colorScheme] of [
    ['desk', DESK, 'light'],
    ['phone-dark', PHONE, 'dark'],
    ['phone', PHONE, 'light'],
  ]) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme });
    await reflows(page);
    await uncut(page);
    await axe(page);
    await shot(page, `${name}-${suffix}`);
  }
  await page.setViewportSize(before);
  assert.deepEqual(page.complaints, [], 'the browser has no complaint');
}

/** JSON from the API with the page's own cookie. */
export async function api(page, path) {
  const response = await page.request.get(`/api/v1${path}`);
  assert.equal(response.status(), 200, `GET /api/v1${path} answers ${response.status()}`);
  return response.json();
}
