/** What a request was about. */
export type RequestKind = 'document' | 'search' | 'reader' | 'hub' | 'hook' | 'api' | 'health' | 'metrics';

/** First parts of paths below the site; every other one is about a published document. */
const kinds: ReadonlyMap<string, RequestKind> = new Map([
  ['search', 'search'],
  ...['subscribe', 'u', 'c', 'm', 'a', 'x', 'e', 'f'].map((area) => [area, 'reader'] as const),
  ['hub', 'hub'],
  ['hooks', 'hook'],
  ['api', 'api'],
  ['health', 'health'],
  ['healthz', 'health'],
  ['metrics', 'metrics'],
]);

export interface RequestCount {
  readonly kind: RequestKind;
  /** `2xx`, `3xx`, `4xx` or `5xx`. */
  readonly status: string;
  count: number;
}

/** Answers since the start, in plain numbers: counting may cost the fast way nothing that can be measured. */
export interface RequestTally {
  /** Documents that were answered at once: whole, and unchanged (304). */
  whole: number;
  unchanged: number;
  /** Counts any other answer; `path` is below the site. */
  count(path: string, status: number): void;
  /** All of them. */
  rows(): readonly RequestCount[];
}

export function requestTally(): RequestTally {
  const counts = new Map<string, RequestCount>();
  return {
    whole: 0,
    unchanged: 0,
    count(path, statusCode) {
      const [area = ''] = path.split('/');
      const kind = kinds.get(area) ?? 'document';
      const status = `${Math.floor(statusCode / 100)}xx`;
      const row = counts.get(`${kind} ${status}`) ?? { kind, status, count: 0 };
      row.count += 1;
      counts.set(`${kind} ${status}`, row);
    },
    rows() {
      return [
        { kind: 'document', status: '2xx', count: this.whole },
        { kind: 'document', status: '3xx', count: this.unchanged },
        ...counts.values(),
      ];
    },
  };
}
