import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientReader } from '../../src/serve/client-address.ts';

/** A request from that peer. */
function requestFrom(peer: string, forwarded?: string): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: peer });
  const request = new IncomingMessage(socket);
  if (forwarded !== undefined) request.headers['x-forwarded-for'] = forwarded;
  return request;
}

const clientOf = clientReader(['127.0.0.0/8', '::1', '10.0.0.0/8', 'fd00::/8']);

describe('the client of a request', () => {
  it.each([
    ['8.8.4.4', undefined, '8.8.4.4'],
    ['::ffff:8.8.4.4', undefined, '8.8.4.4'],
    ['2a01:4f8:1:2:3:4:5:6', undefined, '2a01:4f8:1:2::/64'],
    ['2a01:4f8:1:2::9', undefined, '2a01:4f8:1:2::/64'],
    ['2a01:4f8::9', undefined, '2a01:4f8:0:0::/64'],
    ['2a01:04f8:0001::', undefined, '2a01:4f8:1:0::/64'],
  ])('at %s is that address, or its network of IPv6', (peer, forwarded, client) => {
    expect(clientOf(requestFrom(peer, forwarded))).toBe(client);
  });

  it.each([
    ['127.0.0.1', '8.8.4.4', '8.8.4.4'],
    ['::1', '8.8.4.4', '8.8.4.4'],
    ['::ffff:127.0.0.1', '8.8.4.4', '8.8.4.4'],
    ['127.0.0.1', '1.2.3.4, 8.8.4.4', '8.8.4.4'],
    ['127.0.0.1', '1.2.3.4, 8.8.4.4, 10.1.1.1', '8.8.4.4'],
    ['127.0.0.1', '8.8.4.4:5123', '8.8.4.4'],
    ['127.0.0.1', '[2a01:4f8:1:2::9]:443', '2a01:4f8:1:2::/64'],
    ['127.0.0.1', '2a01:4f8:1:2::9', '2a01:4f8:1:2::/64'],
  ])('behind the trusted proxy %s that says "%s" is %s', (peer, forwarded, client) => {
    expect(clientOf(requestFrom(peer, forwarded))).toBe(client);
  });

  it.each([
    ['9.9.9.9', '8.8.4.4', '9.9.9.9'],
    ['127.0.0.1', 'unknown', undefined],
    ['127.0.0.1', '', undefined],
    ['10.1.1.1', '8.8.4.4, nonsense', undefined],
  ])('at %s does not get to choose by "%s"', (peer, forwarded, client) => {
    expect(clientOf(requestFrom(peer, forwarded))).toBe(client);
  });

  it.each(['127.0.0.1', '192.168.1.7', '10.0.0.1', '::1', 'fe80::1%eth0', 'fd00::1', ''])(
    'on this machine or network, at "%s", has no name',
    (peer) => {
      expect(clientOf(requestFrom(peer))).toBeUndefined();
    },
  );

  it('costs no memory, however long the headers are that are sent to us', () => {
    setFlagsFromString('--expose-gc');
    const collect: unknown = runInNewContext('gc');
    if (typeof collect !== 'function') throw new TypeError('expected a garbage collector');
    const used = (): number => {
      Reflect.apply(collect, undefined, []);
      return process.memoryUsage().heapUsed;
    };
    const headers = (count: number) => ({ 'x-forwarded-for': `${count}`.padEnd(15_000, 'x') });
    const before = used();
    for (let count = 0; count < 3_000; count += 1) {
      clientOf({ socket: { remoteAddress: '9.9.9.9' }, headers: headers(count) });
    }
    expect(used() - before).toBeLessThan(10_000_000);
    expect(clientOf({ socket: { remoteAddress: '9.9.9.9' }, headers: headers(1) })).toBe('9.9.9.9');
  });

  it('is never anything but an address, whatever is forwarded', () => {
    assert(
      property(string(), (forwarded) => {
        expect(clientOf(requestFrom('127.0.0.1', forwarded)) ?? '1.1.1.1').toMatch(/^[\da-f.:]+(\/64)?$/);
      }),
    );
  });
});
