interface UnderWay<Message> {
  readonly dueUs: number;
  readonly message: Message;
}

/** Messages under way in one direction, in the order in which they arrive. */
export class Wire<Message> {
  #underWay: UnderWay<Message>[] = [];

  get size(): number {
    return this.#underWay.length;
  }

  send(message: Message, dueUs: number): void {
    let at = this.#underWay.length;
    while (at > 0 && (this.#underWay[at - 1]?.dueUs ?? 0) > dueUs) at--;
    this.#underWay.splice(at, 0, { dueUs, message });
  }

  /** The next message that has arrived by `nowUs`, null when there is none. */
  take(nowUs: number): Message | null {
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
