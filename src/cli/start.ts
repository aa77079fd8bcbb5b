import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { openApp, type App } from '../app.ts';
import { blockedMs, staleAfterMs } from '../deliver/back-off.ts';
import type { Digest } from '../domain/digest.ts';
import { calendarDate, formatInstant, hourMs, minuteMs, type Instant } from '../domain/time.ts';
import type { EditionOutcome } from '../edition/publish.ts';
import { sendMails, type MailReport } from '../mailing.ts';
import { indexForSearch, publishSite, runDay, type DayReport } from '../pipeline.ts';
import { startScheduler } from '../schedule/scheduler.ts';
import { dueSlots, nextSlot, type Slot } from '../schedule/slots.ts';
import { startServer, type SiteHandler } from '../serve/server.ts';
import { hasDueDeliveries } from '../store/deliveries.ts';
import { editionsSince, latestEditionAt } from '../store/editions.ts';
import { claimSlot, finishSlot, lastFinishedSlot, postponeSlot } from '../store/slots.ts';
import { pollGrowing } from './poll.ts';
import { openDay, readConfig, refuseDryRun, type Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';
import { openInbound } from './inbound-open.ts';
import { keepSendingNotices } from './notices.ts';
import { makeSample } from './sample.ts';
import { writeExample } from './setup.ts';
import { siteHandler } from './site.ts';
import { dayLines, isLacking, sentWords, sourceLines } from './summary.ts';

/** This process among all that share the database. */
const owner = randomUUID();

/** A slot whose work ended without a word is taken over after so long. */
const slotLeaseMs = 30 * minuteMs;
/** A slot for which no source could be read is tried again after so long, while it is not too late for it. */
const slotRetryMs = 10 * minuteMs;

/**
 * Serves, schedules and sends until stopped. On a first start it writes the configuration and makes a first
 * edition at once; where no edition can be made of the sources it shows the bundled sample meanwhile.
 */
export async function start(context: Context): Promise<ExitCode> {
  refuseDryRun(context);
  if (!existsSync(context.options.config)) {
    await writeExample(context.options.config);
    context.note(`wrote ${context.options.config}: edit it to choose sources, topics, times and mail`);
  }
  const config = readConfig(context);
  await using app = await openApp(config, { now: context.now(), clock: Date.now });
  await using inbound = await openInbound(app, context);
  if (inbound.port !== undefined) app.log.info({ port: inbound.port }, 'receiving mail');
  // The port first: a second start must not read and send all day long before it finds it taken.
  let handler: SiteHandler = { fetch: beingMade };
  const ended = new AbortController();
  const server = await startServer({
    app: {
      fetch: (request, bindings) => handler.fetch(request, bindings),
      fast: (request, response) => handler.fast?.(request, response) === true,
    },
    host: config.serve.host,
    port: config.serve.port,
    signal: AbortSignal.any([context.signal, ended.signal]),
  });
  try {
    const days: DayReport[] = [];
    if (await hasEditions(app)) {
      using day = await openDay(context);
      await publishSite(app, day);
    } else {
      days.push(await firstDay(context, app));
      report(context, days);
    }

    const shown = (await hasEditions(app)) ? undefined : await openSample(context, app);
    await using sample = shown?.sample;
    if (shown) {
      days.push(shown.lastDay);
      report(context, [shown.lastDay]);
    }
    handler = siteHandler(sample ?? app, context.now);
    announce(context, sample ?? app, server.url, days);

    let isShown = !sample;
    await keepSchedule(context, app, async () => {
      if (isShown || !(await hasEditions(app))) return;
      handler = siteHandler(app, context.now);
      isShown = true;
    });
  } finally {
    ended.abort();
    await server.closed;
  }
  context.note('stopped');
  return 0;
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

/** Does what is due at once and then every minute, until stopped. */
async function keepSchedule(context: Context, app: App, afterEdition: () => Promise<void>): Promise<void> {
  const { now, signal } = context;
  const day = { now, signal };
  let pausedUntil = -Infinity;
  const tell = (mails: MailReport): void => {
    // The lines for the terminal quote addresses, which do not belong into a log.
    if (mails.faults.length > 0)
      app.log.warn({ faults: mails.faults.length }, 'subscriber files have faults');
    if (mails.sent.blocked === undefined) return;
    app.log.warn(`sending paused: ${mails.sent.blocked}`);
    pausedUntil = now() + blockedMs;
  };
  const telling = app.hub?.worker.keepWorking(signal);
  const noticing = keepSendingNotices(app, day);
  // What came in while nobody served, or all of it where the topics have changed.
  const indexing = indexForSearch(app, day);
  await startScheduler({
    digests: app.digests,
    log: app.log,
    now,
    signal,
    lastSlot: (digest) => lastFinishedSlot(app.db, digest.key),
    claim: (digest, slot) => claimSlot(app.db, slotOf(digest, slot), owner, now(), slotLeaseMs),
    run: async (digest, slot) => {
      try {
        const done = await runDay(app, day, [{ digest, editionDate: slot.date }]);
        app.hub?.worker.wake();
        const summary = dayLines(done).at(-1) ?? '';
        for (const line of done.sources.filter(isLacking).flatMap(sourceLines)) app.log.warn(line);
        tell(done.mails);
        app.log.info({ digest: digest.key, editionDate: slot.date }, summary);
        if (isLost(done)) await postponeSlot(app.db, slotOf(digest, slot), owner, now() + slotRetryMs);
        else await finishSlot(app.db, slotOf(digest, slot), owner, now(), summary);
        await afterEdition();
      } catch (error) {
        if (signal.aborted) await postponeSlot(app.db, slotOf(digest, slot), owner, now() - 1);
        throw error;
      }
    },
    tend: async () => {
      await pollGrowing(app, day);
      if (now() < pausedUntil || !(await hasMailsToSend(app, now()))) return;
      const mails = await sendMails(app, day);
      tell(mails);
      app.log.info(sentWords(mails));
    },
  });
  await telling;
  await noticing;
  await indexing;
}

/** Mails that wait for a try, or an edition whose audience was not frozen before a crash. */
async function hasMailsToSend(app: App, now: Instant): Promise<boolean> {
  if (await hasDueDeliveries(app.db, now)) return true;
  return (await editionsSince(app.db, now - staleAfterMs)).some((edition) => !edition.isPrepared);
}

function slotOf(digest: Digest, slot: Slot) {
  return { digest: digest.key, slotAt: slot.at, slotDate: slot.date };
}

/** No edition came about and a source lacks something: the day is not quiet, we just could not read it all. */
function isLost(
  { editions, sources }: DayReport,
  isOf: (edition: EditionOutcome) => boolean = () => true,
): boolean {
  return editions.filter(isOf).every((outcome) => outcome.state === 'nothing new') && sources.some(isLacking);
}
