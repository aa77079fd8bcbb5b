import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { signedText, type SnsMessage } from '../../../src/inbound/webhooks/sns-signature.ts';

export const topic = 'arn:aws:sns:eu-west-1:123456789012:bounces';
export const certificateUrl = 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem';

export interface Signer {
  /** In PEM, self-signed. */
  readonly certificate: string;
  sign(message: Partial<SnsMessage>): SnsMessage;
}

/** A signer in the place of SNS, valid from 2026-01-01 to 2036-01-01. */
export function snsSigner(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    certificate: selfSigned(publicKey, privateKey),
    sign(parts) {
      const message: SnsMessage = {
        Type: 'Notification',
        MessageId: 'm-1',
        TopicArn: topic,
        Message: '{}',
        Timestamp: '2026-11-24T06:00:00.000Z',
        SignatureVersion: '2',
        Signature: '',
        SigningCertURL: certificateUrl,
        ...parts,
      };
      const hash = message.SignatureVersion === '1' ? 'RSA-SHA1' : 'RSA-SHA256';
      return {
        ...message,
        Signature: createSign(hash).update(signedText(message)).sign(privateKey, 'base64'),
      };
    },
  };
}

/** An X.509 certificate (RFC 5280) of the least there can be, in DER by hand. */
function selfSigned(publicKey: KeyObject, privateKey: KeyObject): string {
  const sha256WithRsa = seq(oid([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b]), Buffer.from([5, 0]));
  const name = seq(tlv(0x31, seq(oid([0x55, 0x04, 0x03]), tlv(0x0c, Buffer.from('sns.invalid')))));
  const time = (text: string) => tlv(0x18, Buffer.from(text));
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const body = seq(
    tlv(0xa0, tlv(2, Buffer.from([2]))),
    tlv(2, Buffer.from([1])),
    sha256WithRsa,
    name,
    seq(time('20260101000000Z'), time('20360101000000Z')),
    name,
    spki,
  );
  const signature = createSign('RSA-SHA256').update(body).sign(privateKey);
  const der = seq(body, sha256WithRsa, tlv(3, Buffer.concat([Buffer.from([0]), signature])));
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

function tlv(tag: number, content: Buffer): Buffer {
  const size = content.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

function seq(...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts));
}

function oid(bytes: readonly number[]): Buffer {
  return tlv(6, Buffer.from(bytes));
}
