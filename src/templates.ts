import { join } from 'node:path';
import type { Config } from './config/config.ts';
import { keptMjml } from './deliver/kept-mjml.ts';
import { asError, ConfigError, RenderError, type ConfigFault } from './errors.ts';
import { compileDigestMail, type DigestMail } from './render/mail/digest-mail.ts';
import { compileNoticeMail, type NoticeMail } from './render/mail/notice-mail.ts';
import { tryDigestMail, tryNoticeMail } from './render/mail/trial.ts';
import { ownFaults, placeOfField } from './templates/own-faults.ts';
import {
  digestSources,
  noticeSources,
  readTemplateSources,
  webSources,
  type TemplateSources,
} from './templates/sources.ts';

/** All templates, read: ours, and the operator's in place of those of the same name. */
export interface Templates {
  /** Of the web pages, by file name. */
  readonly web: Readonly<Record<string, string>>;
  /** Compiled when it is asked for the first time: that costs a second, unless the result of MJML is kept. */
  readonly mail: () => Promise<DigestMail>;
  /** The same for mails about subscriptions. */
  readonly noticeMail: () => Promise<NoticeMail>;
}

/**
 * Reads them, once, so that a change shows at the next start. An operator's own are checked here, mails by writing some:
 * throws ConfigError with every fault of them, so that none is found when a mail is due.
 */
export async function openTemplates({
  templatesDir,
  dataDir,
}: Pick<Config, 'templatesDir' | 'dataDir'>): Promise<Templates> {
  const { shipped, own } = await readTemplateSources(templatesDir);
  const sources: TemplateSources = new Map([...shipped, ...own]);
  const mjml = (source: string) => keptMjml(source, join(dataDir, 'compiled'));
  let mail: Promise<DigestMail> | undefined;
  let noticeMail: Promise<NoticeMail> | undefined;
  const templates: Templates = {
    web: webSources(sources),
    mail: () => (mail ??= compileDigestMail(digestSources(sources), mjml)),
    noticeMail: () => (noticeMail ??= compileNoticeMail(noticeSources(sources), mjml)),
  };
  if (templatesDir !== undefined) await checkOwn(templates, { shipped, own, folder: templatesDir });
  return templates;
}

async function checkOwn(
  templates: Templates,
  { shipped, own, folder }: { shipped: TemplateSources; own: TemplateSources; folder: string },
): Promise<void> {
  const fileOf = (name: string) => join(folder, name);
  const wrong = ownFaults(shipped, own, fileOf);
  if (wrong.length > 0) throw new ConfigError(wrong);
  if (![...own.keys()].some((name) => name.startsWith('mail/'))) return;
  const trials = [
    { file: 'mail/digest.mjml', write: async () => tryDigestMail(await templates.mail()) },
    { file: 'mail/notice.mjml', write: async () => tryNoticeMail(await templates.noticeMail()) },
  ];
  const faults: ConfigFault[] = [];
  for (const { file, write } of trials) {
    try {
      await write();
    } catch (thrown) {
      if (!(thrown instanceof RenderError)) throw thrown;
      faults.push(...faultsOfTrial(thrown, own, file, fileOf));
    }
  }
  if (faults.length > 0) throw new ConfigError(faults);
}

/** The places of what MJML refused, or of a field that stands where there is none of this name. */
function faultsOfTrial(
  error: RenderError,
  own: TemplateSources,
  file: string,
  fileOf: (name: string) => string,
): readonly ConfigFault[] {
  const { message } = asError(error);
  const lines = (own.get(file) ?? '').split('\n');
  const ofMjml = [...message.matchAll(/^ ?Line (\d+) of .*? \(([\w-]+)\) — (.*)$/gm)].map(
    ([, line = '', tag = '', what = '']) => ({
      file: fileOf(file),
      line: Number(line),
      column: (lines[Number(line) - 1] ?? '').indexOf(`<${tag}`) + 1 || 1,
      path: '',
      message: `expected valid MJML, but: ${what}`,
    }),
  );
  if (ofMjml.length > 0) return ofMjml;
  const [, field = '', line = '', column = ''] =
    /"([^"]+)" not defined in .* - (\d+):(\d+)$/s.exec(message) ?? [];
  const place = placeOfField(own, field, { line: Number(line), column: Number(column) });
  if (!place) return [{ file: fileOf(file), line: 1, column: 1, path: '', message }];
  return [
    {
      file: fileOf(place.name),
      line: place.line,
      column: place.column,
      path: '',
      message: `there is no field "${field}" here; see where ours names it`,
    },
  ];
}
