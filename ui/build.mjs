// Builds src/ into dist/, which the binary embeds. `--check` builds into memory and says whether dist/ is the same.

import { readFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const here = new URL('.', import.meta.url);
const dist = new URL('dist/', here);

const { outputFiles } = await build({
  absWorkingDir: here.pathname,
  entryPoints: { page: 'src/page.ts', style: 'src/page.css' },
  entryNames: '[name]',
  chunkNames: '[name]',
  outdir: 'dist',
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  target: ['es2022', 'chrome100', 'firefox100', 'safari16'],
  legalComments: 'none',
  banner: { js: '/*! maquette; three.js: Copyright three.js authors, MIT licence */' },
  write: false,
  logLevel: 'warning',
});

const files = new Map();
for (const file of outputFiles) files.set(file.path.split('/').at(-1).replace('style.css', 'page.css'), Buffer.from(file.contents));
for (const name of ['index.html', 'icon.svg']) files.set(name, await readFile(new URL(`src/${name}`, here)));

let raw = 0;
let packed = 0;
for (const [name, bytes] of files) {
  const small = gzipSync(bytes, { level: 9 }).length;
  raw += bytes.length;
  packed += small;
  console.log(`${name.padEnd(14)} ${String(bytes.length).padStart(8)} B  ${String(small).padStart(7)} B gzip`);
}
console.log(`${'all'.padEnd(14)} ${String(raw).padStart(8)} B  ${String(packed).padStart(7)} B gzip`);
if (raw > 900_000 || packed > 250_000) throw new Error('the page is larger than 900 kB, or 250 kB gzip');

if (process.argv.includes('--check')) {
  const there = new Set(await readdir(dist));
  for (const [name, bytes] of files) {
    if (!there.delete(name) || !bytes.equals(await readFile(new URL(name, dist)))) throw new Error(`dist/${name} is not what src/ builds: npm run build`);
  }
  if (there.size > 0) throw new Error(`dist/ has files that src/ does not build: ${[...there]}`);
  console.log('dist/ is what src/ builds');
} else {
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist);
  for (const [name, bytes] of files) await writeFile(new URL(name, dist), bytes);
}
