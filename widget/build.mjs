/**
 * Builds the widget into gateway/web/assets/widget and copies the demo site beside it.
 * The panel is built first, because the loader carries the panel's hashed name.
 */
import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
const assets = join(here, '..', 'gateway', 'web', 'assets');
const out = join(assets, 'widget');
const target = ['chrome119', 'firefox128', 'safari18'];
const common = {
  root: here,
  configFile: join(here, 'vite.config.ts'),
  base: './',
  publicDir: false,
  logLevel: 'warn',
};

/** Languages are shipped as bare lists in the order of English, without the keys: a quarter smaller. */
const { default: model } = await import('./src/lang/en.ts');
const keys = Object.keys(model);
const lists = {
  name: 'language-lists',
  async transform(_code, id) {
    if (!/\/src\/lang\/\w\w\.ts$/.test(id)) return null;
    const { default: words } = await import(id);
    return { code: `export default ${JSON.stringify(keys.map((key) => words[key]))}`, map: null, moduleType: 'js' };
  },
};

/** Parts of socket.io-client that are never used here: only JSON goes over WebSocket or long-polling, and retrying is ours. */
const unused = new Map([
  ['webtransport.js', 'export class WT {}'],
  ['backo2.js', 'export class Backoff { reset() {} setMin() {} setMax() {} setJitter() {} duration() { return 0; } }'],
  ['binary.js', 'export const deconstructPacket = (packet) => ({ packet, buffers: [] }); export const reconstructPacket = (packet) => packet;'],
  ['is-binary.js', 'export const isBinary = () => false; export const hasBinary = () => false;'],
]);
const slim = {
  name: 'slim-socket',
  load(id) {
    const found = /(?:socket\.io-parser|engine\.io-client|socket\.io-client)\/build\/esm\/(?:transports\/|contrib\/)?([\w-]+\.js)$/.exec(id);
    return (found && unused.get(found[1])) ?? null;
  },
};

rmSync(out, { recursive: true, force: true });
await build({
  ...common,
  plugins: [{ ...lists, enforce: 'pre' }, { ...slim, enforce: 'pre' }],
  define: { __KEYS__: JSON.stringify(keys.join(' ')) },
  build: {
    outDir: out, emptyOutDir: true, target, cssTarget: target, minify: 'oxc', modulePreload: false, reportCompressedSize: false,
    lib: { entry: { panel: join(here, 'src/panel/main.tsx') }, formats: ['es'] },
    rolldownOptions: {
      preserveEntrySignatures: 'allow-extension',
      output: {
        hashCharacters: 'hex',
        entryFileNames: '[name].[hash].js',
        chunkFileNames: ({ name, facadeModuleId }) => `${/\/lang\//.test(facadeModuleId ?? '') ? 'lang-' : ''}${name}.[hash].js`,
        minify: true,
      },
    },
  },
});

await build({
  ...common,
  build: {
    outDir: out, emptyOutDir: false, target, minify: 'oxc',
    lib: { entry: { colours: join(here, 'src/shared/colours.ts') }, formats: ['es'] },
    rolldownOptions: { output: { hashCharacters: 'hex', entryFileNames: '[name].[hash].js', minify: true } },
  },
});

const fileOf = (name) => readdirSync(out).find((file) => file.startsWith(`${name}.`));
const path = (name) => JSON.stringify(`/widget/v1/${fileOf(name)}`);
await build({
  ...common,
  define: {
    __PANEL__: path('panel'),
    __COLOURS__: path('colours'),
    __WORDS__: `{${['en', 'ru', 'es', 'fa'].map((code) => `${code}:'${fileOf(`lang-${code}`).slice(5, -3)}'`)}}`,
  },
  build: {
    outDir: out, emptyOutDir: false, target, cssTarget: target, minify: 'oxc', modulePreload: false, reportCompressedSize: false,
    lib: { entry: join(here, 'src/loader/main.ts'), formats: ['iife'], name: 'GatewayLoader' },
    rolldownOptions: {
      output: { entryFileNames: 'loader.js', minify: true },
    },
  },
});

const manifest = {};
for (const file of readdirSync(out).filter((file) => file.endsWith('.js')).sort()) manifest[file.replace(/(\.[0-9a-f]{8})?\.js$/, '')] = file;
writeFileSync(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);

rmSync(join(assets, 'demo'), { recursive: true, force: true });
cpSync(join(here, 'demo'), join(assets, 'demo'), { recursive: true });
