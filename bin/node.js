// Runs a script under the Node.js that package.json pins, whatever Node.js started us.
// Plain JavaScript that any Node.js from 18 on can parse: npm 10 does not link the pinned binary
// into node_modules/.bin, and systemd or a shell may call us directly.
/** A module of Node.js: an `import` of it would load all that it could ever need, which is a tenth of a start. */
export function builtin(name) {
  return process.getBuiltinModule ? process.getBuiltinModule(name) : import(name);
}

const { existsSync, realpathSync } = await builtin('node:fs');
const { createRequire } = await builtin('node:module');
const { dirname, join } = await builtin('node:path');
const { fileURLToPath, pathToFileURL } = await builtin('node:url');

const oldest = [24, 15];
const require = createRequire(import.meta.url);

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

function pinnedNode() {
  const { platform, arch } = process;
  const binary = platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  const names = ['node-' + platform + '-' + arch, 'node-bin-' + platform + '-' + arch, 'node-win-' + arch];
  for (const name of names) {
    try {
      const path = join(dirname(require.resolve(name + '/package.json')), binary);
      if (existsSync(path)) return path;
    } catch {
      // not this platform's package
    }
  }
  return undefined;
}

/** Runs `script` with `args`: in this process when it is new enough, else in the pinned Node.js. */
export async function runScript(script, args) {
  if (isNewEnough(process.versions.node)) {
    process.argv = [process.execPath, script, ...args];
    await import(pathToFileURL(script).href);
    return;
  }
  const node = pinnedNode();
  if (!node) {
    console.error(
      'broadsheet: needs Node.js ' +
        oldest.join('.') +
        ' or newer; this is ' +
        process.versions.node +
        '.\n' +
        'Run "npm ci" without --omit=optional (it brings the right Node.js), or install a newer Node.js.',
    );
    process.exit(1);
  }
  const { spawn } = await builtin('node:child_process');
  const { constants } = await builtin('node:os');
  const path = dirname(node) + (process.platform === 'win32' ? ';' : ':') + (process.env.PATH || '');
  // systemd names us as the process that it watches, and it is our child that answers.
  const env = { ...process.env, PATH: path, WATCHDOG_PID: undefined };
  const child = spawn(node, [...process.execArgv, script, ...args], { stdio: 'inherit', env });
  // A terminal sends Ctrl-C to both of us; without one every signal comes to us alone.
  const own = process.stdin.isTTY ? ['SIGTERM', 'SIGHUP'] : ['SIGINT', 'SIGTERM', 'SIGHUP'];
  process.on('SIGINT', () => {});
  for (const signal of own) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error('broadsheet: ' + node + ' could not be started: ' + error.message);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [script, ...args] = process.argv.slice(2);
  await runScript(realpathSync(script), args);
}
