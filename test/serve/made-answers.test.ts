import { describe, expect, it } from 'vitest';
import { madeAnswers, type MadeAnswer } from '../../src/serve/made-answers.ts';

const answer = (body: string): MadeAnswer => ({
  contentType: 'text/html; charset=utf-8',
  body,
  headers: { always: [], whole: [] },
});

function counted(answers = madeAnswers({ mostKept: 2, mostBytes: 100, mostAtOnce: 2 })) {
  const made: string[] = [];
  const ask = (key: string, body = key) =>
    answers.get(key, 'identity', async () => {
      made.push(key);
      return answer(body);
    });
  return { answers, made, ask };
}

describe('answers that were made', () => {
  it('are made once, however many ask at a time', async () => {
    const { made, ask } = counted();
    const tags = await Promise.all([ask('a'), ask('a'), ask('a')]);
    await ask('a');
    expect(made).toEqual(['a']);
    expect(new Set(tags.map((one) => (typeof one === 'string' ? one : one.etag))).size).toBe(1);
  });

  it('are kept as long as they are asked for, few and small', async () => {
    const { made, ask } = counted();
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await ask(key);
    expect(made).toEqual(['a', 'b', 'c', 'b']);
    await ask('long', 'x'.repeat(101));
    await ask('long', 'x'.repeat(101));
    expect(made.filter((key) => key === 'long')).toHaveLength(2);
  });

  it('are refused where too many are being made, and only then', async () => {
    const { answers, ask } = counted();
    const { promise, resolve } = Promise.withResolvers<MadeAnswer>();
    const slow = [1, 2].map((key) => answers.get(`slow ${key}`, 'identity', () => promise));
    expect(await ask('a')).toBe('busy');
    resolve(answer('at last'));
    expect(await Promise.all(slow)).toHaveLength(2);
    expect(await ask('a')).not.toBe('busy');
  });

  it('that are too hard are not kept', async () => {
    const { answers, made, ask } = counted();
    expect(await answers.get('a', 'identity', async () => 'too hard')).toBe('too hard');
    await ask('a');
    expect(made).toEqual(['a']);
  });

  it('that fail are made again', async () => {
    const { answers, ask } = counted();
    const fails = answers.get('a', 'identity', () => Promise.reject(new Error('no luck')));
    await expect(fails).rejects.toThrow('no luck');
    expect(await ask('a')).not.toBe('busy');
  });

  it('have a tag for each encoding', async () => {
    const { answers } = counted();
    const tags = await Promise.all(
      (['identity', 'gzip', 'br'] as const).map(async (encoding) => {
        const one = await answers.get('a', encoding, async () => answer('a'));
        return typeof one === 'string' ? one : `${one.encoding} ${one.etag}`;
      }),
    );
    expect(new Set(tags).size).toBe(3);
  });
});
