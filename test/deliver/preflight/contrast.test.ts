import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contrastRatio, parseColour } from '../../../src/deliver/preflight/colour.ts';
import { knowsDark, lowContrasts } from '../../../src/deliver/preflight/contrast.ts';

const page = (body: string, style = '') =>
  `<!doctype html><head><style>${style}</style></head><body>${body}</body>`;
const pairs = (html: string, scheme: 'light' | 'dark' = 'light') =>
  lowContrasts(html, scheme).map(({ colour, background, ratio }) => `${colour} on ${background}: ${ratio}`);

describe('the contrast of two colours', () => {
  it.each([
    ['#000', 'white', 21],
    ['#777777', '#ffffff', 4.47],
    ['#767676', 'rgb(255, 255, 255)', 4.54],
    ['red', '#fff', 3.99],
    ['#808080', 'gray', 1],
  ])('%s and %s is %d', (one, other, ratio) => {
    const [a, b] = [parseColour(one), parseColour(other)];
    expect(a && b && Math.floor(contrastRatio(a, b) * 100) / 100).toBe(ratio);
  });

  it.each(['transparent', 'rgba(0,0,0,0.5)', 'inherit', '#12', ''])('is not told of %j', (text) => {
    expect(parseColour(text)).toBeUndefined();
  });
});

describe('text that is hard to read', () => {
  it('is found by its own colour, by one above it and by an attribute', () => {
    expect(pairs(page('<p style="color:#777">grey</p>'))).toEqual(['#777777 on #ffffff: 4.47']);
    expect(pairs(page('<div style="color:#999"><p><b>grey</b></p></div>'))).toHaveLength(1);
    expect(pairs(page('<table><tr><td bgcolor="#222222">black on dark</td></tr></table>'))).toHaveLength(1);
    expect(pairs(page('<p style="background:#333 url(x.png)">dark</p>'))).toHaveLength(1);
  });

  it('may be a little paler when it is large', () => {
    expect(pairs(page('<h1 style="font-size:24px;color:#888">large</h1>'))).toEqual([]);
    expect(pairs(page('<p style="font:bold 19px/1.4 Arial;color:#888">bold</p>'))).toEqual([]);
    expect(pairs(page('<p style="font-size:19px;color:#888">not bold</p>'))).toHaveLength(1);
  });

  it('is no matter where nobody sees it', () => {
    expect(pairs(page('<div style="display:none;color:#fff">preheader</div><p> · </p>'))).toEqual([]);
  });

  it('goes by the cascade: important before specific before late, attributes before sheets', () => {
    const style =
      '.soft { color: #ccc } p.soft { color: #333 } .soft { color: #ddd } .loud { color: #000 !important }';
    expect(pairs(page('<p class="soft">dark enough</p>', style))).toEqual([]);
    expect(pairs(page('<p class="soft" style="color:#eee">pale</p>', style))).toHaveLength(1);
    expect(pairs(page('<p class="soft loud" style="color:#eee">black</p>', style))).toEqual([]);
    expect(
      pairs(page('<p class="soft"><a href="https://x.example/">link</a></p>', '.soft a { color: #bbb }')),
    ).toHaveLength(1);
    expect(pairs(page('<div class="a"><p><i>deep</i></p></div>', '.a > i { color: #ddd }'))).toEqual([]);
  });

  it('in the dark is another question', () => {
    const style = `p { color: #222 }
      @media (prefers-color-scheme: dark) { body { background-color: #181715 !important } .ink { color: #ece7dc !important } }
      @media (max-width: 479px) { p { color: #eee } }`;
    const html = page('<p class="ink">seen</p><p>forgotten</p>', style);
    expect(knowsDark(html)).toBe(true);
    expect(pairs(html)).toEqual([]);
    expect(lowContrasts(html, 'dark')).toMatchObject([
      { scheme: 'dark', colour: '#222222', background: '#181715', needed: 4.5, text: 'forgotten' },
    ]);
  });

  it('is not in the digest mail, light or dark', () => {
    const html = readFileSync('test/golden/mail/digest.html', 'utf8');
    expect(knowsDark(html)).toBe(true);
    expect([...lowContrasts(html, 'light'), ...lowContrasts(html, 'dark')]).toEqual([]);
  });
});
