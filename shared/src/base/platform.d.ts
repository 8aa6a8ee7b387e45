/**
 * The only globals beyond ECMAScript that `shared` may name: each of Node, workerd and the browsers has them,
 * none of them is input or output. Everything else fails to compile here.
 */
interface TextEncoder {
  encode(input?: string): Uint8Array;
}
declare var TextEncoder: { new (): TextEncoder };
interface TextDecoder {
  decode(input?: Uint8Array): string;
}
declare var TextDecoder: {
  new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): TextDecoder;
};
declare function atob(data: string): string;
declare function btoa(data: string): string;
