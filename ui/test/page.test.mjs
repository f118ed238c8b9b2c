// The page in a real Chromium against a real daemon. MAQUETTE is the binary, CHROMIUM the browser, SHOTS a folder for pictures.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import puppeteer from 'puppeteer-core';

const MAQUETTE = process.env.MAQUETTE ?? new URL('../../target/release/maquette', import.meta.url).pathname;
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Waits end when they are fulfilled; this only bounds a test that has failed. */
const PATIENCE = 120_000;

let scratch, daemon, browser, page, base, faults;

before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'maquette-page-'));
  const address = `127.0.0.1:${await freePort()}`;
  base = `http://${address}/`;
  daemon = spawn(MAQUETTE, ['serve', '--local', join(scratch, 'state'), '--ui', '--set', `http.listen=${address}`], { stdio: ['ignore', 'ignore', process.env.LOG ? 'inherit' : 'ignore'] });
  const args = ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'];
  [browser] = await Promise.all([puppeteer.launch({ executablePath: CHROMIUM, args, timeout: PATIENCE, protocolTimeout: PATIENCE }), answers(base)]);
}, { timeout: PATIENCE });

after(async () => {
  await browser?.close();
  daemon?.kill('SIGTERM');
  await new Promise((ended) => (daemon?.exitCode === null ? daemon.once('exit', ended) : ended()));
  await rm(scratch, { recursive: true, force: true });
}, { timeout: PATIENCE });

beforeEach(async () => {
  faults = [];
  const context = await browser.createBrowserContext();
  page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.setViewport({ width: 1440, height: 900 });
  page.on('pageerror', (error) => faults.push(error.stack));
  page.on('console', (message) => ['error', 'warn'].includes(message.type()) && faults.push(message.text()));
  page.on('request', (request) => isOutside(request.url()) && faults.push(`asked ${request.url()}`));
});

afterEach(async (context) => {
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${context.name.replace(/\W+/g, '-')}.png`) });
  await page.browserContext().close();
  assert.deepEqual(faults, [], 'the page runs without errors, and asks nobody else');
});

const isOutside = (url) => !url.startsWith(base) && !/^(blob|data|about):/.test(url);

test('a sample is shown as model and drawing', async () => {
  await open('box');
  assert.match(await text('#figures'), /^84\.8 × 121\.6 × 26\.4 mm .* triangles$/);
  assert.ok(await colours() > 20, 'the canvas shows something');
  assert.ok(await page.$$eval('#drawing svg path', (paths) => paths.length) > 100);
});

test('a parameter that changes gives another model and drawing', async () => {
  await open('box');
  const [figures, drawing, picture] = [await text('#figures'), await drawn(), await pixels()];
  await type('#p-length', '120');
  await changes('#figures', figures);
  assert.match(await text('#figures'), /^124\.8 ×/);
  await settled();
  assert.notEqual(await drawn(), drawing);
  assert.notEqual(await pixels(), picture);
  assert.match(await page.url(), /#box\?.*length=120/);
  await page.reload();
  await settled();
  assert.match(await text('#figures'), /^124\.8 ×/, 'the address remembers');
});

test('an error shows its line, and its hint', async () => {
  await open('bracket');
  await edit('// a program with a fault\nsize = 20; // [5:50]\ncube(size);\nassert(size > 40, "too small");\nsphre(3);\n');
  await page.waitForSelector('.message.error button');
  assert.match(await text('.message.error'), /Assertion .*too small.*:4:1/s);
  assert.equal(await text('#gutter .error'), '4');
  await page.click('.message.error button');
  const selected = await page.$eval('#code', (area) => [document.activeElement === area, area.value.slice(area.selectionStart, area.selectionEnd)]);
  assert.deepEqual(selected, [true, 'assert(size > 40, "too small");']);
  assert.match(await text('#live'), /Failed/);
  // the form follows the program, and a good value ends the error
  await page.click('[data-tab=parameters]');
  await type('#p-size', '45');
  await page.waitForFunction(() => !document.querySelector('.message.error') && document.querySelector('.message.warning'));
  assert.match(await text('.message.warning'), /sphre.*Did you mean 'sphere'/s);
});

test('all of it is done by keyboard', async () => {
  await open('box');
  await page.evaluate(() => document.querySelector('.skip').focus());
  await tabTo('sample');
  await page.keyboard.press('ArrowDown');
  await changesTitle('housing');
  await settled();
  await tabTo((element) => element.type === 'range');
  const figures = await text('#figures');
  for (let step = 0; step < 4; step++) await page.keyboard.press('ArrowRight');
  await changes('#figures', figures);
  await settled();
  await tabTo((element) => element.localName === 'canvas');
  const before = await pixels();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('+');
  assert.notEqual(await pixels(), before);
  await tabTo('drawing');
  const frame = await page.$eval('#drawing svg', (svg) => svg.getAttribute('viewBox'));
  await page.keyboard.press('+');
  assert.notEqual(await page.$eval('#drawing svg', (svg) => svg.getAttribute('viewBox')), frame);
});

test('files come when they are asked for', async () => {
  await open('bracket');
  const session = await page.createCDPSession();
  const downloads = await mkdtemp(join(scratch, 'downloads-'));
  await session.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: downloads, browserContextId: page.browserContext().id });
  for (const format of ['STL', '3MF', 'GLB', 'PDF', 'DXF', 'SVG', 'PNG']) {
    const file = await download(format, downloads);
    assert.ok(file.length > 500, `${format} has ${file.length} bytes`);
  }
});

test('a flat program has its outline, and no empty model', async () => {
  await open('panel');
  assert.match(await text('#figures'), /^180\.2 × 110\.2 mm · [\d.]+ cm²$/);
  assert.equal(await page.$eval('#model-panel', (panel) => getComputedStyle(panel).display), 'none');
  assert.deepEqual(await page.$$eval('#outputs b', (formats) => formats.map((format) => format.textContent)), ['SVG', 'DXF', 'PDF', 'PNG']);
});

test('programs of several files are opened', async () => {
  await open('box');
  const [main, part] = [join(scratch, 'main.scad'), join(scratch, 'part.scad')];
  await writeFile(main, 'use <part.scad>\nwidth = 30; // [10:60]\npart(width);\n');
  await writeFile(part, 'module part(width) cube([width, 10, 5]);\n');
  const input = await page.$('#files');
  await input.uploadFile(part, main);
  await page.waitForFunction(() => document.querySelector('#figures').textContent.startsWith('30.0 × 10.0 × 5.0'));
  assert.deepEqual(await page.$$eval('#file option', (options) => options.map((option) => option.value).sort()), ['main.scad', 'part.scad']);
  await page.goto(base);
  await settled();
  assert.match(await text('#figures'), /^30\.0 ×/, 'the last program is remembered');
});

test('long work can be cancelled', async () => {
  await open('bracket');
  await edit('for (i = [0:999], j = [0:999], k = [0:999]) if (i + j + k < 0) cube(1);\ncube(1);\n', false);
  await page.waitForFunction(() => document.querySelector('#phase').textContent === 'Evaluating');
  const [answer] = await Promise.all([page.waitForResponse((response) => response.url().endsWith('/cancel')), page.click('#cancel')]);
  assert.equal(answer.status(), 202);
  await page.waitForFunction(() => document.querySelector('#phase').textContent === 'Cancelled');
});

test('it can be used on a phone', async () => {
  await page.setViewport({ width: 360, height: 740, isMobile: true, hasTouch: true, deviceScaleFactor: 2 });
  await open('housing');
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 360), 'nothing sticks out');
  const small = await page.$$eval('button, select, input:not([type=file])', (all) =>
    all.filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 20).map((one) => one.outerHTML));
  assert.deepEqual(small, []);
  await page.click('[data-tab=drawing]');
  assert.ok(await page.$eval('#drawing svg', (svg) => svg.getBoundingClientRect().height > 100));
});

test('everything has a name', async () => {
  await open('box');
  for (const tab of ['program', 'parameters']) {
    await page.click(`[data-tab=${tab}]`);
    const tree = await page.accessibility.snapshot({ interestingOnly: true });
    const nameless = [];
    const walk = (node) => {
      const needs = ['button', 'textbox', 'slider', 'spinbutton', 'combobox', 'checkbox', 'tab', 'img', 'image'];
      if (needs.includes(node.role) && !node.name) nameless.push(node);
      node.children?.forEach(walk);
    };
    walk(tree);
    assert.deepEqual(nameless, []);
  }
});

// ---- what the tests are written in

async function open(sample) {
  await page.goto(`${base}#${sample}`);
  await settled();
}

/** Waits until nothing is being made, and something has been. */
async function settled() {
  await page.waitForFunction(() => /^(Made|Failed)/.test(document.querySelector('#phase').textContent) && !document.body.classList.contains('is-making'));
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
}

const text = (selector) => page.$eval(selector, (element) => element.textContent);
const drawn = () => page.$eval('#drawing svg', (svg) => svg.outerHTML);
const changes = (selector, before) => page.waitForFunction((one, old) => document.querySelector(one).textContent !== old, {}, selector, before);
const changesTitle = (title) => page.waitForFunction((one) => document.title.startsWith(one), {}, title);

async function type(selector, value) {
  await page.click(selector, { count: 3 });
  await page.keyboard.type(value);
}

/** Another program in the editor, as if it were pasted. */
async function edit(program, andSettle = true) {
  await page.click('[data-tab=program]');
  await page.focus('#code');
  await page.$eval('#code', (area) => area.select());
  await page.evaluate((pasted) => document.execCommand('insertText', false, pasted), program);
  if (andSettle) await page.waitForFunction(() => document.querySelector('#phase').textContent.startsWith('Failed'));
}

const canvas = async () => (await page.$('#model canvas')).screenshot({ encoding: 'base64' });
const pixels = async () => {
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  return canvas();
};

/** How many different colours the picture of the model has. */
async function colours() {
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const paper = new OffscreenCanvas(image.width, image.height).getContext('2d');
    paper.drawImage(image, 0, 0);
    const data = new Uint32Array(paper.getImageData(0, 0, image.width, image.height).data.buffer);
    return new Set(data).size;
  }, await canvas());
}

/** Presses Tab until an element has the focus. */
async function tabTo(wanted) {
  const matches = typeof wanted === 'string' ? `(element) => element.id === '${wanted}'` : String(wanted);
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(`(${matches})(document.activeElement)`)) {
      const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
      assert.notEqual(outline, 'none', 'the focus can be seen');
      return;
    }
  }
  assert.fail(`Tab does not lead to ${matches}`);
}

async function download(format, folder) {
  const before = new Set(await readdir(folder));
  await page.evaluate((wanted) => {
    [...document.querySelectorAll('#outputs button')].find((button) => button.querySelector('b').textContent === wanted).click();
  }, format);
  for (const until = Date.now() + PATIENCE; Date.now() < until; await new Promise((later) => setTimeout(later, 100))) {
    const fresh = (await readdir(folder)).find((name) => !before.has(name) && !name.endsWith('.crdownload'));
    if (fresh) return readFile(join(folder, fresh));
  }
  return assert.fail(`${format} does not come`);
}

function freePort() {
  return new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
}

async function answers(address) {
  for (const until = Date.now() + PATIENCE; ; await new Promise((later) => setTimeout(later, 200))) {
    if (daemon.exitCode !== null) throw new Error(`the daemon ended with ${daemon.exitCode}`);
    if (await fetch(address).then((response) => response.ok, () => false)) return;
    if (Date.now() > until) throw new Error('the daemon does not answer');
  }
}
