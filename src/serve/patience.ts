/** How long a client may take for its headers. */
export const headersMs = 10_000;
/** For its whole request. */
export const requestMs = 30_000;
/** Between two bytes. */
export const silenceMs = 60_000;
/** Without a request on its connection: longer than the minute that proxies keep theirs. */
export const keepAliveMs = 65_000;
/** So much longer than it is told the connection stays open, for a request that is on its way. */
export const keepAliveBufferMs = 1_000;
/** How long answers under way may take after the end was asked for before their connections are cut. */
export const graceMs = 5_000;
