import { expect, it } from 'vitest';
import { messagesIn } from '../../src/inbound/mbox.ts';

const texts = (file: string) => messagesIn(Buffer.from(file)).map((one) => Buffer.from(one).toString());

it('a file that is no mbox is one message, byte for byte', () => {
  expect(texts('Subject: a\r\n\r\nFrom here on\r\n')).toEqual(['Subject: a\r\n\r\nFrom here on\r\n']);
  expect(texts('')).toEqual([]);
});

it.each(['\n', '\r\n', '\r'])('an mbox with line ends %j is taken apart', (end) => {
  const file = [
    'From a Tue',
    'Subject: a',
    '',
    'one',
    '>From x',
    '>>From y',
    '',
    'From b Tue',
    'Subject: b',
    '',
    'two',
    '',
  ];
  expect(texts(file.join(end))).toEqual([
    ['Subject: a', '', 'one', 'From x', '>From y'].join(end),
    ['Subject: b', '', 'two', ''].join(end),
  ]);
});

it('a line "From " without an empty line before it starts nothing', () => {
  expect(texts('From a Tue\nSubject: a\n\none\nFrom now on\n')).toEqual(['Subject: a\n\none\nFrom now on\n']);
});
