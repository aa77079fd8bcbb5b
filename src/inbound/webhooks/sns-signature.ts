import { createVerify, X509Certificate } from 'node:crypto';
import { z } from 'zod';

/** A message of Amazon SNS over HTTP, as it is signed. */
const snsMessage = z.object({
  Type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']),
  MessageId: z.string(),
  TopicArn: z.string(),
  Subject: z.string().optional(),
  Message: z.string(),
  Timestamp: z.string(),
  SignatureVersion: z.enum(['1', '2']),
  Signature: z.string(),
  SigningCertURL: z.string(),
  SubscribeURL: z.string().optional(),
  Token: z.string().optional(),
});

export type SnsMessage = z.output<typeof snsMessage>;

/** The message in a body; undefined when it is none. */
export function snsMessageOf(value: unknown): SnsMessage | undefined {
  return snsMessage.safeParse(value).data;
}

/** Whether an address is one of SNS itself: the signing certificate and the confirmation come from nowhere else. */
export function isSnsAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, port, username, password } = new URL(address);
  const isHost = /^sns\.[a-z0-9-]{1,40}\.amazonaws\.com(?:\.cn)?$/.test(hostname);
  return protocol === 'https:' && isHost && port === '' && username + password === '';
}

/** The address of the certificate, when it is one that SNS may have. */
export function certificateAddress(message: SnsMessage): string | undefined {
  const address = message.SigningCertURL;
  return isSnsAddress(address) && new URL(address).pathname.endsWith('.pem') ? address : undefined;
}

/**
 * Whether the message was signed with the certificate at that instant: version 1 with SHA-1, version 2 with SHA-256,
 * over the fields that the type of the message names, each as `Name\nvalue\n` in the order of their names.
 */
export function isSnsSigned(message: SnsMessage, certificatePem: string, now: number): boolean {
  try {
    const certificate = new X509Certificate(certificatePem);
    if (now < Date.parse(certificate.validFrom) || now > Date.parse(certificate.validTo)) return false;
    return createVerify(message.SignatureVersion === '1' ? 'RSA-SHA1' : 'RSA-SHA256')
      .update(signedText(message))
      .verify(certificate.publicKey, message.Signature, 'base64');
  } catch {
    return false;
  }
}

/** What the signature is over. */
export function signedText(message: SnsMessage): string {
  const names =
    message.Type === 'Notification'
      ? (['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] as const)
      : (['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] as const);
  return names.map((name) => (message[name] === undefined ? '' : `${name}\n${message[name]}\n`)).join('');
}
