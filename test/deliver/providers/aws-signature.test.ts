import { describe, expect, it } from 'vitest';
import { signedByAws } from '../../../src/deliver/providers/aws-signature.ts';

/** The key and time of the published examples and of the published test suite. */
const secretKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const key = { accessKeyId: 'AKIDEXAMPLE', secretKey, region: 'us-east-1', service: 'service' };
const now = Date.parse('2015-08-30T12:36:00Z');
const url = 'https://example.amazonaws.com/';

describe('a request to AWS', () => {
  it.each([
    [
      'get-vanilla',
      { method: 'GET', url, headers: {}, body: '' },
      '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    ],
    [
      'post-vanilla',
      { method: 'POST', url, headers: {}, body: '' },
      '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
    ],
    [
      'post-x-www-form-urlencoded',
      {
        method: 'POST',
        url,
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: 'Param1=value1',
      },
      'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    ],
    [
      'get-vanilla-query-order-key-case',
      { method: 'GET', url: `${url}?Param2=value2&Param1=value1`, headers: {}, body: '' },
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
  ])('is signed as %s of the test suite', (_name, request, signature) => {
    expect(signedByAws(request, key, now)['authorization']).toMatch(new RegExp(`Signature=${signature}$`));
  });

  it('is signed as the list of users in the guide, with its scope and fields', () => {
    const request = {
      method: 'GET',
      url: 'https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: '',
    };
    expect(signedByAws(request, { ...key, service: 'iam' }, now)).toEqual({
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      host: 'iam.amazonaws.com',
      'x-amz-date': '20150830T123600Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, ' +
        'SignedHeaders=content-type;host;x-amz-date, ' +
        'Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
    });
  });

  it('is signed as the POST of an older guide', () => {
    const request = {
      method: 'POST',
      url: 'http://iam.amazonaws.com/',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: 'Action=ListUsers&Version=2010-05-08',
    };
    const signed = signedByAws(request, { ...key, service: 'iam' }, Date.parse('2011-09-09T23:36:00Z'));
    expect(signed['authorization']).toMatch(
      /Signature=ced6826de92d2bdeed8f846f0bf508e8559e98e4b0199114b84c54174deb456c$/,
    );
  });
});
