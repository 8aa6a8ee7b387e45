import "vitest";

declare module "vitest" {
  /** What vitest.config.ts reads from the machine for tests inside workerd. */
  interface ProvidedContext {
    readonly isLong: boolean;
    /** Empty where the vectors are, else why they are not. */
    readonly ed25519Absent: string;
    readonly ed25519Cases: readonly {
      readonly id: string;
      readonly key: string;
      readonly message: string;
      readonly signature: string;
      readonly expected: boolean;
    }[];
  }
}
