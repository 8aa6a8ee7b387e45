/** Import this first in every script that a person starts: a too old Node ends here with one sentence. */
import "./require-node.cjs";
