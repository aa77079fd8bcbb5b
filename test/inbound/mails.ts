/** Mails that come back, all invented. */

export function mail(headers: readonly string[], body: string): Buffer {
  return Buffer.from([...headers, '', body].join('\r\n').replace(/\r?\n/g, '\r\n'));
}

export interface DsnParts {
  readonly to?: string;
  readonly recipients: readonly (readonly string[])[];
  readonly text?: string;
  readonly messageId?: string;
  readonly returnPath?: string;
}

/** A delivery status notification in the form of RFC 3464. */
export function dsn({
  to = 'bounces@example.org',
  recipients,
  text,
  messageId,
  returnPath,
}: DsnParts): Buffer {
  const original = [
    ...(returnPath === undefined ? [] : [`Return-Path: <${returnPath}>`]),
    'From: paper@example.org',
    ...(messageId === undefined ? [] : [`Message-ID: ${messageId}`]),
    'Subject: The Daily',
  ];
  return mail(
    [
      'From: Mail Delivery System <MAILER-DAEMON@mx.example.net>',
      `To: ${to}`,
      'Subject: Undelivered mail',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary=cut',
    ],
    [
      '--cut',
      '',
      text ?? 'The mail could not be delivered.',
      '--cut',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.example.net',
      '',
      ...recipients.flatMap((fields) => [...fields, '']),
      '--cut',
      'Content-Type: text/rfc822-headers',
      '',
      ...original,
      '',
      '--cut--',
      '',
    ].join('\n'),
  );
}

export const unknownUser = (address: string): readonly string[] => [
  `Final-Recipient: rfc822; ${address}`,
  'Action: failed',
  'Status: 5.1.1',
  `Diagnostic-Code: smtp; 550 5.1.1 <${address}>: no such user`,
];

export const refusedForPolicy = (address: string): readonly string[] => [
  `Final-Recipient: rfc822; ${address}`,
  'Action: failed',
  'Status: 5.7.1',
  'Diagnostic-Code: smtp; 554 5.7.1 your server is on a block list',
];

export const mailboxFull = (address: string): readonly string[] => [
  `Final-Recipient: rfc822; ${address}`,
  'Action: failed',
  'Status: 5.2.2',
  'Diagnostic-Code: smtp; 552 5.2.2 mailbox full',
];

/** A feedback report in the form of RFC 5965. */
export function feedback(type: string, fields: readonly string[], original: readonly string[]): Buffer {
  return mail(
    [
      'From: fbl@mail.example.net',
      'To: fbl@example.org',
      'Subject: FW: The Daily',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=feedback-report; boundary=cut',
    ],
    [
      '--cut',
      'Content-Type: text/plain',
      '',
      'A reader called this spam.',
      '--cut',
      'Content-Type: message/feedback-report',
      '',
      `Feedback-Type: ${type}`,
      'User-Agent: Invented/1.0',
      'Version: 1',
      ...fields,
      '',
      '--cut',
      'Content-Type: message/rfc822',
      '',
      ...original,
      '',
      'A body.',
      '--cut--',
      '',
    ].join('\n'),
  );
}
