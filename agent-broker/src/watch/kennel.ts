import type { Sight, Watchdog } from "./watchdog.ts";

/** A watchdog whose verdict changed. */
export interface Bark {
  readonly dog: string;
  readonly barking: boolean;
}

/** What a watchdog says now, and since when. */
export interface DogState {
  readonly dog: Watchdog;
  readonly sinceUs: number | null;
}

/** Keeps every watchdog's last verdict. Only a change is news. */
export class Kennel {
  readonly #dogs: readonly Watchdog[];
  readonly #since = new Map<string, number>();

  constructor(dogs: readonly Watchdog[]) {
    this.#dogs = dogs;
  }

  /** Lets every dog look; answers with those that began or ended to bark. */
  look(sight: Sight): Bark[] {
    const news: Bark[] = [];
    for (const dog of this.#dogs) {
      const barking = dog.barks(sight);
      if (barking === this.#since.has(dog.name)) continue;
      if (barking) this.#since.set(dog.name, sight.nowUs);
      else this.#since.delete(dog.name);
      news.push({ dog: dog.name, barking });
    }
    return news;
  }

  /** Every dog in its fixed order. */
  get states(): DogState[] {
    return this.#dogs.map((dog) => ({ dog, sinceUs: this.#since.get(dog.name) ?? null }));
  }

  /** Names of those that bark and stop entries. */
  get stopping(): string[] {
    return this.#dogs
      .filter(({ name, stopsEntries }) => stopsEntries && this.#since.has(name))
      .map(({ name }) => name);
  }
}
