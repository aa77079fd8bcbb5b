/** A block that can name a secret, by `…Env` an environment variable and by `…File` a file. */
export interface SecretPlace {
  readonly block: readonly string[];
  /** What the two keys begin with. */
  readonly key: string;
  /** In words. */
  readonly what: string;
  /** One that nobody needs may be missing. */
  readonly isNeeded: boolean;
  readonly isHeader: boolean;
  /** One that is shorter could be guessed. */
  readonly leastCharacters?: number;
  /** A private key in PEM: the whole file, and in a variable `\n` may stand for a line break. */
  readonly isKey?: boolean;
  /** Whether the block has other secrets too: this one is then known by the block's path with its key. */
  readonly isOneOfSeveral?: boolean;
}
