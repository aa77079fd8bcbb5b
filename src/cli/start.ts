import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { openApp, type App } from '../app.ts';
import type { Config } from '../config/config.ts';
import { calendarDate, formatInstant, hourMs, secondMs } from '../domain/time.ts';
import type { EditionOutcome } from '../edition/publish.ts';
import { publishSite, runDay, type DayReport } from '../pipeline.ts';
import { dueSlots, nextSlot } from '../schedule/slots.ts';
import { startServer, type SiteHandler } from '../serve/server.ts';
import { latestEditionAt } from '../store/editions.ts';
import { claimSlot, finishSlot } from '../store/slots.ts';
import { openDay, readConfig, refuseDryRun, type Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';
import { openInbound } from './inbound-open.ts';
import { keepSchedule } from './keep-schedule.ts';
import { listeningAt, type Listen } from './listen.ts';
import { openReload, type Reload } from './reload.ts';
import { makeSample } from './sample.ts';
import { openServiceManager, type ServiceManager } from './service-manager.ts';
import { writeExample } from './setup.ts';
import { siteHandler } from './site.ts';
import { isLost, slotLeaseMs } from './slot-work.ts';
import { dayLines } from './summary.ts';

/** This process among all that share the database. */
const owner = randomUUID();

/** A stop that takes longer is cut off: `kill -9` is safe at any moment. Who stops us waits 30 seconds. */
const mostStopMs = 28 * secondMs;
/** For what a reload found under way on the site. */
const reloadGraceMs = 5 * secondMs;

/**
 * Serves, schedules and sends until stopped. On a first start it writes the configuration and makes a first
 * edition at once; where no edition can be made of the sources it shows the bundled sample meanwhile. SIGHUP takes the
 * configuration anew, and the keys of links.
 */
export async function start(context: Context, listen?: Listen): Promise<ExitCode> {
  refuseDryRun(context);
  if (!existsSync(context.options.config)) {
    await writeExample(context.options.config);
    context.note(`wrote ${context.options.config}: edit it to choose sources, topics, times and mail`);
  }
  const read = (): Config => listeningAt(readConfig(context), listen);
  const open = (config: Config): Promise<App> => openApp(config, { now: context.now(), clock: Date.now });
  let app = await open(read());
  const reload = openReload(context, read, () => app);
  context.signal.addEventListener('abort', () => setTimeout(() => process.exit(1), mostStopMs).unref());
  using manager = openServiceManager(process.env, (reason) =>
    app.log.warn({ reason }, 'the service manager could not be told; the unit needs NotifyAccess=all'),
  );
  context.signal.addEventListener('abort', () => manager.stopping());
  const ended = new AbortController();
  let handler: SiteHandler = { fetch: beingMade };
  try {
    // The port first: a second start must not read and send all day long before it finds it taken.
    const server = await startServer({
      app: {
        fetch: (request, bindings) => handler.fetch(request, bindings),
        fast: (request, response) => handler.fast?.(request, response) === true,
        plain: (request, socket) => handler.plain?.(request, socket),
      },
      host: app.config.serve.host,
      port: app.config.serve.port,
      signal: AbortSignal.any([context.signal, ended.signal]),
    });
    try {
      const { days, sample: shown } = await firstShown(context, app);
      await using sample = shown;
      let isShown = !sample;
      const showOwn = async (): Promise<void> => {
        if (isShown || !(await hasEditions(app))) return;
        handler = siteHandler(app, context.now);
        isShown = true;
      };
      handler = siteHandler(sample ?? app, context.now, app);
      announce(context, sample ?? app, server.url, days);
      for (;;) {
        const next = await keepGoing(context, app, reload, showOwn, manager);
        if (!next) break;
        const former = app;
        try {
          app = await open(next);
        } catch (thrown) {
          app.log.error({ err: thrown }, 'the configuration could not be taken; the one in force stays');
          continue;
        }
        if (isShown) handler = siteHandler(app, context.now);
        app.log.info('the configuration is taken');
        if (isShown) await publishAnew(context, app);
        await delay(reloadGraceMs, undefined, { signal: context.signal }).catch(() => undefined);
        await former[Symbol.asyncDispose]();
      }
    } finally {
      ended.abort();
      await server.closed;
    }
  } finally {
    await app[Symbol.asyncDispose]();
  }
  context.note('stopped');
  return 0;
}

/** Makes what the site shows first; the sample, where there is nothing else to show. */
async function firstShown(
  context: Context,
  app: App,
): Promise<{ readonly days: readonly DayReport[]; readonly sample: App | undefined }> {
  const days: DayReport[] = [];
  if (await hasEditions(app)) {
    using day = await openDay(context);
    await publishSite(app, day);
  } else {
    days.push(await firstDay(context, app));
    report(context, days);
  }
  const shown = (await hasEditions(app)) ? undefined : await openSample(context, app);
  if (shown) {
    days.push(shown.lastDay);
    report(context, [shown.lastDay]);
  }
  return { days, sample: shown?.sample };
}

/** Keeps the schedule until stopped, or until there is another configuration to take. */
async function keepGoing(
  context: Context,
  app: App,
  reload: Reload,
  afterEdition: () => Promise<void>,
  manager: ServiceManager,
): Promise<Config | undefined> {
  await using inbound = await openInbound(app, context);
  if (inbound.port !== undefined) app.log.info({ port: inbound.port }, 'receiving mail');
  manager.ready();
  await keepSchedule(context, app, owner, afterEdition, AbortSignal.any([context.signal, reload.signal]));
  if (context.signal.aborted) return undefined;
  manager.reloading();
  return reload.take();
}

/** Publishes under another configuration. Where that fails the files stay as they are until the next edition. */
async function publishAnew(context: Context, app: App): Promise<void> {
  try {
    await publishSite(app, { now: context.now, signal: context.signal });
  } catch (thrown) {
    app.log.error({ err: thrown }, 'the site could not be published anew; the next edition tries again');
  }
}

/** Until the first edition is there. */
function beingMade(): Response {
  return new Response('The first edition is being made.\n', {
    status: 503,
    headers: { 'Retry-After': '10' },
  });
}

async function hasEditions(app: App): Promise<boolean> {
  return (await latestEditionAt(app.db)) !== undefined;
}

/**
 * The first edition does not wait for its slot: a newcomer wants to see something. A slot of today that has
 * passed is done with it.
 */
async function firstDay(context: Context, app: App): Promise<DayReport> {
  using day = await openDay(context);
  const slots = app.digests.map((digest) => ({ digest, editionDate: calendarDate(day.now(), digest.zone) }));
  const done = await runDay(app, day, slots);
  for (const { key, schedule, zone, maxLatenessHours } of app.digests) {
    const maxLatenessMs = maxLatenessHours * hourMs;
    const { due } = dueSlots({ schedule, zone, now: day.now(), maxLatenessMs });
    const isOwn = (outcome: EditionOutcome): boolean =>
      outcome.state === 'nothing new' && outcome.edition.digest === key;
    if (!due || (done.editions.some(isOwn) && isLost(done, isOwn))) continue;
    const slot = { digest: key, slotAt: due.at, slotDate: due.date };
    if (await claimSlot(app.db, slot, owner, day.now(), slotLeaseMs)) {
      await finishSlot(app.db, slot, owner, day.now(), 'done with the first start');
    }
  }
  return done;
}

function report(context: Context, days: readonly DayReport[]): void {
  if (context.options.json) return;
  for (const line of days.flatMap(dayLines)) context.print(line);
}

async function openSample(context: Context, app: App): ReturnType<typeof makeSample> {
  const made = await makeSample(context, app.config);
  context.note(
    '\nNo edition could be made of the sources, for the reasons above. So you see the bundled SAMPLE meanwhile:\n' +
      `invented papers and readers, kept apart in ${made.sample.config.dataDir}. The schedule goes on asking the sources.\n`,
  );
  return made;
}

/** What was done at the start and where to look; with `--json` the one document of this command. */
function announce(context: Context, app: App, url: string, days: readonly DayReport[]): void {
  const path = new URL(app.site.baseUrl).pathname.slice(1);
  const site = url.replace('//127.0.0.1:', '//localhost:') + path;
  const mails = app.site.hasOutbox === true ? `${site}outbox/` : undefined;
  const outbox = app.config.mail.transport === 'outbox' ? app.outboxDir : undefined;
  const next = app.digests.map(({ key, schedule, zone }) => {
    const slot = nextSlot(schedule, zone, context.now());
    return { digest: key, at: slot && formatInstant(slot.at) };
  });
  if (context.options.json) {
    context.print(JSON.stringify({ days, site, feeds: `${site}feeds/`, mails, outbox, next }, undefined, 2));
    return;
  }
  context.print(`site     ${site}`);
  context.print(`feeds    ${site}feeds/`);
  if (outbox !== undefined)
    context.print(`mails    ${mails === undefined ? outbox : `${mails} (${outbox})`}`);
  for (const { digest, at } of next) {
    context.print(`next     ${digest} at ${at ?? 'no time: its schedule never comes'}`);
  }
  context.note('Stop with Ctrl-C.');
}
