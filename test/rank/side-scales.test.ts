import { expect, test } from 'vitest';
import { fitSides, scaledSides } from '../../src/rank/side-scales.ts';

test('side signals are told in standard deviations about their mean, times a weight', () => {
  const scales = fitSides([[1], [3], [5], [7]], 1);
  expect(scales).toEqual({ means: [4], spreads: [Math.sqrt(5)] });
  expect(scaledSides([4 + Math.sqrt(5)], scales, 0.25)).toEqual([0.25]);
});

test('a signal that all papers share has no spread, whatever rounding leaves of it', () => {
  const rows = Array.from({ length: 60 }, () => [Math.log(15), 0]);
  expect(fitSides(rows, 2).spreads).toEqual([1, 1]);
});

test('no papers have the scales of nothing', () => {
  expect(fitSides([], 2)).toEqual({ means: [0, 0], spreads: [1, 1] });
});
