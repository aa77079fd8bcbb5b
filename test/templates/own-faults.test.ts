import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asError } from '../../src/errors.ts';
import { namesIn, syntaxFault } from '../../src/templates/names.ts';
import { ownFaults } from '../../src/templates/own-faults.ts';
import { readTemplateSources } from '../../src/templates/sources.ts';

const { shipped } = await readTemplateSources(undefined);

describe('the templates that are shipped', () => {
  it('have no faults when somebody takes all of them for a start', () => {
    expect(shipped.size).toBeGreaterThan(40);
    expect(ownFaults(shipped, shipped, (name) => name)).toEqual([]);
  });
});

describe('a fault in a template', () => {
  it('has a place in it, wherever the text is broken', () => {
    const handlebars = [...shipped].filter(([name]) => /\.(?:hbs|mjml)$/.test(name));
    const brokenText = fc
      .tuple(
        fc.constantFrom(...handlebars),
        fc.nat(),
        fc.constantFrom('{{#if', '{{/each}}', '{{', '}}', '{{!--'),
      )
      .map(([[, source], at, what]) => {
        const place = at % (source.length + 1);
        return source.slice(0, place) + what + source.slice(place);
      });
    let count = 0;
    fc.assert(
      fc.property(brokenText, (source) => {
        try {
          namesIn(source);
        } catch (thrown) {
          count += 1;
          const { line, column, name } = syntaxFault(source, asError(thrown));
          const lines = source.split('\n');
          expect(line).toBeGreaterThan(0);
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column).toBeGreaterThan(0);
          expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
          expect(name).not.toBe('');
        }
      }),
      { numRuns: 300 },
    );
    expect(count).toBeGreaterThan(100);
  });

  it('is not what a template gives a name to by itself', () => {
    const own = new Map([
      [
        'mail/digest.txt.hbs',
        '{{#each sections as |part|}}{{part.name}}{{> text-lines motto=part.name}}{{/each}}',
      ],
      ['mail/partials/text-lines.hbs', '{{motto}} {{@root.siteTitle}} {{sections.length}}'],
    ]);
    expect(ownFaults(shipped, own, (name) => name)).toEqual([]);
  });

  it('is a field that only pages have, in a mail', () => {
    const own = new Map([['mail/digest.txt.hbs', '{{homeHref}}']]);
    expect(ownFaults(shipped, own, (name) => name)).toMatchObject([
      { file: 'mail/digest.txt.hbs', line: 1, column: 3, message: expect.stringContaining('"homeHref"') },
    ]);
  });
});
