/** A configured publication. */
export interface Digest {
  /** `daily`, used in addresses and in subscriptions. */
  readonly key: string;
  readonly name: string;
  readonly description: string;
  /** Cron, five fields, in `zone`. */
  readonly schedule: string;
  /** IANA time zone. */
  readonly zone: string;
  /**
   * `final`: made of lists whose day is over. `early`: made while votes still come in; what rose since the last
   * edition without a place in it stands in a section of its own, and does not compete with the day's papers.
   */
  readonly mode: 'final' | 'early';
  /** Topic keys in the order of the sections. */
  readonly topics: readonly string[];
  /** Picks a section. */
  readonly picksPerTopic: number;
  /** Picks outside the digest's topics. */
  readonly picksOutside: number;
  /** Papers named by title only. */
  readonly alsoNew: number;
  /** A paper not picked that many days after it was first seen is no longer a candidate. */
  readonly windowDays: number;
  /** How long after its slot an edition waits for sources that lack something; then it goes as it is, and says so. */
  readonly waitMinutes: number;
  /** A slot missed by more than that is reported, not done. */
  readonly maxLatenessHours: number;
}
