export { HttpFailure } from "./http-failure.ts";
export {
  type BytesAnswer,
  type HeaderMap,
  SignedClient,
  type SignedClientOptions,
  type TextAnswer,
} from "./signed-client.ts";
