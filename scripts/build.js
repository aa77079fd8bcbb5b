// Makes dist/: the program as JavaScript in few files. Node.js strips types everywhere but under node_modules, so a
// published package has to be compiled; and the packages that every command loads are taken in, because 500 small
// files cost ten times the processor time of a few large ones (bench/cold-start.ts).
// It is made aside first: whoever runs the program meanwhile finds the old one or the new one, whole.
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const [made, old, dist] = [at('dist.new'), at('dist.old'), at('dist')];

/** What nearly every command loads; everything else stays in node_modules. */
const takenIn = ['commander', 'croner', 'kysely', 'yaml', 'zod'];
/** The program, and what runs as a process of its own: each has a file under its own name. */
const entries = ['cli', 'store/search-process', 'render/mail/mjml-process', 'render/mail/mjml'];

/**
 * `import … from 'node:fs'` looks at everything that module has, and so loads streams, promises and readline too. Asked
 * for by name it costs nothing.
 */
const builtinsByName = {
  name: 'builtins-by-name',
  renderChunk: (code) =>
    code.replaceAll(/^import (.+) from "(node:.+)";$/gm, (_, names, module) => {
      const [, own, some] = /^(?:\* as )?([\w$]+)?(?:, )?(\{.+\})?$/.exec(names);
      const got = `globalThis.process.getBuiltinModule("${module}")`;
      return [own && `${own} = ${got}`, some && `${some.replaceAll(' as ', ': ')} = ${got}`]
        .filter(Boolean)
        .map((one) => `const ${one};`)
        .join(' ');
    }),
};

for (const folder of [made, old]) rmSync(folder, { recursive: true, force: true });
const bundle = await rolldown({
  input: Object.fromEntries(entries.map((entry) => [entry, at(`src/${entry}.ts`)])),
  platform: 'node',
  external: (id) => /^[@a-z]/.test(id) && !takenIn.includes(id.split('/')[0]),
  plugins: [builtinsByName],
});
await bundle.write({
  dir: made,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
});
writeFileSync(`${made}/licences.txt`, takenIn.map(licence).join('\n'));

try {
  renameSync(dist, old);
} catch (error) {
  if (error.code !== 'ENOENT') throw error;
}
renameSync(made, dist);
rmSync(old, { recursive: true, force: true });

function licence(name) {
  const folder = at(`node_modules/${name}`);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const { version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  return `${name} ${version}\n\n${readFileSync(`${folder}/${file}`, 'utf8')}`;
}
