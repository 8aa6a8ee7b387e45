export { HttpFailure } from "./http-failure.ts";
export { HttpReader, type HttpReaderOptions } from "./http-reader.ts";
export {
  type BytesAnswer,
  type HeaderMap,
  SignedClient,
  type SignedClientOptions,
  type TextAnswer,
  type TimedHeaders,
} from "./signed-client.ts";
