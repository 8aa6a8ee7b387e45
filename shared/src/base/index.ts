export type { Brand } from "./brand.ts";
export {
  type Bytes,
  BytesFailure,
  base64,
  concat,
  fromBase64,
  fromHex,
  hex,
  sameBytes,
  utf8,
  utf8Text,
} from "./bytes.ts";
export type { Disk, LaterDisk, OpenFlags } from "./disk.ts";
export { type Sign, strictVerifier, type Verify, type VerifyPrimitive } from "./ed25519.ts";
export { Failure } from "./failure.ts";
export { InvariantBroken, invariant, unreachable } from "./invariant.ts";
export { checkedSeed, KeyFailure } from "./key.ts";
export { type Rng, seededRng } from "./rng.ts";
export { type Sha256, sha256 } from "./sha256.ts";
export {
  DAY_US,
  HOUR_US,
  isoUs,
  MINUTE_US,
  minuteOf,
  minuteStart,
  parseIsoUs,
  SECOND_US,
  TimeFailure,
  type TimeUs,
  timeUs,
} from "./time.ts";
export {
  decimalOf,
  type MoneyMinor,
  moneyDecimal,
  moneyMinor,
  type PriceTicks,
  priceTicks,
  type Qty,
  qty,
  scaledInteger,
  UnitFailure,
} from "./units.ts";
export {
  type SubtleSign,
  type SubtleVerify,
  webCryptoSigner,
  webCryptoVerifier,
} from "./webcrypto.ts";
