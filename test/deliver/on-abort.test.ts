import { describe, expect, it } from 'vitest';
import { onAbort } from '../../src/deliver/on-abort.ts';

describe('listening to a signal for a moment', () => {
  it('hears of the end while it listens, and not after', () => {
    const stop = new AbortController();
    const heard: string[] = [];
    onAbort(stop.signal, () => heard.push('first'));
    const forget = onAbort(stop.signal, () => heard.push('second'));
    onAbort(stop.signal, () => heard.push('third'));
    forget();
    stop.abort();
    expect(heard).toEqual(['first', 'third']);
  });
});
