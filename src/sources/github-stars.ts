import { z } from 'zod';
import { asError, SourceError } from '../errors.ts';
import { githubRepository } from './github.ts';
import { jsonAnswer, reportedError } from './json-answer.ts';
import type { CountablePaper, PaperCount, SignalContext, SignalSource } from './signal-source.ts';

/** So many in a row say that the place is down or cannot be reached, not that one repository is broken. */
const maxFailuresInRow = 3;

export interface GithubStarsOptions {
  readonly name: string;
  /** `https://api.github.com` */
  readonly baseUrl: string;
  /** Without one GitHub answers 60 requests an hour, with one 5000; it needs no permissions. */
  readonly token?: string;
}

/** What GitHub says of one repository. */
interface Repository {
  readonly etag?: string;
  /** Undefined when it is gone or blocked. */
  readonly stars?: number;
}

interface Answer {
  /** Undefined when it did not say, because it wants no more requests for now. */
  readonly repository?: Repository;
  /** Why not to ask on, if so. */
  readonly stop?: string;
}

/**
 * Stars of the repositories that papers link, in code or else in project (REST API, "Get a repository"). Asked one
 * after another; first those never asked, then those asked longest ago, so that over several runs all have their turn
 * when the limit is small. What was said is remembered with its entity tag while the program runs: with a token, a
 * repository that did not change costs nothing of the limit. One that is gone or blocked has no count, which is no
 * failure; one that was renamed is found behind its redirect.
 */
export function githubStars({ name, baseUrl, token }: GithubStarsOptions): SignalSource {
  /** Asked longest ago first. */
  const known = new Map<string, Repository>();
  return {
    name,
    kind: 'github',
    address: baseUrl,
    async read(papers, context) {
      const linked = linkedRepositories(papers);
      for (const path of known.keys()) if (!linked.has(path)) known.delete(path);
      const queue = [...[...linked.keys()].filter((path) => !known.has(path)), ...known.keys()];
      const counts: PaperCount[] = [];
      const failures: { key: string; reason: string }[] = [];
      let [done, failedInRow] = [0, 0];
      let stop: string | undefined;
      for (const path of queue) {
        if (stop !== undefined) break;
        context.signal.throwIfAborted();
        try {
          const answer = await ask(baseUrl, path, token, known.get(path), context);
          stop = answer.stop;
          if (!answer.repository) continue;
          const { stars } = answer.repository;
          known.delete(path);
          known.set(path, answer.repository);
          if (stars !== undefined) {
            for (const { id } of linked.get(path) ?? []) {
              counts.push({ paperId: id, kind: 'stars', value: stars });
            }
          }
          failedInRow = 0;
        } catch (thrown) {
          context.signal.throwIfAborted();
          failures.push({ key: path, reason: asError(thrown).message });
          // At the end of the queue too, so that a few that always fail do not keep all others waiting.
          const before = known.get(path) ?? {};
          known.delete(path);
          known.set(path, before);
          failedInRow += 1;
          if (failedInRow >= maxFailuresInRow) stop = `${failedInRow} failures in a row`;
        }
        done += 1;
      }
      if (done < queue.length) {
        const key = `${queue.length - done} of ${queue.length} repositories`;
        failures.push({ key, reason: `Expected their stars from ${baseUrl}; did not ask: ${stop}.` });
      }
      return { counts, failures };
    },
  };
}

/** `owner/repo`, in lower case as GitHub compares them, with the papers that link it, in the order of the papers. */
function linkedRepositories(
  papers: readonly CountablePaper[],
): ReadonlyMap<string, readonly CountablePaper[]> {
  const linked = new Map<string, CountablePaper[]>();
  for (const paper of papers) {
    const { code, project } = paper.links;
    const address = githubRepository(code ?? '') ?? githubRepository(project ?? '');
    const path = address?.slice('https://github.com/'.length).toLowerCase();
    if (path === undefined || path.split('/').some((part) => /^\.+$/.test(part))) continue;
    const of = linked.get(path);
    if (of) of.push(paper);
    else linked.set(path, [paper]);
  }
  return linked;
}

const wireRepository = z.object({ stargazers_count: z.number().int().nonnegative() });

async function ask(
  baseUrl: string,
  path: string,
  token: string | undefined,
  before: Repository | undefined,
  { http, signal }: SignalContext,
): Promise<Answer> {
  const url = `${baseUrl.replace(/\/+$/, '')}/repos/${path}`;
  const answer = await http.get(url, {
    accept: 'application/vnd.github+json',
    signal,
    ...(before?.etag === undefined ? {} : { validators: { etag: before.etag } }),
    alsoAccept: [401, 403, 404, 410, 429, 451],
    headers: {
      'x-github-api-version': '2022-11-28',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  });
  const { pauseMs } = answer;
  const limit =
    pauseMs === undefined
      ? undefined
      : `the limit of requests is used up for ${Math.ceil(pauseMs / 1000)} s${token === undefined ? '; a token allows more' : ''}`;
  const asked = limit === undefined ? {} : { stop: limit };
  if (answer.state === 'unchanged') return { ...(before && { repository: before }), ...asked };
  const { status, body, validators } = answer;
  if (status === 404 || status === 410 || status === 451) return { repository: {}, ...asked };
  const value = jsonAnswer(body, 'a repository', url);
  if (status === 401 || status === 403 || status === 429) {
    const reported = reportedError(value) ?? `status ${status} without a reason`;
    if (status === 403 && /access blocked/i.test(reported)) return { repository: {}, ...asked };
    return { stop: limit ?? `it reports "${reported}"${status === 401 ? ', so check the token' : ''}` };
  }
  const parsed = wireRepository.safeParse(value);
  if (!parsed.success) {
    throw new SourceError(
      'not-recognised',
      `Expected a repository with stargazers_count from ${url}; got another object. Check the base URL.`,
    );
  }
  const { etag } = validators;
  return {
    repository: { stars: parsed.data.stargazers_count, ...(etag === undefined ? {} : { etag }) },
    ...asked,
  };
}
