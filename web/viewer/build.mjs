/** Builds viewer.js and viewer.css for the pages, and the licences of what is in them, into the folder that is named. */
import { build } from 'esbuild';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const folder = process.argv[2] ?? join(here, '../static/web');

const { metafile } = await build({
    absWorkingDir: here,
    entryPoints: { viewer: 'viewer.js' },
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    logOverride: { 'import-is-undefined': 'silent' },
});

const inputs = Object.keys(metafile.inputs).map((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]);
const packages = [...new Set(inputs.filter(Boolean))].sort();
if (packages.includes('h264-mp4-encoder')) throw new Error('the video encoder needs eval, which the pages forbid');
const licences = packages.map((name) => {
    const home = join(here, 'node_modules', name);
    const { version, license } = JSON.parse(readFileSync(join(home, 'package.json')));
    const file = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license', 'license.md', 'LICENCE'].map((each) => join(home, each)).find(existsSync);
    return `${name} ${version} (${license})\n\n${file ? readFileSync(file, 'utf8').trim() : ''}\n`;
});
writeFileSync(join(folder, 'viewer.licenses.txt'), licences.join(`\n${'-'.repeat(80)}\n\n`));
for (const name of ['viewer.js', 'viewer.css']) {
    // WhiteNoise sends these to browsers that take them, which all do: a third of the bytes.
    writeFileSync(join(folder, `${name}.gz`), gzipSync(readFileSync(join(folder, name)), { level: 9 }));
}
