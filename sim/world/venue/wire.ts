import type { TimeUs } from "@believe/shared/base";

interface UnderWay<Message> {
  readonly dueUs: number;
  readonly n: number;
  readonly message: Message;
}

/** Messages under way in one direction, in the order in which they arrive. */
export class Wire<Message> {
  #underWay: UnderWay<Message>[] = [];
  #sent = 0;

  get size(): number {
    return this.#underWay.length;
  }

  send(message: Message, dueUs: number): void {
    this.#underWay.push({ dueUs, n: this.#sent++, message });
    this.#underWay.sort((a, b) => a.dueUs - b.dueUs || a.n - b.n);
  }

  /** The next message that has arrived by `nowUs`, null when there is none. */
  take(nowUs: TimeUs): Message | null {
    const [first] = this.#underWay;
    if (first === undefined || first.dueUs > nowUs) return null;
    this.#underWay.shift();
    return first.message;
  }

  /** The link ended: keeps the messages for which `survives` says so, as if they had just arrived. */
  cut(survives: (message: Message) => boolean): Message[] {
    const left = this.#underWay.map(({ message }) => message);
    this.#underWay = [];
    return left.filter(survives);
  }
}
