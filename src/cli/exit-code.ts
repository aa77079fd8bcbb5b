/** 0 done, also when nothing was new; 1 failed; 2 wrong usage or configuration; 3 done, but some sources or deliveries failed. */
export type ExitCode = 0 | 1 | 2 | 3;
