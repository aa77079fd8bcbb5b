import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** Records by `type name`, such as `TXT example.org`; `refused` instead of a list makes the server fail. */
export type Zone = Readonly<Record<string, readonly string[] | 'refused'>>;

const types = { A: 1, PTR: 12, MX: 15, TXT: 16, AAAA: 28 } as const;
type Type = keyof typeof types;

/** A DNS server (RFC 1035) of this machine for one zone; what is not in it does not exist. */
export async function dnsServer(
  zone: Zone,
): Promise<{ readonly address: string; readonly close: () => Promise<void> }> {
  const socket = createSocket('udp4');
  socket.on('message', (question, from) => socket.send(answerTo(question, zone), from.port, from.address));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function answerTo(question: Buffer, zone: Zone): Buffer {
  const labels: string[] = [];
  let at = 12;
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const asked = question.readUInt16BE(at + 1);
  const type = typeNames.find((name) => types[name] === asked);
  const name = labels.join('.').toLowerCase();
  const found = type === undefined ? [] : (zone[`${type} ${name}`] ?? []);
  const isKnown = Object.keys(zone).some((key) => key.endsWith(` ${name}`));
  const records = found === 'refused' ? [] : found;
  const code = found === 'refused' ? 5 : records.length > 0 || isKnown ? 0 : 3;
  const header = Buffer.alloc(12);
  question.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8580 | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([
    header,
    question.subarray(12, at + 5),
    ...records.map((record) => {
      const data = dataOf(type ?? 'TXT', record);
      const fixed = Buffer.alloc(12);
      fixed.writeUInt16BE(0xc00c, 0); // the name of the question
      fixed.writeUInt16BE(asked, 2);
      fixed.writeUInt16BE(1, 4);
      fixed.writeUInt16BE(data.length, 10);
      return Buffer.concat([fixed, data]);
    }),
  ]);
}

const typeNames: readonly Type[] = ['A', 'PTR', 'MX', 'TXT', 'AAAA'];

function dataOf(type: Type, record: string): Buffer {
  switch (type) {
    case 'A':
      return Buffer.from(record.split('.').map(Number));
    case 'AAAA':
      return Buffer.from(
        record
          .split(':')
          .map((group) => group.padStart(4, '0'))
          .join(''),
        'hex',
      );
    case 'PTR':
      return nameOf(record);
    case 'MX': {
      const [priority = '0', exchange = ''] = record.split(' ');
      return Buffer.concat([Buffer.from([0, Number(priority)]), nameOf(exchange)]);
    }
    case 'TXT':
      return Buffer.concat(
        (record.match(/.{1,255}/g) ?? ['']).map((part) =>
          Buffer.concat([Buffer.from([part.length]), Buffer.from(part)]),
        ),
      );
  }
}

function nameOf(name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '');
  return Buffer.concat([
    ...labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);
}
