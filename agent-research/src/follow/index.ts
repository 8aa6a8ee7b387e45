export { type FollowState, FollowStore } from "./follow-store.ts";
export { type Followed, Follower } from "./follower.ts";
export { openServedCheckpoint } from "./served-keys.ts";
