import { describe, expect, it } from 'vitest';
import { barChart } from '../../src/cli/subscribers-chart.ts';

const bars = [
  { label: 'a', value: 80, note: '80' },
  { label: 'bc', value: 1, note: '1' },
  { label: 'd', value: 0, note: '0' },
];

describe('a bar chart', () => {
  it('fills the columns it is given, in eighths of one', () => {
    const lines = barChart(bars, 17, false);
    expect(lines).toEqual(['a   ██████████ 80', 'bc  ▏ 1', 'd   0']);
    expect(lines[0]).toHaveLength(17);
  });

  it('is plain text where blocks cannot be shown', () => {
    expect(barChart(bars, 17, true)).toEqual(['a   ########## 80', 'bc  # 1', 'd   0']);
  });
});
