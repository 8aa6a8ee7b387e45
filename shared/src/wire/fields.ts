import { z } from "zod";

/** The vocabulary that every contract is written in. Prices, money and ids are strings; counts and stamps are numbers. */
export const decimal = z.string().regex(/^-?\d{1,15}(\.\d{1,9})?$/);
/** Money in USD: always two decimals, so that whoever reads it can work in whole cents. */
export const money = z.string().regex(/^-?\d{1,13}\.\d{2}$/);
export const identifier = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,95}$/);
export const symbolName = z.string().regex(/^[A-Z0-9]{2,8}$/);
export const reasonCode = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);
export const stampUs = z.int().nonnegative();
export const count = z.int().nonnegative();
export const lots = z.int();
export const side = z.enum(["buy", "sell"]);
/** Types of orders; a venue says which of them it has. */
export const orderType = z.enum(["MKT", "LMT", "STP", "STP LMT", "TRAIL"]);
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);
export const hashBase64 = z.string().regex(/^[A-Za-z0-9+/]{43}=$/);
export const saltBase64 = z.string().regex(/^[A-Za-z0-9+/]{22}==$/);
export const agentName = z.enum(["broker", "research"]);
export type AgentName = z.infer<typeof agentName>;
export const accountKind = z.enum(["paper", "live"]);
/**
 * UTC hours of leaves that are not opened which are kept apart, some forty days; beyond it the two oldest become one,
 * under the older one's hour.
 */
export const UNOPENED_HOURS_MAX = 1000;
export const minuteText = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/);
